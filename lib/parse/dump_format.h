// DumpFormat: the frame of a raw dump file: time line, Markdown link line, rule, HTML fragment.
//
// Example:
//   <!--1693908902000-->
//   [Title, which may hold [ ] ( )](https://host/path_(1))
//   ------
//
//   <div>…</div>
//
//   DumpFile file = SplitDump(bytes);   // file.title, file.url, file.body point into bytes
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_PARSE_DUMP_FORMAT_H_
#define WIREFOLD_LIB_PARSE_DUMP_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace wirefold {

struct DumpFile {
  std::optional<int64_t> time_ms;  // milliseconds since 1970; clamped to what 64 bits hold
  bool has_link_line = false;
  std::string_view title;  // as it stands, line breaks included; not trimmed
  std::string_view url;    // as it stands, white space trimmed; may be invalid or empty
  std::string_view body;   // all that follows
};

// Splits `text` (valid UTF-8, any of LF, CRLF and CR as line end). Never fails: what is missing is
// absent, and a file without a link line is all body. Linear.
DumpFile SplitDump(std::string_view text);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_DUMP_FORMAT_H_
