#include "server/heap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <vector>

namespace wirefold {
namespace {

// What the kernel says of the mapping that an address lies in ("VmFlags" of /proc/self/smaps).
std::string FlagsOf(const void* address) {
  const auto wanted = reinterpret_cast<uintptr_t>(address);
  std::ifstream maps("/proc/self/smaps");
  bool is_here = false;
  for (std::string line; std::getline(maps, line);) {
    uintptr_t begin = 0;
    uintptr_t end = 0;
    char dash = 0;
    if (std::istringstream range(line); range >> std::hex >> begin >> dash >> end && dash == '-') {
      is_here = begin <= wanted && wanted < end;
    } else if (is_here && line.starts_with("VmFlags:")) {
      return line + " ";
    }
  }
  return {};
}

constexpr size_t kSmall = size_t{200} << 20;

bool HasHugePages(const void* address) {
  return FlagsOf(address).find(" hg ") != std::string::npos;
}

TEST(Heap, AsksForHugePagesOnceItIsLarge) {
  if (!std::filesystem::exists("/sys/kernel/mm/transparent_hugepage")) {
    GTEST_SKIP() << "the kernel has no transparent huge pages";
  }
  constexpr size_t kBytes = size_t{70} << 20;  // more than is reserved at once
  const auto before = std::make_unique<char[]>(kBytes);
  ASSERT_NE(FlagsOf(before.get()), "");
  UseHugePagesForHeap(kSmall);
  // While it is small, by itself and of a reserve.
  const std::unique_ptr<char[]> alone(new char[kBytes]);
  const std::unique_ptr<char[]> reserved(new char[size_t{20} << 20]);
  EXPECT_FALSE(HasHugePages(alone.get()));
  EXPECT_FALSE(HasHugePages(reserved.get()));
  const std::unique_ptr<char[]> much(new char[kSmall]);
  EXPECT_TRUE(HasHugePages(much.get()));
  EXPECT_TRUE(HasHugePages(alone.get()));
  EXPECT_TRUE(HasHugePages(reserved.get()));
  EXPECT_FALSE(HasHugePages(before.get()));
  // All kept, so that none is made of what another gave back: some of a reserve, some by
  // themselves.
  std::vector<std::unique_ptr<char[]>> blocks;
  for (const size_t bytes : {size_t{3} << 20, kBytes, size_t{20} << 20, size_t{31} << 20,
                             size_t{100} << 20, size_t{20} << 20}) {
    blocks.emplace_back(new char[bytes]);
    std::memset(blocks.back().get(), static_cast<int>(blocks.size()), bytes);
    EXPECT_TRUE(HasHugePages(blocks.back().get())) << bytes;
  }
  // Aligned, and many small ones.
  struct alignas(4096) Page {
    char bytes[4096];
  };
  std::vector<std::unique_ptr<Page>> pages;
  for (int i = 0; i < 40'000; ++i) {
    pages.push_back(std::make_unique<Page>());
    ASSERT_EQ(reinterpret_cast<uintptr_t>(pages.back().get()) % alignof(Page), 0u);
    std::memset(pages.back().get(), i % 251, sizeof(Page));
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    const char* const bytes = blocks[i].get();
    ASSERT_TRUE(std::all_of(bytes, bytes + (size_t{3} << 20),
                            [&](char one) { return one == static_cast<char>(i + 1); }));
  }
  // None lies in another.
  for (int i = 0; i < 40'000; ++i) {
    const char* const bytes = pages[static_cast<size_t>(i)]->bytes;
    ASSERT_TRUE(std::all_of(bytes, bytes + sizeof(Page),
                            [&](char one) { return one == static_cast<char>(i % 251); }));
  }
}

TEST(Heap, RefusesWhatNoMachineHas) {
  UseHugePagesForHeap();
  for (const size_t absurd :
       {SIZE_MAX - (size_t{100} << 20), SIZE_MAX - (size_t{1} << 46), SIZE_MAX / 2, SIZE_MAX / 4}) {
    const volatile size_t asked = absurd;  // the compiler knows that it can't be
    EXPECT_EQ(::operator new(asked, std::nothrow), nullptr);
  }
  const auto memory = std::make_unique<std::array<char, 100>>();
  memory->fill(1);
  EXPECT_NE(FlagsOf(memory.get()), "");
}

}  // namespace
}  // namespace wirefold
