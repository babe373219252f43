// Backlog: how much has been made ahead of its use, and waiting while that is too much.
//
// Example:
//   Backlog backlog(/*most=*/512);
//   Make(); backlog.Add();                 // a thread that makes
//   Use(); backlog.Remove();               // the thread that uses
//   backlog.AwaitRoom();                   // ahead of making more
//
// Thread-safe.
#ifndef WIREFOLD_LIB_PIPELINE_BACKLOG_H_
#define WIREFOLD_LIB_PIPELINE_BACKLOG_H_

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace wirefold {

class Backlog {
 public:
  explicit Backlog(size_t most) : most_(most) {}

  // Never waits: each of the threads that make may go past the bound by what it makes at
  // once.
  void Add() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void Remove() {
    {
      const std::lock_guard lock(mutex_);
      if (count_-- != most_) return;
    }
    room_.notify_all();
  }
  // Waits while there are as many as there may be. Who waits must hold nothing that using the
  // others waits for.
  void AwaitRoom() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return count_ < most_; });
  }

 private:
  const size_t most_;
  std::mutex mutex_;  // guards count_
  size_t count_ = 0;
  std::condition_variable room_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_BACKLOG_H_
