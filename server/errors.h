// Errors: the one place where an absl::Status of lib/ becomes a gRPC status.
//
// A gRPC status carries, in the trailer grpc-status-details-bin, a google.rpc.Status with one
// google.rpc.ErrorInfo (AIP-193): the reason's name, which is stable, and the domain "wirefold".
//
// Example:
//   if (!article.ok()) return ToGrpcStatus(article.status());
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_SERVER_ERRORS_H_
#define WIREFOLD_SERVER_ERRORS_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "grpcpp/support/status.h"
#include "lib/base/reason.h"

namespace wirefold {

// Reasons of the transport alone, beside those of lib/base/reason.h.
inline constexpr std::string_view kReasonTooManyStreams = "TOO_MANY_STREAMS";
inline constexpr std::string_view kReasonStreamIdle = "STREAM_IDLE";
inline constexpr std::string_view kReasonOverloaded = "OVERLOADED";
inline constexpr std::string_view kReasonAnswerTooLarge = "ANSWER_TOO_LARGE";
// The reason of a status that carries none.
inline constexpr std::string_view kReasonInternal = "INTERNAL";

// A message travels twice in the trailers, percent-encoded and in base 64, and clients accept 8 KiB
// of those; a longer one is cut at a character's boundary.
inline constexpr size_t kMaxErrorMessageBytes = 1024;

// A status with one of the reasons above, which lib/ does not know; for ToGrpcStatus.
[[nodiscard]] absl::Status RejectAs(absl::StatusCode code, std::string_view reason,
                                    std::string_view message);

// OK for OK. Otherwise the code that belongs to the status's code, its message and its reason.
grpc::Status ToGrpcStatus(const absl::Status& status);
// `message` says what is wrong and what to do.
grpc::Status MakeGrpcError(grpc::StatusCode code, std::string_view reason,
                           std::string_view message);
// Shorthand for ToGrpcStatus(Reject(reason, message)).
grpc::Status GrpcError(Reason reason, std::string_view message);

// The reason that the above attached; empty for any other status.
std::string GrpcReasonOf(const grpc::Status& status);

// Whether a file that was answered with `reason` was not judged at all: it was not stored, and is
// to be sent again, elsewhere or later.
bool SaysNothingAboutTheFile(Reason reason);

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_ERRORS_H_
