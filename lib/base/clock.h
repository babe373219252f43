// Clock: the time of day as an argument, so that what depends on it can be tested.
//
// Example:
//   SystemClock clock;
//   int64_t now = clock.NowMs();
//
// Implementations are thread-safe.
#ifndef WIREFOLD_LIB_BASE_CLOCK_H_
#define WIREFOLD_LIB_BASE_CLOCK_H_

#include <atomic>
#include <cstdint>
#include <string>

namespace wirefold {

class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds since 1970-01-01T00:00:00Z.
  [[nodiscard]] virtual int64_t NowMs() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] int64_t NowMs() const override;
};

// A clock that stands still until it is set; for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t now_ms) : now_ms_(now_ms) {}
  [[nodiscard]] int64_t NowMs() const override { return now_ms_.load(); }
  void Set(int64_t now_ms) { now_ms_.store(now_ms); }

 private:
  std::atomic<int64_t> now_ms_;
};

// RFC 3339 in UTC with milliseconds, "2020-09-08T01:02:03.004Z". Years before 0 and after 9999
// are clamped to those.
std::string FormatRfc3339(int64_t time_ms);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_CLOCK_H_
