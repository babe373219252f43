#include "lib/base/stage_clock.h"

#include <set>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "lib/base/thread.h"

namespace wirefold {
namespace {

// Takes at least so much of this thread's CPU time.
void Spend(uint64_t nanoseconds) {
  const uint64_t end = ThreadCpuNs() + nanoseconds;
  while (ThreadCpuNs() < end) continue;
}

constexpr uint64_t kMs = 1'000'000;

TEST(StageClock, CountsForTheInnermostScope) {
  StageTimes times;
  {
    StageClock clock(times);
    const StageScope parse(&clock, Stage::kParse);
    Spend(2 * kMs);
    {
      const StageScope text(&clock, Stage::kText);
      Spend(4 * kMs);
    }
    Spend(kMs);
  }
  EXPECT_GE(times.Nanoseconds(Stage::kParse), 3 * kMs);
  EXPECT_GE(times.Nanoseconds(Stage::kText), 4 * kMs);
  EXPECT_EQ(times.Nanoseconds(Stage::kUrl), 0U);
}

TEST(StageClock, CountsWhatItMeasuresSoManyTimes) {
  StageTimes times;
  {
    StageClock clock(times, /*weight=*/16);
    clock.Enter(Stage::kSketch);
    Spend(kMs);
  }
  EXPECT_GE(times.Nanoseconds(Stage::kSketch), 16 * kMs);
}

TEST(StageClock, CountsOutsideOfScopesAsOther) {
  StageTimes times;
  {
    StageClock clock(times);
    Spend(kMs);
  }
  EXPECT_GE(times.Nanoseconds(Stage::kOther), kMs);
}

TEST(StageClock, LeavesAScopeWithoutAClockAlone) {
  const StageScope scope(nullptr, Stage::kParse);  // must not crash
}

TEST(StageTimes, PartsAnotherMeasurementAsItsOwn) {
  StageTimes times;
  EXPECT_EQ(times.PartedLike(1000), (std::array<uint64_t, kStages>{})) << "nothing was measured";
  times.Add(Stage::kParse, 30);
  times.Add(Stage::kStore, 90);
  const std::array<uint64_t, kStages> parts = times.PartedLike(1000);
  EXPECT_EQ(parts[static_cast<size_t>(Stage::kParse)], 250U);
  EXPECT_EQ(parts[static_cast<size_t>(Stage::kStore)], 750U);
  EXPECT_EQ(parts[static_cast<size_t>(Stage::kOther)], 0U);
}

TEST(StageName, IsAnotherForEachStage) {
  std::set<std::string> names;
  for (size_t i = 0; i < kStages; ++i) {
    names.insert(std::string(StageName(static_cast<Stage>(i))));
  }
  EXPECT_EQ(names.size(), kStages);
  EXPECT_EQ(StageName(Stage::kStore), "store");
}

TEST(ThreadCpuNs, IsThatOfTheThreadAlone) {
  std::atomic<bool> spent = false;
  std::atomic<bool> stop = false;
  std::thread other([&] {
    Spend(5 * kMs);
    spent = true;
    while (!stop) std::this_thread::yield();
  });
  while (!spent) std::this_thread::yield();
  EXPECT_GE(ThreadCpuNs(other), 5 * kMs);
  stop = true;
  other.join();
  EXPECT_EQ(ThreadCpuNs(other), 0U);
}

}  // namespace
}  // namespace wirefold
