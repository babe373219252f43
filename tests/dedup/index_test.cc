#include "lib/dedup/index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

#include "lib/base/limits.h"
#include "tests/dedup/texts.h"

namespace wirefold {
namespace {

constexpr int64_t kDay = 86'400'000;

Ulid IdOf(int64_t time_ms, uint32_t n) { return Ulid::Make(time_ms, Hash128{n, n}); }
Sketch SketchOf(const std::string& text) { return MakeSketch(MakeShingles(text)); }

TEST(Postings, AgreesWithAMultimapNewestFirst) {
  Postings postings;
  std::map<uint32_t, std::vector<uint32_t>> plain;
  std::mt19937 random(3);
  for (uint32_t entry = 0; entry < 30000; ++entry) {
    const uint32_t key = random() % 5000;
    postings.Add(key, entry);
    plain[key].insert(plain[key].begin(), entry);
  }
  for (uint32_t key = 0; key < 5100; ++key) {
    std::vector<uint32_t> found;
    for (uint32_t at = postings.First(key); at != Postings::kEnd; at = postings.Next(at)) {
      found.push_back(postings.EntryAt(at));
    }
    EXPECT_EQ(found, plain[key]);
  }
}

TEST(CandidateIndex, FindsResemblingAndContainedTexts) {
  CandidateIndex index;
  const std::string text = HanText(1, 900);
  index.Add(IdOf(kDay, 1), kDay, SketchOf(text));
  for (uint32_t i = 2; i < 200; ++i) index.Add(IdOf(kDay, i), kDay, SketchOf(HanText(i, 900)));

  const auto near = index.Find(SketchOf(Edited(text, 9, 60)), {.time_ms = kDay});
  ASSERT_FALSE(near.empty());
  EXPECT_EQ(near[0].id, IdOf(kDay, 1));
  EXPECT_GT(near[0].bands, 0u);

  // A quarter of it has a Jaccard similarity of .25: the anchors find it.
  const auto part = index.Find(SketchOf(text.substr(0, 3 * 225)), {.time_ms = kDay});
  ASSERT_FALSE(part.empty());
  EXPECT_EQ(part[0].id, IdOf(kDay, 1));
  EXPECT_GE(part[0].anchors_shared, CandidateIndex::kMinSharedAnchors);
  EXPECT_EQ(part[0].anchor_containment_ppm, 1'000'000u);

  EXPECT_TRUE(index.Find(SketchOf(HanText(777, 900)), {.time_ms = kDay}).empty());
}

TEST(CandidateIndex, LooksOnlyIntoTheWindow) {
  CandidateIndex index;
  const Sketch sketch = SketchOf(HanText(1, 300));
  index.Add(IdOf(100 * kDay, 1), 100 * kDay, sketch);
  const auto found = [&](int64_t time_ms, int64_t window_ms) {
    return index.Find(sketch, {.time_ms = time_ms, .window_ms = window_ms}).size();
  };
  EXPECT_EQ(found(130 * kDay, 30 * kDay), 1u);
  EXPECT_EQ(found(130 * kDay + 1, 30 * kDay), 0u);
  EXPECT_EQ(found(70 * kDay, 30 * kDay), 1u);
  EXPECT_EQ(found(70 * kDay - 1, 30 * kDay), 0u);
  EXPECT_EQ(found(0, 0), 1u);
  EXPECT_EQ(found(kMaxTimeMs, 30 * kDay), 0u);
}

TEST(CandidateIndex, SeesOnlyWhatWasAddedSince) {
  CandidateIndex index;
  const Sketch sketch = SketchOf(HanText(1, 300));
  index.Add(IdOf(1, 1), 1, sketch);
  const uint32_t since = index.next_entry();
  EXPECT_TRUE(index.Find(sketch, {.first_entry = since}).empty());
  index.Add(IdOf(1, 2), 1, sketch);
  const auto later = index.Find(sketch, {.first_entry = since});
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].id, IdOf(1, 2));
}

TEST(CandidateIndex, ARevisedArticleIsFoundByItsNewTextAlone) {
  CandidateIndex index;
  const Sketch before = SketchOf(HanText(1, 300));
  const Sketch after = SketchOf(HanText(2, 300));
  index.Add(IdOf(1, 1), 1, before);
  index.Add(IdOf(1, 1), 1, after);
  EXPECT_TRUE(index.Find(before, {}).empty());
  ASSERT_EQ(index.Find(after, {}).size(), 1u);
  EXPECT_FALSE(index.IsLive(0));
  EXPECT_TRUE(index.IsLive(1));
  EXPECT_EQ(index.stats().articles, 1u);
  // Revised to next to nothing: not found at all.
  index.Add(IdOf(1, 1), 1, SketchOf(HanText(3, 10)));
  EXPECT_TRUE(index.Find(after, {}).empty());
  EXPECT_EQ(index.stats().articles, 0u);
}

TEST(CandidateIndex, ReadsOversizedBucketsUpToTheCapAndCountsThat) {
  CandidateIndex index;
  const Sketch sketch = SketchOf(HanText(1, 300));
  const uint32_t many = CandidateIndex::kMaxBandBucket + 50;
  for (uint32_t i = 0; i < many; ++i) index.Add(IdOf(1, i), 1, sketch);
  const auto hits = index.Find(sketch, {.max_hits = 10000});
  EXPECT_EQ(hits.size(), CandidateIndex::kMaxBandBucket);
  // Anchors that so many articles carry are boilerplate, and say nothing.
  EXPECT_EQ(hits.front().anchors_shared, 0u);
  EXPECT_EQ(hits.front().entry, many - CandidateIndex::kMaxBandBucket);
  EXPECT_GE(index.stats().capped_buckets, uint64_t{kBands});
  EXPECT_EQ(index.Find(sketch, {.max_hits = 5}).size(), 5u);
}

TEST(CandidateIndex, LooksAtABoundedNumberOfRevisedEntries) {
  const Sketch sketch = SketchOf(HanText(1, 300));
  for (const size_t revisions : {CandidateIndex::kMaxVisited - 1, CandidateIndex::kMaxVisited}) {
    CandidateIndex index;
    index.Add(IdOf(1, 1), 1, sketch);
    // One article, revised again and again, with the text of the other.
    for (size_t i = 0; i < revisions; ++i) index.Add(IdOf(1, 2), 1, sketch);
    const size_t found = index.Find(sketch, {}).size();
    EXPECT_EQ(found, revisions < CandidateIndex::kMaxVisited ? 2u : 1u);
    EXPECT_EQ(index.stats().capped_buckets > 0, revisions >= CandidateIndex::kMaxVisited);
  }
}

TEST(CandidateIndex, AnAnchorIsRareUpToItsCap) {
  // Contained in all of them, and resembling none: only anchors can find it.
  const std::string part = HanText(1, 300);
  for (const size_t carriers :
       {CandidateIndex::kMaxAnchorBucket, CandidateIndex::kMaxAnchorBucket + 1}) {
    CandidateIndex index;
    for (uint32_t i = 0; i < carriers; ++i) {
      index.Add(IdOf(1, i), 1, SketchOf(part + HanText(100 + i, 3000)));
    }
    size_t by_anchor = 0;
    for (const IndexHit& hit : index.Find(SketchOf(part), {.max_hits = 1000})) {
      by_anchor += hit.anchors_shared >= CandidateIndex::kMinSharedAnchors;
    }
    EXPECT_EQ(by_anchor, carriers <= CandidateIndex::kMaxAnchorBucket ? carriers : 0);
  }
}

TEST(CandidateIndex, RecallAtTheResemblanceThatBandsAreMadeFor) {
  CandidateIndex index;
  constexpr uint32_t kTexts = 300;
  int wanted = 0;
  int found = 0;
  for (uint32_t i = 0; i < kTexts; ++i) index.Add(IdOf(1, i), 1, SketchOf(HanText(i, 500)));
  for (uint32_t i = 0; i < kTexts; ++i) {
    const std::string text = HanText(i, 500);
    const Shingles copy = MakeShingles(Edited(text, i + 1, 16));
    const Shingles original = MakeShingles(text);
    const double shared = CountShared(copy.set, original.set);
    const double jaccard =
        shared / (static_cast<double>(copy.set.size() + original.set.size()) - shared);
    if (jaccard < 0.6) continue;
    ++wanted;
    for (const IndexHit& hit : index.Find(MakeSketch(copy), {})) found += hit.id == IdOf(1, i);
  }
  ASSERT_GT(wanted, 50);
  EXPECT_GE(found, wanted * 995 / 1000);
}

TEST(CandidateIndex, FindsBesideAnAddThatGoesOn) {
  CandidateIndex index;
  const Sketch sketch = SketchOf(HanText(1, 300));
  index.Add(IdOf(1, 0), 1, sketch);
  std::thread writer([&] {
    for (uint32_t i = 1; i < 3000; ++i) index.Add(IdOf(1, i), 1, SketchOf(HanText(i + 1, 60)));
  });
  for (int i = 0; i < 2000; ++i) {
    const auto hits = index.Find(sketch, {});
    ASSERT_FALSE(hits.empty());
    EXPECT_EQ(hits[0].id, IdOf(1, 0));
  }
  writer.join();
}

}  // namespace
}  // namespace wirefold
