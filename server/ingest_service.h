// IngestServiceImpl: hands each new ingest stream to the hub. Messages come and go as bytes, so
// that one that is no IngestRequest can be told from the end of the stream, and named.
//
// Example:
//   IngestServiceImpl service(hub);
//   builder.RegisterService(&service);
//
// Thread-safe: called by gRPC.
#ifndef WIREFOLD_SERVER_INGEST_SERVICE_H_
#define WIREFOLD_SERVER_INGEST_SERVICE_H_

#include "server/ingest_hub.h"
#include "wirefold/v1/ingest.grpc.pb.h"

namespace wirefold {

class IngestServiceImpl final
    : public v1::IngestService::WithRawCallbackMethod_Ingest<v1::IngestService::Service> {
 public:
  // `hub` must outlive the service.
  explicit IngestServiceImpl(IngestHub& hub) : hub_(hub) {}

  IngestHub::Reactor* Ingest(grpc::CallbackServerContext* context) override {
    return hub_.Open(context);
  }

 private:
  IngestHub& hub_;
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_INGEST_SERVICE_H_
