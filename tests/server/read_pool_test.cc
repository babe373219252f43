#include "server/read_pool.h"

#include <atomic>
#include <future>
#include <thread>

#include "gtest/gtest.h"

namespace wirefold {
namespace {

TEST(ReadPool, RunsEverythingThatItTookBeforeItStops) {
  std::atomic<int> ran = 0;
  {
    ReadPool pool(3);
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(pool.Run([&] { ++ran; }));
  }
  EXPECT_EQ(ran, 1000);
}

TEST(ReadPool, RefusesOnlyPastTheLimitOfWaitingCalls) {
  std::promise<void> started;
  std::promise<void> go;
  std::atomic<size_t> ran = 0;
  {
    ReadPool pool(1);
    ASSERT_TRUE(pool.Run([&] {
      started.set_value();
      go.get_future().wait();
    }));
    started.get_future().wait();
    for (size_t i = 0; i < kMaxWaitingReads; ++i) ASSERT_TRUE(pool.Run([&] { ++ran; }));
    EXPECT_FALSE(pool.Run([&] { ++ran; }));
    go.set_value();
  }
  EXPECT_EQ(ran, kMaxWaitingReads);
}

TEST(ReadPool, RefusesPastTheBytesOfWaitingCallsAndForgetsThemOnceTheyRun) {
  std::promise<void> started;
  std::promise<void> go;
  std::atomic<int> ran = 0;
  {
    ReadPool pool(1);
    ASSERT_TRUE(pool.Run([&] {
      started.set_value();
      go.get_future().wait();
    }));
    started.get_future().wait();
    ASSERT_TRUE(pool.Run([&] { ++ran; }, kMaxWaitingReadBytes - 1));
    ASSERT_TRUE(pool.Run([&] { ++ran; }, 1));  // at the limit
    EXPECT_FALSE(pool.Run([&] { ++ran; }, 1));
    EXPECT_TRUE(pool.Run([&] { ++ran; }, 0));
    go.set_value();
    while (ran < 3) std::this_thread::yield();
    EXPECT_TRUE(pool.Run([&] { ++ran; }, kMaxWaitingReadBytes));
  }
  EXPECT_EQ(ran, 4);
}

}  // namespace
}  // namespace wirefold
