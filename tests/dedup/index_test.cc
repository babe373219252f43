#include "lib/dedup/index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <thread>
#include <tuple>

#include "lib/base/limits.h"
#include "tests/dedup/texts.h"

namespace wirefold {
namespace {

constexpr int64_t kDay = 86'400'000;

Ulid IdOf(int64_t time_ms, uint32_t n) { return Ulid::Make(time_ms, Hash128{n, n}); }
Sketch SketchOf(const std::string& text) { return MakeSketch(MakeShingles(text)); }

TEST(CandidateIndex, FindsResemblingAndContainedTexts) {
  CandidateIndex index;
  const std::string text = HanText(1, 900);
  index.Add(IdOf(kDay, 1), SketchOf(text));
  for (uint32_t i = 2; i < 200; ++i) index.Add(IdOf(kDay, i), SketchOf(HanText(i, 900)));

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
  index.Add(IdOf(100 * kDay, 1), sketch);
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

std::vector<Ulid> IdsOf(const std::vector<IndexHit>& hits) {
  std::vector<Ulid> ids;
  for (const IndexHit& hit : hits) ids.push_back(hit.id);
  return ids;
}

TEST(CandidateIndex, SeesOnlyWhatCameSince) {
  CandidateIndex index;
  const Sketch sketch = SketchOf(HanText(1, 300));
  index.Add(IdOf(1, 1), sketch);
  FindState state;
  ASSERT_EQ(index.Find(sketch, {}, &state).size(), 1u);
  EXPECT_TRUE(index.FindSince(sketch, {}, state)->empty());
  index.Add(IdOf(1, 7), SketchOf(HanText(7, 300)));
  EXPECT_TRUE(index.FindSince(sketch, {}, state)->empty());
  index.Add(IdOf(1, 2), sketch);
  EXPECT_EQ(IdsOf(*index.FindSince(sketch, {}, state)), std::vector<Ulid>{IdOf(1, 2)});
  // What it saw is gone.
  index.Remove(IdOf(1, 1));
  EXPECT_FALSE(index.FindSince(sketch, {}, state).has_value());
}

TEST(CandidateIndex, WhatItSawAndWhatCameSinceAreWhatItSees) {
  // A stream of few themes with boilerplate, revisions and removals, looked at from some way back.
  for (const int64_t window_ms : {int64_t{0}, 3 * kDay}) {
    CandidateIndex index(window_ms);
    std::mt19937 random(5);
    struct Seen {
      Sketch sketch;
      FindOptions options;
      FindState state;
      std::vector<IndexHit> hits;
    };
    std::deque<Seen> seen;
    int reused = 0;
    for (uint32_t i = 0; i < 4000; ++i) {
      const std::string frame = HanText(10'000 + random() % 3, 150);
      const std::string text = frame + Edited(HanText(random() % 300, 400), i, 40);
      const int64_t time_ms = 100 * kDay + i * (kDay / 300);
      const Ulid id = IdOf(time_ms, i);
      Seen one{SketchOf(text), {.time_ms = time_ms, .window_ms = window_ms}, {}, {}};
      one.hits = index.Find(one.sketch, one.options, &one.state);
      seen.push_back(one);
      index.Advance(time_ms);
      index.Add(id, one.sketch);
      if (random() % 60 == 0) index.Remove(IdOf(time_ms - 5 * (kDay / 300), i - 5));
      if (random() % 80 == 0) index.Post();
      if (seen.size() < 40) continue;
      Seen& old = seen.front();
      const auto later = index.FindSince(old.sketch, old.options, old.state);
      if (later.has_value()) {
        std::vector<IndexHit> merged = old.hits;
        merged.insert(merged.end(), later->begin(), later->end());
        std::sort(merged.begin(), merged.end(), MorePromising);
        if (merged.size() > old.options.max_hits) merged.resize(old.options.max_hits);
        ASSERT_EQ(IdsOf(merged), IdsOf(index.Find(old.sketch, old.options))) << i;
        ++reused;
      }
      seen.pop_front();
    }
    EXPECT_GT(reused, 700);
  }
}

TEST(CandidateIndex, WhatTakesThePlaceOfOlderPostingsMakesItSeekAgain) {
  CandidateIndex index;
  const Sketch sketch = SketchOf(HanText(1, 120));  // of few anchors: all of its bands are kept
  const FindOptions options{.max_hits = 1000};
  uint32_t next = 0;
  const auto add = [&](size_t count) {
    for (; count > 0; --count) index.Add(IdOf(1, next++), sketch);
  };
  add(IndexSegment::kMaxBandPostings - 2);
  index.Post();
  FindState state;
  EXPECT_EQ(index.Find(sketch, options, &state).size(), IndexSegment::kMaxBandPostings - 2);
  add(1);
  EXPECT_EQ(index.FindSince(sketch, options, state)->size(), 1u);
  add(2);
  EXPECT_FALSE(index.FindSince(sketch, options, state).has_value());
  const auto hits = index.Find(sketch, options);
  EXPECT_EQ(hits.size(), IndexSegment::kMaxBandPostings);
  EXPECT_EQ(hits.front().id, IdOf(1, 1)) << "the first has gone";
}

// A sketch of which nothing but these anchors is shared.
Sketch WithAnchors(uint32_t seed, std::vector<uint32_t> anchors) {
  Sketch sketch;
  sketch.shingles = 100;
  std::mt19937 random(seed);
  for (uint16_t& row : sketch.signature) row = static_cast<uint16_t>(random());
  sketch.anchors = std::move(anchors);
  return sketch;
}

TEST(CandidateIndex, WhatCameAndWentBetweenTwoLooksMatters) {
  for (const bool posts : {false, true}) {
    CandidateIndex index;
    for (uint32_t i = 0; i <= CandidateIndex::kMaxAnchorBucket; ++i) {
      index.Add(IdOf(1, i), WithAnchors(i, {1, 2}));
    }
    const Sketch sketch = WithAnchors(1000, {1, 2});
    const FindOptions options{.max_hits = 1000};
    FindState state;
    EXPECT_TRUE(index.Find(sketch, options, &state).empty()) << "too many have the anchors";
    // It takes the place of another, and goes: one fewer is left.
    index.Add(IdOf(1, 100), WithAnchors(2000, {1, 2}));
    if (posts) index.Post();
    EXPECT_TRUE(index.FindSince(sketch, options, state)->empty());
    index.Remove(IdOf(1, 100));
    EXPECT_FALSE(index.FindSince(sketch, options, state).has_value());
    EXPECT_EQ(index.Find(sketch, options).size(), CandidateIndex::kMaxAnchorBucket);
  }
}

TEST(CandidateIndex, TakesASketchOfWhichNothingIsKept) {
  // So many anchors that no band is kept, and of those only small ones.
  std::vector<uint32_t> large;
  for (uint32_t i = 0; i < 100; ++i) large.push_back(0x80000000u + i);
  ASSERT_EQ(IndexSegment::KeptOf(WithAnchors(1, large)).anchors, 0u);
  CandidateIndex index;
  FindState state;
  EXPECT_TRUE(index.Find(WithAnchors(2, {1, 2}), {}, &state).empty());
  index.Add(IdOf(1, 1), WithAnchors(1, large));
  EXPECT_TRUE(index.FindSince(WithAnchors(2, {1, 2}), {}, state)->empty());
  EXPECT_EQ(index.stats().articles, 1u);
  EXPECT_TRUE(index.Remove(IdOf(1, 1)));
}

TEST(CandidateIndex, FindsTheSameWhetherPostingsAreInTheTablesOrNot) {
  for (const int64_t window_ms : {int64_t{0}, 3 * kDay}) {
    CandidateIndex index(window_ms);
    CandidateIndex posted(window_ms);  // all of them are, at once
    std::mt19937 random(6);
    for (uint32_t i = 0; i < 3000; ++i) {
      // Of frames so few that their keys have more postings than are kept.
      const std::string frame = HanText(10'000 + random() % 3, 150);
      const Sketch sketch = SketchOf(frame + Edited(HanText(random() % 300, 400), i, 40));
      const int64_t time_ms = 100 * kDay + i * (kDay / 300);
      const FindOptions options{.time_ms = time_ms, .window_ms = window_ms, .max_hits = 64};
      const auto hits = index.Find(sketch, options);
      const auto expected = posted.Find(sketch, options);
      ASSERT_EQ(hits.size(), expected.size()) << i;
      for (size_t n = 0; n < hits.size(); ++n) {
        ASSERT_EQ(std::tuple(hits[n].id, hits[n].entry, hits[n].bands, hits[n].anchors_shared,
                             hits[n].anchor_containment_ppm),
                  std::tuple(expected[n].id, expected[n].entry, expected[n].bands,
                             expected[n].anchors_shared, expected[n].anchor_containment_ppm))
            << i;
      }
      const uint32_t removed = random() % 40 == 0 ? 1 + random() % 90 : 0;
      for (CandidateIndex* const one : {&index, &posted}) {
        one->Advance(time_ms);
        one->Add(IdOf(time_ms, i), sketch);
        if (removed != 0 && removed <= i) {
          one->Remove(IdOf(time_ms - removed * (kDay / 300), i - removed));
        }
      }
      posted.Post();
      if (random() % 200 == 0) index.Post();
    }
  }
}

TEST(CandidateIndex, ForgetsWhatTheStreamHasLeftBehind) {
  CandidateIndex index(30 * kDay);
  size_t most = 0;
  for (uint32_t i = 0; i < 400; ++i) {
    const int64_t time_ms = i * kDay;
    index.Advance(time_ms);
    for (uint32_t n = 0; n < 5; ++n) index.Add(IdOf(time_ms, n), SketchOf(HanText(5 * i + n, 200)));
    if (i >= 100) most = std::max(most, index.stats().memory_bytes);
  }
  // 31 days, and what is left of a segment.
  constexpr size_t kOfSegment = 30 / CandidateIndex::kSegmentsOfWindow;
  EXPECT_LE(index.stats().articles, 5u * (31 + kOfSegment));
  EXPECT_GE(index.stats().articles, 5u * 31);
  EXPECT_GT(index.stats().expired, 5u * 350);
  EXPECT_LT(most, 200u << 10);
  // To the day: the floor is the beginning of the newest day less the window.
  EXPECT_EQ(index.floor_ms(), 369 * kDay);
  EXPECT_EQ(index.Find(SketchOf(HanText(5 * 369, 200)), {}).size(), 1u);
  EXPECT_TRUE(index.Find(SketchOf(HanText(5 * 368, 200)), {}).empty());
  // Too old to be taken.
  index.Add(IdOf(369 * kDay - 1, 1), SketchOf(HanText(9999, 200)));
  EXPECT_TRUE(index.Find(SketchOf(HanText(9999, 200)), {}).empty());
  index.Add(IdOf(369 * kDay, 9), SketchOf(HanText(9999, 200)));
  EXPECT_EQ(index.Find(SketchOf(HanText(9999, 200)), {}).size(), 1u);
  // The stream never goes back.
  index.Advance(0);
  EXPECT_EQ(index.floor_ms(), 369 * kDay);
}

TEST(CandidateIndex, WhatIsAheadOfTheStreamMovesNothingAndIsBounded) {
  CandidateIndex index(30 * kDay);
  index.Advance(1000 * kDay);
  const Sketch sketch = SketchOf(HanText(1, 60));
  index.Add(IdOf(1000 * kDay, 1), sketch);
  const Sketch other = SketchOf(HanText(2, 60));
  for (uint32_t i = 0; i < CandidateIndex::kMaxAhead + 1; ++i) {
    index.Add(IdOf(kMaxTimeMs - i, i), other);
  }
  EXPECT_EQ(index.stats().articles, 1 + CandidateIndex::kMaxAhead);
  EXPECT_EQ(index.stats().expired, 0u);
  EXPECT_EQ(index.Find(sketch, {.time_ms = 1000 * kDay, .window_ms = 30 * kDay}).size(), 1u);
  // They find each other as long as they are there.
  EXPECT_FALSE(index.Find(other, {.time_ms = kMaxTimeMs, .window_ms = 30 * kDay}).empty());
  EXPECT_TRUE(index.Remove(IdOf(kMaxTimeMs, 0)));
  EXPECT_FALSE(index.Remove(IdOf(kMaxTimeMs, 0)));
}

TEST(CandidateIndex, SeveralEntriesComeAndGoByTheirIdsAndGiveTheirMemoryBack) {
  CandidateIndex index;
  const std::string text = HanText(1, 300);
  index.Add(IdOf(1, 1), SketchOf(text));
  index.Add(IdOf(2, 2), SketchOf(Edited(text, 3, 60)));
  EXPECT_EQ(index.Find(SketchOf(text), {}).size(), 2u);
  EXPECT_TRUE(index.Remove(IdOf(1, 1)));
  EXPECT_FALSE(index.Remove(IdOf(1, 1)));
  EXPECT_EQ(IdsOf(index.Find(SketchOf(text), {})), std::vector<Ulid>{IdOf(2, 2)});
  size_t after_first = 0;
  for (uint32_t round = 0; round < 20; ++round) {
    for (uint32_t i = 0; i < 2000; ++i) {
      index.Add(IdOf(3 + round, i), SketchOf(HanText(100 + 2000 * round + i, 80)));
    }
    for (uint32_t i = 0; i < 2000; ++i) EXPECT_TRUE(index.Remove(IdOf(3 + round, i)));
    if (round == 0) after_first = index.stats().memory_bytes;
  }
  EXPECT_EQ(index.stats().articles, 1u);
  EXPECT_LT(index.stats().memory_bytes, 2 * after_first);
  constexpr size_t kToNotePostings = 300'000;  // however many articles there are
  EXPECT_LT(index.stats().memory_bytes, 2000u * 100 + kToNotePostings);
  EXPECT_EQ(index.Find(SketchOf(text), {}).size(), 1u);
}

TEST(CandidateIndex, ARevisedArticleIsFoundByItsNewTextAlone) {
  CandidateIndex index;
  const Sketch before = SketchOf(HanText(1, 300));
  const Sketch after = SketchOf(HanText(2, 300));
  index.Add(IdOf(1, 1), before);
  index.Add(IdOf(1, 1), after);
  EXPECT_TRUE(index.Find(before, {}).empty());
  ASSERT_EQ(index.Find(after, {}).size(), 1u);
  EXPECT_EQ(index.stats().articles, 1u);
  // Revised to next to nothing: not found at all.
  index.Add(IdOf(1, 1), SketchOf(HanText(3, 10)));
  EXPECT_TRUE(index.Find(after, {}).empty());
  EXPECT_EQ(index.stats().articles, 0u);
}

TEST(CandidateIndex, ReadsOversizedBucketsUpToTheCapAndCountsThat) {
  const Sketch sketch = SketchOf(HanText(1, 300));
  const uint32_t kept = IndexSegment::kMaxBandPostings;
  {
    CandidateIndex index;
    for (uint32_t i = 0; i < kept + 50; ++i) index.Add(IdOf(1, i), sketch);
    const auto hits = index.Find(sketch, {.max_hits = 10000});
    // Of one segment the newest.
    EXPECT_EQ(hits.size(), kept);
    // Anchors that so many articles carry are boilerplate, and say nothing.
    EXPECT_EQ(hits.front().anchors_shared, 0u);
    EXPECT_EQ(hits.front().id, IdOf(1, 50));
    EXPECT_EQ(index.Find(sketch, {.max_hits = 5}).size(), 5u);
    EXPECT_GT(index.stats().capped_buckets, 0u);
    EXPECT_EQ(index.stats().largest_bucket, kept);
  }
  // Of several segments as many as are read.
  CandidateIndex index(8 * kDay);
  for (uint32_t day = 0; day < 12; day += 4) {
    index.Advance(day * kDay);
    for (uint32_t i = 0; i < kept; ++i) index.Add(IdOf(day * kDay, i), sketch);
  }
  EXPECT_GE(index.Find(sketch, {.max_hits = 10000}).size(), CandidateIndex::kMaxBandBucket);
  EXPECT_GE(index.stats().capped_buckets, uint64_t{kBands} / 4);
  EXPECT_EQ(index.stats().largest_bucket, CandidateIndex::kMaxBandBucket);
}

TEST(CandidateIndex, AnAnchorIsRareUpToItsCap) {
  // Contained in all of them, and resembling none: only anchors can find it.
  const std::string part = HanText(1, 300);
  for (const size_t carriers :
       {CandidateIndex::kMaxAnchorBucket, CandidateIndex::kMaxAnchorBucket + 1}) {
    CandidateIndex index;
    for (uint32_t i = 0; i < carriers; ++i) {
      index.Add(IdOf(1, i), SketchOf(part + HanText(100 + i, 1200)));
    }
    size_t by_anchor = 0;
    for (const IndexHit& hit : index.Find(SketchOf(part), {.max_hits = 1000})) {
      by_anchor += hit.anchors_shared >= CandidateIndex::kMinSharedAnchors;
    }
    EXPECT_EQ(by_anchor, carriers <= CandidateIndex::kMaxAnchorBucket ? carriers : 0);
  }
}

TEST(CandidateIndex, OneAnchorIsEnoughForATextOfFewIfItTells) {
  const auto found = [](std::vector<uint32_t> stored, std::vector<uint32_t> sought,
                        size_t carriers) {
    CandidateIndex index;
    index.Add(IdOf(1, 1), WithAnchors(1, std::move(stored)));
    for (uint32_t i = 1; i < carriers; ++i) index.Add(IdOf(1, 1 + i), WithAnchors(1 + i, {7}));
    const auto hits = index.Find(WithAnchors(1000, std::move(sought)), {.max_hits = 1000});
    return std::any_of(hits.begin(), hits.end(),
                       [](const IndexHit& hit) { return hit.id == IdOf(1, 1); });
  };
  const std::vector<uint32_t> many{7, 20, 21, 22, 23, 24, 25, 26, 27, 28};
  const std::vector<uint32_t> few{7, 30, 31};
  const std::vector<uint32_t> others{7, 40, 41, 42, 43, 44, 45, 46, 47, 48};
  EXPECT_TRUE(found(many, few, 1));
  EXPECT_TRUE(found(few, many, 1));
  EXPECT_FALSE(found(many, others, 1));
  EXPECT_TRUE(found(many, few, CandidateIndex::kTellingBucket));
  EXPECT_FALSE(found(many, few, CandidateIndex::kTellingBucket + 1));
}

TEST(CandidateIndex, WhatSharesTooFewAnchorsForACopyIsNoCandidate) {
  // A part of one stands in the other; the rest is new.
  constexpr int kTexts = 100;
  constexpr int kLength = 720;
  const auto found = [](int shared) {
    CandidateIndex index;
    int hits = 0;
    for (uint32_t i = 0; i < kTexts; ++i) {
      const std::string part = HanText(10'000 + i, shared);
      index.Add(IdOf(1, i), SketchOf(HanText(i, kLength - shared) + part));
      const std::string text = part + HanText(20'000 + i, kLength - shared);
      hits += static_cast<int>(index.Find(SketchOf(text), {}).size());
    }
    return hits;
  };
  EXPECT_EQ(found(kLength * 4 / 10), kTexts);
  // Of some 45 anchors two or three are shared; some texts have few enough that this may be chance.
  EXPECT_LE(found(kLength / 20), kTexts / 4);
}

TEST(CandidateIndex, RecallAtTheResemblanceThatBandsAreMadeFor) {
  CandidateIndex index;
  constexpr uint32_t kTexts = 300;
  int wanted = 0;
  int found = 0;
  for (uint32_t i = 0; i < kTexts; ++i) index.Add(IdOf(1, i), SketchOf(HanText(i, 500)));
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
  index.Add(IdOf(1, 0), sketch);
  std::thread writer([&] {
    for (uint32_t i = 1; i < 3000; ++i) index.Add(IdOf(1, i), SketchOf(HanText(i + 1, 60)));
  });
  for (int i = 0; i < 2000; ++i) {
    if (i % 3 == 0) index.Post();
    const auto hits = index.Find(sketch, {});
    ASSERT_FALSE(hits.empty());
    EXPECT_EQ(hits[0].id, IdOf(1, 0));
  }
  writer.join();
}

}  // namespace
}  // namespace wirefold
