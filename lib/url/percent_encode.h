// Percent encoding: the percent-encode sets of the URL standard, and escapes read back.
//
// Example:
//   std::string path;
//   AppendPercentEncoded("/a b", EncodeSet::kPath, path);   // "/a%20b"
//
// A byte of 0x80 or more is in every set. So UTF-8 is encoded as the standard says, and bytes that
// are no UTF-8 stay apart from each other instead of all becoming U+FFFD.
//
// Source: URL Standard (url.spec.whatwg.org), section 1.3. Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_URL_PERCENT_ENCODE_H_
#define WIREFOLD_LIB_URL_PERCENT_ENCODE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wirefold {

// Each a bit of the table below. The last is not the standard's: it is what RFC 3986 (2.2, 2.3)
// allows nowhere in a URI, and url_key encodes it, whatever a browser leaves alone.
enum class EncodeSet : uint8_t {
  kC0Control = 1 << 0,
  kFragment = 1 << 1,
  kQuery = 1 << 2,
  kSpecialQuery = 1 << 3,
  kPath = 1 << 4,
  kUserinfo = 1 << 5,
  kNotInUri = 1 << 6,
};

namespace url_internal {

constexpr std::array<uint8_t, 256> MakeEncodeTable() {
  std::array<uint8_t, 256> table{};
  const auto add = [&table](std::string_view characters, auto... sets) {
    for (const char c : characters) {
      ((table[static_cast<uint8_t>(c)] |= static_cast<uint8_t>(sets)), ...);
    }
  };
  for (int c = 0; c < 256; ++c) {
    if (c <= 0x1f || c >= 0x7f) table[c] = 0xff;
  }
  using enum EncodeSet;
  add(" \"<>", kFragment, kQuery, kSpecialQuery, kPath, kUserinfo, kNotInUri);
  add("`", kFragment, kPath, kUserinfo, kNotInUri);
  add("#", kQuery, kSpecialQuery, kPath, kUserinfo);
  add("'", kSpecialQuery);
  add("?", kPath, kUserinfo);
  add("^{}", kPath, kUserinfo, kNotInUri);
  add("/:;=@[]", kUserinfo);
  add("\\|", kUserinfo, kNotInUri);
  return table;
}

inline constexpr std::array<uint8_t, 256> kEncodeTable = MakeEncodeTable();

}  // namespace url_internal

inline bool InEncodeSet(char c, EncodeSet set) {
  return (url_internal::kEncodeTable[static_cast<uint8_t>(c)] & static_cast<uint8_t>(set)) != 0;
}

inline bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsAsciiAlpha(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
inline char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// RFC 3986, 2.3: letters, digits, - . _ ~
inline bool IsUnreserved(char c) {
  return IsAsciiAlpha(c) || IsAsciiDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// 0…15, or -1 when `c` is no hexadecimal digit.
inline int HexValue(char c) {
  if (IsAsciiDigit(c)) return c - '0';
  if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') return (c | 0x20) - 'a' + 10;
  return -1;
}

// The byte that the escape at `text[position]` (a '%') stands for, or -1 when it is broken.
inline int DecodeEscapeAt(std::string_view text, size_t position) {
  if (position + 2 >= text.size()) return -1;
  const int high = HexValue(text[position + 1]);
  const int low = HexValue(text[position + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// Appends "%XX", in upper case.
void AppendEscape(uint8_t byte, std::string& out);

// Appends `text`, with the bytes of `set` as escapes. Escapes that are there already are kept.
void AppendPercentEncoded(std::string_view text, EncodeSet set, std::string& out);

// `text` with each sound escape replaced by its byte; broken ones are kept.
std::string PercentDecode(std::string_view text);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_PERCENT_ENCODE_H_
