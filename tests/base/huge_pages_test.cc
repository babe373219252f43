#include "lib/base/huge_pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace wirefold {
namespace {

TEST(HugePages, LargeVectorsBeginAtAPageAndHoldZeros) {
  constexpr size_t kOfPage = HugePageAllocator<uint64_t>::kPageBytes / sizeof(uint64_t);
  for (const size_t count : {size_t{1}, kOfPage - 1, kOfPage, 3 * kOfPage + 5}) {
    HugePageVector<uint64_t> values(count);
    const auto address = reinterpret_cast<uintptr_t>(values.data());
    if (count >= kOfPage) {
      EXPECT_EQ(address % HugePageAllocator<uint64_t>::kPageBytes, 0u);
    }
    EXPECT_TRUE(std::all_of(values.begin(), values.end(), [](uint64_t one) { return one == 0; }));
    values.assign(count, 7);
    HugePageVector<uint64_t> moved = std::move(values);
    moved.resize(2 * count);
    EXPECT_EQ(std::count(moved.begin(), moved.end(), 7), static_cast<ptrdiff_t>(count));
  }
}

TEST(HugePages, SmallVectorsAreAlignedAsTheirValues) {
  struct alignas(64) Line {
    uint32_t slots[16];
  };
  for (int i = 0; i < 20; ++i) {
    const HugePageVector<Line> lines(3);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(lines.data()) % alignof(Line), 0u);
  }
}

}  // namespace
}  // namespace wirefold
