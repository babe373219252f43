// Articles packed as a store writes its tables.
#include "lib/store/record_packing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "lib/base/reason.h"
#include "lib/store/rocksdb_store.h"
#include "rocksdb/db.h"
#include "tests/store/packing_census.h"
#include "tests/store/raw_samples.h"
#include "tests/store/store_fixture.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

using testing::Census;
using testing::Duplicate;
using ::testing::ElementsAre;
using testing::FolderBytes;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kPlain;
using testing::MakeArticle;
using testing::New;
using testing::NumbersIn;
using testing::OpenOrDie;
using testing::OptionsFor;
using testing::RawSample;
using testing::Revision;

class RecordPackingTest : public StoreFixture {
 protected:
  static NormalizedArticle Article(int i) {
    return MakeArticle("a.org/" + std::to_string(i), 1000 + i, RawSample(i));
  }
  void CommitArticles(int first, int count) {
    std::vector<Mutation> mutations;
    for (int i = 0; i < count; ++i) mutations.push_back(New(Article(first + i)));
    Commit(mutations);
  }
  // Each article, by every way to read one.
  void ExpectAll(int first, int count) {
    std::vector<Ulid> ids;
    for (int i = 0; i < count; ++i) ids.push_back(Article(first + i).id);
    const auto batch = store_->GetRecords(ids);
    const auto texts = store_->GetComparisonTexts(ids);
    ASSERT_TRUE(texts.ok()) << texts.status();
    const ListRecordPage page =
        store_->ListRecords({.start_ms = 1000 + first, .host = "example.org", .limit = 100'000})
            .value();
    ASSERT_GE(page.articles.size(), static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) {
      const NormalizedArticle article = Article(first + i);
      const std::string record = *EncodeRecord(article, testing::kIngestedAtMs);
      EXPECT_EQ(Get(article.id).article, article.article);
      ASSERT_TRUE(batch[i].ok()) << batch[i].status();
      EXPECT_EQ(batch[i]->record, record);
      EXPECT_EQ(page.articles[i].record, record);
      EXPECT_EQ((*texts)[i]->text, article.article.text);
      const auto at_once = store_->TryGetRecord(article.id);
      if (at_once.has_value()) {
        EXPECT_EQ((*at_once)->record, record);
      }
    }
  }
  // What the database holds, behind the store's back, which is closed for it.
  Census Look(std::vector<uint32_t>* dictionaries = nullptr) {
    store_.reset();
    Census census;
    WithDatabase([&](rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
      const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator({}, handles[kArticles]));
      for (it->SeekToFirst(); it->Valid(); it->Next()) {
        if (!IsPackedRecord(it->value().ToStringView())) {
          ++census[kPlain];
        } else {
          ++census[HeadOfPacked(it->value().ToStringView())->dictionary];
        }
      }
      if (dictionaries == nullptr) return;
      *dictionaries = NumbersIn(db, handles[kMeta]);
    });
    store_ = OpenOrDie(OptionsFor(folder_.path()));
    return census;
  }
  template <typename Use>
  void WithDatabase(const Use& use) {
    const RocksDbOptions options = OptionsFor(folder_.path());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    auto families = MakeFamilies(options, rocksdb::NewLRUCache(1 << 20));
    // Or tables would be written that don't say what they need.
    for (auto& family : families) family.options.disable_auto_compactions = true;
    ASSERT_TRUE(
        rocksdb::DB::Open(MakeDbOptions(options), options.path, families, &handles, &db).ok());
    use(*db, handles);
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
    delete db;
  }
  // Whether any file of the folder, or any dictionary, has these bytes as they are.
  bool FolderOrDictionaryHas(const std::string& bytes) {
    bool has = false;
    store_.reset();
    WithDatabase([&](rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
      const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator({}, handles[kMeta]));
      for (it->SeekToFirst(); it->Valid(); it->Next()) {
        has = has || it->value().ToStringView().find(bytes) != std::string_view::npos;
      }
    });
    for (const auto& [name, content] : FolderBytes(folder_.path())) {
      has = has || content.find(bytes) != std::string::npos;
    }
    store_ = OpenOrDie(OptionsFor(folder_.path()));
    return has;
  }
};

TEST_F(RecordPackingTest, WhatRecoveryWritesIsPlainAndCompactPacksIt) {
  CommitArticles(0, 2000);
  EXPECT_EQ(Look(), (Census{{kPlain, 2000}}));
  ExpectAll(0, 2000);
  ASSERT_TRUE(store_->Compact().ok());
  ExpectAll(0, 2000);
  std::vector<uint32_t> dictionaries;
  const Census census = Look(&dictionaries);
  ASSERT_EQ(dictionaries.size(), 1U);
  EXPECT_EQ(census, (Census{{dictionaries.front(), 2000}}));
  ExpectAll(0, 2000);
}

TEST_F(RecordPackingTest, WhatAFullWriteBufferWritesIsPackedAndReadBesideWhatIsNot) {
  store_.reset();
  RocksDbOptions options = OptionsFor(folder_.path());
  options.write_buffer_bytes = size_t{64} << 10;  // of which `articles` has twice that
  store_ = OpenOrDie(options);
  for (int i = 0; i < 4000; i += 50) CommitArticles(i, 50);
  ExpectAll(0, 4000);
  const Census census = Look();
  int packed = 0;
  for (const auto& [dictionary, count] : census) packed += dictionary == kPlain ? 0 : count;
  EXPECT_GT(packed, 3000);
  ExpectAll(0, 4000);
}

TEST_F(RecordPackingTest, FromWhatIsCommittedADictionaryIsTrained) {
  std::vector<uint32_t> dictionaries;
  // Windows count anew whenever the store is opened.
  for (int tries = 0; dictionaries.empty() && tries < 5; ++tries) {
    size_t bytes = 0;
    for (int first = 0; bytes < size_t{36} << 20; first += 1000) {
      CommitArticles(tries * 100'000 + first, 1000);
      bytes += 1000 * RawSample(first).size();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    Look(&dictionaries);
  }
  EXPECT_THAT(dictionaries, ElementsAre(1U));
  ExpectAll(0, 50);
}

TEST_F(RecordPackingTest, CopiesAndOlderTextsRestOnPackedArticles) {
  CommitArticles(0, 1000);
  const NormalizedArticle base = Article(7);
  NormalizedArticle copy = MakeArticle("b.org/7", 5000, RawSample(7) + " and a line more");
  Commit({Duplicate(copy, base.id)});
  ASSERT_TRUE(store_->Compact().ok());
  const NormalizedArticle newer = MakeArticle("a.org/7", 9000, RawSample(7) + " in other words");
  NormalizedArticle revised = newer;
  const auto found = store_->Lookup(base.identity, base.text_hash);
  ASSERT_TRUE(found.ok() && found->url.has_value());
  Commit({Revision(revised, *found->url, store_->ReadNewest(*found->url)->record)});
  ASSERT_TRUE(store_->Compact().ok());
  Reopen();
  EXPECT_EQ(Get(base.id).article.text, newer.article.text);
  EXPECT_EQ(Get(copy.id).article, copy.article);
  const auto older = store_->ListRevisions(base.id, std::nullopt, 10);
  ASSERT_TRUE(older.ok()) << older.status();
  ASSERT_EQ(older->size(), 1U);
  EXPECT_EQ(older->front().article.text, base.article.text);
}

TEST_F(RecordPackingTest, CompactingAgainChangesNothing) {
  CommitArticles(0, 2000);
  ASSERT_TRUE(store_->Compact().ok());
  std::vector<uint32_t> first;
  const Census before = Look(&first);
  ASSERT_TRUE(store_->Compact().ok());
  std::vector<uint32_t> second;
  EXPECT_EQ(Look(&second), before);
  EXPECT_EQ(second, first);
}

TEST_F(RecordPackingTest, OfARemovedArticleNoDictionaryKeepsAPiece) {
  const std::string secret = "the minister's cousin was seen in the harbour at dawn";
  std::vector<Mutation> mutations;
  std::vector<Ulid> with_secret;
  for (int i = 0; i < 1500; ++i) {
    NormalizedArticle article = Article(i);
    if (i % 10 == 0) {
      article = MakeArticle("a.org/" + std::to_string(i), 1000 + i, RawSample(i) + secret);
      with_secret.push_back(article.id);
    }
    mutations.push_back(New(article));
  }
  Commit(mutations);
  ASSERT_TRUE(store_->Compact().ok());
  std::vector<uint32_t> before;
  Look(&before);
  ASSERT_EQ(before.size(), 1U);
  const std::string piece = secret.substr(10, 20);
  ASSERT_TRUE(FolderOrDictionaryHas(piece));  // or what follows shows nothing

  for (const Ulid& id : with_secret) {
    ASSERT_TRUE(store_->Remove({.story_id = id, .ids = {id}, .at_ms = 5}).ok());
  }
  ASSERT_TRUE(store_->Rebase(100).ok());
  ASSERT_TRUE(store_->Compact().ok());
  std::vector<uint32_t> after;
  const Census census = Look(&after);
  ASSERT_EQ(after.size(), 1U);
  EXPECT_GT(after.front(), before.front());
  EXPECT_EQ(census, (Census{{after.front(), 1350}}));
  EXPECT_FALSE(FolderOrDictionaryHas(piece));
  ExpectAll(1, 9);
  ExpectAll(1491, 9);
}

TEST_F(RecordPackingTest, WhatComesAndGoesWhileItIsCompactedIsNoObstacle) {
  constexpr int kCount = 1500;
  CommitArticles(0, kCount);
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      for (int times = 0; times < 4; ++times) {
        const absl::Status status = store_->Compact();
        EXPECT_TRUE(status.ok()) << status;
      }
    });
  }
  std::thread reader([&] {
    for (int i = 0; !done.load(); i = (i + 7) % kCount) {
      if (i % 10 == 0) continue;  // is removed
      const absl::StatusOr<StoredArticle> article = store_->GetArticle(Article(i).id);
      EXPECT_TRUE(article.ok()) << article.status();
      if (article.ok()) {
        EXPECT_EQ(article->article, Article(i).article);
      }
    }
  });
  for (int i = 0; i < kCount; i += 10) {
    const Ulid id = Article(i).id;
    EXPECT_TRUE(store_->Remove({.story_id = id, .ids = {id}, .at_ms = 5}).ok());
    CommitArticles(kCount + i, 10);
  }
  for (std::thread& thread : threads) thread.join();
  done.store(true);
  reader.join();
  ASSERT_TRUE(store_->Compact().ok());
  std::vector<uint32_t> dictionaries;
  const Census census = Look(&dictionaries);
  ASSERT_EQ(dictionaries.size(), 1U);
  EXPECT_EQ(census, (Census{{dictionaries.front(), 2 * kCount - kCount / 10}}));
  ExpectAll(kCount, kCount);
  ExpectAll(1, 9);
}

TEST_F(RecordPackingTest, ThreeThatCompactAtOnceAreOneTooMany) {
  CommitArticles(0, 1500);
  std::atomic<int> compacted = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const absl::Status status = store_->Compact();
      if (status.ok()) ++compacted;
      if (ReasonOf(status) == Reason::kNotCompacted) ++refused;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(compacted + refused, 8);
  EXPECT_GE(compacted, 2);
  ASSERT_TRUE(store_->Compact().ok());  // those that are gone don't count
  ExpectAll(0, 10);
}

TEST_F(RecordPackingTest, BeforeClosingNothingIsCompactedAnyMore) {
  CommitArticles(0, 1500);
  store_->EndCompactions();
  EXPECT_EQ(ReasonOf(store_->Compact()), Reason::kNotCompacted);
  ExpectAll(0, 10);
  Reopen();
  ASSERT_TRUE(store_->Compact().ok());
  ExpectAll(0, 1500);
}

// Wherever it is, what it has left is whole.
TEST_F(RecordPackingTest, ACompactionThatEndsEarlyCostsNothing) {
  CommitArticles(0, 3000);
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  ASSERT_TRUE(store_->Compact().ok());
  const auto whole = Clock::now() - begin;
  // After so many sixteenths of what a whole one took.
  constexpr int kParts = 16;
  int ended_early = 0;
  for (int part = 1; part < kParts; part += 2) {
    std::jthread closing([&] {
      std::this_thread::sleep_for(whole * part / kParts);
      store_->EndCompactions();
    });
    const absl::Status status = store_->Compact();
    closing.join();
    if (!status.ok()) ++ended_early;
    EXPECT_TRUE(status.ok() || ReasonOf(status) == Reason::kNotCompacted) << status;
    Reopen();
    ExpectAll(0, 3000);
  }
  EXPECT_GT(ended_early, 0);
  ASSERT_TRUE(store_->Compact().ok());
  ExpectAll(0, 3000);
}

TEST_F(RecordPackingTest, OfTooFewArticlesThereIsNoDictionaryAnyMore) {
  CommitArticles(0, 1000);
  ASSERT_TRUE(store_->Compact().ok());
  for (int i = 2; i < 1000; ++i) {
    const Ulid id = Article(i).id;
    ASSERT_TRUE(store_->Remove({.story_id = id, .ids = {id}, .at_ms = 5}).ok());
  }
  ASSERT_TRUE(store_->Compact().ok());
  std::vector<uint32_t> dictionaries;
  EXPECT_EQ(Look(&dictionaries), (Census{{0, 2}}));
  EXPECT_THAT(dictionaries, IsEmpty());
  ExpectAll(0, 2);
}

TEST_F(RecordPackingTest, AStoreThatMissesADictionaryIsRefusedByName) {
  CommitArticles(0, 1000);
  ASSERT_TRUE(store_->Compact().ok());
  CommitArticles(1000, 10);
  std::vector<uint32_t> dictionaries;
  Look(&dictionaries);
  ASSERT_EQ(dictionaries.size(), 1U);
  const std::string key = DictionaryKey(kRecordDictionaryPrefix, dictionaries.front());
  std::string value;
  store_.reset();
  WithDatabase([&](rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
    ASSERT_TRUE(db.Get({}, handles[kMeta], key, &value).ok());
    ASSERT_TRUE(db.Delete({}, handles[kMeta], key).ok());
  });
  const auto opened = RocksDbStore::Open(OptionsFor(folder_.path()));
  EXPECT_EQ(ReasonOf(opened.status()), Reason::kStoreCorrupt);
  EXPECT_THAT(opened.status().ToString(),
              HasSubstr("dictionary " + std::to_string(dictionaries.front())));
  // With it all is there again: nothing was changed.
  WithDatabase([&](rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
    ASSERT_TRUE(db.Put({}, handles[kMeta], key, value).ok());
  });
  store_ = OpenOrDie(OptionsFor(folder_.path()));
  ExpectAll(0, 1010);
}

}  // namespace
}  // namespace wirefold
