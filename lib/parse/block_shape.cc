#include "lib/parse/block_shape.h"

#include <algorithm>
#include <iterator>

#include "lib/text/character_table.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

bool IsUrlCharacter(char c) {
  return static_cast<unsigned char>(c) > ' ' && static_cast<unsigned char>(c) < 0x7F;
}

bool IsAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool IsHostCharacter(char c) {
  return IsAsciiLetter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

// Where the name of a host starts that ends before `slash`; npos if there is none ("and/or").
size_t HostBefore(std::string_view text, size_t slash) {
  size_t begin = slash;
  while (begin > 0 && IsHostCharacter(text[begin - 1])) --begin;
  const std::string_view host = text.substr(begin, slash - begin);
  const size_t dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || host.size() - dot < 3) return host.npos;
  const std::string_view tld = host.substr(dot + 1);
  if (!std::all_of(tld.begin(), tld.end(), IsAsciiLetter)) return host.npos;
  if (begin > 0 && (text[begin - 1] == '/' || text[begin - 1] == '@')) return host.npos;
  return host.starts_with("www.") ? host.npos : begin;  // counted already
}

// Full-width and ideographic commas and the Arabic one, and what ends a sentence in Chinese or
// Japanese: a text with these in it is prose.
bool IsComma(char32_t c) {
  return c == U',' || c == U'，' || c == U'、' || c == U'。' || c == U'،' || c == U'；' ||
         c == U'﹐' || c == U'﹑';
}

}  // namespace

size_t UrlBytes(std::string_view text) {
  size_t bytes = 0;
  for (const std::string_view start : {"http", "www."}) {
    for (size_t pos = text.find(start); pos != std::string_view::npos;
         pos = text.find(start, pos)) {
      const size_t begin = pos;
      while (pos < text.size() && IsUrlCharacter(text[pos])) ++pos;
      const std::string_view url = text.substr(begin, pos - begin);
      const bool named = url.starts_with("http://") || url.starts_with("https://");
      const bool bare = start == "www." && (begin == 0 || text[begin - 1] != '/');
      if (named || bare) bytes += url.size();
    }
  }
  for (size_t slash = text.find('/'); slash != std::string_view::npos;) {
    const size_t begin = HostBefore(text, slash);
    size_t end = slash + 1;
    while (end < text.size() && IsUrlCharacter(text[end])) ++end;
    if (begin != std::string_view::npos && end > slash + 1) bytes += end - begin;
    slash = text.find('/', end);
  }
  return bytes;
}

BlockShape ShapeOf(const HtmlBlock& block) {
  const CharacterTable& table = CharacterTable::Get();
  BlockShape shape;
  size_t bytes = 0;
  for (size_t pos = 0; pos < block.text.size();) {
    const size_t start = pos;
    const char32_t code_point = NextCodePoint(block.text, pos);
    const CharacterInfo info = table.Of(code_point);
    if (info.stored() == StoredClass::kSpace) continue;
    const size_t size = pos - start;
    bytes += size;
    ++shape.characters;
    if (info.match() == MatchClass::kWord || info.match() == MatchClass::kSlow) {
      ++shape.letters;
      shape.weight += size >= 3 ? 2 : 1;
    } else if (IsComma(code_point)) {
      ++shape.commas;
    }
  }
  const auto total = static_cast<double>(std::max<size_t>(bytes, 1));
  shape.link_share = std::min(1.0, block.link_bytes / total);
  shape.emphasis_share = std::min(1.0, block.emphasis_bytes / total);
  shape.url_share = std::min(1.0, static_cast<double>(UrlBytes(block.text)) / total);
  return shape;
}

bool EndsWithColon(std::string_view text) {
  return text.ends_with(':') || text.ends_with("：") || text.ends_with("︰");
}

bool EndsSentence(std::string_view text) {
  constexpr std::string_view kEnds[] = {"。", "！", "？", "”",  "」", "』", "）", "…",
                                        ".",  "!",  "?",  "\"", ")",  "#",  ";",  "；"};
  return std::any_of(std::begin(kEnds), std::end(kEnds),
                     [&](std::string_view end) { return text.ends_with(end); });
}

bool IsBracketed(std::string_view text) {
  constexpr std::string_view kPairs[][2] = {
      {"（", "）"}, {"(", ")"}, {"【", "】"}, {"[", "]"}, {"〔", "〕"}};
  return std::any_of(std::begin(kPairs), std::end(kPairs), [&](const auto& pair) {
    return text.size() > pair[0].size() + pair[1].size() && text.starts_with(pair[0]) &&
           text.find(pair[1]) == text.size() - pair[1].size();
  });
}

bool HasMailAddress(std::string_view text) {
  for (size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    if (at == 0 || !IsHostCharacter(text[at - 1])) continue;
    size_t end = at + 1;
    while (end < text.size() && IsHostCharacter(text[end])) ++end;
    const std::string_view host = text.substr(at + 1, end - at - 1);
    const size_t dot = host.find('.');
    if (dot != std::string_view::npos && dot > 0 && dot + 2 < host.size()) return true;
  }
  return false;
}

}  // namespace wirefold
