#include "lib/parse/dateline.h"

#include <algorithm>
#include <array>

namespace wirefold {
namespace {

using Words = std::string_view[];

bool EndsWithAny(std::string_view text, const auto& words) {
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return text.ends_with(word); });
}

// "7月2日", "24日": a digit right before 日.
bool NamesADay(std::string_view text) {
  constexpr std::string_view kDay = "日";
  for (size_t pos = text.find(kDay); pos != std::string_view::npos;
       pos = text.find(kDay, pos + 1)) {
    if (pos > 0 && text[pos - 1] >= '0' && text[pos - 1] <= '9') return true;
  }
  return false;
}

// What a dispatch is called, at the end of a bracketed head.
constexpr Words kDispatch = {"电",   "電",   "讯",   "訊",   "社",   "网",   "網",
                             "报导", "報導", "报道", "報道", "消息", "专稿", "專稿"};

// （…）, (…), 【…】 at the start.
std::string_view Bracketed(std::string_view paragraph) {
  constexpr std::array<std::array<std::string_view, 2>, 4> kBrackets = {
      {{"（", "）"}, {"(", ")"}, {"【", "】"}, {"[", "]"}}};
  for (const auto& [open, close] : kBrackets) {
    if (!paragraph.starts_with(open)) continue;
    const size_t end = paragraph.substr(0, kMaxDatelineBytes).find(close);
    if (end == std::string_view::npos) return {};
    const std::string_view inner = paragraph.substr(open.size(), end - open.size());
    return EndsWithAny(inner, kDispatch) ? inner : std::string_view();
  }
  return {};
}

bool IsUpperAscii(char c) { return c >= 'A' && c <= 'Z'; }

// "LONDON, March 3", "NEW YORK, Oct 19": a place in capitals, then a comma.
bool IsLatinPlace(std::string_view text) {
  size_t capitals = 0;
  for (const char c : text) {
    if (c == ',') return capitals >= 3;
    if (c >= 'a' && c <= 'z') return false;
    capitals += IsUpperAscii(c) ? 1 : 0;
  }
  return capitals >= 3;
}

bool HasDigit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// What stands before a dash that parts head and text.
std::string_view Dashed(std::string_view paragraph) {
  constexpr Words kDashes = {" - ", " — ", " – ", "——", " -- "};
  const std::string_view head = paragraph.substr(0, kMaxDatelineBytes);
  for (const std::string_view dash : kDashes) {
    const size_t end = head.find(dash);
    if (end == std::string_view::npos || end == 0) continue;
    const std::string_view before = head.substr(0, end);
    if (NamesADay(before) && before.size() <= 72) return before;
    if (HasDigit(before) && IsLatinPlace(before)) return before;
  }
  return {};
}

// "新华社北京8月10日电 国家主席": an agency's head that ends with 日电 and a space or a comma.
std::string_view Wired(std::string_view paragraph) {
  const std::string_view head = paragraph.substr(0, 72);
  for (const std::string_view end : {"日电", "日電", "日讯", "日訊"}) {
    const size_t pos = head.find(end);
    if (pos == std::string_view::npos) continue;
    const std::string_view dateline = head.substr(0, pos + end.size());
    if (NamesADay(dateline)) return dateline;
  }
  return {};
}

}  // namespace

std::string_view FindDateline(std::string_view paragraph) {
  if (const auto found = Bracketed(paragraph); !found.empty()) return found;
  if (const auto found = Dashed(paragraph); !found.empty()) return found;
  return Wired(paragraph);
}

}  // namespace wirefold
