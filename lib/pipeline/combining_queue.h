// CombiningQueue: things that are done one at a time and in order, by whichever of several threads
// finds nobody at it; no thread is woken for them. (Flat combining: D. Hendler, I. Incze, N.
// Shavit, M. Tzafrir, "Flat Combining and the Synchronization-Parallelism Tradeoff", SPAA 2010.)
//
// Example:
//   CombiningQueue<Work> queue;
//   queue.Push(work);                                  // any thread
//   queue.Run([](Work work) { … });                    // does what there is, or leaves it to
//                                                      // another
//
// Whoever pushes sees to it that a thread calls Run afterwards. Under load a call of Run may go on
// for as long as others push: it is for threads that have nothing else to do.
//
// Thread-safe.
#ifndef WIREFOLD_LIB_PIPELINE_COMBINING_QUEUE_H_
#define WIREFOLD_LIB_PIPELINE_COMBINING_QUEUE_H_

#include <deque>
#include <mutex>
#include <utility>

namespace wirefold {

template <typename T>
class CombiningQueue {
 public:
  void Push(T item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
  }

  // Calls handle(item) for all that there is and comes meanwhile, unless another thread is at it,
  // which then does. No two calls of `handle` overlap, and each sees what those before it did.
  template <typename Handle>
  void Run(const Handle& handle) {
    std::unique_lock lock(mutex_);
    if (is_running_) return;
    is_running_ = true;
    while (!items_.empty()) {
      std::deque<T> taken = std::exchange(items_, {});
      lock.unlock();
      for (T& item : taken) handle(std::move(item));
      lock.lock();
    }
    is_running_ = false;
  }

 private:
  std::mutex mutex_;  // guards the next two
  std::deque<T> items_;
  bool is_running_ = false;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_COMBINING_QUEUE_H_
