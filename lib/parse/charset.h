// Charset: untrusted bytes in whatever charset to valid UTF-8.
//
// Example:
//   std::string storage;
//   absl::StatusOr<DecodedText> text =
//       DecodeText(body, {.content_type = "text/html; charset=gb2312"}, storage);
//   // text->text is UTF-8, text->charset "GBK", text->evidence CharsetEvidence::kContentType
//
// What is believed, in this order:
//   1. A byte order mark.
//   2. Bytes that are valid UTF-8 throughout, whatever is declared: other charsets' text is UTF-8
//      by chance only when it is short. So a declared multi-byte charset (GBK, Big5, ...) wins over
//      fewer than kMinUtf8Sequences characters beyond ASCII if it reads them without a fault.
//      ISO-2022-JP, which is all ASCII bytes, is told by its escape sequences; where UTF-8 is
//      declared, only if it then reads without a fault.
//   3. A declaration: the Content-Type header, else <meta> in the first 1,024 bytes, else the XML
//      declaration. It is plainly wrong, and passed over, when
//      - UTF-8 is declared, and no more well-formed characters than broken bytes are there;
//      - another is declared, and reads more than one non-ASCII byte in kMaxUndecodableShare as
//        nothing; or the bytes are UTF-8 but for one broken byte in kUtf8DespiteDeclaration
//        characters.
//   4. Without a declaration: UTF-8, if there are more than twice as many well-formed characters as
//      broken bytes.
//   5. uchardet's guess (which a wrong declaration loses to only if the guess reads nearly all),
//      and for short texts whether all non-ASCII bytes come in pairs that are common Chinese
//      characters of GB 2312.
//   6. windows-1252; after a wrong declaration, what was declared.
// Pure ASCII is "UTF-8". UTF-16 without a mark is told by its first characters, or by a
// Content-Type header that the bytes bear out.
//
// Thread-safe: pure functions. Linear time; the result has at most three bytes for one of the
// input.
#ifndef WIREFOLD_LIB_PARSE_CHARSET_H_
#define WIREFOLD_LIB_PARSE_CHARSET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wirefold {

// See above.
inline constexpr size_t kMinUtf8Sequences = 4;
inline constexpr size_t kMaxUndecodableShare = 8;
inline constexpr size_t kUtf8DespiteDeclaration = 16;
// A guess must read all but one non-ASCII byte in so many.
inline constexpr size_t kMaxGuessUndecodableShare = 16;
// uchardet sees so many bytes, from the first non-ASCII one on.
inline constexpr size_t kMaxDetectionBytes = size_t{64} << 10;
// With fewer non-ASCII bytes its guess of a one-byte charset is not believed.
inline constexpr size_t kMinDetectionBytes = 24;
// More than one control character in so many bytes that are not UTF-8 makes them 'not text'.
inline constexpr size_t kMaxControlByteShare = 32;

enum class CharsetEvidence : uint8_t {
  kUtf8,  // valid UTF-8, or nearly so
  kByteOrderMark,
  kContentType,  // the hint
  kMeta,
  kXmlDeclaration,
  kBytePattern,  // UTF-16's or ISO-2022-JP's, or pairs of common Chinese characters
  kDetection,    // uchardet
  kLastResort,
};

// "utf8", "bom", "content-type", "meta", "xml", "pattern", "detection", "last-resort".
std::string_view CharsetEvidenceName(CharsetEvidence evidence);

struct CharsetHints {
  std::string_view content_type = {};  // the header's value, or a bare charset label; may be empty
};

struct DecodedText {
  std::string_view text;     // valid UTF-8, without a byte order mark
  std::string_view charset;  // the WHATWG Encoding standard's name; static
  CharsetEvidence evidence = CharsetEvidence::kUtf8;
  uint64_t replaced_bytes = 0;  // bytes of the input that U+FFFD stands for
};

// Decodes `bytes`. Valid UTF-8 is scanned once and not copied: the result points into `bytes`, else
// into `storage`, which must outlive it. kNotText for binary data (more than 1/kMaxNulByteShare
// NULs, or, where it is not UTF-8, more than 1/kMaxControlByteShare control characters), and where
// no charset reads the bytes. kNormalizeFailed if ICU has no memory.
[[nodiscard]] absl::StatusOr<DecodedText> DecodeText(std::string_view bytes,
                                                     const CharsetHints& hints,
                                                     std::string& storage);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_CHARSET_H_
