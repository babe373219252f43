#include "client/command/wrap.h"

#include <algorithm>
#include <cstdint>

#include "lib/text/utf8.h"

namespace wirefold {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

template <size_t kSize>
bool IsIn(const Range (&ranges)[kSize], char32_t c) {
  return std::any_of(ranges, ranges + kSize,
                     [c](const Range& range) { return c >= range.first && c <= range.last; });
}

// East Asian Width W and F (Unicode Standard Annex 11), by blocks.
bool IsWide(char32_t c) {
  constexpr Range kWide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
                             {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},
                             {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
                             {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
                             {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
  return c >= 0x1100 && IsIn(kWide, c);
}

// Combining marks and joiners of the scripts that news is written in.
bool IsZeroWidth(char32_t c) {
  constexpr Range kZero[] = {
      {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
      {0x0670, 0x0670}, {0x06D6, 0x06DC}, {0x06DF, 0x06E4}, {0x0900, 0x0902}, {0x093A, 0x093A},
      {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0951, 0x0957}, {0x0E31, 0x0E31},
      {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x0EB1, 0x0EB1}, {0x0EB4, 0x0EBC}, {0x0EC8, 0x0ECD},
      {0x102D, 0x1030}, {0x1032, 0x1037}, {0x1039, 0x103A}, {0x17B4, 0x17B5}, {0x17B7, 0x17BD},
      {0x17C6, 0x17C6}, {0x17C9, 0x17D3}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0x3099, 0x309A},
      {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};
  return c >= 0x0300 && IsIn(kZero, c);
}

size_t WidthOf(char32_t c) { return IsZeroWidth(c) ? 0 : IsWide(c) ? 2 : 1; }

// May not begin a line.
bool EndsSomething(char32_t c) {
  constexpr std::u32string_view kClosing = U"，。、；：！？）」』》〉】”’…,.;:!?)]}%％";
  return kClosing.find(c) != std::u32string_view::npos;
}

// May not end a line.
bool BeginsSomething(char32_t c) {
  constexpr std::u32string_view kOpening = U"（「『《〈【“‘([{";
  return kOpening.find(c) != std::u32string_view::npos;
}

}  // namespace

size_t DisplayWidth(std::string_view utf8) {
  size_t width = 0;
  for (size_t at = 0; at < utf8.size();) width += WidthOf(NextCodePoint(utf8, at));
  return width;
}

void AppendWrapped(std::string_view utf8, const Indent& indent, std::string& out, size_t columns) {
  std::string line;       // without its indent
  size_t width = 0;       // of line
  size_t break_at = 0;    // bytes of line that may stand alone; 0: none
  size_t break_from = 0;  // where the next line goes on then
  size_t break_width = 0;
  bool first = true;
  const auto room = [&] {
    const size_t taken = DisplayWidth(first ? indent.first : indent.next);
    return columns > taken + 1 ? columns - taken : 2;
  };
  const auto put = [&](std::string_view text) {
    out += first ? indent.first : indent.next;
    out += text;
    out += '\n';
    first = false;
  };
  char32_t last = ' ';
  for (size_t at = 0; at < utf8.size();) {
    const size_t start = at;
    const char32_t c = NextCodePoint(utf8, at);
    if (c == '\n') {
      put(line);
      line.clear();
      width = break_at = break_from = break_width = 0;
      last = ' ';
      continue;
    }
    if (c == ' ' || c == '\t') {
      if (last == ' ') continue;
      break_at = line.size();
      line += ' ';
      ++width;
      break_from = line.size();
      break_width = width;
      last = ' ';
      continue;
    }
    const size_t own = WidthOf(c);
    const bool may_part = last != ' ' && (IsWide(c) || IsWide(last)) && !EndsSomething(c) &&
                          !BeginsSomething(last) && own > 0;
    if (may_part) {
      break_at = break_from = line.size();
      break_width = width;
    }
    if (width + own > room()) {
      if (break_at == 0) {  // a word longer than a line
        put(line);
        line.clear();
        width = 0;
      } else {
        put(std::string_view(line).substr(0, break_at));
        line.erase(0, break_from);
        width -= break_width;
      }
      break_at = break_from = break_width = 0;
    }
    line += utf8.substr(start, at - start);
    width += own;
    last = c;
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  if (!line.empty() || first) put(line);
}

}  // namespace wirefold
