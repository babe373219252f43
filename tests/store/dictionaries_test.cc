// Samples that dictionaries are trained from, and the table that keeps them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/hash.h"
#include "lib/base/reason.h"
#include "lib/store/dictionary_table.h"
#include "lib/store/dictionary_trainer.h"
#include "lib/store/keys.h"
#include "rocksdb/db.h"
#include "tests/store/raw_samples.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::RawSamples;

TEST(EvenSample, HoldsAllUntilItIsFullAndThenEveryFewth) {
  EvenSample sample(1000);
  for (int i = 0; i < 100; ++i) sample.Add(std::string(10, static_cast<char>(i)));
  EXPECT_EQ(sample.seen_bytes(), 1000U);
  EXPECT_EQ(sample.Take().size(), 100U);
  EXPECT_EQ(sample.seen_bytes(), 0U);
  EXPECT_THAT(sample.Take(), IsEmpty());

  for (int i = 0; i < 10'000; ++i) {
    if (sample.IsWanted()) {
      sample.Add(std::to_string(10'000 + i));
    } else {
      sample.Skip();
    }
  }
  const std::vector<std::string> taken = sample.Take();
  ASSERT_GT(taken.size(), 90U);
  ASSERT_LE(taken.size(), 200U);
  const int step = std::stoi(taken[1]) - std::stoi(taken[0]);
  for (size_t i = 0; i < taken.size(); ++i) {
    EXPECT_EQ(std::stoi(taken[i]), 10'000 + static_cast<int>(i) * step);
  }
}

TEST(EvenSample, TakesTheBeginningOfWhatIsLong) {
  EvenSample sample(2 * kMaxSampleBytes);
  sample.Add(std::string(3 * kMaxSampleBytes, 'x'));
  EXPECT_EQ(sample.seen_bytes(), 3 * kMaxSampleBytes);
  EXPECT_THAT(sample.Take(), ElementsAre(std::string(kMaxSampleBytes, 'x')));
}

TEST(TrainBetterDictionary, IsNoneThatIsNotBetter) {
  const std::vector<std::string> samples = RawSamples(0, 600);
  const DictionaryGoal goal = {.level = 2};
  const std::optional<std::string> first = TrainBetterDictionary(samples, nullptr, goal);
  ASSERT_TRUE(first.has_value());
  const auto in_use = ZstdDictionary::Make(1, *first, goal.level);
  ASSERT_TRUE(in_use.ok());
  EXPECT_EQ(TrainBetterDictionary(samples, in_use->get(), goal), std::nullopt);
  EXPECT_EQ(TrainBetterDictionary({}, nullptr, goal), std::nullopt);
}

class DictionaryTableTest : public ::testing::Test {
 protected:
  DictionaryTableTest() {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* db = nullptr;
    EXPECT_TRUE(rocksdb::DB::Open(options, folder_.path() + "/db", &db).ok());
    db_.reset(db);
    table_.Attach(*db_, db_->DefaultColumnFamily(), /*sync=*/false);
  }
  // The same dictionaries, nothing read yet.
  std::unique_ptr<DictionaryTable> Anew() {
    auto table = std::make_unique<DictionaryTable>(kKind);
    table->Attach(*db_, db_->DefaultColumnFamily(), /*sync=*/false);
    return table;
  }

  static constexpr DictionaryTable::Kind kKind = {.prefix = kRecordDictionaryPrefix,
                                                  .event_prefix = kRecordDictionaryEventPrefix,
                                                  .what = "articles",
                                                  .level = 2};
  testing::TempFolder folder_;
  std::unique_ptr<rocksdb::DB> db_;
  DictionaryTable table_{kKind};
};

TEST_F(DictionaryTableTest, GivesNumbersAndKeepsEvents) {
  EXPECT_EQ(*table_.NextNumber(), 1U);
  EXPECT_EQ((*table_.Add("one", 7))->number(), 1U);
  EXPECT_EQ((*table_.Add("two", 8))->number(), 2U);
  const auto anew = Anew();
  EXPECT_THAT(*anew->Numbers(), ElementsAre(1U, 2U));
  EXPECT_EQ((*anew->Read(2))->bytes(), "two");
  EXPECT_EQ((*anew->Newest())->number(), 2U);
  EXPECT_EQ(*anew->EventOf(1), 7U);
  EXPECT_EQ(*anew->EventOf(2), 8U);
  EXPECT_EQ(*anew->EventOf(3), 0U);
}

TEST_F(DictionaryTableTest, WhatIsRemovedIsReadUntilItIsForgotten) {
  ASSERT_TRUE(table_.Add("one").ok());
  ASSERT_TRUE(table_.Add("two").ok());
  ASSERT_TRUE(table_.Remove({2}).ok());
  EXPECT_THAT(*table_.Numbers(), ElementsAre(1U));
  EXPECT_EQ((*table_.Read(2))->bytes(), "two");
  EXPECT_EQ(*table_.NextNumber(), 3U);
  ASSERT_TRUE(table_.Remove({1}).ok());
  EXPECT_TRUE(table_.Read(1).ok());
  EXPECT_TRUE(table_.Read(2).ok());
  table_.ForgetRemoved();
  EXPECT_EQ(ReasonOf(table_.Read(2).status()), Reason::kStoreCorrupt);
  EXPECT_THAT(table_.Read(2).status().ToString(), HasSubstr("articles were compressed"));
  EXPECT_EQ(*table_.NextNumber(), 3U);
}

TEST_F(DictionaryTableTest, ThereAreButSoMany) {
  for (uint32_t i = 1; i <= kMaxDictionaries; ++i) ASSERT_TRUE(table_.Add("x").ok());
  EXPECT_EQ(table_.Add("x").status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(table_.Remove({5}).ok());
  EXPECT_EQ((*table_.Add("x"))->number(), kMaxDictionaries + 1);
}

TEST_F(DictionaryTableTest, NumbersThatAreNoneAreCorruptAndTheLastIsTheLast) {
  for (const uint64_t number : {uint64_t{0}, uint64_t{kMaxDictionaryNumber} + 1}) {
    std::string key(kRecordDictionaryPrefix);
    AppendBigEndian64(number, key);
    ASSERT_TRUE(db_->Put({}, key, "\x01x").ok());
    EXPECT_EQ(ReasonOf(Anew()->Numbers().status()), Reason::kStoreCorrupt);
    ASSERT_TRUE(db_->Delete({}, key).ok());
  }
  ASSERT_TRUE(
      db_->Put({}, DictionaryKey(kRecordDictionaryPrefix, kMaxDictionaryNumber), "\x01x").ok());
  EXPECT_EQ((*Anew()->Newest())->number(), kMaxDictionaryNumber);
  EXPECT_EQ(Anew()->Add("x").status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(DictionaryTableTest, DamagedValuesAreToldApart) {
  const std::string key = DictionaryKey(kRecordDictionaryPrefix, 1);
  ASSERT_TRUE(db_->Put({}, key, "").ok());
  EXPECT_EQ(ReasonOf(Anew()->Read(1).status()), Reason::kStoreCorrupt);
  ASSERT_TRUE(db_->Put({}, key, "\x02x").ok());
  EXPECT_EQ(ReasonOf(Anew()->Read(1).status()), Reason::kStoreTooNew);
  ASSERT_TRUE(db_->Put({}, DictionaryKey(kRecordDictionaryEventPrefix, 1), "short").ok());
  EXPECT_EQ(ReasonOf(Anew()->EventOf(1).status()), Reason::kStoreCorrupt);
}

}  // namespace
}  // namespace wirefold
