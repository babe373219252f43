#include "server/errors.h"

#include <array>
#include <string>

#include "absl/strings/cord.h"
#include "lib/base/strings.h"
#include "wirefold/v1/errors.pb.h"

namespace wirefold {
namespace {

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kDomain[] = "wirefold";
// The payload of RejectAs.
constexpr char kTransportReasonUrl[] = "wirefold/transport-reason";

struct Row {
  absl::StatusCode from;
  grpc::StatusCode to;
};

// Both follow the canonical codes; what is not named here is a fault of ours.
constexpr std::array kTable = {
    Row{absl::StatusCode::kCancelled, grpc::StatusCode::CANCELLED},
    Row{absl::StatusCode::kInvalidArgument, grpc::StatusCode::INVALID_ARGUMENT},
    Row{absl::StatusCode::kDeadlineExceeded, grpc::StatusCode::DEADLINE_EXCEEDED},
    Row{absl::StatusCode::kNotFound, grpc::StatusCode::NOT_FOUND},
    Row{absl::StatusCode::kAlreadyExists, grpc::StatusCode::ALREADY_EXISTS},
    Row{absl::StatusCode::kPermissionDenied, grpc::StatusCode::PERMISSION_DENIED},
    Row{absl::StatusCode::kUnauthenticated, grpc::StatusCode::UNAUTHENTICATED},
    Row{absl::StatusCode::kResourceExhausted, grpc::StatusCode::RESOURCE_EXHAUSTED},
    Row{absl::StatusCode::kFailedPrecondition, grpc::StatusCode::FAILED_PRECONDITION},
    Row{absl::StatusCode::kAborted, grpc::StatusCode::ABORTED},
    Row{absl::StatusCode::kOutOfRange, grpc::StatusCode::OUT_OF_RANGE},
    Row{absl::StatusCode::kUnimplemented, grpc::StatusCode::UNIMPLEMENTED},
    Row{absl::StatusCode::kUnavailable, grpc::StatusCode::UNAVAILABLE},
    Row{absl::StatusCode::kDataLoss, grpc::StatusCode::DATA_LOSS},
};

// Cut at a character's boundary.
std::string Shortened(std::string_view message) {
  if (message.size() <= kMaxErrorMessageBytes) return std::string(message);
  size_t end = kMaxErrorMessageBytes;
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xc0U) == 0x80U) --end;
  return std::string(message.substr(0, end)) + "…";
}

}  // namespace

grpc::Status MakeGrpcError(grpc::StatusCode code, std::string_view reason,
                           std::string_view message) {
  const std::string text = Shortened(message);
  v1::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(kDomain);
  v1::ErrorStatus details;
  details.set_code(static_cast<int>(code));
  details.set_message(text);
  google::protobuf::Any& any = *details.add_details();
  any.set_type_url(kErrorInfoUrl);
  any.set_value(info.SerializeAsString());
  return {code, text, details.SerializeAsString()};
}

absl::Status RejectAs(absl::StatusCode code, std::string_view reason, std::string_view message) {
  absl::Status status(code, ToAbsl(message));
  status.SetPayload(kTransportReasonUrl, absl::Cord(ToAbsl(reason)));
  return status;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  grpc::StatusCode code = grpc::StatusCode::INTERNAL;
  for (const Row& row : kTable) {
    if (row.from == status.code()) code = row.to;
  }
  if (const auto transport = status.GetPayload(kTransportReasonUrl)) {
    return MakeGrpcError(code, std::string(*transport), ToStd(status.message()));
  }
  const Reason reason = ReasonOf(status);
  return MakeGrpcError(code, reason == Reason::kUnspecified ? kReasonInternal : ReasonName(reason),
                       ToStd(status.message()));
}

grpc::Status GrpcError(Reason reason, std::string_view message) {
  return ToGrpcStatus(Reject(reason, message));
}

std::string GrpcReasonOf(const grpc::Status& status) {
  v1::ErrorStatus details;
  v1::ErrorInfo info;
  if (!details.ParseFromString(status.error_details()) || details.details_size() == 0 ||
      details.details(0).type_url() != kErrorInfoUrl ||
      !info.ParseFromString(details.details(0).value())) {
    return "";
  }
  return info.reason();
}

bool SaysNothingAboutTheFile(Reason reason) {
  return reason == Reason::kStoreFailed || reason == Reason::kReadOnly ||
         reason == Reason::kShuttingDown;
}

}  // namespace wirefold
