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

TEST(Rarity, CountsTheDaysOfItsWindowAlone) {
  RarityTable table(RarityTable::kDefaultMaxEntries, /*window_days=*/30);
  Learn(table, {7}, 100);  // before there was an Advance: nobody knows where the window is
  EXPECT_EQ(table.Of(7, 100).days, 0u);
  for (const int64_t day : {100, 101, 110, 129, 130, 131, 160}) {
    table.Advance(day);
    Learn(table, {7}, day);
    if (day == 100) Learn(table, {8}, day);
    if (day == 130) {
      EXPECT_EQ(table.Of(7, day).days, 5u);
      EXPECT_EQ(table.Of(7, day).days_since, 30);
      EXPECT_EQ(table.Of(8, day).days, 1u);
    }
    if (day == 131) {
      EXPECT_EQ(table.Of(7, day).days, 5u) << "101, 110, 129, 130, 131";
      EXPECT_EQ(table.Of(7, day).days_since, 30);
      EXPECT_EQ(table.Of(8, day).days, 0u);
    }
  }
  EXPECT_EQ(table.Of(7, 160).days, 3u) << "130, 131, 160";
  // In any order of days, each once.
  Learn(table, {7, 7}, 135);
  Learn(table, {7}, 135);
  EXPECT_EQ(table.Of(7, 160).days, 4u);
  Learn(table, {9}, 129);  // before the window
  EXPECT_EQ(table.Of(9, 160).days, 0u);
  Learn(table, {10}, 1'000'000);  // far ahead: as of the day that the stream has come to
  EXPECT_EQ(table.Of(10, 160).days_since, 0);
  // The window never goes back, and a leap leaves everything behind, however far.
  table.Advance(3);
  EXPECT_EQ(table.Of(7, 160).days, 4u);
  table.Advance(160 + 2048);
  EXPECT_EQ(table.Of(7, 160 + 2048).days, 0u);
}

TEST(Rarity, AWindowBoundsWhatTheTableHolds) {
  RarityTable table(1 << 20, /*window_days=*/30);
  std::mt19937 random(9);
  size_t after_windows = 0;
  for (int day = 0; day < 3000; ++day) {
    table.Advance(day);
    std::vector<uint32_t> shingles;
    for (int i = 0; i < 200; ++i) shingles.push_back(random());
    Learn(table, shingles, day);
    if (day == 200) after_windows = table.memory_bytes();
    for (const uint32_t shingle : shingles) ASSERT_EQ(table.Of(shingle, day).days, 1u);
  }
  EXPECT_LE(table.memory_bytes(), 2 * after_windows);
  EXPECT_LE(table.memory_bytes(), 31u * 200 * 8 * 32);
}

TEST(Rarity, LongWindowsCountBySteps) {
  RarityTable table(1 << 14, /*window_days=*/90);
  for (int64_t day = 300; day < 400; ++day) {
    table.Advance(day);
    if (day == 309 || day == 310 || day == 330) Learn(table, {5}, day);
  }
  EXPECT_EQ(table.Of(5, 399).days, 2u) << "steps of three days; 309 to 311 are one";
  EXPECT_EQ(table.Of(5, 399).days_since, 90);
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
  EXPECT_GE(table.memory_bytes(), (1u << 14) * sizeof(uint64_t));
  EXPECT_LE(table.memory_bytes(), ((1u << 14) + 2 * 100) * sizeof(uint64_t));
  EXPECT_LE(table.size(), 1u << 14);
  EXPECT_GT(table.size(), (1u << 14) * 9 / 10);
  for (const uint32_t shingle : often)
    EXPECT_EQ(table.Of(shingle, 200).days, RarityTable::kMaxDays);
}

TEST(Rarity, KnowsAfterItsGrowthWhatItKnewBefore) {
  for (const int64_t window_days : {0, 30}) {
    RarityTable table(size_t{1} << 22, window_days);
    table.Advance(100);
    std::mt19937 random(3);
    int told = 0;
    int handed_over = 0;
    std::vector<uint32_t> first;
    for (int i = 0; i < 200; ++i) first.push_back(random());
    Learn(table, first, 99);
    Learn(table, first, 100);
    for (int text = 0; text < 1500; ++text) {
      // At first by itself, then when it is told to, or to what was made ahead of that.
      if (text >= 100 && table.GrowthDue() != 0) {
        HugePageVector<uint64_t> larger;
        if (text % 2 == 0) {
          larger.resize(table.GrowthDue());
          table.CopyTo(larger);
        }
        ++(larger.empty() ? told : handed_over);
        table.GrowIfDue(std::move(larger));
        EXPECT_EQ(table.GrowthDue(), 0u);
      }
      std::vector<uint32_t> shingles;
      for (int i = 0; i < 200; ++i) shingles.push_back(random());
      Learn(table, shingles, 100);
    }
    EXPECT_GT(told, 0);
    EXPECT_GT(handed_over, 0);
    EXPECT_GT(table.size(), 290'000u);
    size_t known = 0;
    for (const uint32_t shingle : first) {
      known += table.Of(shingle, 100).days == 2 && table.Of(shingle, 100).days_since == 1 ? 1 : 0;
    }
    EXPECT_EQ(known, first.size());
  }
}

TEST(Rarity, IsTheSameInItsBytes) {
  for (const int64_t window_days : {0, 30}) {
    RarityTable table(1 << 13, window_days);
    std::mt19937 random(3);
    const auto text = [&] {
      std::vector<uint32_t> shingles;
      for (int i = 0; i < 100; ++i) shingles.push_back(random() % 20'000);
      return shingles;
    };
    for (int i = 0; i < 300; ++i) {
      table.Advance(i);
      Learn(table, text(), i);
    }
    const std::string bytes = BytesOf(table);
    RarityTable taken(1 << 13, window_days);
    std::string_view rest = bytes;
    ASSERT_TRUE(taken.TakeFrom(rest).ok());
    EXPECT_TRUE(rest.empty());
    EXPECT_EQ(BytesOf(taken), bytes);
    for (int i = 0; i < 300; ++i) {
      const std::vector<uint32_t> next = text();
      table.Advance(300 + i);
      taken.Advance(300 + i);
      Learn(table, next, 300 + i);
      Learn(taken, next, 300 + i);
    }
    EXPECT_EQ(BytesOf(taken), BytesOf(table));
    // Of another window it is none.
    RarityTable other(1 << 13, window_days + 1);
    rest = bytes;
    EXPECT_EQ(ReasonOf(other.TakeFrom(rest)), Reason::kStoreCorrupt);
  }
}

TEST(Rarity, TakesNoBytesThatAreNoTable) {
  RarityTable table;
  Learn(table, {1, 2, 3}, 1);
  const std::string good = BytesOf(table);
  std::string odd = good;
  odd[26] = 3;  // of the size: no power of two
  for (const std::string& bad :
       {std::string(), good.substr(0, 40), good.substr(0, good.size() - 1), odd}) {
    std::string_view rest = bad;
    EXPECT_EQ(ReasonOf(table.TakeFrom(rest)), Reason::kStoreCorrupt);
    EXPECT_EQ(table.size(), 0u);
  }
}

}  // namespace
}  // namespace wirefold
