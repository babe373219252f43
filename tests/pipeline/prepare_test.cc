#include "lib/pipeline/prepare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "tests/dedup/texts.h"
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

  for (const size_t cache_bytes : {size_t{0}, size_t{1} << 20}) {
    ComparisonSource source(*store_, cache_bytes);
    const Sketch sketch = SketchOf(second);
    const std::vector<Ulid> ids = {original.id, outcome.id, Ulid::Make(1, Hash128{1, 1})};
    for (int time = 0; time < 3; ++time) {
      const auto found = source.GetLike(ids, sketch);
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_TRUE((*found)[0].unlike) << time;
      EXPECT_EQ((*found)[0].doc, nullptr);
      EXPECT_FALSE((*found)[1].unlike);
      ASSERT_NE((*found)[1].doc, nullptr);
      EXPECT_EQ((*found)[1].doc->distinct, sketch.shingles);
      EXPECT_FALSE((*found)[2].unlike);  // there is none
      EXPECT_EQ((*found)[2].doc, nullptr);
      // A text that is in the cache with its sketch unknown, or both, makes no difference.
      if (time == 0) {
        ASSERT_NE(source.Get(ids)->front(), nullptr);
      }
    }
    EXPECT_LE(source.memory_bytes(), std::max<size_t>(cache_bytes, 1));
    if (cache_bytes > 0) {
      EXPECT_GT(source.memory_bytes(), 2 * sizeof(Sketch));
    }
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
  ASSERT_FALSE(source.GetLike(ids, SketchOf(old_text))->front().unlike);
  ComparisonDoc revised = MakeComparisonDoc(new_text, {});
  revised.sketch = SketchOf(new_text);
  source.Pin(original.id, std::make_shared<const ComparisonDoc>(revised), /*revised=*/true);
  EXPECT_TRUE(source.GetLike(ids, SketchOf(old_text))->front().unlike);
  EXPECT_NE(source.GetLike(ids, SketchOf(new_text))->front().doc, nullptr);
  source.Unpin(original.id);
  source.Forget(original.id);
  EXPECT_EQ(source.memory_bytes(), 0u);
  EXPECT_FALSE(source.GetLike(ids, SketchOf(old_text))->front().unlike);
}

}  // namespace
}  // namespace wirefold
