#include "lib/pipeline/prepare.h"

#include <gtest/gtest.h>

#include <algorithm>
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

class SampledTest : public PipelineFixture {};

TEST_F(SampledTest, WhatIsToldOfAFileIsOfTheWholeTexts) {
  // A tenth is shared, six anchors among it: enough for a candidate, and a sample says that it is
  // no copy.
  const std::string shared = HanText(18, 36);
  const std::string first = shared + HanText(118, 344);
  const std::string second = HanText(218, 344) + shared;
  Ingest(RawFile(kPipelineNowMs, "https://a.example/1", "题", first));
  const FileOutcome outcome = Ingest(RawFile(kPipelineNowMs, "https://b.example/2", "另", second));
  const ComparisonDoc a = MakeComparisonDoc(first, {});
  const ComparisonDoc b = MakeComparisonDoc(second, {});
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

}  // namespace
}  // namespace wirefold
