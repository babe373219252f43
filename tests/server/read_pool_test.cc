#include "server/read_pool.h"

#include <atomic>
#include <future>

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

}  // namespace
}  // namespace wirefold
