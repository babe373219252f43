// Errors of the service as absl::Status, with the stable reason that the server attached.
//
// A failed call carries, beside code and message, the trailer grpc-status-details-bin: a
// google.rpc.Status with one google.rpc.ErrorInfo (AIP-193; proto/wirefold/v1/errors.proto). A
// reason that lib/base knows comes out as Reject would have made it, so that ReasonOf works on
// both sides of the wire; one of a newer server is kept as text.
//
// Example:
//   absl::Status status = FromGrpcStatus(grpc_status);
//   if (ReasonOf(status) == Reason::kInvalidId) ...
//   std::cerr << ErrorReason(status);   // "INVALID_ID", also where the name is not known here
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_CLIENT_ERRORS_H_
#define WIREFOLD_CLIENT_ERRORS_H_

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace wirefold {

// The reason of a stream that the server closed because nothing arrived on it. Nothing is lost: the
// next file is sent in a new one.
inline constexpr std::string_view kReasonStreamIdle = "STREAM_IDLE";

// The same code and message, with the reason of the attached ErrorInfo if there is one. Details
// that do not parse are left out; they never turn an error into success.
[[nodiscard]] absl::Status FromGrpcStatus(const grpc::Status& status);

// The reason's name as the server spelled it; empty if it gave none.
[[nodiscard]] std::string ErrorReason(const absl::Status& status);

// Whether the same call may succeed a little later without a change: the server is away, starting,
// stopping or read-only, or the connection broke.
[[nodiscard]] bool IsRetryable(const absl::Status& status);

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_ERRORS_H_
