// Backoff: how long to wait before the next attempt, growing and jittered, so that many clients of
// a server that comes back do not return in the same instant.
//
// Example:
//   Backoff backoff(100, 5000, seed);
//   SleepMs(backoff.NextMs());   // 50…100, then 100…200, …, then 2500…5000
//
// Not thread-safe.
#ifndef WIREFOLD_CLIENT_BACKOFF_H_
#define WIREFOLD_CLIENT_BACKOFF_H_

#include <algorithm>
#include <cstdint>
#include <random>

namespace wirefold {

class Backoff {
 public:
  Backoff(int64_t initial_ms, int64_t max_ms, uint64_t seed)
      : initial_ms_(std::max<int64_t>(initial_ms, 1)),
        max_ms_(std::max(max_ms, initial_ms_)),
        ceiling_ms_(initial_ms_),
        random_(seed) {}

  // Between half of the present ceiling and all of it; the ceiling doubles up to the maximum.
  int64_t NextMs() {
    std::uniform_int_distribution<int64_t> pick((ceiling_ms_ + 1) / 2, ceiling_ms_);
    const int64_t delay_ms = pick(random_);
    ceiling_ms_ = std::min(ceiling_ms_ * 2, max_ms_);
    return delay_ms;
  }

  // After progress: begin again with the initial delay.
  void Reset() { ceiling_ms_ = initial_ms_; }

 private:
  const int64_t initial_ms_;
  const int64_t max_ms_;
  int64_t ceiling_ms_;
  std::mt19937_64 random_;
};

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_BACKOFF_H_
