#include "lib/base/reason.h"

#include <array>
#include <string>

#include "absl/strings/cord.h"
#include "absl/types/optional.h"
#include "lib/base/strings.h"

namespace wirefold {
namespace {

constexpr std::string_view kPayloadUrl = "wirefold/reason";

struct Row {
  Reason reason;
  absl::StatusCode code;
  std::string_view name;
};

// The one table of reasons; docs/api.md lists the same names.
constexpr std::array kTable = {
    Row{Reason::kEmptyFile, absl::StatusCode::kInvalidArgument, "EMPTY_FILE"},
    Row{Reason::kDocumentTooLarge, absl::StatusCode::kResourceExhausted, "DOCUMENT_TOO_LARGE"},
    Row{Reason::kInvalidUrl, absl::StatusCode::kInvalidArgument, "INVALID_URL"},
    Row{Reason::kUnsupportedScheme, absl::StatusCode::kInvalidArgument, "UNSUPPORTED_SCHEME"},
    Row{Reason::kUrlTooLong, absl::StatusCode::kInvalidArgument, "URL_TOO_LONG"},
    Row{Reason::kNotText, absl::StatusCode::kInvalidArgument, "NOT_TEXT"},
    Row{Reason::kNoContent, absl::StatusCode::kInvalidArgument, "NO_CONTENT"},
    Row{Reason::kNormalizeFailed, absl::StatusCode::kInternal, "NORMALIZE_FAILED"},
    Row{Reason::kRemoved, absl::StatusCode::kFailedPrecondition, "REMOVED"},
    Row{Reason::kInvalidId, absl::StatusCode::kInvalidArgument, "INVALID_ID"},
    Row{Reason::kInvalidPageToken, absl::StatusCode::kInvalidArgument, "INVALID_PAGE_TOKEN"},
    Row{Reason::kInvalidArgument, absl::StatusCode::kInvalidArgument, "INVALID_ARGUMENT"},
    Row{Reason::kNotFound, absl::StatusCode::kNotFound, "NOT_FOUND"},
    Row{Reason::kReadOnly, absl::StatusCode::kUnavailable, "READ_ONLY"},
    Row{Reason::kStoreFailed, absl::StatusCode::kUnavailable, "STORE_FAILED"},
    Row{Reason::kStoreLocked, absl::StatusCode::kFailedPrecondition, "STORE_LOCKED"},
    Row{Reason::kStoreCorrupt, absl::StatusCode::kDataLoss, "STORE_CORRUPT"},
    Row{Reason::kStoreTooNew, absl::StatusCode::kFailedPrecondition, "STORE_TOO_NEW"},
    Row{Reason::kStoreRulesDiffer, absl::StatusCode::kFailedPrecondition, "STORE_RULES_DIFFER"},
    Row{Reason::kClientTooSlow, absl::StatusCode::kResourceExhausted, "CLIENT_TOO_SLOW"},
    Row{Reason::kShuttingDown, absl::StatusCode::kUnavailable, "SHUTTING_DOWN"},
    Row{Reason::kSequenceOutOfOrder, absl::StatusCode::kInvalidArgument, "SEQUENCE_OUT_OF_ORDER"},
    Row{Reason::kArchiveBroken, absl::StatusCode::kInvalidArgument, "ARCHIVE_BROKEN"},
    Row{Reason::kArchiveRatio, absl::StatusCode::kResourceExhausted, "ARCHIVE_RATIO"},
    Row{Reason::kUnsupportedEncoding, absl::StatusCode::kInvalidArgument, "UNSUPPORTED_ENCODING"},
    Row{Reason::kRecordBroken, absl::StatusCode::kInvalidArgument, "RECORD_BROKEN"},
    Row{Reason::kFeedBroken, absl::StatusCode::kInvalidArgument, "FEED_BROKEN"},
    Row{Reason::kSeveralArticles, absl::StatusCode::kInvalidArgument, "SEVERAL_ARTICLES"},
    Row{Reason::kRawNotKept, absl::StatusCode::kNotFound, "RAW_NOT_KEPT"},
    Row{Reason::kNotCompacted, absl::StatusCode::kAborted, "NOT_COMPACTED"},
};

}  // namespace

std::string_view ReasonName(Reason reason) {
  for (const Row& row : kTable) {
    if (row.reason == reason) return row.name;
  }
  return "REASON_UNSPECIFIED";
}

absl::Status Reject(Reason reason, std::string_view message) {
  absl::StatusCode code = absl::StatusCode::kUnknown;
  for (const Row& row : kTable) {
    if (row.reason == reason) code = row.code;
  }
  absl::Status status(code, ToAbsl(message));
  status.SetPayload(ToAbsl(kPayloadUrl), absl::Cord(ToAbsl(ReasonName(reason))));
  return status;
}

Reason ReasonOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(ToAbsl(kPayloadUrl));
  if (!payload.has_value()) return Reason::kUnspecified;
  for (const Row& row : kTable) {
    if (std::string(*payload) == row.name) return row.reason;
  }
  return Reason::kUnspecified;
}

}  // namespace wirefold
