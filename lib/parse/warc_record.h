// WarcRecord: what one record of a WARC file holds for us.
//
// Example:
//   WarcCounts counts;
//   absl::StatusOr<std::optional<WarcItem>> document =
//       ReadWarcRecord(header, std::move(block), /*oversized=*/false, counts);
//
// A document is a `response` of HTTP with status 2xx, or a `resource` from an http, https, ftp or
// file URL, whose content type is HTML, XHTML, XML (feeds among it) or plain text; without a
// content type its beginning has to look like one of those. Everything else is passed over and
// counted.
//
// Thread-safe: a pure function, but for the counts. Linear.
#ifndef WIREFOLD_LIB_PARSE_WARC_RECORD_H_
#define WIREFOLD_LIB_PARSE_WARC_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/limits.h"
#include "lib/parse/warc_header.h"

namespace wirefold {

// A record's block: a document with its HTTP head and chunk sizes.
inline constexpr size_t kMaxWarcBlockBytes = kMaxDocumentBytes + (size_t{1} << 20);
struct WarcItem {
  absl::Status error;  // not OK: an error item, of which only index, offsets and url may be set
  uint64_t index = 0;  // counts items from 0
  // Where the record starts in the file; in a compressed one, where its member does.
  uint64_t offset = 0;
  uint64_t unpacked_offset = 0;  // the same in the unpacked bytes
  std::string url;               // WARC-Target-URI as it stands, without <>
  std::optional<int64_t> date_ms;
  int http_status = 0;           // 0: a resource
  std::string content_type;      // the document's, as it stands; may be empty
  std::string content_language;  // likewise
  std::string payload;           // the document's bytes in its own charset
  bool truncated = false;        // the archive says, or shows, that it is not whole
};

struct WarcCounts {
  uint64_t records = 0;  // whole ones, of any kind
  uint64_t documents = 0;
  uint64_t errors = 0;
  // Passed over, by kind of record, and for responses and resources by reason:
  uint64_t warcinfo = 0;
  uint64_t requests = 0;
  uint64_t metadata = 0;
  uint64_t revisits = 0;
  uint64_t other_records = 0;  // conversion, continuation, DNS, tools' own resources
  uint64_t other_status = 0;   // not 2xx
  uint64_t other_content = 0;  // a content type that is no document's
  uint64_t empty_bodies = 0;
};

// What the record is, from its header and its block; nullopt where it is passed over, as `counts`
// says then. Of an `oversized` one the block is only the beginning. Item's offsets and index are
// the caller's. kDocumentTooLarge, kRecordBroken, and what ReadHttpHead and ReadHttpBody refuse.
[[nodiscard]] absl::StatusOr<std::optional<WarcItem>> ReadWarcRecord(const WarcHeader& header,
                                                                     std::string block,
                                                                     bool oversized,
                                                                     WarcCounts& counts);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_WARC_RECORD_H_
