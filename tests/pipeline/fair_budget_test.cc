#include "lib/pipeline/fair_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace wirefold {
namespace {

TEST(FairBudget, GrantsAtOnceWhatFits) {
  FairBudget budget({.total_bytes = 100, .stream_bytes = 60});
  auto stream = budget.OpenStream();
  int granted = 0;
  stream->Acquire(60, [&] { ++granted; });
  EXPECT_EQ(granted, 1);
  EXPECT_EQ(budget.bytes_in_flight(), 60u);
  stream->Acquire(1, [&] { ++granted; });
  EXPECT_EQ(granted, 1) << "one past the stream's bound";
  EXPECT_EQ(budget.streams_waiting(), 1u);
  stream->Release(1);
  EXPECT_EQ(granted, 2);
  EXPECT_EQ(stream->bytes_in_flight(), 60u);
}

TEST(FairBudget, BoundsAllStreamsTogether) {
  FairBudget budget({.total_bytes = 100, .stream_bytes = 60});
  auto a = budget.OpenStream();
  auto b = budget.OpenStream();
  int granted = 0;
  a->Acquire(60, [&] { ++granted; });
  b->Acquire(40, [&] { ++granted; });
  EXPECT_EQ(granted, 2);
  auto c = budget.OpenStream();
  c->Acquire(1, [&] { ++granted; });
  EXPECT_EQ(granted, 2) << "one past the total";
  b->Release(40);
  EXPECT_EQ(granted, 3);
  EXPECT_EQ(budget.bytes_in_flight(), 61u);
}

TEST(FairBudget, AStreamAtItsOwnBoundLetsOthersPass) {
  FairBudget budget({.total_bytes = 100, .stream_bytes = 50});
  auto greedy = budget.OpenStream();
  greedy->Acquire(50, [] {});
  bool more = false;
  greedy->Acquire(10, [&] { more = true; });
  auto other = budget.OpenStream();
  bool passed = false;
  other->Acquire(10, [&] { passed = true; });
  EXPECT_FALSE(more);
  EXPECT_TRUE(passed);
}

TEST(FairBudget, ARequestOverABoundIsGrantedAlone) {
  FairBudget budget({.total_bytes = 100, .stream_bytes = 60});
  auto stream = budget.OpenStream();
  int granted = 0;
  stream->Acquire(1000, [&] { ++granted; });
  EXPECT_EQ(granted, 1);
  auto other = budget.OpenStream();
  other->Acquire(1, [&] { ++granted; });
  EXPECT_EQ(granted, 1);
  stream->Release(1000);
  EXPECT_EQ(granted, 2);
}

TEST(FairBudget, StreamsTakeTurnsByBytes) {
  // One stream of large requests and one of small ones, both always waiting: they get the same
  // bytes, not the same number of requests.
  size_t large_bytes = 0;
  size_t small_bytes = 0;
  std::vector<std::pair<FairBudget::Stream*, size_t>> to_release;
  FairBudget budget({.total_bytes = 100, .stream_bytes = 100});
  auto blocker = budget.OpenStream();
  blocker->Acquire(100, [] {});
  auto large = budget.OpenStream();
  auto small = budget.OpenStream();
  std::function<void()> ask_large = [&] {
    large->Acquire(90, [&] {
      large_bytes += 90;
      to_release.emplace_back(large.get(), 90);
    });
  };
  std::function<void()> ask_small = [&] {
    small->Acquire(15, [&] {
      small_bytes += 15;
      to_release.emplace_back(small.get(), 15);
    });
  };
  ask_large();
  ask_small();
  blocker->Release(100);
  for (int i = 0; i < 1000 && !to_release.empty(); ++i) {
    const auto [stream, bytes] = to_release.front();
    to_release.erase(to_release.begin());
    // It asks again before it gives back, as a busy stream does.
    if (stream == large.get()) ask_large();
    if (stream == small.get()) ask_small();
    stream->Release(bytes);
  }
  ASSERT_GT(small_bytes, 0u);
  const double ratio = static_cast<double>(large_bytes) / static_cast<double>(small_bytes);
  EXPECT_GT(ratio, 0.8);
  EXPECT_LT(ratio, 1.25);
}

TEST(FairBudget, AClosedStreamGivesBackAndIsNeverGranted) {
  FairBudget budget({.total_bytes = 100, .stream_bytes = 100});
  auto a = budget.OpenStream();
  auto b = budget.OpenStream();
  auto c = budget.OpenStream();
  a->Acquire(100, [] {});
  bool b_granted = false;
  bool c_granted = false;
  b->Acquire(50, [&] { b_granted = true; });
  c->Acquire(50, [&] { c_granted = true; });
  b.reset();
  EXPECT_FALSE(b_granted);
  a.reset();
  EXPECT_FALSE(b_granted);
  EXPECT_TRUE(c_granted);
  EXPECT_EQ(budget.bytes_in_flight(), 50u);
}

TEST(FairBudget, ManyThreadsNeverExceedTheTotal) {
  FairBudget budget({.total_bytes = 1000, .stream_bytes = 400});
  std::atomic<size_t> most = 0;
  std::vector<std::thread> threads;
  std::atomic<int> done = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      auto stream = budget.OpenStream();
      for (int i = 0; i < 2000; ++i) {
        const size_t bytes = static_cast<size_t>(1 + (i * 37 + t * 11) % 390);
        std::atomic<bool> granted = false;
        stream->Acquire(bytes, [&] { granted = true; });
        while (!granted) std::this_thread::yield();
        size_t now = budget.bytes_in_flight();
        for (size_t seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        stream->Release(bytes);
      }
      ++done;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 4);
  EXPECT_LE(most, 1000u);
  EXPECT_EQ(budget.bytes_in_flight(), 0u);
}

}  // namespace
}  // namespace wirefold
