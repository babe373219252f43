#include "lib/dedup/stream_position.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace wirefold {
namespace {

constexpr int64_t kDay = 86'400'000;

TEST(StreamPosition, FollowsAStreamInTheOrderOfTime) {
  StreamPosition position(1000);
  for (int64_t i = 0; i < 20'000; ++i) {
    EXPECT_EQ(position.has_value(), i >= 1000) << i;
    position.Add(i * kDay / 100);
  }
  EXPECT_GE(position.ms(), (20'000 - 1000 - 256) * kDay / 100);
}

TEST(StreamPosition, StaysAtTheBeginningOfAnArchiveThatIsShuffled) {
  std::vector<int64_t> times;
  for (int64_t i = 0; i < 20'000; ++i) times.push_back(i * kDay / 100);
  std::mt19937 random(7);
  std::shuffle(times.begin(), times.end(), random);
  StreamPosition position;
  int64_t latest = 0;
  for (const int64_t time_ms : times) {
    position.Add(time_ms);
    if (position.has_value()) latest = std::max(latest, position.ms());
  }
  EXPECT_LT(latest, 10 * kDay);  // of 200
}

TEST(StreamPosition, IsNotMovedAheadByABurstOfLateDates) {
  StreamPosition position(1000);
  for (int i = 0; i < 5000; ++i) position.Add(1000 * kDay + i);
  for (int i = 0; i < 900; ++i) position.Add(9000 * kDay);
  EXPECT_LT(position.ms(), 1001 * kDay);
  for (int i = 0; i < 100; ++i) position.Add(1000 * kDay + 5000 + i);
  EXPECT_LT(position.ms(), 1001 * kDay);
}

TEST(StreamPosition, IsTheSameWhenItIsRestored) {
  std::mt19937 random(3);
  for (const size_t before : {0, 1, 99, 100, 777}) {
    StreamPosition whole(100);
    for (size_t i = 0; i < before; ++i) whole.Add(random() % 1000);
    std::string bytes;
    whole.AppendTo(bytes);
    bytes += "rest";
    std::string_view view = bytes;
    StreamPosition restored(100);
    ASSERT_TRUE(restored.TakeFrom(view).ok());
    EXPECT_EQ(view, "rest");
    for (int i = 0; i < 1000; ++i) {
      const int64_t time_ms = random() % 1000;
      whole.Add(time_ms);
      restored.Add(time_ms);
      ASSERT_EQ(restored.has_value(), whole.has_value());
      ASSERT_EQ(restored.ms(), whole.ms());
    }
    std::string_view cut = std::string_view(bytes).substr(0, 15);
    EXPECT_FALSE(restored.TakeFrom(cut).ok());
    EXPECT_FALSE(restored.has_value());
  }
}

}  // namespace
}  // namespace wirefold
