// WarcHeader: the named fields ahead of a WARC record's block.
//
// Example:
//   absl::StatusOr<WarcHeader> header = ReadWarcHeader("WARC/1.0\r\nWARC-Type: response\r\n…");
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_PARSE_WARC_HEADER_H_
#define WIREFOLD_LIB_PARSE_WARC_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wirefold {

// A header without an end within so many bytes is broken.
inline constexpr size_t kMaxWarcHeaderBytes = size_t{64} << 10;

struct WarcHeader {
  std::string type;          // lower case
  std::string target_uri;    // without <>
  std::string content_type;  // the block's
  std::optional<int64_t> date_ms;
  uint64_t content_length = 0;  // saturates
  bool truncated = false;       // WARC-Truncated, or the first of several segments
};

// Whether `text` can be the start of a record: "WARC/" and a digit, or as much of it as there is.
bool MayStartRecord(std::string_view text);

// WARC-Date as milliseconds since 1970: RFC 3339, any precision down to the year (WARC 1.1), and
// the fourteen digits of older tools. UTC.
std::optional<int64_t> ReadWarcDate(std::string_view text);

// Reads a header from its version line to its empty line. kRecordBroken without a type or a length.
[[nodiscard]] absl::StatusOr<WarcHeader> ReadWarcHeader(std::string_view text);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_WARC_HEADER_H_
