// HttpMessage: an HTTP/1.x response as crawlers archive it: status, the headers that matter, and
// the body with its transfer and content encodings undone.
//
// Example:
//   absl::StatusOr<HttpHead> head = ReadHttpHead(block);
//   absl::StatusOr<HttpBody> body = ReadHttpBody(*head, block.substr(head->bytes));
//
// Lenient where archives are: bare LF ends a line, headers may be folded, and a body may have been
// stored decoded though its headers say otherwise (RFC 9112 and RFC 9110 for the rest).
//
// Thread-safe: pure functions, linear.
#ifndef WIREFOLD_LIB_PARSE_HTTP_MESSAGE_H_
#define WIREFOLD_LIB_PARSE_HTTP_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wirefold {

// A head without an end within so many bytes is broken.
inline constexpr size_t kMaxHttpHeadBytes = size_t{64} << 10;
// Content-Encoding may name so many, one inside the other.
inline constexpr size_t kMaxContentEncodings = 3;

struct HttpHead {
  int status = 0;
  std::string content_type = {};  // the header's value, parameters and all; empty if there is none
  std::string content_encoding = {};  // as it stands, lower case; several are joined by ','
  std::string content_language = {};  // as it stands; several are joined by ','
  std::optional<uint64_t> content_length = {};  // the first one that is a number
  bool chunked = false;
  size_t bytes = 0;  // from the status line to behind the empty line
};

struct HttpBody {
  std::string bytes;
  // Chunks that end early, or fewer bytes than Content-Length says; what there is is in `bytes`.
  bool truncated = false;
};

// The end of the fields that `text` starts with: behind the first empty line, CRLF or LF.
// std::string_view::npos if there is none from `from` on.
size_t FindFieldsEnd(std::string_view text, size_t from = 0);

// Calls `use(name, value)` for each "Name: value" of `fields`, folded lines joined by a blank, both
// trimmed, the name in lower case. Lines that are no field are passed over.
void ForEachField(std::string_view fields,
                  const std::function<void(std::string_view, std::string_view)>& use);

// A Content-Length: a number of bytes, which saturates; nullopt if the text is none.
std::optional<uint64_t> ReadLength(std::string_view text);

// "text/html" of " Text/HTML; charset=x": lower case, without parameters.
std::string MediaType(std::string_view content_type);

// The head that `message` starts with; interim responses (1xx) ahead of it are passed over.
// kRecordBroken if it is none.
[[nodiscard]] absl::StatusOr<HttpHead> ReadHttpHead(std::string_view message);

// The body, decoded: chunked, then gzip, deflate and zstd. kUnsupportedEncoding for br and others,
// kArchiveBroken, kArchiveRatio, kDocumentTooLarge past kMaxDocumentBytes.
[[nodiscard]] absl::StatusOr<HttpBody> ReadHttpBody(const HttpHead& head, std::string_view raw);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_HTTP_MESSAGE_H_
