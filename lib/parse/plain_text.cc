#include "lib/parse/plain_text.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "lib/text/stored.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

constexpr char32_t kFirstWide = 0x2E80;  // from here on scripts that put no blanks between words

size_t ColumnsOf(char32_t code_point) {
  return code_point >= kFirstWide || (code_point >= 0x1100 && code_point < 0x1200) ? 2 : 1;
}

size_t Columns(std::string_view text) {
  size_t columns = 0;
  for (size_t pos = 0; pos < text.size();) columns += ColumnsOf(NextCodePoint(text, pos));
  return columns;
}

// Of the first word, up to a blank; where no blanks part words, of the first character.
size_t FirstWordColumns(std::string_view line) {
  size_t columns = 0;
  for (size_t pos = 0; pos < line.size() && columns <= kMaxWrapColumns;) {
    const char32_t code_point = NextCodePoint(line, pos);
    if (code_point == ' ' || code_point == '\t') break;
    if (code_point >= kFirstWide) return columns == 0 ? 2 : columns;
    columns += ColumnsOf(code_point);
  }
  return columns;
}

bool IsIndented(std::string_view line) {
  constexpr std::string_view kIdeographicSpace = "\u3000";
  return line.starts_with(' ') || line.starts_with('\t') || line.starts_with(kIdeographicSpace);
}

struct Line {
  std::string_view text;
  size_t columns = 0;
};

std::vector<Line> SplitLines(std::string_view text) {
  std::vector<Line> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    if (!text.empty()) text.remove_prefix(text.starts_with("\r\n") ? 2 : 1);
    while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
    lines.push_back({line, Columns(line)});
  }
  return lines;
}

bool IsWide(std::string_view text, bool at_end) {
  if (text.empty()) return false;
  size_t pos = 0;
  if (at_end) {
    pos = text.size() - 1;
    while (pos > 0 && (static_cast<unsigned char>(text[pos]) & 0xC0) == 0x80) --pos;
  }
  return NextCodePoint(text, pos) >= kFirstWide;
}

bool ClosesASentence(std::string_view line) {
  constexpr std::array<std::string_view, 8> kEnds = {".", "。", ",", "，", ";", "；", ":", "："};
  return std::any_of(kEnds.begin(), kEnds.end(),
                     [line](std::string_view end) { return line.ends_with(end); });
}

struct Paragraph {
  std::string text;  // stored form
  size_t lines = 0;
};

std::vector<Paragraph> SplitParagraphs(const std::vector<Line>& lines) {
  size_t width = 0;
  for (const Line& line : lines) width = std::max(width, line.columns);
  const bool may_wrap = width >= kMinWrapColumns && width <= kMaxWrapColumns;
  std::vector<Paragraph> paragraphs;
  std::string joined;
  size_t count = 0;
  const auto finish = [&] {
    if (std::string text = StoredLine(joined); !text.empty()) {
      paragraphs.push_back({std::move(text), count});
    }
    joined.clear();
    count = 0;
  };
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i].text;
    if (!joined.empty() && !line.empty() && !(IsWide(joined, true) && IsWide(line, false))) {
      joined.push_back(' ');
    }
    joined.append(line);
    ++count;
    const bool wrapped = may_wrap && i + 1 < lines.size() && !line.empty() &&
                         !lines[i + 1].text.empty() && !IsIndented(lines[i + 1].text) &&
                         lines[i].columns + 1 + FirstWordColumns(lines[i + 1].text) > width;
    if (!wrapped) finish();
  }
  finish();
  return paragraphs;
}

bool IsTitle(const std::vector<Paragraph>& paragraphs) {
  if (paragraphs.size() < 2 || paragraphs[0].lines != 1) return false;
  const std::string& first = paragraphs[0].text;
  if (ClosesASentence(first) || Columns(first) > kMaxTitleColumns) return false;
  return std::any_of(paragraphs.begin() + 1, paragraphs.end(), [&](const Paragraph& other) {
    return other.text.size() > first.size() && ClosesASentence(other.text);
  });
}

}  // namespace

PlainText ReadPlainText(std::string_view text) {
  std::vector<Paragraph> paragraphs = SplitParagraphs(SplitLines(text));
  PlainText result;
  const bool title = IsTitle(paragraphs);
  if (title) result.title = std::move(paragraphs[0].text);
  result.document.containers.emplace_back();
  for (size_t i = title ? 1 : 0; i < paragraphs.size(); ++i) {
    if (result.document.blocks.size() == kMaxBlocks) {
      result.document.truncated = true;
      break;
    }
    HtmlBlock block;
    block.text = std::move(paragraphs[i].text);
    block.element = Element::kP;
    result.document.blocks.push_back(std::move(block));
  }
  return result;
}

}  // namespace wirefold
