#include "lib/parse/dump_format.h"

#include <algorithm>
#include <limits>

#include "lib/base/strings.h"

namespace wirefold {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n\f\v";

std::string_view SkipWhiteSpace(std::string_view text) {
  const size_t begin = text.find_first_not_of(kWhiteSpace);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

// Behind the end of the line at `pos`: LF, CRLF or CR.
size_t AfterLine(std::string_view text, size_t pos) {
  const size_t end = text.find_first_of("\r\n", pos);
  if (end == std::string_view::npos) return text.size();
  return text.substr(end, 2) == "\r\n" ? end + 2 : end + 1;
}

// A decimal integer that fills `text`, clamped.
std::optional<int64_t> ParseTime(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value > (kMax - (c - '0')) / 10 ? kMax : value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

// Takes the time line off `text`.
std::optional<int64_t> TakeTimeLine(std::string_view& text) {
  constexpr std::string_view kOpen = "<!--";
  constexpr std::string_view kClose = "-->";
  const std::string_view rest = SkipWhiteSpace(text);
  if (!rest.starts_with(kOpen)) return std::nullopt;
  const size_t line_end = std::min(rest.find_first_of("\r\n"), rest.size());
  const size_t close = rest.substr(0, line_end).find(kClose, kOpen.size());
  if (close == std::string_view::npos) return std::nullopt;
  const auto time = ParseTime(TrimAscii(rest.substr(kOpen.size(), close - kOpen.size())));
  if (time.has_value()) text = rest.substr(close + kClose.size());
  return time;
}

// At least three dashes and nothing else.
bool IsRule(std::string_view line) {
  line = TrimAscii(line);
  return line.size() >= 3 && line.find_first_not_of('-') == std::string_view::npos;
}

bool LooksLikeUrl(std::string_view text) {
  const size_t scheme = text.find("://");
  return scheme != std::string_view::npos && scheme > 0 && scheme <= 16 &&
         text.substr(0, scheme).find_first_of(" \t\r\n[]()<>") == std::string_view::npos;
}

// Where in `link` ("[title](url)") the "](" stands that parts title and URL. Titles and URLs may
// hold one themselves: the first behind which a URL without white space follows, else the last.
size_t FindSeparator(std::string_view link) {
  const size_t space = link.find_last_of(kWhiteSpace);
  size_t from = space == std::string_view::npos ? 0 : space + 1;
  for (size_t pos = link.find("](", from); pos != std::string_view::npos;
       pos = link.find("](", pos + 1)) {
    if (LooksLikeUrl(link.substr(pos + 2, 32))) return pos;
  }
  for (size_t pos = link.find("]("); pos != std::string_view::npos;
       pos = link.find("](", pos + 1)) {
    if (LooksLikeUrl(link.substr(pos + 2, 32))) return pos;
  }
  return link.rfind("](");
}

// Reads `link`, which starts with '['. False if it is no link.
bool ReadLink(std::string_view link, DumpFile& file) {
  link = TrimAscii(link);
  if (!link.ends_with(')')) return false;
  const size_t separator = FindSeparator(link);
  if (separator == std::string_view::npos) return false;
  file.has_link_line = true;
  file.title = link.substr(1, separator - 1);
  file.url = TrimAscii(link.substr(separator + 2, link.size() - separator - 3));
  return true;
}

}  // namespace

DumpFile SplitDump(std::string_view text) {
  DumpFile file;
  file.time_ms = TakeTimeLine(text);
  file.body = text;
  const std::string_view rest = SkipWhiteSpace(text);
  if (!rest.starts_with('[')) return file;

  // The rule bounds the link: a title may break over lines and hold brackets.
  for (size_t line = AfterLine(rest, 0); line < rest.size();) {
    const size_t next = AfterLine(rest, line);
    if (IsRule(rest.substr(line, next - line))) {
      if (ReadLink(rest.substr(0, line), file)) {
        file.body = rest.substr(next);
        return file;
      }
      break;  // only the first rule can be the one
    }
    line = next;
  }
  // Without a rule the link has to fill the first line and hold a URL.
  const size_t first_end = AfterLine(rest, 0);
  const std::string_view first = TrimAscii(rest.substr(0, first_end));
  const size_t separator = FindSeparator(first);
  if (first.ends_with(')') && separator != std::string_view::npos &&
      LooksLikeUrl(first.substr(separator + 2)) && ReadLink(first, file)) {
    file.body = rest.substr(first_end);
  }
  return file;
}

}  // namespace wirefold
