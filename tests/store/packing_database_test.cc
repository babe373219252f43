// RecordPacking over a database of its own: which dictionaries values get, and when one goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "lib/base/reason.h"
#include "lib/store/record_packing.h"
#include "lib/store/rocksdb_snapshots.h"
#include "rocksdb/db.h"
#include "tests/store/packing_census.h"
#include "tests/store/raw_samples.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

using testing::Census;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kPlain;
using testing::NumbersIn;
using testing::RawSample;

// A database with `articles` alone, whose values need no more than to begin as records do.
class PackingDatabaseTest : public ::testing::Test {
 protected:
  PackingDatabaseTest() {
    rocksdb::DBOptions options;
    options.create_if_missing = options.create_missing_column_families = true;
    std::vector<rocksdb::ColumnFamilyDescriptor> families = {
        {rocksdb::kDefaultColumnFamilyName, {}}, {"articles", {}}};
    packing_.SetUp(families[1].options);
    rocksdb::DB* db = nullptr;
    EXPECT_TRUE(rocksdb::DB::Open(options, folder_.path() + "/db", families, &handles_, &db).ok());
    db_.reset(db);
    EXPECT_TRUE(packing_.Attach(*db_, handles_[0], handles_[1], /*sync=*/false).ok());
  }
  ~PackingDatabaseTest() override {
    packing_.Stop();
    for (auto* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  }

  static std::string Record(int i) { return "\x01" + RawSample(i); }
  static std::vector<std::string> Records(int first) {
    std::vector<std::string> records;
    for (int i = 0; i < 600; ++i) records.push_back(Record(first + i));
    return records;
  }
  // Of another kind.
  static std::vector<std::string> Others() {
    std::vector<std::string> records = Records(5000);
    for (std::string& record : records) {
      for (char& c : record) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>('z' - (c - 'a'));
      }
    }
    return records;
  }
  void PutAndFlush(int first, int count) {
    for (int i = first; i < first + count; ++i) {
      ASSERT_TRUE(db_->Put({}, handles_[1], std::to_string(i), Record(i)).ok());
    }
    ASSERT_TRUE(db_->Flush({}, handles_[1]).ok());
  }
  Census Look() {
    Census census;
    const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}, handles_[1]));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      const std::string_view value = it->value().ToStringView();
      const absl::StatusOr<PackedHead> head = HeadOfPacked(value);
      ++census[head.ok() ? head->dictionary : kPlain];
      EXPECT_EQ(packing_.Unpack(value).value(), Record(std::stoi(it->key().ToString())));
    }
    return census;
  }
  std::vector<uint32_t> Numbers() { return NumbersIn(*db_, handles_[0]); }
  void CompactAll() {
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    ASSERT_TRUE(db_->CompactRange(options, handles_[1], nullptr, nullptr).ok());
  }

  testing::TempFolder folder_;
  RecordPacking packing_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

TEST_F(PackingDatabaseTest, ADictionaryGoesWhenNoTableNeedsItAndNoSooner) {
  PutAndFlush(0, 100);
  ASSERT_TRUE(packing_.Renew(*db_, Records(1000), {}).ok());
  PutAndFlush(100, 100);
  const auto renewed = packing_.Renew(*db_, Others(), {});
  ASSERT_TRUE(renewed.ok());
  EXPECT_EQ(renewed->first_kept, 2U);
  PutAndFlush(200, 100);
  EXPECT_EQ(Look(), (Census{{0, 100}, {1, 100}, {2, 100}}));
  EXPECT_TRUE(*packing_.RemoveUnused(*db_, handles_[1], *renewed));
  EXPECT_THAT(Numbers(), ElementsAre(1U, 2U));
  CompactAll();
  EXPECT_TRUE(*packing_.RemoveUnused(*db_, handles_[1], *renewed));
  EXPECT_THAT(Numbers(), ElementsAre(2U));
  EXPECT_EQ(Look(), (Census{{2, 300}}));
}

TEST_F(PackingDatabaseTest, WhatIsStaleAndNeededIsTold) {
  ASSERT_TRUE(packing_.Renew(*db_, Records(1000), {.sampled_from = 10}).ok());
  PutAndFlush(0, 100);
  const auto renewed =
      packing_.Renew(*db_, Records(1000), {.last_removal = 11, .sampled_from = 12});
  ASSERT_TRUE(renewed.ok());
  EXPECT_EQ(renewed->first_kept, 2U);
  EXPECT_FALSE(*packing_.RemoveUnused(*db_, handles_[1], *renewed));
  EXPECT_THAT(Numbers(), ElementsAre(1U, 2U));
  CompactAll();
  EXPECT_TRUE(*packing_.RemoveUnused(*db_, handles_[1], *renewed));
  EXPECT_THAT(Numbers(), ElementsAre(2U));
}

TEST_F(PackingDatabaseTest, OneThatIsStoredAndNotInUseYetIsKept) {
  const auto renewed = packing_.Renew(*db_, {}, {});
  ASSERT_TRUE(renewed.ok());
  EXPECT_EQ(renewed->first_kept, 1U);
  DictionaryTable trained({.prefix = kRecordDictionaryPrefix, .what = "articles", .level = 1});
  trained.Attach(*db_, handles_[0], /*sync=*/false);
  ASSERT_TRUE(trained.Add("bytes").ok());
  EXPECT_TRUE(*packing_.RemoveUnused(*db_, handles_[1], *renewed));
  EXPECT_THAT(Numbers(), ElementsAre(1U));
}

TEST_F(PackingDatabaseTest, NoBetterDictionaryIsNoneUnlessTheOneInUseIsStale) {
  ASSERT_TRUE(packing_.Renew(*db_, Records(0), {.last_removal = 5, .sampled_from = 5}).ok());
  ASSERT_TRUE(packing_.Renew(*db_, Records(0), {.last_removal = 5, .sampled_from = 9}).ok());
  EXPECT_EQ(packing_.InUse()->number(), 1U);
  ASSERT_TRUE(packing_.Renew(*db_, Records(0), {.last_removal = 6, .sampled_from = 9}).ok());
  EXPECT_EQ(packing_.InUse()->number(), 2U);
  ASSERT_TRUE(packing_.Renew(*db_, {}, {.last_removal = 10, .sampled_from = 10}).ok());
  EXPECT_EQ(packing_.InUse(), nullptr);
}

TEST_F(PackingDatabaseTest, WhileItIsOpenNoNumberIsGivenTwice) {
  ASSERT_TRUE(packing_.Renew(*db_, Records(0), {}).ok());
  const auto renewed = packing_.Renew(*db_, {}, {.last_removal = 1});
  ASSERT_TRUE(renewed.ok());
  ASSERT_TRUE(packing_.RemoveUnused(*db_, handles_[1], *renewed).ok());
  EXPECT_THAT(Numbers(), IsEmpty());
  ASSERT_TRUE(packing_.Renew(*db_, Records(0), {}).ok());
  EXPECT_EQ(packing_.InUse()->number(), 2U);
}

TEST_F(PackingDatabaseTest, MergingLeavesNothingStale) {
  ASSERT_TRUE(packing_.Renew(*db_, Records(1000), {.sampled_from = 10}).ok());
  PutAndFlush(0, 100);
  ASSERT_TRUE(packing_.Renew(*db_, Records(1000), {.last_removal = 11, .sampled_from = 12}).ok());
  ASSERT_TRUE(db_->SetOptions(handles_[1], {{"level0_file_num_compaction_trigger", "2"}}).ok());
  PutAndFlush(50, 100);
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (Look() != (Census{{2, 150}}) && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(Look(), (Census{{2, 150}}));
}

TEST_F(PackingDatabaseTest, MergingPacksWhatHasNoDictionaryAndLeavesTheRest) {
  PutAndFlush(0, 100);
  ASSERT_TRUE(packing_.Renew(*db_, Records(1000), {}).ok());
  PutAndFlush(50, 100);
  ASSERT_TRUE(packing_.Renew(*db_, Others(), {}).ok());
  PutAndFlush(200, 100);
  // As RocksDB merges by itself, which is not the same as Compact.
  rocksdb::ColumnFamilyMetaData meta;
  db_->GetColumnFamilyMetaData(handles_[1], &meta);
  std::vector<std::string> files;
  for (const auto& file : meta.levels[0].files) files.push_back(file.name);
  ASSERT_EQ(files.size(), 3U);
  ASSERT_TRUE(db_->SetOptions(handles_[1], {{"level0_file_num_compaction_trigger", "2"}}).ok());
  ASSERT_TRUE(db_->Put({}, handles_[1], "300", Record(300)).ok());
  ASSERT_TRUE(db_->Flush({}, handles_[1]).ok());
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (Look() != (Census{{1, 100}, {2, 151}}) && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(Look(), (Census{{1, 100}, {2, 151}}));
}

TEST_F(PackingDatabaseTest, ASnapshotOfWhatWasThereBeforeIsWaitedFor) {
  const auto wait = [&](int ms) { return WaitForSnapshots(*db_, std::chrono::milliseconds(ms)); };
  ASSERT_TRUE(db_->Put({}, handles_[1], "1", Record(1)).ok());
  EXPECT_TRUE(wait(0).ok());
  const rocksdb::Snapshot* const before = db_->GetSnapshot();
  EXPECT_TRUE(wait(0).ok());  // it sees the last write
  ASSERT_TRUE(db_->Delete({}, handles_[1], "1").ok());
  EXPECT_EQ(ReasonOf(wait(50)), Reason::kNotCompacted);
  const rocksdb::Snapshot* const behind = db_->GetSnapshot();
  std::thread ends([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    db_->ReleaseSnapshot(before);
  });
  EXPECT_TRUE(wait(60'000).ok());
  ends.join();
  db_->ReleaseSnapshot(behind);
}

}  // namespace
}  // namespace wirefold
