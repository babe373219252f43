#include "lib/store/id_filter.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace wirefold {
namespace {

Ulid IdOf(uint64_t number) { return Ulid::Make(1'700'000'000'000, Hash128{number, number}); }

TEST(IdFilter, HoldsWhatWasAddedAndLittleElse) {
  constexpr uint64_t kCount = 200'000;
  IdFilter filter;
  EXPECT_FALSE(filter.MayHold(IdOf(0)));
  for (uint64_t i = 0; i < kCount; ++i) filter.Add(IdOf(i));
  size_t wrong = 0;
  for (uint64_t i = 0; i < kCount; ++i) {
    ASSERT_TRUE(filter.MayHold(IdOf(i)));
    if (filter.MayHold(IdOf(kCount + i))) ++wrong;
  }
  // 0.22 % by arithmetic.
  EXPECT_LT(wrong, kCount / 300);
  EXPECT_GT(wrong, kCount / 600);
}

TEST(IdFilter, MayHoldEverything) {
  IdFilter filter;
  filter.AddAll();
  EXPECT_TRUE(filter.MayHold(IdOf(7)));
}

}  // namespace
}  // namespace wirefold
