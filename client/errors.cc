#include "client/errors.h"

#include "absl/strings/cord.h"
#include "absl/types/optional.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "wirefold/v1/errors.pb.h"

namespace wirefold {
namespace {

// The payload's key, taken from a status that Reject made: lib/base does not name it.
const std::string& ReasonPayloadUrl() {
  static const std::string url = [] {
    std::string found;
    Reject(Reason::kInvalidArgument, "")
        .ForEachPayload(
            [&found](absl::string_view key, const absl::Cord&) { found = std::string(key); });
    return found;
  }();
  return url;
}

std::string ReasonInDetails(const std::string& details) {
  v1::ErrorStatus status;
  if (details.empty() || !status.ParseFromString(details)) return {};
  for (const google::protobuf::Any& any : status.details()) {
    // The type is named after the last slash; the part before it is any host.
    const std::string& url = any.type_url();
    if (std::string_view(url).substr(url.rfind('/') + 1) != "google.rpc.ErrorInfo") continue;
    v1::ErrorInfo info;
    if (info.ParseFromString(any.value())) return info.reason();
  }
  return {};
}

}  // namespace

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  // absl's codes are gRPC's.
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()),
                      ToAbsl(status.error_message()));
  const std::string reason = ReasonInDetails(status.error_details());
  if (!reason.empty()) result.SetPayload(ToAbsl(ReasonPayloadUrl()), absl::Cord(ToAbsl(reason)));
  return result;
}

std::string ErrorReason(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(ToAbsl(ReasonPayloadUrl()));
  return payload.has_value() ? std::string(*payload) : std::string();
}

bool IsRetryable(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kAborted:
      return true;
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kCancelled:
      // Without a reason it is the transport that says so: a reset stream, a proxy that went away.
      return ErrorReason(status).empty();
    default:
      return false;
  }
}

}  // namespace wirefold
