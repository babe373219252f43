// What becomes of files in a store that was moved to other rules about URLs (lib/store/rekey.h).
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "lib/article/identity.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/rekey.h"
#include "lib/url/canonicalize.h"
#include "tests/dedup/texts.h"
#include "tests/pipeline/raw_files.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

constexpr int64_t kNow = 1'600'000'000'000;

UrlRules Rules(std::string_view text) {
  absl::StatusOr<UrlRules> rules = UrlRules::Parse(text);
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *std::move(rules);
}

class RekeyedStoreTest : public ::testing::Test {
 protected:
  // Serves the store under these rules, moving it where it was served before.
  void ServeUnder(const UrlRules& rules) {
    lane_.reset();
    pipeline_.reset();
    store_.reset();
    RocksDbOptions options = testing::OptionsFor(folder_.path());
    options.key_rules_fingerprint = UrlKeyRulesFingerprint(rules);
    if (rules_ != nullptr) {
      const absl::StatusOr<RekeyReport> report = RekeyStore(options, rules, false);
      ASSERT_TRUE(report.ok()) << report.status();
    }
    rules_ = &rules;
    store_ = testing::OpenOrDie(options);
    pipeline_ = *Pipeline::Open({.workers = 1, .url_rules = rules_}, *store_, clock_,
                                [] { return absl::OkStatus(); });
    lane_ = pipeline_->OpenLane();
  }

  FileOutcome Ingest(int64_t at_ms, const std::string& url, const std::string& text) {
    std::promise<FileOutcome> promise;
    pipeline_->Submit(lane_, {.bytes = RawFile(at_ms, url, "题", text)},
                      [&](FileOutcome outcome) { promise.set_value(std::move(outcome)); });
    FileOutcome outcome = promise.get_future().get();
    EXPECT_NE(outcome.status, FileStatus::kRejected) << outcome.message;
    return outcome;
  }

  std::string TextOf(const Ulid& id) {
    const absl::StatusOr<StoredArticle> article = store_->GetArticle(id);
    return article.ok() ? article->article.text : article.status().ToString();
  }

  std::optional<Ulid> IdOf(const std::string& url) {
    const absl::StatusOr<CanonicalUrl> canonical = CanonicalizeUrl(url, {}, *rules_);
    const absl::StatusOr<StoredArticle> found =
        store_->GetByIdentity(IdentityOfUrlKey(canonical->url_key));
    if (!found.ok()) return std::nullopt;
    return found->id;
  }

  const UrlRules coarse_ = Rules("[*]\ndrop v\n");
  const UrlRules fine_ = Rules("[*]\nkeep v\n");
  const testing::TempFolder folder_;
  ManualClock clock_{kNow};
  const UrlRules* rules_ = nullptr;
  std::unique_ptr<RocksDbStore> store_;
  std::unique_ptr<Pipeline> pipeline_;
  std::shared_ptr<Lane> lane_;
};

TEST_F(RekeyedStoreTest, ANewArticleNeverGetsTheIdOfOneThatHadItsKey) {
  ServeUnder(coarse_);
  const std::string first_text = HanText(1, 300);
  const FileOutcome first = Ingest(kNow, "https://a.example/p?v=2", first_text);
  ServeUnder(fine_);
  const std::string second_text = HanText(2, 300);
  const FileOutcome second = Ingest(kNow, "https://a.example/p", second_text);
  EXPECT_EQ(second.status, FileStatus::kNew);
  EXPECT_NE(second.id, first.id);
  EXPECT_EQ(second.id.TimeMs(), kNow);
  EXPECT_EQ(TextOf(first.id), first_text);
  EXPECT_EQ(TextOf(second.id), second_text);
  EXPECT_EQ(IdOf("https://a.example/p"), second.id);
  EXPECT_EQ(IdOf("https://a.example/p?v=2"), first.id);
  EXPECT_EQ(Ingest(kNow, "https://a.example/p", second_text).id, second.id);
  EXPECT_EQ(Ingest(kNow, "https://a.example/p", second_text).status, FileStatus::kUnchanged);
}

TEST_F(RekeyedStoreTest, ACopyNeverGetsTheIdOfAnArticleThatHadItsKey) {
  ServeUnder(coarse_);
  const std::string text = HanText(1, 300);
  const FileOutcome first = Ingest(kNow, "https://a.example/p?v=2", text);
  ServeUnder(fine_);
  const FileOutcome copy = Ingest(kNow, "https://a.example/p", text);
  EXPECT_EQ(copy.status, FileStatus::kDuplicate);
  EXPECT_NE(copy.id, first.id);
  EXPECT_EQ(copy.story_id, first.id);
  EXPECT_EQ(store_->Counts(), (StoreCounts{1, 1, 0, 2}));
}

TEST_F(RekeyedStoreTest, FilesOfPartedTextsAreKnown) {
  ServeUnder(coarse_);
  const FileOutcome first = Ingest(kNow, "https://a.example/p", HanText(1, 300));
  const FileOutcome second = Ingest(kNow + 1, "https://a.example/p?v=2", HanText(2, 300));
  EXPECT_EQ(second.status, FileStatus::kRevision);
  ServeUnder(fine_);
  EXPECT_EQ(IdOf("https://a.example/p"), first.id);
  EXPECT_EQ(IdOf("https://a.example/p?v=2"), first.id);
  for (const auto& [at, url, seed] :
       {std::tuple(0, "https://a.example/p", 1), std::tuple(1, "https://a.example/p?v=2", 2)}) {
    const FileOutcome again = Ingest(kNow + at, url, HanText(seed, 300));
    EXPECT_EQ(again.status, FileStatus::kUnchanged);
    EXPECT_EQ(again.id, first.id);
  }
}

TEST_F(RekeyedStoreTest, ThereAndBackWithFilesInBetween) {
  ServeUnder(fine_);
  const FileOutcome one = Ingest(kNow, "https://a.example/p?v=1", HanText(1, 300));
  const FileOutcome two = Ingest(kNow, "https://a.example/p?v=2", HanText(2, 300));
  ServeUnder(coarse_);
  const FileOutcome revision = Ingest(kNow + 5, "https://a.example/p?v=2", HanText(3, 300));
  EXPECT_EQ(revision.status, FileStatus::kRevision);
  EXPECT_EQ(revision.id, one.id);
  ServeUnder(fine_);
  EXPECT_EQ(IdOf("https://a.example/p?v=1"), one.id);
  EXPECT_EQ(IdOf("https://a.example/p?v=2"), two.id);
  EXPECT_EQ(TextOf(two.id), HanText(2, 300));
  for (const auto& [at, url, seed] :
       {std::tuple(0, "https://a.example/p?v=1", 1), std::tuple(0, "https://a.example/p?v=2", 2),
        std::tuple(5, "https://a.example/p?v=2", 3)}) {
    EXPECT_EQ(Ingest(kNow + at, url, HanText(seed, 300)).status, FileStatus::kUnchanged);
  }
}

}  // namespace
}  // namespace wirefold
