#include "server/read_pool.h"

#include <utility>

#include "lib/base/thread.h"

namespace wirefold {

ReadPool::ReadPool(size_t threads) {
  for (size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] {
      NameThread("wf-read");
      Work();
    });
  }
}

ReadPool::~ReadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  not_empty_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool ReadPool::Run(std::function<void()> task, size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (tasks_.size() >= kMaxWaitingReads || bytes > kMaxWaitingReadBytes - waiting_bytes_) {
      return false;
    }
    tasks_.push_back({std::move(task), bytes});
    waiting_bytes_ += bytes;
  }
  not_empty_.notify_one();
  return true;
}

void ReadPool::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    not_empty_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    waiting_bytes_ -= task.bytes;
    lock.unlock();
    task.run();
    task = {};  // what it holds goes outside the lock
    lock.lock();
  }
}

}  // namespace wirefold
