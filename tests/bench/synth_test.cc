#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lib/article/normalize.h"
#include "lib/base/hash.h"
#include "lib/dedup/shingles.h"
#include "tests/bench/synth/stream.h"

namespace wirefold {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::StartsWith;

constexpr uint64_t kFiles = 6000;

std::unique_ptr<const SynthCorpus> MakeCorpus(const SynthOptions& options) {
  absl::StatusOr<std::unique_ptr<const SynthCorpus>> corpus = SynthCorpus::Make(options);
  EXPECT_TRUE(corpus.ok()) << corpus.status();
  return corpus.ok() ? *std::move(corpus) : nullptr;
}

// One for all tests that only read.
const SynthCorpus& Corpus() {
  static const std::unique_ptr<const SynthCorpus> corpus =
      MakeCorpus({.seed = 5, .articles = kFiles, .outlets = 40});
  return *corpus;
}

std::vector<uint64_t> Digests(const SynthCorpus& corpus, uint64_t begin, uint64_t end) {
  std::vector<uint64_t> digests;
  SynthStream stream(corpus, begin, end);
  while (const std::optional<SynthFile> file = stream.Next()) {
    digests.push_back(HashBytes64(file->bytes, HashBytes64(TruthLine(file->truth))));
  }
  return digests;
}

NormalizedArticle Normalized(std::string_view bytes) {
  absl::StatusOr<NormalizedArticle> article =
      Normalize({.bytes = bytes, .source = {}, .hints = {}});
  EXPECT_TRUE(article.ok()) << article.status() << "\n" << bytes;
  return article.ok() ? *std::move(article) : NormalizedArticle();
}

NormalizedArticle NormalizedFile(SynthRenderer& renderer, uint64_t file) {
  return Normalized(renderer.Render(file).bytes);
}

double Containment(const NormalizedArticle& a, const NormalizedArticle& b) {
  const Shingles first = MakeShingles(a.matching_text);
  const Shingles second = MakeShingles(b.matching_text);
  const double shorter = static_cast<double>(std::min(first.set.size(), second.set.size()));
  return shorter == 0 ? 0 : CountShared(first.set, second.set) / shorter;
}

// Calls `use` with original and copy, for the first `max` copies of the kind.
template <typename Use>
void ForCopies(SynthKind kind, int max, Use use) {
  SynthRenderer renderer(Corpus());
  int found = 0;
  for (uint64_t file = 0; file < Corpus().size() && found < max; ++file) {
    const SynthTruth truth = Corpus().TruthOf(file);
    if (truth.kind != kind) continue;
    ++found;
    SCOPED_TRACE(file);
    use(NormalizedFile(renderer, *truth.original), NormalizedFile(renderer, file));
  }
  EXPECT_GT(found, 5) << "there are too few of this kind";
}

TEST(SynthStream, SameSeedSameBytesHoweverTheFilesAreParted) {
  const SynthOptions options{.seed = 11, .articles = 3000};
  const std::vector<uint64_t> whole = Digests(*MakeCorpus(options), 0, 3000);
  const std::unique_ptr<const SynthCorpus> again = MakeCorpus(options);
  std::vector<uint64_t> last = Digests(*again, 1700, 3000);
  std::vector<uint64_t> parts = Digests(*again, 0, 1);
  for (const uint64_t digest : Digests(*again, 1, 1700)) parts.push_back(digest);
  parts.insert(parts.end(), last.begin(), last.end());
  EXPECT_EQ(whole, parts);
  SynthRenderer backwards(*again);
  for (uint64_t file = 3000; file-- > 2900;) {
    const SynthFile rendered = backwards.Render(file);
    EXPECT_EQ(HashBytes64(rendered.bytes, HashBytes64(TruthLine(rendered.truth))), whole[file]);
  }
}

TEST(SynthStream, AnotherSeedGivesOtherFiles) {
  const std::vector<uint64_t> one = Digests(*MakeCorpus({.seed = 1, .articles = 200}), 0, 200);
  const std::vector<uint64_t> other = Digests(*MakeCorpus({.seed = 2, .articles = 200}), 0, 200);
  for (size_t i = 0; i < one.size(); ++i) EXPECT_NE(one[i], other[i]);
}

TEST(SynthStream, EveryKindIsThereByItsShare) {
  std::map<SynthKind, double> counts;
  for (uint64_t file = 0; file < kFiles; ++file) ++counts[Corpus().TruthOf(file).kind];
  const SynthMix mix;
  for (size_t i = 0; i < kSynthKinds; ++i) {
    const auto kind = static_cast<SynthKind>(i);
    EXPECT_NEAR(counts[kind] / kFiles, mix.Share(kind), 0.006) << KindName(kind);
    EXPECT_GT(counts[kind], 0) << KindName(kind);
  }
}

TEST(SynthStream, TruthNamesOneArticleAStoryAndItsCopies) {
  std::map<uint32_t, uint64_t> article_of;
  std::map<uint32_t, int> copies;
  for (uint64_t file = 0; file < kFiles; ++file) {
    const SynthTruth truth = Corpus().TruthOf(file);
    EXPECT_EQ(truth.file, file);
    EXPECT_EQ(truth.original.has_value(), IsCopy(truth.kind));
    if (!IsCopy(truth.kind)) {
      EXPECT_TRUE(article_of.emplace(truth.story, file).second);
    } else {
      ++copies[truth.story];
      ASSERT_TRUE(article_of.contains(truth.story)) << "a copy came ahead of its original";
      EXPECT_EQ(article_of[truth.story], *truth.original);
    }
  }
  int largest = 0;
  size_t single = 0;
  for (const auto& [story, count] : copies) {
    largest = std::max(largest, count);
    single += count == 1 ? 1 : 0;
  }
  EXPECT_GT(largest, 10);
  EXPECT_LE(largest, static_cast<int>(kMaxCopies));
  EXPECT_GT(single, copies.size() / 2);
}

TEST(SynthStream, FilesAreWhatTheySay) {
  SynthStream stream(Corpus(), 0, 1500);
  std::set<std::string> url_keys;
  size_t same_url = 0;
  while (const std::optional<SynthFile> file = stream.Next()) {
    SCOPED_TRACE(file->bytes);
    const NormalizedArticle article = Normalized(file->bytes);
    EXPECT_EQ(article.format, "dump");
    EXPECT_EQ(article.article.url, file->url);
    EXPECT_EQ(article.article.observed_at_ms, file->time_ms);
    // Without the outlet's name behind it.
    EXPECT_THAT(std::string(file->title), StartsWith(article.article.title));
    EXPECT_TRUE(article.HasUsableText());
    const bool is_known = !url_keys.insert(article.article.url_key).second;
    EXPECT_EQ(is_known, HasUrlOfOriginal(file->truth.kind));
    same_url += is_known ? 1 : 0;
  }
  EXPECT_GT(same_url, 5u);
}

TEST(SynthStream, TimesLieInTheSpanAndInOrder) {
  int64_t before = 0;
  const int64_t end_ms = kSynthStartMs + int64_t{30} * 86'400'000;
  for (uint64_t file = 0; file < kFiles; ++file) {
    const int64_t time_ms = Corpus().plan().TimeOf(file);
    EXPECT_GE(time_ms, std::max(before, kSynthStartMs));
    EXPECT_LT(time_ms, end_ms);
    before = time_ms;
  }
}

TEST(SynthStream, JitterPutsFilesOutOfOrderByNoMoreThanItSays) {
  const auto corpus = MakeCorpus({.articles = 2000, .jitter_hours = 3});
  constexpr int64_t kMostMs = int64_t{2} * 3 * 3'600'000;
  int64_t newest = 0;
  int early = 0;
  for (uint64_t file = 0; file < corpus->size(); ++file) {
    const int64_t time_ms = corpus->plan().TimeOf(file);
    EXPECT_GE(time_ms, newest - kMostMs);
    early += time_ms < newest ? 1 : 0;
    newest = std::max(newest, time_ms);
  }
  EXPECT_GT(early, 100);
}

TEST(SynthStream, ReprintHoldsItsOriginal) {
  ForCopies(SynthKind::kReprint, 40, [](const auto& original, const auto& copy) {
    EXPECT_GT(Containment(original, copy), 0.99);
    EXPECT_NE(original.article.url_key, copy.article.url_key);
  });
}

TEST(SynthStream, ScriptChangeFoldsToTheSameText) {
  int same = 0;
  ForCopies(SynthKind::kScript, 30, [&same](const auto& original, const auto& copy) {
    EXPECT_NE(original.article.script, copy.article.script);
    EXPECT_THAT(copy.article.script, AnyOf(Script::kHans, Script::kHant));
    EXPECT_GT(Containment(original, copy), 0.5);
    same += Containment(original, copy) > 0.99 ? 1 : 0;
  });
  EXPECT_GT(same, 8);
}

TEST(SynthStream, UnchangedAndRevisionKeepTheUrl) {
  ForCopies(SynthKind::kUnchanged, 20, [](const auto& original, const auto& copy) {
    EXPECT_EQ(original.identity, copy.identity);
    EXPECT_EQ(original.text_hash, copy.text_hash);
    EXPECT_EQ(original.article.title, copy.article.title);
    EXPECT_LE(original.article.observed_at_ms, copy.article.observed_at_ms);
  });
  int changed = 0;
  ForCopies(SynthKind::kRevision, 20, [&changed](const auto& original, const auto& copy) {
    EXPECT_EQ(original.identity, copy.identity);
    changed += original.text_hash != copy.text_hash ? 1 : 0;
  });
  EXPECT_GT(changed, 15);
}

TEST(SynthStream, ExcerptIsShorterAndExtensionLonger) {
  ForCopies(SynthKind::kExcerpt, 30, [](const auto& original, const auto& copy) {
    EXPECT_LE(copy.matching_letters, original.matching_letters + 20);
    EXPECT_GT(copy.matching_letters, 50u) << "nobody could tell";
  });
  ForCopies(SynthKind::kExtended, 30, [](const auto& original, const auto& copy) {
    EXPECT_GT(copy.matching_letters, original.matching_letters);
  });
}

TEST(SynthStream, NoticesOfASeriesDifferInFiguresAlone) {
  SynthRenderer renderer(Corpus());
  std::map<uint32_t, std::string> words_of;
  std::set<std::string> texts;
  int compared = 0;
  for (uint64_t file = 0; file < kFiles; ++file) {
    const SynthTruth truth = Corpus().TruthOf(file);
    if (truth.kind != SynthKind::kNotice) continue;
    std::string text = NormalizedFile(renderer, file).article.text;
    EXPECT_TRUE(texts.insert(text).second);
    std::erase_if(text, [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '%'; });
    const auto [first, is_new] = words_of.emplace(Corpus().plan().SeriesOf(truth.story), text);
    EXPECT_EQ(first->second, text);
    compared += is_new ? 0 : 1;
  }
  EXPECT_GT(compared, 50);
}

TEST(SynthStream, RoundUpHoldsTheBeginningsOfOthers) {
  SynthRenderer renderer(Corpus());
  int held = 0;
  std::vector<NormalizedArticle> before;
  for (uint64_t file = 0; file < 1500; ++file) {
    const SynthKind kind = Corpus().TruthOf(file).kind;
    if (kind == SynthKind::kArticle) before.push_back(NormalizedFile(renderer, file));
    if (kind != SynthKind::kRoundUp) continue;
    const NormalizedArticle round_up = NormalizedFile(renderer, file);
    held += static_cast<int>(std::count_if(before.begin(), before.end(), [&](const auto& article) {
      return MakeShingles(article.matching_text).set.size() > 40 &&
             Containment(article, round_up) > 0.1;
    }));
  }
  EXPECT_GT(held, 6);
}

TEST(SynthStream, LanguagesAreThoseThatWereAskedFor) {
  const auto corpus = MakeCorpus({.articles = 300, .languages = {0, 0, 1, 0}, .outlets = 20});
  SynthRenderer renderer(*corpus);
  std::vector<Script> scripts;
  for (uint64_t file = 0; file < 100; ++file) {
    scripts.push_back(NormalizedFile(renderer, file).article.script);
    EXPECT_NE(corpus->TruthOf(file).kind, SynthKind::kScript);
  }
  EXPECT_THAT(scripts, Each(Script::kLatin));
}

TEST(SynthPlan, TakesWhatIsInRangeAndNothingPastIt) {
  const auto is_ok = [](const SynthOptions& options) { return SynthPlan::Make(options).ok(); };
  EXPECT_TRUE(is_ok({.articles = 1}));
  EXPECT_FALSE(is_ok({.articles = 0}));
  EXPECT_FALSE(is_ok({.articles = kMaxSynthFiles + 1}));
  EXPECT_TRUE(is_ok({.articles = 10, .days = kMaxSynthDays}));
  EXPECT_FALSE(is_ok({.articles = 10, .days = kMaxSynthDays + 1}));
  EXPECT_FALSE(is_ok({.articles = 10, .days = 0}));
  EXPECT_TRUE(is_ok({.articles = 10, .start_ms = kMaxSynthStartMs}));
  EXPECT_FALSE(is_ok({.articles = 10, .start_ms = kMaxSynthStartMs + 1}));
  EXPECT_TRUE(is_ok({.articles = 10, .start_ms = 0}));
  EXPECT_FALSE(is_ok({.articles = 10, .start_ms = -1}));
  EXPECT_TRUE(is_ok({.articles = 10, .outlets = kMaxSynthOutlets}));
  EXPECT_FALSE(is_ok({.articles = 10, .outlets = kMaxSynthOutlets + 1}));
  EXPECT_FALSE(is_ok({.articles = 10, .outlets = 3}));
  EXPECT_FALSE(is_ok({.articles = 10, .languages = {0, 0, 0, 0}}));
  SynthMix copies;
  copies.SetCopyShare(0.98);
  EXPECT_FALSE(is_ok({.articles = 10'000, .mix = copies}));
  copies.SetCopyShare(0.5);
  EXPECT_TRUE(is_ok({.articles = 10'000, .mix = copies}));
  EXPECT_EQ(sizeof(SynthEntry), 16u) << "tens of millions of them are kept";
}

}  // namespace
}  // namespace wirefold
