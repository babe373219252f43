// InFlight: how many files have been taken and not been answered yet.
//
// Example:
//   InFlight in_flight;
//   if (!in_flight.Add()) …        // none is taken any more: the file is refused, and counts
//   in_flight.Remove(1);           // it has been answered
//   in_flight.Close();
//   in_flight.AwaitNone();
//
// Thread-safe.
#ifndef WIREFOLD_LIB_PIPELINE_IN_FLIGHT_H_
#define WIREFOLD_LIB_PIPELINE_IN_FLIGHT_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace wirefold {

class InFlight {
 public:
  // Counts one more. False after Close: it has to be refused, and removed when it was told so.
  [[nodiscard]] bool Add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    return !closed_;
  }
  void Remove(uint64_t count) {
    const std::lock_guard lock(mutex_);
    count_ -= count;
    if (count_ == 0) none_.notify_all();
  }
  [[nodiscard]] uint64_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }

  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  void AwaitNone() {
    std::unique_lock lock(mutex_);
    none_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  mutable std::mutex mutex_;  // guards the two
  uint64_t count_ = 0;
  bool closed_ = false;
  std::condition_variable none_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_IN_FLIGHT_H_
