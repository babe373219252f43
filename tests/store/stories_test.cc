// Stories in the store: copies and older texts as deltas, elections, and what is deleted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "lib/base/reason.h"
#include "lib/store/record_delta.h"
#include "lib/store/rocksdb_store.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

using testing::Duplicate;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MakeArticle;
using testing::New;
using testing::OpenOrDie;
using testing::OptionsFor;
using testing::Revision;
using ::testing::UnorderedElementsAre;

// Some 2 KB that no other text has.
std::string LongText(const std::string& word) {
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += word + "港务局" + std::to_string(i * 7919) + "号公报说明了堤坝的状况。\n";
  }
  return text;
}

class StoriesTest : public ::testing::Test {
 protected:
  void Commit(const std::vector<Mutation>& mutations) {
    const absl::Status status = store_->Commit(mutations);
    ASSERT_TRUE(status.ok()) << status;
  }
  void Reopen() {
    store_.reset();
    store_ = OpenOrDie(OptionsFor(folder_.path()));
  }
  StoredArticle Get(const Ulid& id) {
    absl::StatusOr<StoredArticle> article = store_->GetArticle(id);
    EXPECT_TRUE(article.ok()) << article.status();
    return article.ok() ? *article : StoredArticle();
  }
  std::vector<Ulid> Sightings(const Ulid& story) {
    std::vector<Ulid> ids;
    const SightingPage page = store_->ListSightings(story, std::nullopt, 1000).value();
    for (const StoredArticle& copy : page.sightings) {
      ids.push_back(copy.id);
    }
    return ids;
  }
  uint64_t Bytes(const std::string& part) {
    EXPECT_TRUE(store_->Compact().ok());
    for (const PartSize& size : store_->PartSizes()) {
      if (size.name == part) return size.bytes;
    }
    return 0;
  }
  static Election Elects(const Ulid& story, const Ulid& from, const Ulid& to) {
    return {story,
            from,
            to,
            {Relation::kNear, to, {900'000, 900'000, 900'000}},
            testing::MakeTestSketch(9)};
  }

  testing::TempFolder folder_;
  std::unique_ptr<RocksDbStore> store_ = OpenOrDie(OptionsFor(folder_.path()));
};

TEST_F(StoriesTest, ACopyCostsWhatItHasMoreThanItsArticleAndComesBackWhole) {
  const std::string text = LongText("甲");
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, text);
  Commit({New(article)});
  std::vector<NormalizedArticle> copies;
  for (int i = 0; i < 200; ++i) {
    copies.push_back(
        MakeArticle("b.org/" + std::to_string(i), 2000 + i, text + "改写" + std::to_string(i)));
    Commit({Duplicate(copies.back(), article.id)});
  }
  for (int round = 0; round < 2; ++round, Reopen()) {
    for (const NormalizedArticle& copy : copies) EXPECT_EQ(Get(copy.id).article, copy.article);
    EXPECT_EQ(Sightings(article.id).size(), copies.size());
  }
  EXPECT_LT(Bytes("sightings"), 200 * 200U);
}

TEST_F(StoriesTest, TheSameTextInTheOtherScriptCostsLittle) {
  std::string simplified;
  std::string traditional;
  for (int i = 0; i < 60; ++i) {
    simplified += "台湾经济发展会议说明国际银行" + std::to_string(i * 7919) + "\n";
    traditional += "臺灣經濟發展會議說明國際銀行" + std::to_string(i * 7919) + "\n";
  }
  NormalizedArticle article = MakeArticle("a.org/1", 1000, traditional);
  article.article.language = "zh-Hant";
  NormalizedArticle copy = MakeArticle("b.org/1", 2000, simplified);
  copy.article.language = "zh-Hans";
  const EncodedRecord base = EncodeRecord(article, 1);
  const EncodedRecord record = EncodeRecord(copy, 1);
  const ScriptTable table = *ScriptTable::Make(ScriptTable::BytesOfThisBuild());
  DeltaPacker packer;
  const std::string delta = packer.Pack(*record, {article.id, *base}, article.id, table);
  ASSERT_TRUE(IsDelta(delta));
  EXPECT_LT(delta.size(), 300U);
  EXPECT_EQ(*UnpackDelta(delta, *base, table), *record);
  EXPECT_EQ(*BaseOfDelta(delta, article.id), article.id);
  // Another base than it was made with is noticed.
  const EncodedRecord other = EncodeRecord(MakeArticle("c.org/1", 1000, LongText("丁")), 1);
  EXPECT_EQ(ReasonOf(UnpackDelta(delta, *other, table).status()), Reason::kStoreCorrupt);

  Commit({New(article), Duplicate(copy, article.id)});
  EXPECT_EQ(Get(copy.id).article, copy.article);
}

TEST(RecordDelta, DamageAnywhereIsNoticedOrHarmless) {
  const NormalizedArticle article = MakeArticle("a.org/1", 1000, LongText("甲"));
  const NormalizedArticle copy = MakeArticle("b.org/1", 2000, LongText("甲") + "乙");
  const EncodedRecord base = EncodeRecord(article, 1);
  const EncodedRecord record = EncodeRecord(copy, 1);
  const ScriptTable table = *ScriptTable::Make(ScriptTable::BytesOfThisBuild());
  DeltaPacker packer;
  const std::string delta = packer.Pack(*record, {Ulid::Make(5, {5, 5}), *base}, article.id, table);
  ASSERT_TRUE(IsDelta(delta));
  EXPECT_EQ(*BaseOfDelta(delta, article.id), Ulid::Make(5, {5, 5}));
  for (size_t i = 0; i < delta.size(); ++i) {
    std::string cut = delta.substr(0, i);
    EXPECT_FALSE(UnpackDelta(cut, *base, table).ok()) << i;
    for (const int flip : {0x01, 0x02, 0x10, 0x80}) {
      std::string damaged = delta;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      const absl::StatusOr<std::string> got = UnpackDelta(damaged, *base, table);
      if (got.ok()) {
        EXPECT_EQ(*got, *record) << i;  // the base's ID, or a flag of zstd's
      }
    }
  }
}

TEST(ScriptTable, ChangesCharactersAloneAndNoLengths) {
  const ScriptTable table = *ScriptTable::Make(ScriptTable::BytesOfThisBuild());
  EXPECT_EQ(table.Apply("a國b\xE5\xFF國", ScriptChange::kToSimplified), "a国b\xE5\xFF国");
  EXPECT_EQ(table.Apply("国家", ScriptChange::kToTraditional), "國家");
  EXPECT_EQ(table.Apply("国家", ScriptChange::kNone), "国家");
  const std::string bytes = ScriptTable::BytesOfThisBuild();
  EXPECT_FALSE(ScriptTable::Make(bytes.substr(0, bytes.size() - 1)).ok());
  EXPECT_FALSE(ScriptTable::Make(bytes + "x").ok());
  EXPECT_FALSE(ScriptTable::Make("").ok());
}

// An article, two copies, and revisions of each, in several orders.
TEST_F(StoriesTest, EveryTextComesBackWhateverIsRevisedWhen) {
  const std::string text = LongText("甲");
  const auto at = [&](const std::string& url, int64_t ms) {
    return MakeArticle(url, ms, text + url + std::to_string(ms));
  };
  const NormalizedArticle a1 = at("a.org/1", 1000);
  const NormalizedArticle b1 = at("b.org/1", 2000);
  const NormalizedArticle c1 = at("c.org/1", 3000);
  Commit({New(a1)});
  UrlState a = New(a1).url;
  EncodedRecord a_newest = New(a1).record;
  const auto revise = [&](const NormalizedArticle& with, UrlState& state, EncodedRecord& newest,
                          const Match& match) {
    const Mutation mutation = Revision(with, state, newest, match);
    state = mutation.url;
    if (mutation.becomes_newest) newest = mutation.record;
    return mutation;
  };
  // Once before there is any copy, then in the same group as one, then behind both.
  Commit({revise(at("a.org/1", 1500), a, a_newest, {})});
  const Mutation b_first = Duplicate(b1, a1.id);
  UrlState b = b_first.url;
  EncodedRecord b_newest = b_first.record;
  Commit({b_first, revise(at("a.org/1", 1600), a, a_newest, {}), Duplicate(c1, a1.id)});
  Commit({revise(at("a.org/1", 1700), a, a_newest, {})});
  Commit({revise(at("a.org/1", 900), a, a_newest, {})});
  Commit({revise(at("b.org/1", 2500), b, b_newest, b_first.match),
          revise(at("b.org/1", 1800), b, b_newest, b_first.match)});
  Commit(
      {revise(at("a.org/1", 1800), a, a_newest, {}), revise(at("a.org/1", 1900), a, a_newest, {})});
  const auto times = [&](const Ulid& id) {
    std::vector<int64_t> seen;
    const std::vector<StoredArticle> revisions =
        store_->ListRevisions(id, std::nullopt, 1000).value();
    for (const StoredArticle& revision : revisions) {
      EXPECT_EQ(revision.article.text,
                text + revision.article.url_key + std::to_string(revision.article.observed_at_ms));
      seen.push_back(revision.article.observed_at_ms);
    }
    return seen;
  };
  for (int round = 0; round < 2; ++round, Reopen()) {
    EXPECT_EQ(Get(a1.id).article.observed_at_ms, 1900);
    EXPECT_THAT(times(a1.id), ElementsAre(900, 1000, 1500, 1600, 1700, 1800));
    EXPECT_EQ(Get(b1.id).article, at("b.org/1", 2500).article);
    EXPECT_THAT(times(b1.id), ElementsAre(1800, 2000));
    EXPECT_EQ(Get(c1.id).article, c1.article);
  }
}

TEST_F(StoriesTest, AnElectionChangesWhoStandsForTheStoryAndNothingElse) {
  const std::string text = LongText("甲");
  const NormalizedArticle first = MakeArticle("a.org/1", 3000, text + "一");
  const NormalizedArticle copy = MakeArticle("b.org/1", 2000, text + "二");
  const NormalizedArticle original = MakeArticle("c.org/1", 1000, text + "三");
  Mutation elects = Duplicate(original, first.id);
  elects.election = Elects(first.id, first.id, original.id);
  Commit({New(first), Duplicate(copy, first.id)});
  Commit({elects});
  for (int round = 0; round < 2; ++round, Reopen()) {
    for (const auto* article : {&first, &copy, &original}) {
      const StoredArticle stored = Get(article->id);
      EXPECT_EQ(stored.article, article->article);
      EXPECT_EQ(stored.story_id, first.id);
      EXPECT_EQ(stored.representative_id, original.id);
    }
    EXPECT_EQ(Get(original.id).match, Match());
    EXPECT_EQ(Get(first.id).match, elects.election->from_match);
    EXPECT_THAT(Sightings(first.id), ElementsAre(copy.id, first.id));
    const ListPage page = *store_->ListArticles({});
    ASSERT_EQ(page.articles.size(), 1U);
    EXPECT_EQ(page.articles[0].id, original.id);
    EXPECT_EQ(page.articles[0].story_id, first.id);
    const Store::Found found = *store_->Lookup(first.identity, first.text_hash);
    EXPECT_EQ(found.url->story_id, first.id);
    EXPECT_EQ(store_->Counts(), (StoreCounts{.articles = 1, .sightings = 2, .commits = 2}));
  }
  // A copy that comes now rests on the elected one, and the first one can be revised and elected
  // again.
  const NormalizedArticle later = MakeArticle("d.org/1", 4000, text + "四");
  Commit({Duplicate(later, first.id)});
  const NormalizedArticle revised = MakeArticle("a.org/1", 5000, text + "五");
  Commit({Revision(revised, New(first).url, New(first).record, elects.election->from_match)});
  Mutation again = Duplicate(MakeArticle("e.org/1", 6000, text + "六"), first.id);
  again.election = Elects(first.id, original.id, first.id);
  Commit({again});
  for (int round = 0; round < 2; ++round, Reopen()) {
    EXPECT_EQ(Get(first.id).article.text, revised.article.text);
    EXPECT_EQ(Get(first.id).representative_id, first.id);
    EXPECT_EQ(Get(copy.id).article, copy.article);
    EXPECT_EQ(Get(original.id).article, original.article);
    EXPECT_EQ(Get(original.id).representative_id, first.id);
    EXPECT_EQ(Get(later.id).article, later.article);
    EXPECT_EQ(store_->ListRevisions(first.id, std::nullopt, 1000)->size(), 1U);
    EXPECT_EQ(store_->ListRevisions(first.id, std::nullopt, 1000)->front().article.text,
              first.article.text);
  }
}

TEST_F(StoriesTest, AMalformedElectionStopsTheStoreInsteadOfDamagingIt) {
  const NormalizedArticle first = MakeArticle("a.org/1", 3000, "一");
  const NormalizedArticle copy = MakeArticle("b.org/1", 2000, "二");
  const NormalizedArticle other = MakeArticle("c.org/1", 2000, "三");
  Commit({New(first), New(other), Duplicate(copy, first.id)});
  Mutation mutation = Duplicate(MakeArticle("d.org/1", 2000, "四"), first.id);
  mutation.election = Elects(first.id, first.id, other.id);  // of another story
  EXPECT_EQ(ReasonOf(store_->Commit(std::vector{mutation})), Reason::kStoreFailed);
  Reopen();
  EXPECT_EQ(Get(first.id).representative_id, first.id);
  EXPECT_THAT(Sightings(first.id), ElementsAre(copy.id));
}

class RemovalTest : public StoriesTest {
 protected:
  void SetUp() override {
    Commit({New(first_), Duplicate(copy_, first_.id),
            Duplicate(exact_, first_.id, Relation::kExact), New(other_)});
  }
  // Whether any key or value that the database holds has these bytes.
  static bool FolderHas(const std::string& folder, const std::string& bytes) {
    for (const auto& [name, content] : testing::FolderBytes(folder)) {
      if (content.find(bytes) != std::string::npos) return true;
    }
    return false;
  }

  const std::string text_ = LongText("甲");
  const NormalizedArticle first_ = MakeArticle("a.org/1", 1000, text_ + "一");
  // The story's first article goes, and another stands for it.
  absl::Status RemoveFor(const Ulid& story, const Ulid& elected) {
    return store_->Remove(
        {.story_id = story, .ids = {story}, .at_ms = 5, .election = Elects(story, story, elected)});
  }

  const NormalizedArticle copy_ = MakeArticle("b.org/1", 2000, text_ + "二");
  const NormalizedArticle exact_ = MakeArticle("c.org/1", 3000, text_ + "一");
  const NormalizedArticle other_ = MakeArticle("d.org/1", 4000, LongText("乙"));
};

TEST_F(RemovalTest, ACopyGoesAloneAndMayComeBack) {
  const absl::Status removed =
      store_->Remove({.story_id = first_.id, .ids = {copy_.id}, .at_ms = 5});
  ASSERT_TRUE(removed.ok()) << removed;
  for (int round = 0; round < 2; ++round, Reopen()) {
    EXPECT_EQ(ReasonOf(store_->GetArticle(copy_.id).status()), Reason::kNotFound);
    EXPECT_THAT(std::string(store_->GetArticle(copy_.id).status().message()),
                ::testing::HasSubstr("deleted"));
    const Store::Found found = *store_->Lookup(copy_.identity, copy_.text_hash);
    EXPECT_FALSE(found.url.has_value());
    EXPECT_FALSE(found.text.has_value());
    EXPECT_FALSE(found.is_blocked);
    EXPECT_THAT(Sightings(first_.id), ElementsAre(exact_.id));
    EXPECT_EQ(store_->Counts().sightings, 1U);
  }
  Commit({Duplicate(copy_, first_.id)});
  EXPECT_EQ(Get(copy_.id).article, copy_.article);
}

TEST_F(RemovalTest, WhoStandsForAStoryGoesAndTheOthersStayAsTheyWere) {
  for (const size_t batch : {size_t{1}, size_t{2}, size_t{100}}) {
    SCOPED_TRACE(batch);
    const testing::TempFolder folder;
    store_.reset();
    store_ = OpenOrDie(OptionsFor(folder.path()));
    SetUp();
    const NormalizedArticle older = MakeArticle("b.org/1", 1500, text_ + "二前");
    Commit({Revision(older, Duplicate(copy_, first_.id).url, nullptr,
                     Duplicate(copy_, first_.id).match)});
    Removal removal{.story_id = first_.id, .ids = {first_.id}, .block = true, .at_ms = 5};
    // Without an election the copies would stand alone.
    EXPECT_EQ(ReasonOf(store_->Remove(removal)), Reason::kStoreFailed);
    removal.election = Elects(first_.id, first_.id, copy_.id);
    const absl::Status removed = store_->Remove(removal);
    ASSERT_TRUE(removed.ok()) << removed;
    EXPECT_EQ(Get(exact_.id).article, exact_.article);  // whatever it rests on
    store_.reset();
    store_ = OpenOrDie(OptionsFor(folder.path()));  // as after a crash in between
    ASSERT_TRUE(store_->Rebase(batch).ok());
    EXPECT_EQ(ReasonOf(store_->GetArticle(first_.id).status()), Reason::kNotFound);
    EXPECT_EQ(Get(exact_.id).article, exact_.article);
    EXPECT_EQ(Get(exact_.id).story_id, first_.id);
    EXPECT_EQ(Get(exact_.id).representative_id, copy_.id);
    EXPECT_EQ(Get(copy_.id).article, copy_.article);
    EXPECT_EQ(store_->ListRevisions(copy_.id, std::nullopt, 1000)->front().article, older.article);
    EXPECT_THAT(Sightings(first_.id), ElementsAre(exact_.id));
    EXPECT_EQ(store_->Counts().articles, 2U);
    EXPECT_EQ(store_->Counts().sightings, 1U);
    EXPECT_TRUE(store_->Lookup(first_.identity, other_.text_hash)->is_blocked);
    EXPECT_TRUE(store_->Lookup(other_.identity, first_.text_hash)->is_blocked);
    EXPECT_FALSE(store_->Lookup(copy_.identity, copy_.text_hash)->is_blocked);
    // Its text has another owner in the story.
    EXPECT_EQ(store_->Lookup(other_.identity, first_.text_hash)->text,
              (TextOwner{exact_.id, first_.id}));
    store_.reset();  // ahead of its folder
  }
  store_ = OpenOrDie(OptionsFor(folder_.path()));
}

TEST_F(RemovalTest, StoringAnewGoesOnWhereACrashHasStoppedIt) {
  std::vector<NormalizedArticle> copies;
  for (int i = 0; i < 7; ++i) {
    copies.push_back(
        MakeArticle("k.org/" + std::to_string(i), 5000 + i, text_ + std::to_string(i)));
    Commit({Duplicate(copies.back(), first_.id)});
  }
  ASSERT_TRUE(RemoveFor(first_.id, copy_.id).ok());
  int failures = 0;
  for (int writes = 0;; ++writes) {
    store_.reset();
    RocksDbOptions options = OptionsFor(folder_.path());
    int left = writes;
    options.test_fail_commit = [&left] { return left-- == 0; };
    store_ = OpenOrDie(options);
    const absl::Status rebased = store_->Rebase(1);
    for (const NormalizedArticle& copy : copies) EXPECT_EQ(Get(copy.id).article, copy.article);
    if (rebased.ok()) break;
    EXPECT_EQ(ReasonOf(rebased), Reason::kStoreFailed);
    ASSERT_LT(++failures, 50);
  }
  EXPECT_GT(failures, 2);
  Reopen();
  for (const NormalizedArticle& copy : copies) EXPECT_EQ(Get(copy.id).article, copy.article);
  ASSERT_TRUE(store_->Compact().ok());
  for (const PartSize& part : store_->PartSizes()) {
    if (part.name == "bases" || part.name == "revisions") {
      EXPECT_EQ(part.entries, 0U) << part.name;
    }
  }
}

// What a text is stored against goes, and comes elsewhere, while others read the text.
TEST_F(RemovalTest, WhoReadsMeanwhileFindsEachTextWhole) {
  constexpr int kStories = 150;
  for (int i = 0; i < kStories; ++i) {
    const std::string n = std::to_string(i);
    const NormalizedArticle first = MakeArticle("m.org/" + n, 9000 + i, text_ + "一" + n);
    const NormalizedArticle elected = MakeArticle("n.org/" + n, 9500 + i, text_ + "二" + n);
    const NormalizedArticle copy = MakeArticle("o.org/" + n, 9900 + i, text_ + "三" + n);
    Commit({New(first), Duplicate(elected, first.id), Duplicate(copy, first.id)});
    const UrlState state = *store_->Lookup(copy.identity, copy.text_hash)->url;
    std::atomic<bool> done = false;
    std::vector<std::thread> readers;
    for (int reader = 0; reader < 2; ++reader) {
      readers.emplace_back([&] {
        do {
          const absl::StatusOr<NewestRecord> newest = store_->ReadNewest(state);
          ASSERT_TRUE(newest.ok()) << newest.status();
          const auto texts = store_->GetComparisonTexts({&copy.id, 1});
          ASSERT_TRUE(texts.ok()) << texts.status();
          ASSERT_TRUE(texts->front().has_value());
          EXPECT_EQ(texts->front()->text, copy.article.text);
        } while (!done);
      });
    }
    EXPECT_TRUE(RemoveFor(first.id, elected.id).ok());
    EXPECT_TRUE(store_->Rebase(100).ok());
    done = true;
    for (std::thread& reader : readers) reader.join();
  }
}

TEST_F(RemovalTest, AWholeStoryGoesAndCompactionLeavesNothingOfIt) {
  const absl::Status removed = store_->Remove(
      {.story_id = first_.id, .ids = {first_.id, copy_.id, exact_.id}, .block = true, .at_ms = 5});
  ASSERT_TRUE(removed.ok()) << removed;
  ASSERT_TRUE(store_->Rebase(100).ok());
  ASSERT_TRUE(store_->Compact().ok());
  for (const PartSize& part : store_->PartSizes()) {
    const bool one = part.name == "articles" || part.name == "urls" || part.name == "texts" ||
                     part.name == "sketches";
    const bool none = part.name == "sightings" || part.name == "aliases" ||
                      part.name == "revisions" || part.name == "bases" || part.name == "stories";
    if (one || none) {
      EXPECT_EQ(part.entries, one ? 1U : 0U) << part.name;
    }
  }
  EXPECT_EQ(Get(other_.id).article, other_.article);
  EXPECT_EQ(store_->ListArticles({})->articles.size(), 1U);
  store_.reset();
  // The keys are not compressed, so they show what is left.
  EXPECT_TRUE(FolderHas(folder_.path(), other_.id.ToBytes().substr(6)));
  size_t left = 0;
  for (const auto& [name, content] : testing::FolderBytes(folder_.path())) {
    if (!name.ends_with(".sst")) continue;
    left += content.find(text_.substr(0, 60)) != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(left, 0U);
}

TEST_F(RemovalTest, WhatIsNotThereIsNotFoundAndNothingIsChanged) {
  EXPECT_EQ(ReasonOf(store_->Remove({.story_id = first_.id, .ids = {other_.id}})),
            Reason::kNotFound);
  EXPECT_EQ(ReasonOf(store_->Remove({.story_id = first_.id, .ids = {Ulid::Make(9, {9, 9})}})),
            Reason::kNotFound);
  EXPECT_EQ(ReasonOf(store_->Remove({.story_id = first_.id, .ids = {}})), Reason::kNotFound);
  EXPECT_THAT(Sightings(first_.id), ElementsAre(copy_.id, exact_.id));
  Commit({New(MakeArticle("e.org/1", 9000, "还收"))});
}

TEST_F(RemovalTest, OfAnArticleWithoutUrlNothingLeadsToItAnyMore) {
  NormalizedArticle article = MakeArticle("", 7000, LongText("丙"));
  article.article.url.clear();
  Commit({New(article)});
  const absl::Status removed =
      store_->Remove({.story_id = article.id, .ids = {article.id}, .at_ms = 5});
  ASSERT_TRUE(removed.ok()) << removed;
  EXPECT_FALSE(store_->Lookup(article.identity, article.text_hash)->url.has_value());
  EXPECT_FALSE(store_->Lookup(article.identity, article.text_hash)->text.has_value());
}

}  // namespace
}  // namespace wirefold
