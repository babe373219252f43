// Reads and writes, against a real RocksDB.
#include "lib/store/rocksdb_store.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "lib/base/reason.h"
#include "tests/store/store_fixture.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

using testing::Duplicate;
using testing::MakeArticle;
using testing::New;
using testing::OpenOrDie;
using testing::OptionsFor;
using testing::Revision;

class RocksDbStoreTest : public StoreFixture {};

// Calls use(size, open file) for each table of a store.
template <typename Use>
void ForEachTable(const std::string& folder, Use use) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".sst") continue;
    const int fd = open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_GE(fd, 0) << entry.path();
    use(entry.file_size(), fd);
    close(fd);
  }
}

// The tables leave the system's memory. False where any part stays (the file system may lie in
// memory itself).
bool DropFromMemory(const std::string& folder) {
  bool all = true;
  ForEachTable(folder, [&](size_t size, int fd) {
    fsync(fd);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    void* const mapped = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
    std::vector<unsigned char> pages(size / 4096 + 1);
    all = mapped != MAP_FAILED && mincore(mapped, size, pages.data()) == 0 &&
          std::ranges::none_of(pages, [](unsigned char page) { return page % 2 == 1; }) && all;
    if (mapped != MAP_FAILED) munmap(mapped, size);
  });
  return all;
}

// Whether what the system's memory has can be read without waiting; not of every file system.
bool HasNoWaitReads(const std::string& folder) {
  bool has = true;
  ForEachTable(folder, [&](size_t, int fd) {
    char byte = 0;
    iovec one{&byte, 1};
    has = pread(fd, &byte, 1, 0) == 1 && preadv2(fd, &one, 1, 0, RWF_NOWAIT) == 1 && has;
  });
  return has;
}

TEST_F(RocksDbStoreTest, WhatIsInMemoryIsReadWithoutWaitingForTheDisk) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, "正文");
  const NormalizedArticle copy = MakeArticle("b.org/1", 2000, "正文");
  Commit({New(article), Duplicate(copy, article.id, Relation::kExact)});
  const Ulid unknown = Ulid::FirstAt(5);
  // From the write buffer; from the disk; from the system's memory, where RocksDB has nothing yet.
  for (int round = 0; round < 3; ++round, Reopen()) {
    bool is_on_disk = round > 0 && !HasNoWaitReads(folder_.path());
    if (round == 1 && !is_on_disk) {
      is_on_disk = DropFromMemory(folder_.path());
      if (!is_on_disk) continue;  // a part of it may be
    }
    EXPECT_EQ(store_->TryListSightingRecords(article.id, 1).has_value(), !is_on_disk);
    for (const Ulid& id : {article.id, copy.id}) {
      EXPECT_EQ(store_->TryGetRecord(id).has_value(), !is_on_disk);
      const StoredRecord waited = store_->GetRecords({&id, 1}).front().value();
      const std::optional<absl::StatusOr<StoredRecord>> tried = store_->TryGetRecord(id);
      ASSERT_TRUE(tried.has_value());
      ASSERT_TRUE(tried->ok()) << tried->status();
      EXPECT_EQ((*tried)->id, id);
      EXPECT_EQ((*tried)->story_id, article.id);
      EXPECT_EQ((*tried)->record, waited.record);
    }
    const SightingRecordPage listed =
        store_->ListSightingRecords(article.id, std::nullopt, 1).value();
    const std::optional<absl::StatusOr<SightingRecordPage>> copies =
        store_->TryListSightingRecords(article.id, 1);
    ASSERT_TRUE(copies.has_value() && copies->ok());
    ASSERT_EQ((*copies)->sightings.size(), 1U);
    EXPECT_EQ((*copies)->sightings[0].record, listed.sightings[0].record);
    EXPECT_EQ((*copies)->total, listed.total);
    const std::optional<absl::StatusOr<StoredRecord>> none = store_->TryGetRecord(unknown);
    ASSERT_TRUE(none.has_value());
    EXPECT_EQ(ReasonOf(none->status()), Reason::kNotFound);
  }
}

TEST_F(RocksDbStoreTest, WhatLiesInATableThatIsNotOpenIsNotInMemory) {
  // Each time the store is opened, what the log holds becomes a table of each family that is
  // concerned, and of many tables but a few are open then.
  std::vector<Ulid> ids;
  for (int round = 0; round < 7; ++round) {
    const std::string number = std::to_string(round);
    const NormalizedArticle article = MakeArticle("a.org/" + number, 1000 + round, "正文" + number);
    const NormalizedArticle copy = MakeArticle("b.org/" + number, 2000 + round, "正文" + number);
    Commit({New(article), Duplicate(copy, article.id, Relation::kExact)});
    ids.insert(ids.end(), {article.id, copy.id});
    Reopen();
  }
  int unknown = 0;
  for (const Ulid& id : ids) {
    const std::optional<absl::StatusOr<StoredRecord>> tried = store_->TryGetRecord(id);
    unknown += tried.has_value() ? 0 : 1;
    if (tried.has_value()) {
      EXPECT_TRUE(tried->ok()) << tried->status();
    }
    EXPECT_TRUE(store_->GetRecords({&id, 1}).front().ok());
  }
  EXPECT_GT(unknown, 0);
  for (const Ulid& id : ids) {
    const std::optional<absl::StatusOr<StoredRecord>> tried = store_->TryGetRecord(id);
    ASSERT_TRUE(tried.has_value());
    EXPECT_TRUE(tried->ok()) << tried->status();
  }
}

TEST_F(RocksDbStoreTest, StoriesOfMoreCopiesThanAskedForAreNotReadAtOnce) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, "正文");
  Commit({New(article),
          Duplicate(MakeArticle("b.org/1", 2000, "正文"), article.id, Relation::kExact),
          Duplicate(MakeArticle("c.org/1", 3000, "正文"), article.id, Relation::kExact)});
  EXPECT_FALSE(store_->TryListSightingRecords(article.id, 1).has_value());
  EXPECT_TRUE(store_->TryListSightingRecords(article.id, 2).has_value());
}

TEST_F(RocksDbStoreTest, ANewArticleIsFoundByIdUrlAndText) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, "正文");
  Commit({New(article)});
  for (int round = 0; round < 2; ++round, Reopen()) {
    const StoredArticle stored = Get(article.id);
    EXPECT_EQ(stored.article, article.article);
    EXPECT_EQ(stored.id, article.id);
    EXPECT_EQ(stored.story_id, article.id);
    EXPECT_EQ(stored.representative_id, article.id);
    EXPECT_EQ(stored.match, Match());
    EXPECT_EQ(stored.ingested_at_ms, testing::kIngestedAtMs);
    EXPECT_EQ(stored.text_hash, article.text_hash);
    EXPECT_EQ(stored.revision_count, 0U);
    EXPECT_EQ(store_->GetByIdentity(article.identity)->id, article.id);

    const Store::Found found = store_->Lookup(article.identity, article.text_hash).value();
    EXPECT_EQ(found.url, New(article).url);
    EXPECT_EQ(found.text, (TextOwner{article.id, article.id}));
    EXPECT_EQ(store_->Counts(), (StoreCounts{.articles = 1, .commits = 1}));
    EXPECT_EQ(*store_->ReadNewest(*found.url)->record, *New(article).record);
  }
}

TEST_F(RocksDbStoreTest, EveryCommitSyncsItsLogUnlessToldNotTo) {
  EXPECT_TRUE(RocksDbOptions().sync);
  for (const bool sync : {true, false}) {
    const testing::TempFolder folder;
    RocksDbOptions options = OptionsFor(folder.path());
    options.sync = sync;
    options.statistics = rocksdb::CreateDBStatistics();
    const std::unique_ptr<RocksDbStore> store = OpenOrDie(options);
    const uint64_t before = options.statistics->getTickerCount(rocksdb::WAL_FILE_SYNCED);
    for (int i = 0; i < 5; ++i) {
      const auto article = MakeArticle("a.org/" + std::to_string(i), 1000, std::to_string(i));
      ASSERT_TRUE(store->Commit(std::vector{New(article)}).ok());
    }
    EXPECT_EQ(options.statistics->getTickerCount(rocksdb::WAL_FILE_SYNCED) - before,
              sync ? 5U : 0U);
  }
}

TEST_F(RocksDbStoreTest, WhatIsNotThereIsNotFound) {
  const Ulid id = Ulid::Make(1, {1, 1});
  EXPECT_EQ(ReasonOf(store_->GetArticle(id).status()), Reason::kNotFound);
  EXPECT_EQ(ReasonOf(store_->GetByIdentity({1, 2}).status()), Reason::kNotFound);
  EXPECT_EQ(ReasonOf(store_->ListRevisions(id, std::nullopt, 1000).status()), Reason::kNotFound);
  EXPECT_EQ(ReasonOf(store_->ReadNewest({.id = id, .story_id = id}).status()), Reason::kNotFound);
  EXPECT_EQ(ReasonOf(store_->ReadNewest({.id = id, .story_id = {}}).status()), Reason::kNotFound);
  EXPECT_EQ(store_->ListSightings(id, std::nullopt, 10)->total, 0U);
  const Store::Found found = store_->Lookup({1, 2}, {3, 4}).value();
  EXPECT_FALSE(found.url.has_value());
  EXPECT_FALSE(found.text.has_value());
}

TEST_F(RocksDbStoreTest, ACopyIsFoundByItsOwnIdWithItsStoryAndMatch) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, "正文");
  const NormalizedArticle copy = MakeArticle("b.org/1", 2000, "正文。");
  const Mutation duplicate = Duplicate(copy, article.id);
  Commit({New(article), duplicate});
  const StoredArticle stored = Get(copy.id);
  EXPECT_EQ(stored.article, copy.article);
  EXPECT_EQ(stored.id, copy.id);
  EXPECT_EQ(stored.story_id, article.id);
  EXPECT_EQ(stored.representative_id, article.id);
  EXPECT_EQ(stored.match, duplicate.match);
  EXPECT_EQ(store_->GetByIdentity(copy.identity)->id, copy.id);
  const NewestRecord newest = store_->ReadNewest(duplicate.url).value();
  EXPECT_EQ(*newest.record, *duplicate.record);
  EXPECT_EQ(newest.match, duplicate.match);
  EXPECT_EQ(store_->Lookup(copy.identity, copy.text_hash)->text, (TextOwner{copy.id, article.id}));
  EXPECT_EQ(store_->Counts(), (StoreCounts{.articles = 1, .sightings = 1, .commits = 1}));
}

TEST_F(RocksDbStoreTest, AnExactCopyLeavesTheTextWithItsFirstArticle) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, "正文");
  const NormalizedArticle copy = MakeArticle("b.org/1", 2000, "正文");
  Commit({New(article)});
  Commit({Duplicate(copy, article.id, Relation::kExact)});
  EXPECT_EQ(store_->Lookup(copy.identity, copy.text_hash)->text,
            (TextOwner{article.id, article.id}));
}

TEST_F(RocksDbStoreTest, RevisionsEndTheSameInEitherOrderOfArrival) {
  const NormalizedArticle early = MakeArticle("a.org/1", 1000, "一");
  const NormalizedArticle late = MakeArticle("a.org/1", 2000, "二");
  for (const bool early_first : {true, false}) {
    const testing::TempFolder folder;
    const auto store = OpenOrDie(OptionsFor(folder.path()));
    const NormalizedArticle& first = early_first ? early : late;
    const NormalizedArticle& second = early_first ? late : early;
    ASSERT_TRUE(store->Commit(std::vector{New(first)}).ok());
    const Mutation revision = Revision(second, New(first).url, New(first).record);
    ASSERT_EQ(revision.becomes_newest, early_first);
    ASSERT_TRUE(store->Commit(std::vector{revision}).ok());

    const StoredArticle stored = store->GetArticle(first.id).value();
    EXPECT_EQ(stored.article, late.article);
    EXPECT_EQ(stored.id, first.id);
    EXPECT_EQ(stored.revision_count, 1U);
    const std::vector<StoredArticle> revisions =
        store->ListRevisions(first.id, std::nullopt, 1000).value();
    ASSERT_EQ(revisions.size(), 1U);
    EXPECT_EQ(revisions[0].article, early.article);
    EXPECT_EQ(revisions[0].id, first.id);
    EXPECT_EQ(store->Counts(), (StoreCounts{.articles = 1, .revisions = 1, .commits = 2}));
    const UrlState state = *store->Lookup(first.identity, {})->url;
    EXPECT_EQ(state, revision.url);
    EXPECT_EQ(state.newest_text_hash, late.text_hash);
    // The sketch is that of the newest text.
    store
        ->ScanSketches([&](const Ulid&, const Sketch& sketch) {
          EXPECT_EQ(sketch, *New(late).sketch);
          return true;
        })
        .IgnoreError();
    EXPECT_EQ(store->Lookup({}, second.text_hash)->text, (TextOwner{first.id, first.id}));
  }
}

TEST_F(RocksDbStoreTest, ARevisionOfACopyKeepsItsMatch) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, "正文");
  const NormalizedArticle copy = MakeArticle("b.org/1", 2000, "正文。");
  const NormalizedArticle edited = MakeArticle("b.org/1", 3000, "正文！");
  const NormalizedArticle oldest = MakeArticle("b.org/1", 1500, "正文？");
  const Mutation duplicate = Duplicate(copy, article.id);
  const Mutation newer = Revision(edited, duplicate.url, duplicate.record, duplicate.match);
  const Mutation older = Revision(oldest, newer.url, newer.record, duplicate.match);
  Commit({New(article), duplicate, newer, older});
  const StoredArticle stored = Get(copy.id);
  EXPECT_EQ(stored.article, edited.article);
  EXPECT_EQ(stored.match, duplicate.match);
  EXPECT_EQ(stored.revision_count, 2U);
  const std::vector<StoredArticle> revisions =
      store_->ListRevisions(copy.id, std::nullopt, 1000).value();
  ASSERT_EQ(revisions.size(), 2U);
  EXPECT_EQ(revisions[0].article, oldest.article);
  EXPECT_EQ(revisions[1].article, copy.article);
  EXPECT_EQ(revisions[1].match, duplicate.match);
  EXPECT_EQ(revisions[1].story_id, article.id);
  EXPECT_EQ(store_->ListSightings(article.id, std::nullopt, 10)->total, 1U);
  EXPECT_EQ(Get(article.id).revision_count, 0U);
}

TEST_F(RocksDbStoreTest, SeveralArticlesComeInOrderEachOnItsOwn) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, "一");
  const NormalizedArticle copy = MakeArticle("b.org/1", 2000, "二");
  Commit({New(article), Duplicate(copy, article.id)});
  const Ulid absent = Ulid::Make(1, {1, 1});
  const auto got = store_->GetArticles(std::vector{copy.id, absent, article.id});
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(got[0]->id, copy.id);
  EXPECT_EQ(ReasonOf(got[1].status()), Reason::kNotFound);
  EXPECT_EQ(got[2]->id, article.id);

  const auto texts = *store_->GetComparisonTexts(std::vector{copy.id, article.id, absent});
  ASSERT_EQ(texts.size(), 3U);
  EXPECT_EQ(texts[0]->text, copy.article.text);
  EXPECT_EQ(texts[1]->title, article.article.title);
  EXPECT_EQ(texts[1]->text, article.article.text);
  EXPECT_EQ(texts[1]->host, article.article.host);
  EXPECT_FALSE(texts[2].has_value());
}

TEST_F(RocksDbStoreTest, AnArticleWithoutUrlHasNoRevisions) {
  NormalizedArticle article = MakeArticle("", 0, "正文");
  article.article.url.clear();
  Commit({New(article)});
  EXPECT_EQ(Get(article.id).revision_count, 0U);
  EXPECT_EQ(Get(article.id).article, article.article);
}

TEST_F(RocksDbStoreTest, ScansSketchesInTheOrderOfIdsUntilToldToStop) {
  std::vector<Mutation> mutations;
  for (int i = 9; i >= 0; --i) mutations.push_back(New(MakeArticle(std::to_string(i), i, "x")));
  mutations.push_back(Duplicate(MakeArticle("copy", 3, "y"), mutations[0].id));
  Commit(mutations);
  std::vector<Ulid> ids;
  ASSERT_TRUE(store_
                  ->ScanSketches([&](const Ulid& id, const Sketch& sketch) {
                    EXPECT_EQ(sketch, *mutations[0].sketch);
                    ids.push_back(id);
                    return true;
                  })
                  .ok());
  EXPECT_EQ(ids.size(), 10U);
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  int visited = 0;
  ASSERT_TRUE(store_->ScanSketches([&](const Ulid&, const Sketch&) { return ++visited < 3; }).ok());
  EXPECT_EQ(visited, 3);
  // Of a range of times: from … on, before … .
  std::vector<int64_t> times;
  ASSERT_TRUE(store_
                  ->ScanSketches(
                      [&](const Ulid& id, const Sketch&) {
                        times.push_back(id.TimeMs());
                        return true;
                      },
                      {.from_ms = 4, .to_ms = 7})
                  .ok());
  EXPECT_EQ(times, (std::vector<int64_t>{4, 5, 6}));
}

TEST_F(RocksDbStoreTest, TheLastCheckpointOfANameIsKept) {
  EXPECT_EQ(*store_->ReadCheckpoint("learnt"), std::nullopt);
  std::string large;
  for (int64_t i = 0; large.size() < (size_t{5} << 20) / 2; ++i) large += std::to_string(i * 7919);
  ASSERT_TRUE(store_->WriteCheckpoint("learnt", {7, "small"}).ok());
  ASSERT_TRUE(store_->WriteCheckpoint("learnt2", {1, "another"}).ok());
  ASSERT_TRUE(store_->WriteCheckpoint("learnt", {9, large}).ok());
  for (const bool reopened : {false, true}) {
    if (reopened) Reopen();
    EXPECT_EQ((*store_->ReadCheckpoint("learnt"))->next_event, 9u);
    EXPECT_EQ((*store_->ReadCheckpoint("learnt"))->bytes, large);
    EXPECT_EQ((*store_->ReadCheckpoint("learnt2"))->bytes, "another");
  }
  ASSERT_TRUE(store_->WriteCheckpoint("learnt", {9, ""}).ok());
  Reopen();
  EXPECT_EQ((*store_->ReadCheckpoint("learnt"))->bytes, "");
}

TEST_F(RocksDbStoreTest, ScansWhatWasLearntFromAsItWas) {
  Mutation article = New(MakeArticle("a.example/1", 1000, "一"));
  article.learning = Learning::kFull;
  Mutation copy = Duplicate(MakeArticle("b.example/1", 0, "二"), article.id);
  copy.learning = Learning::kDomain;
  const Mutation silent = New(MakeArticle("a.example/2", 3000, "三"));
  Mutation revision = Revision(MakeArticle("a.example/1", 4000, "四"), article.url, article.record);
  EXPECT_EQ(store_->NextEvent(), 0u);
  ASSERT_TRUE(store_->Commit(std::vector{article, copy, silent, revision}).ok());
  EXPECT_EQ(store_->NextEvent(), 4u);
  std::vector<LearntFile> files;
  const auto visit = [&](const LearntFile& file) {
    files.push_back(file);
    return true;
  };
  ASSERT_TRUE(store_->ScanLearnt(0, visit).ok());
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].event, 0u);
  EXPECT_EQ(files[0].learning, Learning::kFull);
  EXPECT_EQ(files[0].at_ms, 1000);
  EXPECT_EQ(files[0].host, "www.example.org");
  EXPECT_EQ(files[0].text, "一") << "not the text that replaced it";
  EXPECT_EQ(files[1].event, 1u);
  EXPECT_EQ(files[1].learning, Learning::kDomain);
  EXPECT_EQ(files[1].at_ms, testing::kIngestedAtMs) << "for want of a time of its own";
  EXPECT_EQ(files[1].text, "二");
  files.clear();
  ASSERT_TRUE(store_->ScanLearnt(1, visit).ok());
  EXPECT_EQ(files.size(), 1u);
  int seen = 0;
  ASSERT_TRUE(store_->ScanLearnt(0, [&](const LearntFile&) { return ++seen < 1; }).ok());
  EXPECT_EQ(seen, 1);
}

TEST_F(RocksDbStoreTest, AnEmptyCommitChangesNothing) {
  Commit({});
  EXPECT_EQ(store_->Counts(), StoreCounts());
  EXPECT_GT(store_->DiskBytes(), 0U);
}

TEST_F(RocksDbStoreTest, AFailedCommitWritesNothingAndIsTheLast) {
  store_.reset();
  bool fail = false;
  RocksDbOptions options = OptionsFor(folder_.path());
  options.test_fail_commit = [&] { return fail; };
  store_ = OpenOrDie(options);
  const NormalizedArticle first = MakeArticle("a.org/1", 1000, "一");
  const NormalizedArticle second = MakeArticle("a.org/2", 2000, "二");
  const NormalizedArticle third = MakeArticle("a.org/3", 3000, "三");
  Commit({New(first)});
  fail = true;
  EXPECT_EQ(ReasonOf(store_->Commit(std::vector{New(second), New(third)})), Reason::kStoreFailed);
  fail = false;
  EXPECT_EQ(ReasonOf(store_->Commit(std::vector{New(third)})), Reason::kStoreFailed);
  for (int round = 0; round < 2; ++round, Reopen()) {
    EXPECT_TRUE(store_->GetArticle(first.id).ok());
    EXPECT_EQ(ReasonOf(store_->GetArticle(second.id).status()), Reason::kNotFound);
    EXPECT_FALSE(store_->Lookup(second.identity, second.text_hash)->text.has_value());
    EXPECT_EQ(store_->Counts(), (StoreCounts{.articles = 1, .commits = 1}));
  }
  Commit({New(second), New(third)});
  EXPECT_EQ(store_->Counts(), (StoreCounts{.articles = 3, .commits = 2}));
}

TEST_F(RocksDbStoreTest, AMalformedMutationStopsTheStoreInsteadOfDamagingIt) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, "一");
  Mutation bad = Revision(MakeArticle("a.org/1", 2000, "二"), New(article).url, nullptr);
  EXPECT_EQ(ReasonOf(store_->Commit(std::vector{New(article), bad})), Reason::kStoreFailed);
  EXPECT_EQ(ReasonOf(store_->GetArticle(article.id).status()), Reason::kNotFound);
  EXPECT_EQ(ReasonOf(store_->Commit(std::vector{New(article)})), Reason::kStoreFailed);
  EXPECT_EQ(store_->Counts(), StoreCounts());
}

}  // namespace
}  // namespace wirefold
