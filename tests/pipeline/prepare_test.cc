#include "lib/pipeline/prepare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/url/rules.h"
#include "tests/dedup/texts.h"
#include "tests/pipeline/failing_store.h"
#include "tests/pipeline/pipeline_fixture.h"
#include "tests/pipeline/raw_files.h"

namespace wirefold {
namespace {

ScoredCandidate Candidate(int64_t time_ms, Relation relation, uint32_t jaccard, uint32_t score) {
  ScoredCandidate candidate;
  candidate.hit.id = Ulid::Make(time_ms, Hash128{});
  candidate.verdict.relation = relation;
  candidate.verdict.scores = {.jaccard_ppm = jaccard, .score_ppm = score};
  return candidate;
}

TEST(BestCopy, IsWhatMostIsSharedWithAmongWhatItIsACopyOf) {
  const std::vector<ScoredCandidate> candidates = {
      Candidate(1, Relation::kNone, 990'000, 499'999),
      Candidate(2, Relation::kExtended, 200'000, 950'000),  // an excerpt, all of which is shared
      Candidate(3, Relation::kNear, 800'000, 900'000),
      Candidate(4, Relation::kNear, 800'000, 900'000),
  };
  EXPECT_EQ(BestCopy(candidates), &candidates[2]);
  // Of all, the best match is that of the highest score.
  EXPECT_EQ(BestMatch(candidates), &candidates[1]);
  EXPECT_EQ(BestCopy({candidates.data(), 1}), nullptr);
  EXPECT_EQ(BestCopy({}), nullptr);
  EXPECT_EQ(BestMatch({}), nullptr);
}

Sketch SketchOf(const std::string& text) { return MakeSketch(MakeShingles(text)); }

class SampledTest : public PipelineFixture {};

TEST_F(SampledTest, WhatIsToldOfAFileIsOfTheWholeTexts) {
  // A tenth of the shorter text is shared, six anchors among it: enough for a candidate, and for
  // its sketch beside one of a text of six times the length; a sample says that it is no copy.
  const std::string shared = HanText(18, 36);
  const std::string first = shared + HanText(118, 344);
  const std::string second = HanText(218, 2'200) + shared;
  Ingest(RawFile(kPipelineNowMs, "https://a.example/1", "题", first));
  const FileOutcome outcome = Ingest(RawFile(kPipelineNowMs, "https://b.example/2", "另", second));
  const ComparisonDoc a = MakeComparisonDoc(first, {});
  const ComparisonDoc b = MakeComparisonDoc(second, {});
  ASSERT_FALSE(ShareTooLittle(SketchOf(first), SketchOf(second)));
  ASSERT_TRUE(Compare(b, a).sampled);
  const Scores whole = CompareTexts(b, a);
  EXPECT_NE(Compare(b, a).scores.jaccard_ppm, whole.jaccard_ppm);
  ASSERT_TRUE(outcome.compared);
  EXPECT_EQ(outcome.status, FileStatus::kNew);
  EXPECT_EQ(outcome.match.scores.jaccard_ppm, whole.jaccard_ppm);
  EXPECT_EQ(outcome.match.scores.containment_ppm, whole.containment_ppm);
  // And so it is where somebody asks.
  const std::string third = second + HanText(4, 50);
  const CheckResult check =
      pipeline_->Check({.bytes = RawFile(kPipelineNowMs, "https://c.example/3", "再", third)});
  const auto of_first = std::ranges::find_if(
      check.candidates, [&](const CheckedCandidate& one) { return one.title == "题"; });
  ASSERT_NE(of_first, check.candidates.end());
  EXPECT_EQ(of_first->match.scores.jaccard_ppm,
            CompareTexts(MakeComparisonDoc(third, {}), a).jaccard_ppm);
}

class UnlikeTest : public PipelineFixture {};

std::vector<CoarseAnswer> KnowsNone(std::span<const size_t> which) {
  return std::vector<CoarseAnswer>(which.size(), CoarseAnswer::kUnknown);
}

// What its sketch says is unlike is not read, from the cache or from the store, whatever is cached.
TEST_F(UnlikeTest, WhatSharesTooLittleByItsSketchIsNotCompared) {
  const std::string shared = HanText(18, 36);
  const std::string first = shared + HanText(118, 344);
  const std::string second = HanText(218, 344) + shared;
  ASSERT_TRUE(ShareTooLittle(SketchOf(first), SketchOf(second)));
  const FileOutcome original = Ingest(RawFile(kPipelineNowMs, "https://a.example/1", "题", first));
  const FileOutcome outcome = Ingest(RawFile(kPipelineNowMs, "https://b.example/2", "另", second));
  EXPECT_EQ(outcome.status, FileStatus::kNew);
  EXPECT_FALSE(outcome.compared);

  const Sketch sketch = SketchOf(second);
  const std::vector<Ulid> ids = {original.id, outcome.id, Ulid::Make(1, Hash128{1, 1})};
  std::vector<CoarseAnswer> answers;
  const auto coarse = [&](std::span<const size_t> which) {
    std::vector<CoarseAnswer> some;
    for (const size_t i : which) some.push_back(answers[i]);
    return some;
  };
  const auto expect = [&](ComparisonSource& source, const char* where) {
    SCOPED_TRACE(where);
    const auto found = source.GetLike(ids, sketch, coarse);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_TRUE((*found)[0].unlike);
    EXPECT_EQ((*found)[0].doc, nullptr);
    EXPECT_FALSE((*found)[1].unlike);
    ASSERT_NE((*found)[1].doc, nullptr);
    EXPECT_EQ((*found)[1].doc->distinct, sketch.shingles);
    EXPECT_EQ((*found)[1].doc->sketch.shingles, sketch.shingles);
    EXPECT_FALSE((*found)[2].unlike);  // there is none
    EXPECT_EQ((*found)[2].doc, nullptr);
  };
  // What coarse sketches say, if there are any, changes no answer.
  std::vector<std::vector<CoarseAnswer>> said;
  for (const CoarseAnswer of_first :
       {CoarseAnswer::kUnknown, CoarseAnswer::kTooLittle, CoarseAnswer::kPerhaps}) {
    for (const CoarseAnswer of_second : {CoarseAnswer::kUnknown, CoarseAnswer::kPerhaps}) {
      said.push_back({of_first, of_second, of_second});
    }
  }
  for (const std::vector<CoarseAnswer>& what : said) {
    answers = what;
    for (const size_t cache_bytes : {size_t{0}, size_t{1} << 20}) {
      ComparisonSource source(*store_, cache_bytes);
      expect(source, "nothing cached");
      expect(source, "what was read");
      EXPECT_NE(source.Get(ids)->front(), nullptr);
      expect(source, "the text that was unlike, too");
      ComparisonSource texts_first(*store_, cache_bytes);
      EXPECT_NE(texts_first.Get(ids)->front(), nullptr);
      expect(texts_first, "texts that were read without their sketches");
      EXPECT_LE(source.memory_bytes(), std::max<size_t>(cache_bytes, 1));
      EXPECT_EQ(source.memory_bytes() > 2 * sizeof(Sketch), cache_bytes > 0);
    }
    // Where coarse sketches tell, no others are read.
    FailingStore unreadable(*store_);
    unreadable.fail_sketches = true;
    ComparisonSource blind(unreadable, 0);
    if (std::ranges::count(answers, CoarseAnswer::kUnknown) == 0) {
      expect(blind, "sketches can't be read");
    } else {
      EXPECT_FALSE(blind.GetLike(ids, sketch, coarse).ok());
    }
    // A sketch that is missing is made from the text, and says the same.
    FailingStore without_sketches(*store_);
    without_sketches.hide_sketches = true;
    ComparisonSource source(without_sketches, size_t{1} << 20);
    expect(source, "no sketches stored");
    expect(source, "… and the texts cached");
  }
}

// A text that is pinned counts, not the one that the store still has.
TEST_F(UnlikeTest, ThePinnedTextCounts) {
  const std::string old_text = HanText(118, 344);
  const std::string new_text = HanText(518, 344);
  const FileOutcome original =
      Ingest(RawFile(kPipelineNowMs, "https://a.example/1", "题", old_text));
  ComparisonSource source(*store_, size_t{1} << 20);
  const std::vector<Ulid> ids = {original.id};
  ASSERT_FALSE(source.GetLike(ids, SketchOf(old_text), KnowsNone)->front().unlike);
  ComparisonDoc revised = MakeComparisonDoc(new_text, {});
  revised.sketch = SketchOf(new_text);
  source.Pin(original.id, std::make_shared<const ComparisonDoc>(revised), /*revised=*/true);
  EXPECT_TRUE(source.GetLike(ids, SketchOf(old_text), KnowsNone)->front().unlike);
  EXPECT_NE(source.GetLike(ids, SketchOf(new_text), KnowsNone)->front().doc, nullptr);
  source.Unpin(original.id);
  source.Forget(original.id);
  EXPECT_EQ(source.memory_bytes(), 0u);
  EXPECT_FALSE(source.GetLike(ids, SketchOf(old_text), KnowsNone)->front().unlike);
}

// Many articles share a little with one long text: some are worth comparing, and those that are not
// take places among the most promising too.
class ManyCandidatesTest : public PipelineFixture {
 protected:
  static constexpr int kArticles = 180;
  static constexpr uint32_t kSegments = 60;

  void Add(int i) {
    const std::string text = segments_[static_cast<size_t>(i) % kSegments] +
                             HanText(static_cast<uint32_t>(1000 + i), 450);
    PreparedFile file = Prepare("https://a.example/" + std::to_string(i), text);
    source_->Pin(file.article.id, file.doc, /*revised=*/false);
    index_.Add(file.article.id, file.doc->sketch, /*is_new=*/true);
  }
  PreparedFile Probe() {
    std::string text;
    for (const std::string& segment : segments_) text += segment;
    return Prepare("https://b.example/probe", text);
  }
  static PreparedFile Prepare(const std::string& url, const std::string& text) {
    return PrepareFile({.bytes = RawFile(kPipelineNowMs, url, "题", text)}, UrlRules::BuiltIn(),
                       kPipelineNowMs);
  }
  static std::vector<Ulid> IdsOf(const PreparedFile& file) {
    std::vector<Ulid> ids;
    for (const ScoredCandidate& one : file.outlook.candidates) ids.push_back(one.hit.id);
    return ids;
  }
  static std::vector<Ulid> UnlikeIdsOf(const PreparedFile& file) {
    std::vector<Ulid> ids;
    for (const IndexHit& one : file.outlook.unlike) ids.push_back(one.id);
    std::ranges::sort(ids);
    return ids;
  }

  std::vector<std::string> segments_ = [] {
    std::vector<std::string> segments;
    for (uint32_t i = 0; i < kSegments; ++i) segments.push_back(HanText(i + 1, i % 2 ? 30 : 70));
    return segments;
  }();
  CandidateIndex index_;
  std::optional<ComparisonSource> source_;
  StreamStatistics statistics_{{.boilerplate_entries = 16, .rarity_entries = 16}};
  std::atomic<uint64_t> committed_ = 0;
  std::atomic<uint64_t> comparisons_ = 0;
};

TEST_F(ManyCandidatesTest, LookingEarlyAndAgainComparesWhatLookingOnceDoes) {
  source_.emplace(*store_, size_t{1} << 20);
  const StoredView view{*store_, index_, *source_, statistics_, committed_, comparisons_, 0};
  PreparedFile early = Probe();
  for (int i = 0; i < kArticles; ++i) {
    Add(i);
    if (i % 30 == 10) {
      ASSERT_TRUE(FindAndCompare(view, early).ok());
    }
  }
  ASSERT_TRUE(FindAndCompare(view, early).ok());
  PreparedFile late = Probe();
  ASSERT_TRUE(FindAndCompare(view, late).ok());
  EXPECT_EQ(late.outlook.candidates.size() + late.outlook.unlike.size(), kMaxCandidates);
  EXPECT_GT(late.outlook.candidates.size(), 5u);
  EXPECT_GT(late.outlook.unlike.size(), 5u);
  EXPECT_EQ(IdsOf(early), IdsOf(late));
  EXPECT_EQ(UnlikeIdsOf(early), UnlikeIdsOf(late));
}

}  // namespace
}  // namespace wirefold
