#include "tests/bench/wirefold_bench/statistics.h"

#include <vector>

#include "gtest/gtest.h"

namespace wirefold::bench {
namespace {

std::vector<double> DownFrom(int highest) {
  std::vector<double> values;
  for (int value = highest; value >= 1; --value) values.push_back(value);
  return values;
}

TEST(Median, IsTheMiddleValueWhateverTheOrder) {
  EXPECT_EQ(Median({5, 1, 3}), 3);
  EXPECT_EQ(Median({7}), 7);
}

TEST(Median, OfAnEvenNumberIsTheMeanOfTheMiddleTwo) { EXPECT_EQ(Median({4, 1, 3, 100}), 3.5); }

TEST(Median, OfNoneIsZero) { EXPECT_EQ(Median({}), 0); }

TEST(Percentile, IsTheValueAtTheNearestRank) {
  struct Case {
    int count;
    double p;
    double expected;
  };
  for (const Case& one : std::vector<Case>{{100, 0.5, 50},
                                           {100, 0.99, 99},
                                           {100, 1, 100},
                                           {100, 0, 1},
                                           {1000, 0.99, 990},
                                           {1000, 0.999, 999},
                                           {10, 0.99, 10},
                                           {10, 0.5, 5},
                                           {3, 0.5, 2},
                                           {1, 0.01, 1}}) {
    EXPECT_EQ(Percentile(DownFrom(one.count), one.p), one.expected) << one.p << " of " << one.count;
  }
}

TEST(Percentile, OutsideOfZeroToOneIsTheLeastOrTheGreatest) {
  EXPECT_EQ(Percentile(DownFrom(5), -1), 1);
  EXPECT_EQ(Percentile(DownFrom(5), 2), 5);
}

TEST(Percentile, OfNoneIsZero) { EXPECT_EQ(Percentile({}, 0.5), 0); }

}  // namespace
}  // namespace wirefold::bench
