// CharsetLabels: the names that pages give to charsets ("gb2312", "latin1") and the encoding that
// each stands for.
//
// Example:
//   const Charset* charset = FindCharset(" GB2312 ");   // charset->name == "GBK"
//
// Thread-safe: pure functions over a constant table.
#ifndef WIREFOLD_LIB_PARSE_CHARSET_LABELS_H_
#define WIREFOLD_LIB_PARSE_CHARSET_LABELS_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace wirefold {

// How an encoding's bytes look, which is what the rules for wrong declarations go by.
enum class CharsetKind : uint8_t {
  kUtf8,
  kUtf16,
  kSingleByte,  // a byte a character
  kMultiByte,   // one to four bytes a character
  kEscapes,     // ISO-2022-JP: ASCII bytes alone, shifted by escape sequences
};

struct Charset {
  std::string_view name;  // as the WHATWG Encoding standard writes it, e.g. "Shift_JIS"
  const char* converter;  // ICU's name for the same; null where ICU has none
  CharsetKind kind;
  std::string_view labels;  // lower case, parted by blanks
};

// A longer label is none.
inline constexpr size_t kMaxCharsetLabelBytes = 40;

// The encoding of `label` by the WHATWG Encoding standard, section 4.2 ("get an encoding"), ASCII
// white space around it and case ignored; and by some names that real headers use beside those
// (cp936, cp949, uhc, ...). Null for an unknown one, and for those that the standard replaces
// (hz-gb-2312, iso-2022-kr, ...).
const Charset* FindCharset(std::string_view label);

// The whole table, for tests.
std::span<const Charset> AllCharsets();

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_CHARSET_LABELS_H_
