#include "lib/parse/feed_dates.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "lib/parse/dates.h"
#include "lib/parse/html_tokenizer.h"

namespace wirefold {
namespace {

constexpr std::string_view kBlanks = " \t\r\n,";

struct Zone {
  std::string_view name;  // lower case
  std::string_view offset;
};

// RFC 822, section 5.1, and zones that feeds use though it does not have them.
constexpr std::array kZones = {
    Zone{"ut", "+0000"},   Zone{"gmt", "+0000"},  Zone{"utc", "+0000"},  Zone{"z", "+0000"},
    Zone{"est", "-0500"},  Zone{"edt", "-0400"},  Zone{"cst", "-0600"},  Zone{"cdt", "-0500"},
    Zone{"mst", "-0700"},  Zone{"mdt", "-0600"},  Zone{"pst", "-0800"},  Zone{"pdt", "-0700"},
    Zone{"wet", "+0000"},  Zone{"west", "+0100"}, Zone{"bst", "+0100"},  Zone{"cet", "+0100"},
    Zone{"cest", "+0200"}, Zone{"eet", "+0200"},  Zone{"eest", "+0300"}, Zone{"msk", "+0300"},
    Zone{"hkt", "+0800"},  Zone{"sgt", "+0800"},  Zone{"jst", "+0900"},  Zone{"kst", "+0900"},
    Zone{"aest", "+1000"}, Zone{"aedt", "+1100"}, Zone{"nzst", "+1200"}, Zone{"nzdt", "+1300"}};

const Zone* FindZone(std::string_view word) {
  for (const Zone& zone : kZones) {
    if (EqualsLower(word, zone.name)) return &zone;
  }
  return nullptr;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsOffset(std::string_view word) {
  return word.size() > 2 && (word[0] == '+' || word[0] == '-') && IsDigit(word[1]);
}

// "+8", "+08", "+0800", "+08:00" as "+0800"; empty if it is none.
std::string FourDigits(std::string_view offset) {
  if (offset.size() < 2 || (offset[0] != '+' && offset[0] != '-')) return {};
  const size_t colon = std::min(offset.find(':'), offset.size());
  std::string hours(offset.substr(1, colon - 1));
  std::string minutes(colon < offset.size() ? offset.substr(colon + 1) : "");
  if (hours.size() > 2) {
    minutes = hours.substr(hours.size() - 2);
    hours.resize(hours.size() - 2);
  }
  if (hours.size() == 1) hours.insert(0, 1, '0');
  if (minutes.empty()) minutes = "00";
  const std::string digits = hours + minutes;
  if (digits.size() != 4 || !std::all_of(digits.begin(), digits.end(), IsDigit)) return {};
  return offset[0] + digits;
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  for (size_t pos = text.find_first_not_of(kBlanks); pos != std::string_view::npos;
       pos = text.find_first_not_of(kBlanks, pos)) {
    const size_t end = std::min(text.find_first_of(kBlanks, pos), text.size());
    words.emplace_back(text.substr(pos, end - pos));
    pos = end;
  }
  return words;
}

// The last words as one offset.
void ReadZone(std::vector<std::string>& words) {
  if (words.size() < 2) return;
  if (FindZone(words.back()) != nullptr && IsOffset(words[words.size() - 2])) words.pop_back();
  std::string& last = words.back();
  if (const Zone* zone = FindZone(last)) {
    last = zone->offset;
    return;
  }
  const size_t sign = last.find_first_of("+-");
  if (sign != std::string::npos && FindZone(last.substr(0, sign)) != nullptr) {
    last = FourDigits(std::string_view(last).substr(sign));
  } else if (sign == 0 && IsOffset(last)) {
    if (std::string offset = FourDigits(last); !offset.empty()) last = std::move(offset);
  }
}

// "10 Aug 20": the year in full.
void ReadYear(std::vector<std::string>& words) {
  for (size_t i = 1; i + 1 < words.size(); ++i) {
    const bool month = std::all_of(words[i].begin(), words[i].end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    std::string& year = words[i + 1];
    if (month && IsDigit(words[i - 1][0]) && year.size() == 2 && IsDigit(year[0]) &&
        IsDigit(year[1])) {
      year.insert(0, year[0] < '5' ? "20" : "19");
      return;
    }
  }
}

}  // namespace

std::optional<int64_t> ParseFeedDate(std::string_view text) {
  if (text.size() > kMaxFeedDateBytes) return std::nullopt;
  if (const size_t comment = text.find('('); comment != std::string_view::npos) {
    text = text.substr(0, comment);
  }
  std::vector<std::string> words = Words(text);
  ReadZone(words);
  ReadYear(words);
  std::string date;
  for (const std::string& word : words) {
    if (!date.empty()) date += ' ';
    date += word;
  }
  // RFC 3339 lets 't' and 'z' be lower case.
  if (!date.empty() && IsDigit(date[0])) {
    for (char& c : date) {
      if (c == 't' || c == 'z') c = static_cast<char>(c - 'a' + 'A');
    }
  }
  if (const auto parsed = ParseDate(date, std::nullopt)) return parsed;
  // A weekday's name in another language, or cut to some other length.
  const size_t first = date.find(' ');
  if (first == std::string::npos || IsDigit(date[0])) return std::nullopt;
  return ParseDate(std::string_view(date).substr(first + 1), std::nullopt);
}

}  // namespace wirefold
