#include "lib/store/id_filter.h"

#include <gtest/gtest.h>

#include <string>

namespace wirefold {
namespace {

Ulid IdOf(uint64_t number) {
  std::string bytes(Ulid::kBytes, '\0');
  for (size_t i = 0; i < sizeof number; ++i) {
    bytes[Ulid::kBytes - 1 - i] = static_cast<char>(number >> 8 * i);
  }
  return Ulid::FromBytes(bytes);
}

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
