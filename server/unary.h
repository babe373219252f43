// Unary: answers one unary call on the read pool.
//
// Example:
//   return AnswerOn(pool_, context, *request,
//                   [=, this] { return reader_.Get(*request, *response); });
//
// The request and the response belong to gRPC and live until the reactor is finished. A call that
// was cancelled while it waited is not worked on. Thread-safe.
#ifndef WIREFOLD_SERVER_UNARY_H_
#define WIREFOLD_SERVER_UNARY_H_

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "server/errors.h"
#include "server/read_pool.h"

namespace wirefold {

// Logs `read_failed` for a read that failed for no fault of the client's (DATA_LOSS, INTERNAL and
// their like), at most once a second.
void LogIfOurFault(const absl::Status& status);

// `work` returns an absl::Status and is called on a thread of `pool`, or never. The call holds
// `request_bytes` while it waits.
template <typename Work>
grpc::ServerUnaryReactor* AnswerOn(ReadPool& pool, grpc::CallbackServerContext* context,
                                   size_t request_bytes, Work work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const bool accepted = pool.Run(
      [context, reactor, work = std::move(work)] {
        if (context->IsCancelled()) {
          reactor->Finish(grpc::Status::CANCELLED);
          return;
        }
        const absl::Status status = work();
        LogIfOurFault(status);
        reactor->Finish(ToGrpcStatus(status));
      },
      request_bytes);
  if (!accepted) {
    reactor->Finish(MakeGrpcError(grpc::StatusCode::RESOURCE_EXHAUSTED, kReasonOverloaded,
                                  "too many reads wait already; try again in a moment"));
  }
  return reactor;
}

template <typename Work>
grpc::ServerUnaryReactor* AnswerOn(ReadPool& pool, grpc::CallbackServerContext* context,
                                   const google::protobuf::Message& request, Work work) {
  return AnswerOn(pool, context, request.SpaceUsedLong(), std::move(work));
}

// Ends a call whose answer is there, on the thread that gRPC called on.
inline grpc::ServerUnaryReactor* AnswerAtOnce(grpc::CallbackServerContext* context,
                                              const absl::Status& status) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  LogIfOurFault(status);
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_UNARY_H_
