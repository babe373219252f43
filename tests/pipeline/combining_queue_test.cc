#include "lib/pipeline/combining_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace wirefold {
namespace {

TEST(CombiningQueue, DoesAllOfEachThreadInItsOrderAndOneAtATime) {
  constexpr int kThreads = 4;
  constexpr int kEach = 5000;
  CombiningQueue<std::pair<int, int>> queue;
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
  int expected = 0;
  const auto expect = [&](const std::pair<int, int>&) { ++expected; };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        queue.Push({thread, i});
        queue.Run(handle, expect);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, kThreads * kEach);
  EXPECT_EQ(expected, done);
  EXPECT_EQ(overlaps, 0);
}

TEST(CombiningQueue, WhatIsPushedMeanwhileIsDoneToo) {
  CombiningQueue<std::unique_ptr<int>> queue;
  for (int i = 0; i < 3; ++i) queue.Push(std::make_unique<int>(i));
  int sum = 0;
  queue.Run(
      [&](std::unique_ptr<int> item) {
        sum += *item;
        if (*item == 0) queue.Push(std::make_unique<int>(10));
      },
      [](const std::unique_ptr<int>&) {});
  EXPECT_EQ(sum, 13);
}

TEST(CombiningQueue, ExpectsEachItemBeforeTheOneAheadOfItIsHandled) {
  CombiningQueue<int> queue;
  for (int i = 0; i < 3; ++i) queue.Push(i);
  std::string calls;
  queue.Run([&](int item) { calls += "h" + std::to_string(item); },
            [&](int item) { calls += "e" + std::to_string(item); });
  EXPECT_EQ(calls, "e0e1h0e2h1h2");
}

}  // namespace
}  // namespace wirefold
