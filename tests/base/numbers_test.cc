#include "lib/base/numbers.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace wirefold {
namespace {

TEST(CountBits, IsWhatTheStandardLibraryCounts) {
  for (int bit = 0; bit < 32; ++bit) {
    const uint32_t one = uint32_t{1} << bit;
    EXPECT_EQ(CountBits(one), 1u) << bit;
    EXPECT_EQ(CountBits(one - 1), static_cast<uint32_t>(bit));
    EXPECT_EQ(CountBits(~one), 31u) << bit;
  }
  EXPECT_EQ(CountBits(~uint32_t{0}), 32u);
  std::mt19937 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const auto value = static_cast<uint32_t>(random());
    ASSERT_EQ(CountBits(value), static_cast<uint32_t>(std::popcount(value))) << value;
  }
}

}  // namespace
}  // namespace wirefold
