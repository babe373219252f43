// BoundedQueue: a blocking queue between the stages of the pipeline.
//
// Example:
//   BoundedQueue<Job> queue(1024);
//   queue.Push(std::move(job));          // waits while the queue is full
//   while (std::optional<Job> job = queue.Pop()) …   // nullopt once closed and empty
//
// Thread-safe: any number of producers and consumers.
#ifndef WIREFOLD_LIB_BASE_BOUNDED_QUEUE_H_
#define WIREFOLD_LIB_BASE_BOUNDED_QUEUE_H_

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace wirefold {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t capacity) : capacity_(capacity) {}

  // Waits for room. False, with `value` dropped, once the queue is closed.
  bool Push(T value) {
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [this] { return closed_ || items_.size() < capacity_; });
    if (closed_) return false;
    items_.push_back(std::move(value));
    lock.unlock();
    not_empty_.notify_one();
    return true;
  }

  // Waits for an item. nullopt once the queue is closed and all its items have been taken.
  std::optional<T> Pop() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return closed_ || !items_.empty(); });
    return TakeLocked(lock);
  }

  // Waits for an item, then appends to `values` it and what follows: of what is there a part as
  // large as each of so many `sharers` (>= 1) would get, `most` (>= 1) at most, and none from the
  // first on that `fits` says no to; it is asked of each in turn, the first included, which is
  // taken whatever it says, and must not call the queue. False once the queue is closed and all its
  // items have been taken.
  template <typename Fits>
  bool PopSome(size_t most, size_t sharers, const Fits& fits, std::vector<T>& values) {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return closed_ || !items_.empty(); });
    if (items_.empty()) return false;
    const size_t share = std::min(most, (items_.size() + sharers - 1) / sharers);
    size_t count = 0;
    while (count < share && (fits(std::as_const(items_.front())) || count == 0)) {
      values.push_back(std::move(items_.front()));
      items_.pop_front();
      ++count;
    }
    lock.unlock();
    if (count == 1) {
      not_full_.notify_one();
    } else {
      not_full_.notify_all();
    }
    return true;
  }

  // An item if there is one now.
  std::optional<T> TryPop() {
    std::unique_lock lock(mutex_);
    return TakeLocked(lock);
  }

  // No further Push succeeds; what is queued can still be popped.
  void Close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    not_empty_.notify_all();
    not_full_.notify_all();
  }

  [[nodiscard]] size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  std::optional<T> TakeLocked(std::unique_lock<std::mutex>& lock) {
    if (items_.empty()) return std::nullopt;
    std::optional<T> value(std::move(items_.front()));
    items_.pop_front();
    lock.unlock();
    not_full_.notify_one();
    return value;
  }

  const size_t capacity_;
  mutable std::mutex mutex_;  // guards items_ and closed_
  std::condition_variable not_full_;
  std::condition_variable not_empty_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_BOUNDED_QUEUE_H_
