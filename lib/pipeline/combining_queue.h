// CombiningQueue: things that are done one at a time and in order, by whichever of several threads
// finds nobody at it; no thread is woken for them. (Flat combining: D. Hendler, I. Incze, N.
// Shavit, M. Tzafrir, "Flat Combining and the Synchronization-Parallelism Tradeoff", SPAA 2010.)
//
// Example:
//   CombiningQueue<Work> queue;
//   queue.Push(work);                                  // any thread
//   queue.Run([](Work work) { … },                     // does what there is, or leaves it to
//             [](const Work& next) { … });             // another
//
// Whoever pushes sees to it that a thread calls Run afterwards. Under load a call of Run may go on
// for as long as others push: it is for threads that have nothing else to do.
//
// Thread-safe.
#ifndef WIREFOLD_LIB_PIPELINE_COMBINING_QUEUE_H_
#define WIREFOLD_LIB_PIPELINE_COMBINING_QUEUE_H_

#include <cstddef>
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
  // Calls expect(item) for each as well, before the one ahead of it is handled where that is known,
  // so that memory can be asked for early.
  template <typename Handle, typename Expect>
  void Run(const Handle& handle, const Expect& expect) {
    std::unique_lock lock(mutex_);
    if (is_running_) return;
    is_running_ = true;
    while (!items_.empty()) {
      std::deque<T> taken = std::exchange(items_, {});
      lock.unlock();
      expect(std::as_const(taken.front()));
      for (size_t i = 0; i < taken.size(); ++i) {
        if (i + 1 < taken.size()) expect(std::as_const(taken[i + 1]));
        handle(std::move(taken[i]));
      }
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
