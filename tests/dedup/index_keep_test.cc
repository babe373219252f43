// What the candidate index takes while it is kept on disk, and what its coarse sketches say.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/dedup/index.h"
#include "tests/dedup/index_disk.h"
#include "tests/dedup/texts.h"

namespace wirefold {
namespace {

namespace fs = std::filesystem;

// With what is merged and waits for its place, and what waits to be freed.
TEST_F(IndexDisk, KeepsWithinItsMemoryWhileRunsBecomeOne) {
  constexpr size_t kBudget = 1'500'000;
  CandidateIndex index(Options(0, kBudget));
  Stream stream(0);
  uint64_t most = 0;
  for (uint64_t event = 0; event < 9'000; ++event) {
    Stream::Tell(stream.Next(), event, index);
    most = std::max(most, index.stats().memory_bytes);
  }
  const IndexStats stats = index.stats();
  EXPECT_GT(stats.merged_runs, 3u);
  EXPECT_EQ(stats.problem, "");
  // What does not grow with the articles is a large part of it in so small an index.
  EXPECT_LT(most, kBudget + 600'000);
}

// What coarse sketches say of candidates is what the sketches say, or less, whatever the index went
// through.
TEST_F(IndexDisk, CoarseAnswersHoldAfterEachStart) {
  constexpr int64_t kWindow = 3 * kDay;
  for (const bool crashes : {false, true}) {
    SCOPED_TRACE(crashes ? "after crashes" : "after clean ends");
    fs::remove_all(folder_);
    auto index = std::make_unique<CandidateIndex>(Options(kWindow, size_t{1} << 30));
    Stream stream(kWindow);
    std::vector<Stream::Step> steps;
    std::map<Ulid, Sketch> sketches;  // as they are now
    std::map<Ulid, IndexHit> seen;    // by the latest Find that told of them
    std::map<CoarseAnswer, int> answers;
    std::map<CoarseAnswer, int> of_unlike;
    const auto ask = [&](const Sketch& sketch, const std::vector<IndexHit>& hits) {
      const std::vector<CoarseAnswer> said = index->Ask(sketch, hits);
      ASSERT_EQ(said.size(), hits.size());
      for (size_t i = 0; i < hits.size(); ++i) {
        const bool unlike = ShareTooLittle(sketch, sketches.at(hits[i].id));
        ASSERT_TRUE(unlike || said[i] != CoarseAnswer::kTooLittle);
        ++answers[said[i]];
        if (unlike) ++of_unlike[said[i]];
      }
    };
    for (uint64_t event = 0; event < 4'700; ++event) {
      steps.push_back(stream.Next());
      const Stream::Step& step = steps.back();
      const std::vector<IndexHit> hits = index->Find(step.sketch, step.options);
      ASSERT_NO_FATAL_FAILURE(ask(step.sketch, hits)) << event;
      for (const IndexHit& hit : hits) seen[hit.id] = hit;
      if (event % 50 == 49) {
        std::vector<IndexHit> all;
        std::erase_if(seen,
                      [&](const auto& one) { return one.first.TimeMs() < index->floor_ms(); });
        for (const auto& [id, hit] : seen) all.push_back(hit);
        ASSERT_NO_FATAL_FAILURE(ask(SketchOf(HanText(50'000, 350)), all)) << event;
      }
      if (step.removed.has_value()) {
        sketches.erase(*step.removed);
        seen.erase(*step.removed);
      }
      sketches[step.id] = step.sketch;
      seen.erase(step.id);
      Stream::Tell(step, event, *index);
      if (event % 1'500 != 1'499) continue;
      AwaitRuns(*index, 2);
      if (!crashes) {
        ASSERT_TRUE(index->WriteCheckpoint(event + 1).ok());
      }
      seen.clear();
      index = std::make_unique<CandidateIndex>(Options(kWindow, size_t{1} << 30));
      index->Advance(step.id.TimeMs() - kDay);
      std::string why;
      const std::optional<uint64_t> from = index->Restore(event + 1, &why);
      ASSERT_TRUE(from.has_value()) << why;
      for (uint64_t again = *from; again <= event; ++again) {
        Stream::Tell(steps[again], again, *index);
      }
    }
    EXPECT_GT(of_unlike[CoarseAnswer::kTooLittle], 300);
    EXPECT_GT(answers[CoarseAnswer::kPerhaps], 300);
    if (crashes) {
      // Of what had not been written.
      EXPECT_GT(answers[CoarseAnswer::kUnknown], 0);
    } else {
      EXPECT_EQ(answers[CoarseAnswer::kUnknown], 0);
      EXPECT_GT(of_unlike[CoarseAnswer::kTooLittle], 9 * of_unlike[CoarseAnswer::kPerhaps]);
    }
  }
}

// An index of few articles has no coarse sketches, and none of its first ones later.
TEST_F(IndexDisk, SketchesBeginWhenThereAreMany) {
  constexpr uint64_t kFrom = 300;
  IndexOptions options = Options(0, size_t{1} << 30);
  options.sketches_from = kFrom;
  CandidateIndex index(options);
  Stream stream(0);
  int before = 0;
  int from = 0;
  for (uint64_t event = 0; event < 600; ++event) {
    const Stream::Step step = stream.Next();
    const std::vector<IndexHit> hits = index.Find(step.sketch, step.options);
    const std::vector<CoarseAnswer> said = index.Ask(step.sketch, hits);
    for (size_t i = 0; i < hits.size(); ++i) {
      EXPECT_EQ(said[i] == CoarseAnswer::kUnknown, hits[i].entry < kFrom);
      ++(hits[i].entry < kFrom ? before : from);
    }
    Stream::Tell(step, event, index);
  }
  EXPECT_GT(before, 300);
  EXPECT_GT(from, 300);
}

}  // namespace
}  // namespace wirefold
