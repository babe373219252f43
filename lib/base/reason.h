// Reasons: why a file was rejected or a call refused, as a stable name that programs can test.
//
// lib/ reports errors as absl::Status. The status code says what kind of failure it is; the reason,
// attached as a payload, says which one. The server maps both to a gRPC status with
// google.rpc.ErrorInfo, the client prints the name.
//
// Example:
//   return Reject(Reason::kInvalidUrl, "the URL has no host; write https://host/path");
//   ...
//   if (ReasonOf(status) == Reason::kInvalidUrl) ...
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_BASE_REASON_H_
#define WIREFOLD_LIB_BASE_REASON_H_

#include <string_view>

#include "absl/status/status.h"

namespace wirefold {

enum class Reason {
  kUnspecified = 0,
  // A file that is REJECTED (the stream goes on):
  kEmptyFile,          // zero bytes, or nothing but white space
  kDocumentTooLarge,   // over Limits::max_document_bytes
  kInvalidUrl,         // the URL is none by the WHATWG URL standard
  kUnsupportedScheme,  // a URL that is neither http nor https
  kUrlTooLong,         // over kMaxUrlBytes, before or after percent-encoding
  kNotText,            // binary data, or text whose charset is not understood
  kNoContent,          // neither a URL nor a title nor a letter of text
  kNormalizeFailed,    // a library failed on it: a defect, or memory ran out
  kRemoved,            // deleted here and not wanted back
  // A call or a stream that is refused:
  kInvalidId,
  kInvalidPageToken,
  kInvalidArgument,
  kNotFound,
  kReadOnly,     // no file is accepted now (the disk is nearly full)
  kStoreFailed,  // a commit failed: the daemon acknowledges nothing more
  kStoreLocked,  // another process has the data folder open
  kStoreCorrupt,
  kStoreTooNew,       // written by a newer version
  kStoreRulesDiffer,  // written under other key rules
  kClientTooSlow,     // acknowledgements were not read for too long
  kShuttingDown,
  kSequenceOutOfOrder,
  // Further reasons of a file, or of one record of it, that is REJECTED:
  kArchiveBroken,        // compressed data that is damaged or ends early
  kArchiveRatio,         // unpacks to far more than real data does: a bomb
  kUnsupportedEncoding,  // a compression that is not understood (br, zstd with a dictionary)
  kRecordBroken,         // a WARC record whose form is broken
  kFeedBroken,           // a feed, or an item of one, that can't be read
  kSeveralArticles,      // a WARC file or a feed that was sent whole, not split
  // Further reasons of a call:
  kRawNotKept,    // the article is there, its raw bytes were not kept
  kNotCompacted,  // not all of the store was; it can be tried again
};

// The reason's name as the protocol spells it, e.g. "INVALID_URL".
std::string_view ReasonName(Reason reason);

// An absl::Status of the code that belongs to `reason`, carrying it. `message` says what is wrong
// and what to do about it.
[[nodiscard]] absl::Status Reject(Reason reason, std::string_view message);

// The reason that Reject attached; kUnspecified for any other status.
Reason ReasonOf(const absl::Status& status);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_REASON_H_
