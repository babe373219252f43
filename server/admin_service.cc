#include "server/admin_service.h"

#include "server/convert.h"
#include "server/unary.h"
#include "server/version.h"

namespace wirefold {
namespace {

void SetParts(const std::vector<PartSize>& parts,
              google::protobuf::RepeatedPtrField<v1::PartSize>& out) {
  for (const PartSize& part : parts) {
    v1::PartSize& size = *out.Add();
    size.set_name(part.name);
    size.set_entries(part.entries);
    size.set_bytes(part.bytes);
  }
}

}  // namespace

grpc::ServerUnaryReactor* AdminServiceImpl::GetStats(grpc::CallbackServerContext* context,
                                                     const v1::GetStatsRequest* request,
                                                     v1::Stats* response) {
  return AnswerOn(pool_, context, *request, [this, response] {
    ToProto(pipeline_.GetStats(), *response);
    ToProto(store_.Counts(), *response->mutable_stored());
    response->mutable_pipeline()->set_streams(hub_.streams());
    response->mutable_pipeline()->set_bytes_in_flight(hub_.budget().bytes_in_flight());
    response->set_disk_bytes(store_.DiskBytes());
    SetParts(store_.PartSizes(), *response->mutable_parts());
    response->set_version(kVersion);
    SetTimestamp(start_ms_, *response->mutable_start_time());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AdminServiceImpl::Compact(grpc::CallbackServerContext* context,
                                                    const v1::CompactRequest* request,
                                                    v1::CompactResponse* response) {
  return AnswerOn(pool_, context, *request, [this, response] {
    response->set_disk_bytes_before(store_.DiskBytes());
    absl::Status status = store_.Compact();
    response->set_disk_bytes_after(store_.DiskBytes());
    SetParts(store_.PartSizes(), *response->mutable_parts());
    return status;
  });
}

}  // namespace wirefold
