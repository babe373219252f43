#include "lib/pipeline/backlog.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

namespace wirefold {
namespace {

TEST(Backlog, RoomIsAwaitedWhereThereIsNone) {
  Backlog backlog(/*most=*/2);
  backlog.Add();
  backlog.AwaitRoom();  // one, and there may be two
  backlog.Add();
  backlog.Add();  // never waits
  std::future<void> full = std::async(std::launch::async, [&] { backlog.AwaitRoom(); });
  EXPECT_EQ(full.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  backlog.Remove();
  EXPECT_EQ(full.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  backlog.Remove();
  full.get();
}

TEST(Backlog, WhoWaitsIsWokenByWhoUses) {
  constexpr int kEach = 20'000;
  constexpr int kMakers = 3;
  constexpr int kMost = 16;
  Backlog backlog(kMost);
  std::atomic<int> ahead = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> makers;
  for (int maker = 0; maker < kMakers; ++maker) {
    makers.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        backlog.AwaitRoom();
        backlog.Add();
        const int now = ++ahead;
        for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
        }
      }
    });
  }
  for (int used = 0; used < kMakers * kEach;) {
    if (ahead == 0) {
      std::this_thread::yield();
      continue;
    }
    --ahead;
    ++used;
    backlog.Remove();
  }
  for (std::thread& maker : makers) maker.join();
  EXPECT_LE(most, kMost + kMakers);
}

}  // namespace
}  // namespace wirefold
