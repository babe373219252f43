// CharsetDecoder: bytes in a known charset to UTF-8, by ICU's converters.
//
// Example:
//   std::string out;
//   absl::StatusOr<uint64_t> replaced = DecodeAs(*FindCharset("gbk"), bytes, out);
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_PARSE_CHARSET_DECODER_H_
#define WIREFOLD_LIB_PARSE_CHARSET_DECODER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/parse/charset_labels.h"

namespace wirefold {

// Writes `bytes` as UTF-8 to `out` (its old content is gone) and returns how many bytes of the
// input became U+FFFD, one for each sequence that the charset does not have. Not for UTF-8 itself
// (see lib/text/utf8.h). kNormalizeFailed if the converter can't be opened: memory ran out, or an
// ICU without its data.
[[nodiscard]] absl::StatusOr<uint64_t> DecodeAs(const Charset& charset, std::string_view bytes,
                                                std::string& out);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_CHARSET_DECODER_H_
