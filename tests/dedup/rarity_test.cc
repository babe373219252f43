#include "lib/dedup/rarity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "lib/base/reason.h"

namespace wirefold {
namespace {

// A short text of these shingles: all are counted.
void Learn(RarityTable& table, std::vector<uint32_t> shingles, int64_t day) {
  table.Learn(shingles, 10, day);
}

TEST(Rarity, CountsDaysAndKnowsTheFirst) {
  RarityTable table;
  EXPECT_EQ(table.Of(7, 100).days, 0u);
  Learn(table, {7, 8}, 100);
  Learn(table, {7, 7}, 100);
  EXPECT_EQ(table.Of(7, 100).days, 1u);
  EXPECT_EQ(table.Of(7, 103).days_since, 3);
  EXPECT_EQ(table.Of(7, 98).days_since, -2);
  Learn(table, {7}, 101);
  Learn(table, {7}, 105);
  EXPECT_EQ(table.Of(7, 105).days, 3u);
  EXPECT_EQ(table.Of(7, 105).days_since, 5);
  // An earlier day that comes later is the first one.
  Learn(table, {7}, 90);
  EXPECT_EQ(table.Of(7, 105).days, 4u);
  EXPECT_EQ(table.Of(7, 105).days_since, 15);
  EXPECT_EQ(table.Of(8, 105).days, 1u);
  for (int64_t day = 200; day < 300; ++day) Learn(table, {7}, day);
  EXPECT_EQ(table.Of(7, 300).days, RarityTable::kMaxDays);
  // Shingle 0 is one like any other, but for day 0 of an empty table.
  Learn(table, {0, 0xFFFFFFFF}, 16'384 * 3);
  EXPECT_EQ(table.Of(0, 16'384 * 3).days, 1u);
  EXPECT_EQ(table.Of(0xFFFFFFFF, 16'384 * 3 + 1).days_since, 1);
}

TEST(Rarity, LongTextsAreSampledByHashAndShortOnesNever) {
  RarityTable table;
  std::mt19937 random(1);
  std::vector<uint32_t> shingles;
  for (int i = 0; i < 8000; ++i) shingles.push_back(random());
  size_t used = 0;
  for (const uint32_t shingle : shingles) {
    EXPECT_TRUE(RarityTable::UsesShingle(shingle, RarityTable::kSampledAbove));
    used += RarityTable::UsesShingle(shingle, RarityTable::kSampledAbove + 1) ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(used), 8000.0 / RarityTable::kSampleRate, 120);
  table.Learn(shingles, 8000, 1);
  EXPECT_EQ(table.size(), used);
  for (const uint32_t shingle : shingles) {
    EXPECT_EQ(table.Of(shingle, 1).days, RarityTable::UsesShingle(shingle, 8000) ? 1u : 0u);
  }
}

std::string BytesOf(const RarityTable& table) {
  std::string bytes;
  table.AppendTo(bytes);
  return bytes;
}

TEST(Rarity, GrowsToItsBoundAndThenForgetsWhatWasSeenLeast) {
  RarityTable table(1 << 14);
  const size_t small = table.memory_bytes();
  std::mt19937 random(2);
  const std::vector<uint32_t> often = {1, 2, 3};
  for (int day = 0; day < 200; ++day) {
    std::vector<uint32_t> shingles = often;
    for (int i = 0; i < 1000; ++i) shingles.push_back(random());
    for (size_t i = 0; i < shingles.size(); i += 100) {
      Learn(table, {shingles.begin() + i, shingles.begin() + std::min(i + 100, shingles.size())},
            day);
    }
  }
  EXPECT_GT(table.memory_bytes(), small);
  EXPECT_EQ(table.memory_bytes(), (1u << 14) * sizeof(uint64_t));
  EXPECT_LE(table.size(), 1u << 14);
  EXPECT_GT(table.size(), (1u << 14) * 9 / 10);
  for (const uint32_t shingle : often)
    EXPECT_EQ(table.Of(shingle, 200).days, RarityTable::kMaxDays);
}

TEST(Rarity, IsTheSameInItsBytes) {
  RarityTable table(1 << 13);
  std::mt19937 random(3);
  const auto text = [&] {
    std::vector<uint32_t> shingles;
    for (int i = 0; i < 100; ++i) shingles.push_back(random() % 20'000);
    return shingles;
  };
  for (int i = 0; i < 300; ++i) Learn(table, text(), i);
  const std::string bytes = BytesOf(table);
  RarityTable taken(1 << 13);
  std::string_view rest = bytes;
  ASSERT_TRUE(taken.TakeFrom(rest).ok());
  EXPECT_TRUE(rest.empty());
  EXPECT_EQ(BytesOf(taken), bytes);
  for (int i = 0; i < 300; ++i) {
    const std::vector<uint32_t> next = text();
    Learn(table, next, 300 + i);
    Learn(taken, next, 300 + i);
  }
  EXPECT_EQ(BytesOf(taken), BytesOf(table));
}

TEST(Rarity, TakesNoBytesThatAreNoTable) {
  RarityTable table;
  Learn(table, {1, 2, 3}, 1);
  const std::string good = BytesOf(table);
  std::string odd = good;
  odd[7] = 3;  // no power of two
  for (const std::string& bad :
       {std::string(), good.substr(0, 15), good.substr(0, good.size() - 1), odd}) {
    std::string_view rest = bad;
    EXPECT_EQ(ReasonOf(table.TakeFrom(rest)), Reason::kStoreCorrupt);
    EXPECT_EQ(table.size(), 0u);
  }
}

}  // namespace
}  // namespace wirefold
