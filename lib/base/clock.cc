#include "lib/base/clock.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace wirefold {

int64_t SystemClock::NowMs() const {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string FormatRfc3339(int64_t time_ms) {
  constexpr int64_t kYear0Ms = -62167219200000;     // 0000-01-01T00:00:00.000Z
  constexpr int64_t kYear9999Ms = 253402300799999;  // 9999-12-31T23:59:59.999Z
  time_ms = std::clamp(time_ms, kYear0Ms, kYear9999Ms);
  const std::chrono::sys_time<std::chrono::milliseconds> when{std::chrono::milliseconds(time_ms)};
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{when - day};
  char out[40];
  std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return out;
}

}  // namespace wirefold
