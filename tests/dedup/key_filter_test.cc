#include "lib/dedup/key_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace wirefold {
namespace {

std::vector<uint32_t> Numbers(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<uint32_t> numbers(count);
  for (uint32_t& number : numbers) number = random() >> 4;
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

TEST(KeyFilter, HoldsAllOfItsNumbersAndFewOthers) {
  for (const size_t count : {0, 1, 2, 3, 7, 20, 100, 1000, 10'000, 300'000}) {
    const std::vector<uint32_t> numbers = Numbers(count, 1);
    const KeyFilter filter = KeyFilter::Of(numbers);
    for (const uint32_t number : numbers) ASSERT_TRUE(filter.MayHold(number)) << count;
    size_t wrong = 0;
    size_t others = 0;
    for (const uint32_t other : Numbers(100'000, 2)) {
      if (std::binary_search(numbers.begin(), numbers.end(), other)) continue;
      ++others;
      wrong += filter.MayHold(other) ? 1 : 0;
    }
    EXPECT_LT(wrong, others / 128) << count;
    if (count >= 100'000) {
      EXPECT_LT(filter.places().size(), count * 120 / 100);
    }
  }
}

TEST(KeyFilter, IsTheSameForTheSameNumbers) {
  const std::vector<uint32_t> numbers = Numbers(5000, 3);
  const KeyFilter one = KeyFilter::Of(numbers);
  const KeyFilter two(one.keys(), one.seed(), one.places());
  EXPECT_EQ(one.places(), KeyFilter::Of(numbers).places());
  EXPECT_EQ(one.places().size(), KeyFilter::Shape::For(numbers.size()).places());
  for (uint32_t number = 0; number < 100'000; ++number) {
    EXPECT_EQ(one.MayHold(number), two.MayHold(number));
  }
}

}  // namespace
}  // namespace wirefold
