// MarkupEscape: the four characters that mean something to HTML and XML, as references.
//
// Example:
//   std::string out;
//   AppendMarkupEscaped("a < b & c", out);   // "a &lt; b &amp; c"
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_PARSE_MARKUP_ESCAPE_H_
#define WIREFOLD_LIB_PARSE_MARKUP_ESCAPE_H_

#include <string>
#include <string_view>

namespace wirefold {

// The reference that stands for `c` in text and in quoted attributes; "" where `c` can stay.
constexpr std::string_view MarkupReference(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return {};
  }
}

inline void AppendMarkupEscaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    const std::string_view reference = MarkupReference(c);
    if (reference.empty()) {
      out += c;
    } else {
      out += reference;
    }
  }
}

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_MARKUP_ESCAPE_H_
