#include "lib/store/one_state.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "rocksdb/db.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

class OneStateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, folder_.path(), &db).ok());
    db_.reset(db);
    Write();
  }
  // Both keys get the same next value.
  void Write() {
    const std::string value = std::to_string(++written_);
    ASSERT_TRUE(db_->Put({}, "a", value).ok());
    ASSERT_TRUE(db_->Put({}, "b", value).ok());
  }
  std::string Get(const rocksdb::ReadOptions& read, const std::string& key) {
    std::string value;
    EXPECT_TRUE(db_->Get(read, key, &value).ok());
    return value;
  }
  // Reads both, which the first so many calls write between the two.
  std::pair<std::string, std::string> ReadBoth(int writes) {
    calls_ = 0;
    return OfOneState(*db_, [&](const rocksdb::ReadOptions& read) {
      ++calls_;
      had_snapshot_ = read.snapshot != nullptr;
      std::string a = Get(read, "a");
      if (calls_ <= writes) Write();
      return std::pair(std::move(a), Get(read, "b"));
    });
  }

  testing::TempFolder folder_;
  std::unique_ptr<rocksdb::DB> db_;
  int written_ = 0;
  int calls_ = 0;
  bool had_snapshot_ = false;
};

TEST_F(OneStateTest, NothingIsReadTwiceWhereNothingIsWritten) {
  EXPECT_EQ(ReadBoth(/*writes=*/0), std::pair(std::string("1"), std::string("1")));
  EXPECT_EQ(calls_, 1);
  EXPECT_FALSE(had_snapshot_);
}

TEST_F(OneStateTest, WhatIsWrittenMeanwhileHasAllReadAgain) {
  EXPECT_EQ(ReadBoth(/*writes=*/1), std::pair(std::string("2"), std::string("2")));
  EXPECT_EQ(calls_, 2);
  EXPECT_FALSE(had_snapshot_);
}

TEST_F(OneStateTest, WhereMuchIsWrittenASnapshotIsRead) {
  EXPECT_EQ(ReadBoth(/*writes=*/3), std::pair(std::string("3"), std::string("3")));
  EXPECT_EQ(calls_, 3);
  EXPECT_TRUE(had_snapshot_);
}

}  // namespace
}  // namespace wirefold
