#include "server/admin_service.h"

#include "server/convert.h"
#include "server/unary.h"
#include "server/version.h"

namespace wirefold {

grpc::ServerUnaryReactor* AdminServiceImpl::GetStats(grpc::CallbackServerContext* context,
                                                     const v1::GetStatsRequest* request,
                                                     v1::Stats* response) {
  return AnswerOn(pool_, context, *request, [this, response] {
    ToProto(pipeline_.GetStats(), *response);
    ToProto(store_.Counts(), *response->mutable_stored());
    response->mutable_pipeline()->set_streams(hub_.streams());
    response->mutable_pipeline()->set_bytes_in_flight(hub_.budget().bytes_in_flight());
    response->set_disk_bytes(store_.DiskBytes());
    response->set_version(kVersion);
    SetTimestamp(start_ms_, *response->mutable_start_time());
    return absl::OkStatus();
  });
}

}  // namespace wirefold
