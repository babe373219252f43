#include "tests/bench/wirefold_bench/stage_shares.h"

#include <map>
#include <string>

#include "gtest/gtest.h"

namespace wirefold::bench {
namespace {

v1::Stats WithStages(const std::map<std::string, uint64_t>& cpu_us) {
  v1::Stats stats;
  for (const auto& [name, us] : cpu_us) {
    v1::StageCpu& stage = *stats.add_stage_cpu();
    stage.set_name(name);
    stage.set_cpu_us(us);
  }
  return stats;
}

TEST(StageSeconds, AddUpToTheTotal) {
  const auto seconds =
      StageSeconds(WithStages({{"parse", 2'000'000}, {"store", 1'000'000}, {"other", 700'000}}),
                   {{"wf-flush", 0.5}, {"rocksdb:low", 0.25}, {"wf-prepare", 2.9}}, /*total_s=*/5);
  EXPECT_DOUBLE_EQ(seconds.at("parse"), 2);
  EXPECT_DOUBLE_EQ(seconds.at("store"), 1.25);
  EXPECT_DOUBLE_EQ(seconds.at("transport"), 0.5);
  EXPECT_DOUBLE_EQ(seconds.at("other"), 1.25);
  EXPECT_DOUBLE_EQ(seconds.at("sketch"), 0);
  double sum = 0;
  for (const auto& [unused, cpu_s] : seconds) sum += cpu_s;
  EXPECT_DOUBLE_EQ(sum, 5);
}

TEST(StageSeconds, OfADaemonThatSaysNothingLeavesWhatThreadsTell) {
  const auto seconds = StageSeconds({}, {{"nexting_thread", 1}}, /*total_s=*/3);
  EXPECT_DOUBLE_EQ(seconds.at("transport"), 1);
  EXPECT_DOUBLE_EQ(seconds.at("other"), 2);
}

}  // namespace
}  // namespace wirefold::bench
