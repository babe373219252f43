// Utf8: from untrusted bytes to valid UTF-8, and the few code point helpers that the text code
// shares.
//
// Example:
//   absl::StatusOr<Utf8Text> text = RepairUtf8(bytes, storage);
//   if (text->replaced_bytes > 0) ...   // text->text has U+FFFD where bytes were not UTF-8
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_TEXT_UTF8_H_
#define WIREFOLD_LIB_TEXT_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wirefold {

// More than one byte in so many that is not UTF-8 makes a file 'not text'.
inline constexpr size_t kMaxInvalidByteShare = 8;
// More than one NUL in so many bytes makes a file 'not text'.
inline constexpr size_t kMaxNulByteShare = 32;

struct Utf8Text {
  std::string_view text;        // valid UTF-8, without a byte order mark
  uint64_t replaced_bytes = 0;  // bytes of the input that were not UTF-8
};

// Bytes at the start of `bytes` that are valid UTF-8 (Unicode 15.0, table 3-7: no surrogates, no
// overlong forms), up to whole characters.
size_t ValidUtf8Prefix(std::string_view bytes);

// Valid UTF-8 out of `bytes`. A leading byte order mark is skipped. Each maximal subpart of an
// ill-formed sequence becomes one U+FFFD (Unicode 15.0, section 3.9). The result points into
// `bytes` where nothing had to be repaired, else into `storage`, which must outlive it.
// kNotText if more than 1/kMaxInvalidByteShare of the bytes are invalid or more than
// 1/kMaxNulByteShare are NUL.
[[nodiscard]] absl::StatusOr<Utf8Text> RepairUtf8(std::string_view bytes, std::string& storage);

// Appends `code_point`, which must be a Unicode scalar value.
inline void AppendUtf8(char32_t code_point, std::string& out) {
  if (code_point < 0x80) {
    out.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    const char bytes[] = {static_cast<char>(0xC0 | code_point >> 6),
                          static_cast<char>(0x80 | (code_point & 0x3F))};
    out.append(bytes, 2);
  } else if (code_point < 0x10000) {
    const char bytes[] = {static_cast<char>(0xE0 | code_point >> 12),
                          static_cast<char>(0x80 | (code_point >> 6 & 0x3F)),
                          static_cast<char>(0x80 | (code_point & 0x3F))};
    out.append(bytes, 3);
  } else {
    const char bytes[] = {static_cast<char>(0xF0 | code_point >> 18),
                          static_cast<char>(0x80 | (code_point >> 12 & 0x3F)),
                          static_cast<char>(0x80 | (code_point >> 6 & 0x3F)),
                          static_cast<char>(0x80 | (code_point & 0x3F))};
    out.append(bytes, 4);
  }
}

// The code point at `text[pos]` of VALID UTF-8; moves `pos` behind it. `pos` must be at the start
// of a character.
inline char32_t NextCodePoint(std::string_view text, size_t& pos) {
  const auto byte = [&](size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[pos + i]));
  };
  const char32_t lead = byte(0);
  if (lead < 0x80) {
    pos += 1;
    return lead;
  }
  char32_t code_point;
  if (lead < 0xE0) {
    code_point = (lead & 0x1F) << 6 | (byte(1) & 0x3F);
    pos += 2;
  } else if (lead < 0xF0) {
    code_point = (lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    pos += 3;
  } else {
    code_point =
        (lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    pos += 4;
  }
  return code_point;
}

// The longest prefix of valid UTF-8 of at most `max_bytes` bytes that ends with a character.
std::string_view CutAtCharacter(std::string_view text, size_t max_bytes);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_TEXT_UTF8_H_
