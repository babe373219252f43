#include "lib/parse/dates.h"

#include <array>
#include <chrono>
#include <cstdlib>

#include "lib/parse/html_tokenizer.h"

namespace wirefold {
namespace {

constexpr int64_t kMsPerDay = 86'400'000;

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 12> kLongMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct Date {
  int year = 0;
  int month = 0;
  int day = 0;
};

std::optional<int64_t> DaysMs(const Date& date) {
  if (date.year < 1900 || date.year > 2200 || date.month < 1 || date.day < 1) return std::nullopt;
  const std::chrono::year_month_day day(std::chrono::year(date.year),
                                        std::chrono::month(static_cast<unsigned>(date.month)),
                                        std::chrono::day(static_cast<unsigned>(date.day)));
  if (!day.ok()) return std::nullopt;
  return std::chrono::sys_days(day).time_since_epoch().count() * kMsPerDay;
}

// Reads a date from left to right; each Take… moves on only if it succeeds.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool Take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void Spaces() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  // A number of min to max digits, not followed by another digit.
  std::optional<int> Number(size_t min, size_t max) {
    size_t length = 0;
    int value = 0;
    while (length < rest_.size() && IsDigit(rest_[length]) && length <= max) {
      value = value * 10 + (rest_[length++] - '0');
    }
    if (length < min || length > max) return std::nullopt;
    rest_.remove_prefix(length);
    return value;
  }
  std::string_view Word() {
    size_t length = 0;
    while (length < rest_.size() && IsLetter(rest_[length])) ++length;
    const std::string_view word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return word;
  }
  [[nodiscard]] bool AtEnd() const { return rest_.empty(); }
  [[nodiscard]] bool AtLetter() const { return !rest_.empty() && IsLetter(rest_.front()); }
  // Milliseconds of a fraction's digits, of which at least one stands here.
  int Fraction() {
    int value = 0;
    int scale = 100;
    while (!rest_.empty() && IsDigit(rest_.front())) {
      value += (rest_.front() - '0') * scale;
      scale /= 10;
      rest_.remove_prefix(1);
    }
    return value;
  }

 private:
  std::string_view rest_;
};

int MonthOf(std::string_view word) {
  for (size_t i = 0; i < kMonths.size(); ++i) {
    if (EqualsLower(word, kMonths[i]) || EqualsLower(word, kLongMonths[i])) {
      return static_cast<int>(i) + 1;
    }
  }
  return EqualsLower(word, "sept") ? 9 : 0;
}

bool IsWeekday(std::string_view word) {
  for (const std::string_view day : kDays) {
    if (word.size() >= 3 && EqualsLower(word.substr(0, 3), day) &&
        (word.size() == 3 ||
         (word.size() > 5 && EqualsLower(word.substr(word.size() - 3), "day")))) {
      return true;
    }
  }
  return false;
}

// An offset from UTC in ms: "Z", "GMT", "UTC", "+08:00", "+0800"; 0 if there is none.
std::optional<int64_t> Zone(Scanner& scan) {
  scan.Spaces();
  if (scan.Take("Z") || scan.Take("GMT") || scan.Take("UTC")) return 0;
  const bool plus = scan.Take("+");
  if (!plus && !scan.Take("-")) return 0;
  const auto hours = scan.Number(2, 2);
  int minutes = 0;
  if (hours) {
    scan.Take(":");
    minutes = scan.Number(2, 2).value_or(0);
  } else {
    const auto joined = scan.Number(4, 4);
    if (!joined) return std::nullopt;
    const int64_t offset = int64_t{*joined / 100} * 60 + *joined % 100;
    return (plus ? 1 : -1) * offset * 60'000;
  }
  return (plus ? 1 : -1) * (int64_t{*hours} * 60 + minutes) * 60'000;
}

// What follows a date: nothing, or a time of day with a zone. Must reach the end.
std::optional<int64_t> TimeOfDay(Scanner& scan) {
  if (scan.AtEnd()) return 0;
  if (!scan.Take("T")) {
    scan.Spaces();
    if (scan.Take("-") || scan.Take(",") || scan.Take("|")) scan.Spaces();
  }
  if (scan.AtEnd()) return 0;
  const auto hour = scan.Number(1, 2);
  if (!hour || *hour > 24 || !scan.Take(":")) return std::nullopt;
  const auto minute = scan.Number(2, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  int ms = 0;
  if (scan.Take(":")) {
    second = scan.Number(2, 2).value_or(99);
    if (second > 60) return std::nullopt;
    if (scan.Take(".") || scan.Take(",")) ms = scan.Fraction();
  }
  const auto zone = Zone(scan);
  scan.Spaces();
  if (!zone || !scan.AtEnd()) return std::nullopt;
  return ((int64_t{*hour} * 60 + *minute) * 60 + second) * 1000 + ms - *zone;
}

std::optional<int64_t> Finish(const Date& date, Scanner& scan) {
  const auto days = DaysMs(date);
  const auto time = TimeOfDay(scan);
  if (!days || !time) return std::nullopt;
  return *days + *time;
}

// 2020-10-22…, 2020/9/8…, 2020年9月8日…
std::optional<int64_t> YearFirst(Scanner scan) {
  const auto year = scan.Number(4, 4);
  if (!year) return std::nullopt;
  std::string_view after_month;
  std::string_view after_day;
  if (scan.Take("年")) {
    after_month = "月";
    after_day = "日";
  } else if (scan.Take("-")) {
    after_month = "-";
  } else if (scan.Take("/")) {
    after_month = "/";
  } else if (scan.Take(".")) {
    after_month = ".";
  } else {
    return std::nullopt;
  }
  scan.Spaces();
  const auto month = scan.Number(1, 2);
  if (!month || !scan.Take(after_month)) return std::nullopt;
  scan.Spaces();
  const auto day = scan.Number(1, 2);
  if (!day || !scan.Take(after_day)) return std::nullopt;
  return Finish({*year, *month, *day}, scan);
}

// 05/09/2023 - 12:12
std::optional<int64_t> YearLast(Scanner scan, std::optional<int64_t> near_ms) {
  const auto first = scan.Number(1, 2);
  if (!first) return std::nullopt;
  const std::string_view separator = scan.Take("/") ? "/" : scan.Take(".") ? "." : "-";
  if (separator == "-" && !scan.Take("-")) return std::nullopt;
  const auto second = scan.Number(1, 2);
  if (!second || !scan.Take(separator)) return std::nullopt;
  const auto year = scan.Number(4, 4);
  if (!year) return std::nullopt;
  Scanner again = scan;
  const auto day_first = Finish({*year, *second, *first}, scan);
  const auto month_first = Finish({*year, *first, *second}, again);
  if (!day_first || separator != "/") return day_first ? day_first : month_first;
  if (!month_first || !near_ms) return day_first;
  return std::llabs(*month_first - *near_ms) < std::llabs(*day_first - *near_ms) ? month_first
                                                                                 : day_first;
}

// Mon, 10 Aug 2020 19:26:21 GMT; Aug 8th 2020; August 8, 2020; 8 August 2020
std::optional<int64_t> Named(Scanner scan) {
  Date date;
  for (int part = 0; part < 4 && (date.month == 0 || date.day == 0); ++part) {
    scan.Spaces();
    if (scan.AtLetter()) {
      const std::string_view word = scan.Word();
      if (part == 0 && IsWeekday(word)) {
        scan.Take(",");
        continue;
      }
      if (date.month != 0 || (date.month = MonthOf(word)) == 0) return std::nullopt;
      scan.Take(".");
    } else {
      const auto day = scan.Number(1, 2);
      if (!day || date.day != 0) return std::nullopt;
      date.day = *day;
      static_cast<void>(scan.Take("st") || scan.Take("nd") || scan.Take("rd") || scan.Take("th"));
    }
  }
  scan.Take(",");
  scan.Spaces();
  const auto year = scan.Number(4, 4);
  if (!year) return std::nullopt;
  date.year = *year;
  return Finish(date, scan);
}

}  // namespace

std::optional<int64_t> ParseDate(std::string_view text, std::optional<int64_t> near_ms) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.size() < 8 || text.size() > kMaxDateBytes) return std::nullopt;
  if (const auto date = YearFirst(Scanner(text))) return date;
  if (const auto date = YearLast(Scanner(text), near_ms)) return date;
  return Named(Scanner(text));
}

}  // namespace wirefold
