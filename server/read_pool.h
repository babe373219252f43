// ReadPool: the few threads on which unary calls are answered.
//
// gRPC's callback API has two threads of its own on a small machine, and all streams share them; a
// read that waits for the disk there would stop every stream. So reads run here.
//
// Example:
//   ReadPool pool(4);
//   if (!pool.Run([=] { … })) refuse();
//
// Thread-safe.
#ifndef WIREFOLD_SERVER_READ_POOL_H_
#define WIREFOLD_SERVER_READ_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace wirefold {

// Calls that wait for a thread; further ones are refused with RESOURCE_EXHAUSTED (OVERLOADED).
inline constexpr size_t kMaxWaitingReads = 1024;
// The same for the bytes of their requests: CheckDocument carries a whole file.
inline constexpr size_t kMaxWaitingReadBytes = size_t{64} << 20;

class ReadPool {
 public:
  explicit ReadPool(size_t threads);
  // Runs what waits, then stops.
  ~ReadPool();
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  // False, with `task` dropped, when too many wait, or too many bytes. `bytes` is what the call
  // holds in memory until its turn comes. Never blocks.
  [[nodiscard]] bool Run(std::function<void()> task, size_t bytes = 0);

 private:
  struct Task {
    std::function<void()> run;
    size_t bytes = 0;
  };

  void Work();

  std::mutex mutex_;  // guards tasks_, waiting_bytes_ and stopping_
  std::condition_variable not_empty_;
  std::deque<Task> tasks_;
  size_t waiting_bytes_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_READ_POOL_H_
