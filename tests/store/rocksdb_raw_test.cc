// Raw files and their dictionaries in a store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/store/raw_record.h"
#include "lib/store/rocksdb_store.h"
#include "rocksdb/db.h"
#include "tests/store/raw_samples.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

using testing::Duplicate;
using ::testing::HasSubstr;
using testing::MakeArticle;
using testing::New;
using testing::OpenOrDie;
using testing::OptionsFor;
using testing::RawSample;
using testing::RawSamples;
using testing::Revision;

class RawTest : public ::testing::Test {
 protected:
  Mutation With(Mutation mutation, const std::string& bytes,
                const ZstdDictionary* dictionary = nullptr) {
    mutation.raw = *packer_.Pack({.bytes = bytes,
                                  .source = "s",
                                  .hints = {.url = "https://u.example/", .observed_at_ms = 5}},
                                 dictionary);
    return mutation;
  }
  void Commit(const std::vector<Mutation>& mutations) {
    const absl::Status status = store_->Commit(mutations);
    ASSERT_TRUE(status.ok()) << status;
  }
  void Reopen() {
    store_.reset();
    store_ = OpenOrDie(OptionsFor(folder_.path()));
  }
  std::shared_ptr<const ZstdDictionary> AddDictionary(int first_sample = 0) {
    return store_->AddRawDictionary(*TrainDictionary(RawSamples(first_sample, 300))).value();
  }
  std::string Bytes(const Ulid& id, const std::optional<Hash128>& text_hash = {}) {
    const absl::StatusOr<StoredRaw> raw = store_->GetRaw(id, text_hash);
    EXPECT_TRUE(raw.ok()) << raw.status();
    return raw.ok() ? raw->document.bytes : "";
  }
  Reason ReasonOfRaw(const Ulid& id, const std::optional<Hash128>& text_hash = {}) {
    return ReasonOf(store_->GetRaw(id, text_hash).status());
  }
  // Changes `meta` behind the store's back.
  void PutMeta(const std::string& key, const std::string& value, bool remove = false) {
    store_.reset();
    const RocksDbOptions options = OptionsFor(folder_.path());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(MakeDbOptions(options), options.path,
                                  MakeFamilies(options, rocksdb::NewLRUCache(1 << 20)), &handles,
                                  &db)
                    .ok());
    ASSERT_TRUE(
        (remove ? db->Delete({}, handles[kMeta], key) : db->Put({}, handles[kMeta], key, value))
            .ok());
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
    delete db;
    store_ = OpenOrDie(options);
  }

  testing::TempFolder folder_;
  RawPacker packer_;
  std::unique_ptr<RocksDbStore> store_ = OpenOrDie(OptionsFor(folder_.path()));
};

TEST_F(RawTest, EachStoredTextHasItsOwnRawFile) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, "text");
  const NormalizedArticle copy = MakeArticle("b.org/1", 1001, "text, copied");
  const NormalizedArticle later = MakeArticle("a.org/1", 1005, "later text");
  const NormalizedArticle earlier = MakeArticle("a.org/1", 900, "earlier text");
  const Mutation first = New(article);
  const Mutation second = Revision(later, first.url, first.record);
  Commit({With(first, "raw 1"), With(Duplicate(copy, article.id), "raw 2")});
  Commit({With(second, "raw 3"), With(Revision(earlier, second.url, second.record), "raw 4")});
  for (int round = 0; round < 2; ++round, Reopen()) {
    EXPECT_EQ(Bytes(article.id), "raw 3");
    EXPECT_EQ(Bytes(article.id, later.text_hash), "raw 3");
    EXPECT_EQ(Bytes(article.id, article.text_hash), "raw 1");
    EXPECT_EQ(Bytes(article.id, earlier.text_hash), "raw 4");
    EXPECT_EQ(Bytes(copy.id), "raw 2");
    EXPECT_EQ(ReasonOfRaw(article.id, copy.text_hash), Reason::kRawNotKept);
  }
  const StoredRaw raw = *store_->GetRaw(article.id, {});
  EXPECT_EQ(raw.id, article.id);
  EXPECT_EQ(raw.text_hash, later.text_hash);
  EXPECT_EQ(raw.text_hashes, (std::vector{article.text_hash, later.text_hash, earlier.text_hash}));
  EXPECT_EQ(raw.document.source, "s");
  EXPECT_EQ(raw.document.hints.url, "https://u.example/");
  EXPECT_EQ(raw.document.hints.observed_at_ms, 5);
  EXPECT_EQ(raw.dictionary, 0U);
}

TEST_F(RawTest, ATimeThatNoIdHoldsIsNoObstacle) {
  const NormalizedArticle before = MakeArticle("a.org/1", -1000, "text");
  Commit({With(New(before), "raw")});
  EXPECT_EQ(Bytes(before.id), "raw");
}

TEST_F(RawTest, WhatWasNotKeptIsSaidSo) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, "text");
  Commit({New(article)});
  EXPECT_EQ(ReasonOfRaw(article.id), Reason::kRawNotKept);
  EXPECT_THAT(store_->GetRaw(article.id, {}).status().ToString(), HasSubstr("keep-raw"));
  EXPECT_EQ(ReasonOfRaw(MakeArticle("a.org/2", 1, "x").id), Reason::kNotFound);
  // Kept from a later text on: the newest is there, the first is not.
  const NormalizedArticle later = MakeArticle("a.org/1", 1005, "later text");
  const Mutation first = New(article);
  Commit({With(Revision(later, first.url, first.record), "raw")});
  EXPECT_EQ(Bytes(article.id), "raw");
  EXPECT_EQ(ReasonOfRaw(article.id, article.text_hash), Reason::kRawNotKept);
}

TEST_F(RawTest, CountsAreThoseOfWhatIsKept) {
  const std::string bytes(1000, 'x');
  const Mutation kept = With(New(MakeArticle("a.org/1", 1, "one")), bytes);
  Commit({kept, New(MakeArticle("a.org/2", 2, "two"))});
  for (int round = 0; round < 2; ++round, Reopen()) {
    const StoreCounts counts = store_->Counts();
    EXPECT_EQ(counts.articles, 2U);
    EXPECT_EQ(counts.raw_files, 1U);
    EXPECT_EQ(counts.raw_bytes, 1000U);
    EXPECT_EQ(counts.raw_stored_bytes, kept.raw.value->size());
  }
}

TEST_F(RawTest, DictionariesAreNumberedAndOutliveARestart) {
  EXPECT_EQ(*store_->NewestRawDictionary(), nullptr);
  const auto one = AddDictionary(0);
  const auto two = AddDictionary(1000);
  EXPECT_EQ(one->number(), 1U);
  EXPECT_EQ(two->number(), 2U);
  const NormalizedArticle a = MakeArticle("a.org/1", 1, "one");
  const NormalizedArticle b = MakeArticle("a.org/2", 2, "two");
  Commit({With(New(a), RawSample(1), one.get()), With(New(b), RawSample(2), two.get())});
  for (int round = 0; round < 2; ++round, Reopen()) {
    EXPECT_EQ(store_->NewestRawDictionary().value()->number(), 2U);
    EXPECT_EQ(store_->NewestRawDictionary().value()->bytes(), two->bytes());
    EXPECT_EQ(Bytes(a.id), RawSample(1));
    EXPECT_EQ(Bytes(b.id), RawSample(2));
    EXPECT_EQ(store_->GetRaw(a.id, {})->dictionary, 1U);
  }
}

TEST_F(RawTest, ThereAreOnlySoManyDictionaries) {
  for (uint32_t number = 1; number <= kMaxDictionaries; ++number) {
    EXPECT_EQ(store_->AddRawDictionary("d" + std::to_string(number)).value()->number(), number);
  }
  EXPECT_EQ(store_->AddRawDictionary("one more").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(store_->NewestRawDictionary().value()->number(), kMaxDictionaries);
}

TEST_F(RawTest, AMissingOrDamagedDictionaryIsCorruptionThatNamesIt) {
  const auto dictionary = AddDictionary();
  const NormalizedArticle article = MakeArticle("a.org/1", 1, "one");
  const NormalizedArticle without = MakeArticle("a.org/2", 2, "two");
  Commit({With(New(article), RawSample(1), dictionary.get()), With(New(without), RawSample(2))});
  const std::string key = DictionaryKey(kRawDictionaryPrefix, 1);
  const std::string value = "\x01" + dictionary->bytes();

  PutMeta(key, "", /*remove=*/true);
  EXPECT_EQ(ReasonOfRaw(article.id), Reason::kStoreCorrupt);
  EXPECT_THAT(store_->GetRaw(article.id, {}).status().ToString(), HasSubstr("dictionary 1"));
  // What doesn't need it is read all the same.
  EXPECT_EQ(Bytes(without.id), RawSample(2));
  EXPECT_TRUE(store_->GetArticle(article.id).ok());

  std::string other = value;
  for (size_t i = other.size() / 2; i < other.size(); ++i) other[i] ^= 1;
  PutMeta(key, other);
  EXPECT_EQ(ReasonOfRaw(article.id), Reason::kStoreCorrupt);
  PutMeta(key, "");
  EXPECT_EQ(ReasonOfRaw(article.id), Reason::kStoreCorrupt);
  EXPECT_EQ(ReasonOf(store_->NewestRawDictionary().status()), Reason::kStoreCorrupt);
  PutMeta(key, "\x02");
  EXPECT_EQ(ReasonOfRaw(article.id), Reason::kStoreTooNew);
  PutMeta(key, value);
  EXPECT_EQ(Bytes(article.id), RawSample(1));
  PutMeta("raw_dictionary/x", value);
  EXPECT_EQ(ReasonOf(store_->NewestRawDictionary().status()), Reason::kStoreCorrupt);
}

TEST_F(RawTest, AFailedCommitKeepsNoRawFileEither) {
  store_.reset();
  RocksDbOptions options = OptionsFor(folder_.path());
  options.test_fail_commit = [] { return true; };
  store_ = OpenOrDie(options);
  const NormalizedArticle article = MakeArticle("a.org/1", 1, "one");
  EXPECT_FALSE(store_->Commit(std::vector{With(New(article), "raw")}).ok());
  EXPECT_FALSE(store_->AddRawDictionary("bytes").ok());
  Reopen();
  EXPECT_EQ(ReasonOfRaw(article.id), Reason::kNotFound);
  EXPECT_EQ(store_->Counts(), StoreCounts());
}

}  // namespace
}  // namespace wirefold
