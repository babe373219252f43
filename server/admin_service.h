// AdminServiceImpl: statistics for the person on call.
//
// Example:
//   AdminServiceImpl admin(store, pipeline, hub, clock, pool);
//   builder.RegisterService(&admin);
//
// Thread-safe: called by gRPC.
#ifndef WIREFOLD_SERVER_ADMIN_SERVICE_H_
#define WIREFOLD_SERVER_ADMIN_SERVICE_H_

#include <cstdint>

#include "lib/base/clock.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/store.h"
#include "server/ingest_hub.h"
#include "server/read_pool.h"
#include "wirefold/v1/admin.grpc.pb.h"

namespace wirefold {

class AdminServiceImpl final : public v1::AdminService::CallbackService {
 public:
  // All must outlive the service; it notes the time as the daemon's start.
  AdminServiceImpl(Store& store, const Pipeline& pipeline, IngestHub& hub, const Clock& clock,
                   ReadPool& pool)
      : store_(store), pipeline_(pipeline), hub_(hub), pool_(pool), start_ms_(clock.NowMs()) {}

  grpc::ServerUnaryReactor* GetStats(grpc::CallbackServerContext* context,
                                     const v1::GetStatsRequest* request,
                                     v1::Stats* response) override;
  grpc::ServerUnaryReactor* Compact(grpc::CallbackServerContext* context,
                                    const v1::CompactRequest* request,
                                    v1::CompactResponse* response) override;
  // Has calls of Compact end, which may take minutes.
  void BeginDrain() { store_.EndCompactions(); }

 private:
  Store& store_;
  const Pipeline& pipeline_;
  IngestHub& hub_;
  ReadPool& pool_;
  const int64_t start_ms_;
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_ADMIN_SERVICE_H_
