#include "lib/pipeline/combining_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace wirefold {
namespace {

TEST(CombiningQueue, DoesAllOfEachThreadInItsOrderAndOneAtATime) {
  constexpr int kThreads = 4;
  constexpr int kEach = 5000;
  CombiningQueue<std::pair<int, int>> queue(/*room=*/64);
  std::vector<int> next(kThreads);  // without a lock: no two calls overlap
  std::atomic<int> inside = 0;
  std::atomic<int> overlaps = 0;
  int done = 0;
  const auto handle = [&](std::pair<int, int> item) {
    overlaps += inside.fetch_add(1) != 0 ? 1 : 0;
    EXPECT_EQ(item.second, next[static_cast<size_t>(item.first)]++);
    ++done;
    --inside;
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        queue.Push({thread, i});
        queue.Run(handle);
        queue.AwaitRoom();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, kThreads * kEach);
  EXPECT_EQ(overlaps, 0);
}

TEST(CombiningQueue, RoomIsAwaitedWhereAnotherIsAtIt) {
  CombiningQueue<int> queue(/*room=*/2);
  std::promise<void> begun;
  std::promise<void> go_on;
  queue.Push(0);
  std::thread runner([&] {
    queue.Run([&, waits = go_on.get_future().share()](int item) {
      if (item != 0) return;
      begun.set_value();
      waits.wait();
    });
  });
  begun.get_future().wait();
  queue.Push(1);
  queue.AwaitRoom();  // one waits, and there is room for two
  queue.Push(2);
  std::future<void> full = std::async(std::launch::async, [&] { queue.AwaitRoom(); });
  EXPECT_EQ(full.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  go_on.set_value();
  full.get();
  runner.join();
}

TEST(CombiningQueue, NobodyWaitsForRoomThatNobodyMakes) {
  CombiningQueue<std::unique_ptr<int>> queue(/*room=*/1);
  for (int i = 0; i < 3; ++i) queue.Push(std::make_unique<int>(i));
  queue.AwaitRoom();  // nobody is at it
  int sum = 0;
  queue.Run([&](std::unique_ptr<int> item) {
    sum += *item;
    if (*item == 0) queue.Push(std::make_unique<int>(10));
  });
  EXPECT_EQ(sum, 13);
}

}  // namespace
}  // namespace wirefold
