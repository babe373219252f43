#include "lib/store/rekey.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/article/identity.h"
#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/url/canonicalize.h"
#include "tests/store/raw_samples.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

using testing::Duplicate;
using testing::New;
using testing::OpenOrDie;
using testing::OptionsFor;
using testing::Revision;
using testing::TempFolder;

constexpr int64_t kAtMs = 1'600'000'000'000;

UrlRules Rules(std::string_view text) {
  absl::StatusOr<UrlRules> rules = UrlRules::Parse(text);
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *std::move(rules);
}

RocksDbOptions OptionsUnder(const std::string& path, const UrlRules& rules) {
  RocksDbOptions options = OptionsFor(path);
  options.key_rules_fingerprint = UrlKeyRulesFingerprint(rules);
  return options;
}

// An article as the normalizer makes it under `rules`; without a URL for an empty `url`.
NormalizedArticle At(const std::string& url, int64_t at_ms, const std::string& text,
                     const UrlRules& rules) {
  NormalizedArticle made = testing::MakeArticle("x", at_ms, text);
  CanonicalArticle& article = made.article;
  article.title = "Title of " + text;
  if (url.empty()) {
    article.url.clear();
    article.url_key.clear();
    made.identity = IdentityOfText(text);
  } else {
    const absl::StatusOr<CanonicalUrl> canonical = CanonicalizeUrl(url, {}, rules);
    article.url = canonical->url;
    article.url_key = canonical->url_key;
    article.host = canonical->host();
    article.registrable_domain = canonical->registrable_domain();
    if (canonical->has_dropped_parameters) article.full_url = *FullUrl(url);
    made.identity = IdentityOfUrlKey(article.url_key);
  }
  made.id = Ulid::Make(at_ms, made.identity);
  return made;
}

std::optional<StoredArticle> ByUrl(const Store& store, const std::string& url,
                                   const UrlRules& rules) {
  const absl::StatusOr<CanonicalUrl> canonical = CanonicalizeUrl(url, {}, rules);
  absl::StatusOr<StoredArticle> found = store.GetByIdentity(IdentityOfUrlKey(canonical->url_key));
  if (!found.ok()) return std::nullopt;
  return *std::move(found);
}

// Everything in `urls`, with the texts in order.
std::map<std::string, UrlState> AllUrls(const std::string& path) {
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const RocksDbOptions options = OptionsFor(path);
  const auto families = MakeFamilies(options, rocksdb::NewLRUCache(1 << 20));
  EXPECT_TRUE(
      rocksdb::DB::OpenForReadOnly(MakeDbOptions(options), path, families, &handles, &db).ok());
  std::map<std::string, UrlState> urls;
  {
    const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator({}, handles[kUrls]));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      UrlState state = *DecodeUrlState(it->value().ToStringView());
      std::sort(state.text_hashes.begin(), state.text_hashes.end());
      urls.emplace(it->key().ToString(), state);
    }
  }
  for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle);
  delete db;
  return urls;
}

class RekeyTest : public ::testing::Test {
 protected:
  const UrlRules old_rules_ = Rules("[*]\ndrop ref\n");
  const UrlRules new_rules_ = Rules("[*]\ndrop page\n");
  const TempFolder folder_;

  NormalizedArticle first_ = At("https://www.a.org/1?page=1", kAtMs, "first", old_rules_);
  NormalizedArticle second_ = At("https://www.a.org/1?page=2", kAtMs + 1, "second", old_rules_);
  NormalizedArticle copy_ = At("https://b.org/c?page=1", kAtMs + 2, "copy", old_rules_);
  NormalizedArticle by_text_ = At("", kAtMs + 3, "no URL at all", old_rules_);
  NormalizedArticle tracked_ = At("https://c.org/?ref=1", kAtMs + 4, "tracked 1", old_rules_);
  NormalizedArticle tracked_again_ = At("https://c.org/?ref=2", kAtMs + 5, "tracked 2", old_rules_);

  // A store under the old rules. `tracked_again_` is a revision of `tracked_`.
  void Fill() {
    const auto store = OpenOrDie(OptionsUnder(folder_.path(), old_rules_));
    const Mutation tracked = New(tracked_);
    const std::vector<Mutation> mutations = {
        New(first_),   New(second_), Duplicate(copy_, first_.id),
        New(by_text_), tracked,      Revision(tracked_again_, tracked.url, tracked.record)};
    ASSERT_TRUE(store->Commit(mutations).ok());
  }

  absl::StatusOr<RekeyReport> Rekey(const UrlRules& rules, bool dry_run = false) {
    return RekeyStore(OptionsUnder(folder_.path(), rules), rules, dry_run);
  }
};

TEST_F(RekeyTest, MovesEveryKeyAndKeepsEveryId) {
  Fill();
  const absl::StatusOr<RekeyReport> report = Rekey(new_rules_);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->from, UrlKeyRulesFingerprint(old_rules_));
  EXPECT_EQ(report->to, UrlKeyRulesFingerprint(new_rules_));
  EXPECT_EQ(report->articles, 4u);
  EXPECT_EQ(report->copies, 1u);
  EXPECT_EQ(report->revisions, 1u);
  EXPECT_EQ(report->changed, 4u);    // all but the one without a URL
  EXPECT_EQ(report->rewritten, 5u);  // and the revision
  EXPECT_EQ(report->shared, 1u);
  EXPECT_EQ(report->parted, 1u);
  EXPECT_EQ(report->refused, 0u);

  EXPECT_EQ(RocksDbStore::Open(OptionsUnder(folder_.path(), old_rules_)).status().ok(), false);
  const auto store = OpenOrDie(OptionsUnder(folder_.path(), new_rules_));
  EXPECT_EQ(store->Counts(), (StoreCounts{4, 1, 1, 1}));

  // IDs, stories and texts are what they were; URLs are the new ones.
  for (const NormalizedArticle* article : {&first_, &second_, &copy_, &by_text_}) {
    const absl::StatusOr<StoredArticle> found = store->GetArticle(article->id);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->article.text, article->article.text);
  }
  EXPECT_EQ(store->GetArticle(first_.id)->article.url, "https://www.a.org/1");
  EXPECT_EQ(store->GetArticle(first_.id)->article.full_url, "https://www.a.org/1?page=1");
  EXPECT_EQ(store->GetArticle(copy_.id)->story_id, first_.id);
  EXPECT_EQ(store->GetArticle(copy_.id)->match.relation, Relation::kNear);
  EXPECT_EQ(store->GetByIdentity(by_text_.identity)->id, by_text_.id);

  // Two come to one key: it is the older one's, and the other's text is known there.
  EXPECT_EQ(ByUrl(*store, "https://a.org/1", new_rules_)->id, first_.id);
  const Store::Found found = *store->Lookup(IdentityOfUrlKey("a.org/1"), second_.text_hash);
  EXPECT_EQ(found.url->newest_text_hash, first_.text_hash);
  EXPECT_EQ(found.url->text_hashes.size(), 2u);
  EXPECT_EQ(found.text->id, second_.id);

  // A parameter that was dropped is back, and the newest text's key leads to the article.
  EXPECT_EQ(ByUrl(*store, "https://c.org/?ref=2", new_rules_)->id, tracked_.id);
  EXPECT_EQ(ByUrl(*store, "https://c.org/?ref=2", new_rules_)->article.text, "tracked 2");
  EXPECT_EQ(ByUrl(*store, "https://c.org/?ref=2", new_rules_)->article.full_url, "");
  // The older text's key leads there too, as nobody else asks for it.
  EXPECT_EQ(ByUrl(*store, "https://c.org/?ref=1", new_rules_)->id, tracked_.id);
  EXPECT_FALSE(ByUrl(*store, "https://c.org/", new_rules_).has_value());
  EXPECT_EQ(store->ListRevisions(tracked_.id, std::nullopt, 1000)->at(0).article.url,
            "https://c.org/?ref=1");
}

TEST_F(RekeyTest, ThereAndBackIsAsItWas) {
  Fill();
  const std::map<std::string, UrlState> before = AllUrls(folder_.path());
  EXPECT_EQ(before.size(), 5u);
  ASSERT_TRUE(Rekey(new_rules_).ok());
  const absl::StatusOr<RekeyReport> back = Rekey(old_rules_);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->shared, 0u);
  EXPECT_EQ(back->parted, 0u);
  EXPECT_EQ(AllUrls(folder_.path()), before);
  const auto store = OpenOrDie(OptionsUnder(folder_.path(), old_rules_));
  EXPECT_EQ(store->GetArticle(tracked_.id)->article.url, "https://c.org/");
  EXPECT_EQ(store->GetArticle(tracked_.id)->article.full_url, "https://c.org/?ref=2");
}

TEST_F(RekeyTest, RawFilesStayWithTheirIds) {
  RawPacker packer;
  const auto with = [&](Mutation mutation, const std::string& bytes) {
    mutation.raw = *packer.Pack(testing::RawOf(bytes), nullptr);
    return mutation;
  };
  {
    const auto store = OpenOrDie(OptionsUnder(folder_.path(), old_rules_));
    const Mutation tracked = with(New(tracked_), "raw tracked");
    ASSERT_TRUE(store
                    ->Commit(std::vector{
                        with(New(first_), "raw first"), with(New(second_), "raw second"),
                        with(Duplicate(copy_, first_.id), "raw copy"), tracked,
                        with(Revision(tracked_again_, tracked.url, tracked.record), "raw again")})
                    .ok());
  }
  ASSERT_TRUE(Rekey(new_rules_).ok());
  const auto store = OpenOrDie(OptionsUnder(folder_.path(), new_rules_));
  EXPECT_EQ(store->GetRaw(first_.id, {})->document.bytes, "raw first");
  EXPECT_EQ(store->GetRaw(second_.id, {})->document.bytes, "raw second");
  EXPECT_EQ(store->GetRaw(copy_.id, {})->document.bytes, "raw copy");
  EXPECT_EQ(store->GetRaw(tracked_.id, {})->document.bytes, "raw again");
  EXPECT_EQ(store->GetRaw(tracked_.id, tracked_.text_hash)->document.bytes, "raw tracked");
  EXPECT_EQ(store->Counts().raw_files, 5u);
}

TEST_F(RekeyTest, SameRulesChangeNothing) {
  Fill();
  const std::map<std::string, UrlState> before = AllUrls(folder_.path());
  const absl::StatusOr<RekeyReport> report = Rekey(old_rules_);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->changed + report->rewritten + report->shared + report->parted, 0u);
  EXPECT_EQ(AllUrls(folder_.path()), before);
}

TEST_F(RekeyTest, DryRunOnlyCounts) {
  Fill();
  const std::map<std::string, UrlState> before = AllUrls(folder_.path());
  const absl::StatusOr<RekeyReport> report = Rekey(new_rules_, /*dry_run=*/true);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->changed, 4u);
  EXPECT_EQ(report->shared, 1u);
  EXPECT_EQ(report->parted, 1u);
  EXPECT_EQ(AllUrls(folder_.path()), before);
  EXPECT_EQ(OpenOrDie(OptionsUnder(folder_.path(), old_rules_))->GetArticle(first_.id)->article.url,
            "https://www.a.org/1?page=1");
}

TEST_F(RekeyTest, AfterAnInterruptionTheStoreIsRefusedUntilItIsRunAgain) {
  Fill();
  const std::map<std::string, UrlState> before = AllUrls(folder_.path());
  size_t interruptions = 0;
  for (int writes = 1;; ++writes) {
    // Stops after so many writes.
    RocksDbOptions options = OptionsUnder(folder_.path(), new_rules_);
    int left = writes;
    options.test_fail_rekey = [&left] { return left-- == 0; };
    const absl::StatusOr<RekeyReport> report = RekeyStore(options, new_rules_, false);
    if (report.ok()) break;
    ++interruptions;
    for (const UrlRules* rules : {&old_rules_, &new_rules_}) {
      const auto refused = RocksDbStore::Open(OptionsUnder(folder_.path(), *rules));
      ASSERT_FALSE(refused.ok());
      EXPECT_EQ(ReasonOf(refused.status()), Reason::kStoreRulesDiffer);
      EXPECT_NE(std::string(refused.status().message()).find("rekey"), std::string::npos);
    }
    ASSERT_TRUE(Rekey(old_rules_).ok());
    ASSERT_EQ(AllUrls(folder_.path()), before) << "after " << writes << " writes";
  }
  EXPECT_GT(interruptions, 3u);
  EXPECT_EQ(
      ByUrl(*OpenOrDie(OptionsUnder(folder_.path(), new_rules_)), "https://a.org/1", new_rules_)
          ->id,
      first_.id);
}

// What copies and older texts are stored against gets another URL, wherever it is interrupted.
TEST_F(RekeyTest, CopiesAndOlderTextsOutliveANewRecordOfWhatTheyRestOn) {
  std::string text;
  for (int i = 0; i < 80; ++i)
    text += "港务局" + std::to_string(i * 7919) + "号公报说明了堤坝的状况。\n";
  const NormalizedArticle first = At("https://d.org/1?page=1", kAtMs, text + "一", old_rules_);
  const NormalizedArticle other = At("https://e.org/1", kAtMs + 1, text + "二", old_rules_);
  const NormalizedArticle copy = At("https://f.org/1", kAtMs + 2, text + "三", old_rules_);
  const NormalizedArticle older = At("https://f.org/1", kAtMs - 5, text + "四", old_rules_);
  const NormalizedArticle newer = At("https://d.org/1?page=1", kAtMs + 9, text + "五", old_rules_);
  {
    const auto store = OpenOrDie(OptionsUnder(folder_.path(), old_rules_));
    const Mutation duplicate = Duplicate(copy, first.id);
    // One rests on a text that is about to change and one on a text that is not.
    const std::vector<Mutation> mutations = {
        New(first),
        duplicate,
        Revision(older, duplicate.url, duplicate.record, duplicate.match),
        Revision(newer, New(first).url, New(first).record),
        New(other),
        Duplicate(At("https://g.org/1", kAtMs + 3, text + "六", old_rules_), other.id)};
    ASSERT_TRUE(store->Commit(mutations).ok());
  }
  const auto check = [&](const UrlRules& rules) {
    const auto store = OpenOrDie(OptionsUnder(folder_.path(), rules));
    EXPECT_EQ(store->GetArticle(first.id)->article.text, newer.article.text);
    EXPECT_EQ(store->GetArticle(copy.id)->article.text, copy.article.text);
    const auto of_first = store->ListRevisions(first.id, std::nullopt, 9).value();
    ASSERT_EQ(of_first.size(), 1u);
    EXPECT_EQ(of_first[0].article.text, first.article.text);
    const auto of_copy = store->ListRevisions(copy.id, std::nullopt, 9).value();
    ASSERT_EQ(of_copy.size(), 1u);
    EXPECT_EQ(of_copy[0].article.text, older.article.text);
    const auto copies = store->ListSightings(other.id, std::nullopt, 9).value();
    ASSERT_EQ(copies.sightings.size(), 1u);
    EXPECT_EQ(copies.sightings[0].article.text, text + "六");
  };
  check(old_rules_);
  size_t interruptions = 0;
  for (int writes = 0; writes < 200; ++writes) {
    RocksDbOptions options = OptionsUnder(folder_.path(), new_rules_);
    int left = writes;
    options.test_fail_rekey = [&left] { return left-- == 0; };
    if (RekeyStore(options, new_rules_, false).ok()) break;
    ++interruptions;
    ASSERT_TRUE(Rekey(old_rules_).ok());
    check(old_rules_);
  }
  EXPECT_GT(interruptions, 5u);
  check(new_rules_);
}

TEST_F(RekeyTest, ManyRecordsTakeManyWrites) {
  constexpr int kArticles = 6000;
  {
    const auto store = OpenOrDie(OptionsUnder(folder_.path(), old_rules_));
    std::vector<Mutation> mutations;
    for (int i = 0; i < kArticles; ++i) {
      mutations.push_back(
          New(At("https://a.org/" + std::to_string(i / 2) + "?page=" + std::to_string(i % 2),
                 kAtMs + i, "text " + std::to_string(i), old_rules_)));
    }
    ASSERT_TRUE(store->Commit(mutations).ok());
  }
  const absl::StatusOr<RekeyReport> report = Rekey(new_rules_);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->changed, static_cast<uint64_t>(kArticles));
  EXPECT_EQ(report->shared, static_cast<uint64_t>(kArticles / 2));
  const std::map<std::string, UrlState> urls = AllUrls(folder_.path());
  EXPECT_EQ(urls.size(), static_cast<size_t>(kArticles / 2));
  for (const auto& [key, state] : urls) {
    EXPECT_EQ(key.size(), 16u);
    EXPECT_EQ(state.text_hashes.size(), 2u);
  }
  ASSERT_TRUE(Rekey(old_rules_).ok());
  EXPECT_EQ(AllUrls(folder_.path()).size(), static_cast<size_t>(kArticles));
}

TEST_F(RekeyTest, AKeyTakesTextsOverUpToALimit) {
  const auto texts_of_one_key = [&](size_t articles) {
    const TempFolder folder;
    {
      const auto store = OpenOrDie(OptionsUnder(folder.path(), old_rules_));
      std::vector<Mutation> mutations;
      for (size_t i = 0; i < articles; ++i) {
        mutations.push_back(
            New(At("https://a.org/?page=" + std::to_string(i), kAtMs + static_cast<int64_t>(i),
                   "text " + std::to_string(i), old_rules_)));
      }
      EXPECT_TRUE(store->Commit(mutations).ok());
    }
    EXPECT_TRUE(RekeyStore(OptionsUnder(folder.path(), new_rules_), new_rules_, false).ok());
    const std::map<std::string, UrlState> urls = AllUrls(folder.path());
    EXPECT_EQ(urls.size(), 1u);
    return urls.begin()->second.text_hashes.size();
  };
  EXPECT_EQ(texts_of_one_key(kMaxJoinedTexts), kMaxJoinedTexts);
  EXPECT_EQ(texts_of_one_key(kMaxJoinedTexts + 1), kMaxJoinedTexts);
}

TEST(Rekey, RefusesAFolderWithoutAStore) {
  const TempFolder folder;
  const absl::StatusOr<RekeyReport> report =
      RekeyStore(OptionsFor(folder.path()), UrlRules::BuiltIn(), false);
  EXPECT_EQ(ReasonOf(report.status()), Reason::kInvalidArgument);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST_F(RekeyTest, RefusesAFolderInUse) {
  Fill();
  const auto store = OpenOrDie(OptionsUnder(folder_.path(), old_rules_));
  EXPECT_EQ(ReasonOf(Rekey(new_rules_).status()), Reason::kStoreLocked);
}

}  // namespace
}  // namespace wirefold
