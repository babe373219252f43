// Lists of articles and of the copies of a story, page by page, against a real RocksDB.
#include "lib/store/rocksdb_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "lib/base/limits.h"
#include "tests/store/store_fixture.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

using testing::Duplicate;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MakeArticle;
using testing::New;

class RocksDbListsTest : public StoreFixture {
 protected:
  std::vector<Ulid> List(const ListQuery& query, size_t* pages = nullptr) {
    std::vector<Ulid> ids;
    ListQuery next = query;
    while (true) {
      const ListPage page = store_->ListArticles(next).value();
      if (pages != nullptr) ++*pages;
      for (const StoredArticle& article : page.articles) ids.push_back(article.id);
      if (!page.next_after.has_value()) return ids;
      next.after = page.next_after;
    }
  }
};

TEST_F(RocksDbListsTest, ListsByTimeInBothDirectionsWithAnyPageSize) {
  std::vector<Ulid> all;
  std::vector<Mutation> mutations;
  for (int i = 0; i < 25; ++i) {
    const NormalizedArticle article = MakeArticle("a.org/" + std::to_string(i), i * 100, "正文");
    all.push_back(article.id);
    mutations.push_back(New(article));
  }
  Commit(mutations);
  std::vector<Ulid> reversed(all.rbegin(), all.rend());
  for (const size_t limit : {1, 7, 25, 100}) {
    EXPECT_EQ(List({.limit = limit}), all);
    EXPECT_EQ(List({.descending = true, .limit = limit}), reversed);
  }
  size_t pages = 0;
  List({.limit = 25}, &pages);
  EXPECT_EQ(pages, 1U);
  // From inclusive, to exclusive.
  EXPECT_THAT(List({.start_ms = 300, .end_ms = 500, .limit = 1}), ElementsAre(all[3], all[4]));
  EXPECT_THAT(List({.start_ms = 300, .end_ms = 500, .descending = true, .limit = 1}),
              ElementsAre(all[4], all[3]));
  EXPECT_THAT(List({.start_ms = 500, .end_ms = 500}), IsEmpty());
  EXPECT_THAT(List({.start_ms = 500, .end_ms = 300}), IsEmpty());
  EXPECT_THAT(List({.start_ms = -9, .end_ms = 1}), ElementsAre(all[0]));
  EXPECT_THAT(List({.start_ms = 2400, .end_ms = kMaxTimeMs + 1}), ElementsAre(all[24]));
}

TEST_F(RocksDbListsTest, ListsSelectHostSourceAndLanguage) {
  NormalizedArticle one = MakeArticle("a.org/1", 1, "一");
  NormalizedArticle two = MakeArticle("a.org/2", 2, "二");
  two.article.host = "news.other.net";
  two.article.registrable_domain = "other.net";
  two.article.source = "other";
  two.article.language = "zho";
  Commit({New(one), New(two)});
  EXPECT_THAT(List({.host = "www.example.org"}), ElementsAre(one.id));
  EXPECT_THAT(List({.host = "other.net"}), ElementsAre(two.id));
  EXPECT_THAT(List({.host = "net"}), IsEmpty());
  EXPECT_THAT(List({.source = "other"}), ElementsAre(two.id));
  EXPECT_THAT(List({.language = "zh"}), ElementsAre(one.id));
  EXPECT_THAT(List({.language = "zh-Hans"}), ElementsAre(one.id));
  EXPECT_THAT(List({.language = "zh-Hans-CN"}), IsEmpty());
}

TEST_F(RocksDbListsTest, OneListCallReadsABoundedNumberOfRecords) {
  std::vector<Mutation> mutations;
  for (size_t i = 0; i <= kMaxScannedRecords; ++i) {
    NormalizedArticle article = MakeArticle(std::to_string(i), static_cast<int64_t>(i), "x");
    if (i == kMaxScannedRecords) article.article.source = "last";
    mutations.push_back(New(article));
  }
  Commit(mutations);
  const ListPage first = store_->ListArticles({.source = "last"}).value();
  EXPECT_THAT(first.articles, IsEmpty());
  ASSERT_TRUE(first.next_after.has_value());
  const ListPage second =
      store_->ListArticles({.source = "last", .after = first.next_after}).value();
  EXPECT_EQ(second.articles.size(), 1U);
  EXPECT_FALSE(second.next_after.has_value());
}

TEST_F(RocksDbListsTest, APageOfLongArticlesEndsEarly) {
  std::vector<Mutation> mutations;
  for (int i = 0; i < 4; ++i) {
    mutations.push_back(
        New(MakeArticle(std::to_string(i), i, std::string(kMaxPageBytes / 2, 'x'))));
  }
  Commit(mutations);
  EXPECT_EQ(store_->ListArticles({}).value().articles.size(), 2U);
  EXPECT_EQ(List({}).size(), 4U);
}

TEST_F(RocksDbListsTest, ListsTheCopiesOfAStoryAlone) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, "一");
  const NormalizedArticle other = MakeArticle("a.org/2", 1000, "二");
  std::vector<Mutation> mutations = {New(article), New(other)};
  std::vector<Ulid> copies;
  for (int i = 0; i < 5; ++i) {
    const NormalizedArticle copy = MakeArticle("b.org/" + std::to_string(i), i, "一。");
    copies.push_back(copy.id);
    mutations.push_back(Duplicate(copy, article.id));
  }
  mutations.push_back(Duplicate(MakeArticle("c.org/", 7, "二。"), other.id));
  Commit(mutations);
  std::ranges::sort(copies);
  for (const size_t limit : {1, 2, 5, 9}) {
    std::vector<Ulid> ids;
    std::optional<Ulid> after;
    do {
      const SightingPage page = store_->ListSightings(article.id, after, limit).value();
      EXPECT_EQ(page.total, after.has_value() ? 0U : 5U);
      for (const StoredArticle& copy : page.sightings) {
        ids.push_back(copy.id);
        EXPECT_EQ(copy.story_id, article.id);
        EXPECT_EQ(copy.match.relation, Relation::kNear);
      }
      after = page.next_after;
    } while (after.has_value());
    EXPECT_EQ(ids, copies);
  }
}

TEST_F(RocksDbListsTest, PagesOfAStoryOfThousandsAreCompleteAndInOrder) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, "x");
  const NormalizedArticle next = MakeArticle("a.org/2", 1001, "y");
  std::vector<Mutation> mutations = {New(article), New(next),
                                     Duplicate(MakeArticle("c.org/1", 3000, "z"), next.id)};
  std::vector<Ulid> copies;
  for (int i = 0; i < 5000; ++i) {
    const std::string name = std::to_string(i);
    mutations.push_back(Duplicate(MakeArticle("b.org/" + name, 2000 + i % 7, name), article.id));
    copies.push_back(mutations.back().id);
  }
  Commit(mutations);
  std::ranges::sort(copies);
  for (const size_t limit : {1, 32, 999, 5000, 5001}) {
    std::vector<Ulid> ids;
    std::optional<Ulid> after;
    do {
      const SightingPage page = store_->ListSightings(article.id, after, limit).value();
      EXPECT_EQ(page.total, after.has_value() ? 0U : 5000U);
      EXPECT_LE(page.sightings.size(), limit);
      for (const StoredArticle& copy : page.sightings) ids.push_back(copy.id);
      after = page.next_after;
    } while (after.has_value());
    EXPECT_EQ(ids, copies);
  }
}

TEST_F(RocksDbListsTest, CountsTheCopiesOfAStoryUpToItsLimit) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, "x");
  Commit({New(article)});
  const EncodedRecord record = EncodeRecord(article, 0);
  const auto add = [&](size_t from, size_t to) {
    std::vector<Mutation> mutations;
    for (size_t i = from; i < to; ++i) {
      Mutation copy = Duplicate(article, article.id, Relation::kExact);
      copy.id = copy.url.id = Ulid::Make(2000, {i, i});
      copy.identity = {i, i};
      copy.record = record;
      mutations.push_back(std::move(copy));
    }
    Commit(mutations);
  };
  const auto total = [&] { return store_->ListSightings(article.id, std::nullopt, 1)->total; };
  add(0, kMaxCountedSightings - 1);
  EXPECT_EQ(total(), kMaxCountedSightings - 1);
  add(kMaxCountedSightings - 1, kMaxCountedSightings);
  EXPECT_EQ(total(), kMaxCountedSightings);
  add(kMaxCountedSightings, kMaxCountedSightings + 1);
  EXPECT_EQ(total(), kMaxCountedSightings);
}

}  // namespace
}  // namespace wirefold
