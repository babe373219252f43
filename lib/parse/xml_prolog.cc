#include "lib/parse/xml_prolog.h"

#include <algorithm>

#include "lib/parse/html_tokenizer.h"

namespace wirefold {
namespace {

bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
         static_cast<unsigned char>(c) >= 0x80;
}

size_t Behind(std::string_view text, std::string_view end, size_t from) {
  const size_t found = text.find(end, from);
  return found == std::string_view::npos ? found : found + end.size();
}

// Behind a doctype: its internal subset may hold '>' in brackets, quotes and comments.
size_t SkipDoctype(std::string_view text, size_t pos) {
  bool in_subset = false;
  while (true) {
    pos = text.find_first_of("[]>\"'<", pos);
    if (pos == std::string_view::npos) return pos;
    const char c = text[pos];
    if (c == '"' || c == '\'') {
      pos = text.find(c, pos + 1);
      if (pos == std::string_view::npos) return pos;
    } else if (c == '<' && text.substr(pos, 4) == "<!--") {
      pos = Behind(text, "-->", pos + 4);
      if (pos == std::string_view::npos) return pos;
      continue;
    } else if (c == '[') {
      in_subset = true;
    } else if (c == ']') {
      in_subset = false;
    } else if (c == '>' && !in_subset) {
      return pos + 1;
    }
    ++pos;
  }
}

}  // namespace

size_t SkipMarkupDeclaration(std::string_view text, size_t pos) {
  const std::string_view rest = text.substr(pos);
  if (rest.starts_with("<!--")) return Behind(text, "-->", pos + 4);
  if (rest.starts_with("<![CDATA[")) return Behind(text, "]]>", pos + 9);
  if (rest.starts_with("<?")) return Behind(text, "?>", pos + 2);
  if (rest.starts_with("<!")) return SkipDoctype(text, pos + 2);
  return pos;
}

FirstElement FindFirstElement(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  FirstElement element;
  size_t pos = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  while (true) {
    const size_t next = text.find('<', pos);
    const std::string_view between = text.substr(pos, next - pos);
    element.after_text |= between.find_first_not_of(" \t\r\n\f\v") != std::string_view::npos;
    if (next == std::string_view::npos) return element;
    const size_t behind = SkipMarkupDeclaration(text, next);
    if (behind == std::string_view::npos) return element;
    if (behind != next) {
      pos = behind;
      continue;
    }
    if (next + 1 < text.size() && IsNameStart(text[next + 1])) {
      const size_t end = std::min(text.find_first_of(" \t\r\n\f/>", next + 1), text.size());
      const std::string_view name = text.substr(next + 1, end - next - 1);
      const size_t colon = name.find(':');
      element.position = next;
      element.prefix = colon == std::string_view::npos ? "" : name.substr(0, colon);
      element.local_name = colon == std::string_view::npos ? name : name.substr(colon + 1);
      return element;
    }
    element.after_text = true;
    pos = next + 1;
  }
}

bool IsFeedRoot(const FirstElement& element) {
  return EqualsLower(element.local_name, "rss") || EqualsLower(element.local_name, "feed") ||
         EqualsLower(element.local_name, "rdf");
}

}  // namespace wirefold
