#include "lib/dedup/coarse_sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "tests/dedup/texts.h"

namespace wirefold {
namespace {

std::string CoarseOf(const Sketch& sketch) {
  std::string coarse;
  AppendCoarse(sketch, coarse);
  return coarse;
}

// Of pairs of texts, where `share` thousandths of the shorter one stand in the longer one: how many
// share too little by their sketches, and by the coarse ones of either.
struct Told {
  int by_sketches = 0;
  int by_coarse = 0;
};
Told Tell(int pairs, int length, int longer, int share) {
  Told told;
  for (int i = 0; i < pairs; ++i) {
    const auto seed = static_cast<uint32_t>(5 * i + length + longer + share);
    const std::string shared = HanText(seed, length * share / 1000);
    const Sketch a =
        MakeSketch(MakeShingles(shared + HanText(seed + 1, length - length * share / 1000)));
    const Sketch b =
        MakeSketch(MakeShingles(HanText(seed + 2, longer - length * share / 1000) + shared));
    const bool truth = ShareTooLittle(a, b);
    const bool coarse = CoarseProbe(a).SharesTooLittle(CoarseOf(b));
    EXPECT_EQ(coarse, CoarseProbe(b).SharesTooLittle(CoarseOf(a)));
    EXPECT_TRUE(truth || !coarse) << "pair " << i << " of " << length << " and " << longer;
    told.by_sketches += truth ? 1 : 0;
    told.by_coarse += coarse ? 1 : 0;
  }
  return told;
}

TEST(CoarseSketch, SaysItOfNothingThatSketchesDoNotSayItOf) {
  int both = 0;
  for (const int length : {25, 60, 150, 400, 1'000, 3'000}) {
    for (const int times : {1, 3, 10}) {
      for (const int share : {0, 100, 200, 300, 400}) {
        both += Tell(20, length, times * length, share).by_coarse;
      }
    }
  }
  EXPECT_GT(both, 400);
}

TEST(CoarseSketch, SaysItOfNearlyAllThatSketchesSayItOf) {
  for (const auto& [length, longer] :
       {std::pair(200, 200), {400, 400}, {400, 1'200}, {1'000, 3'000}}) {
    SCOPED_TRACE(std::to_string(length) + " characters and " + std::to_string(longer));
    const Told told = Tell(200, length, longer, 0);
    EXPECT_GE(told.by_sketches, 190);
    EXPECT_GE(told.by_coarse, told.by_sketches * 95 / 100);
  }
}

TEST(CoarseSketch, HasHalfOfTheBytes) {
  const Sketch sketch = MakeSketch(MakeShingles(HanText(1, 900)));
  EXPECT_EQ(CoarseOf(sketch).size(), 4 + 128 + 2 * sketch.anchors.size());
}

TEST(CoarseSketch, IsNotMadeOfWhatIsNotIndexed) {
  const std::string coarse = CoarseOf(MakeSketch(MakeShingles(HanText(3, 1'000))));
  const Sketch sketch = MakeSketch(MakeShingles(HanText(2, 10)));
  EXPECT_EQ(CoarseOf(sketch), "");
  EXPECT_FALSE(CoarseProbe(sketch).SharesTooLittle(coarse));
}

// Of long texts only the smallest anchors are kept, of one of the two or of both.
TEST(CoarseSketch, TellsOfTextsWhoseAnchorsAreCut) {
  for (const int length : {2'000, 3'000, 9'000, 40'000}) {
    SCOPED_TRACE(length);
    for (const int share : {250, 350, 500}) Tell(8, length, 40'000, share);
    for (const int longer : {5'000, 15'000}) {
      SCOPED_TRACE(longer);
      const Told told = Tell(10, length, longer, 0);
      EXPECT_GE(told.by_coarse, told.by_sketches * 8 / 10);
    }
  }
  EXPECT_EQ(Tell(10, 3'000, 6'000, 0).by_coarse, 10);
}

TEST(CoarseSketch, TellsNothingByWhatIsNone) {
  const CoarseProbe probe(MakeSketch(MakeShingles(HanText(3, 1'000))));
  EXPECT_FALSE(probe.SharesTooLittle(""));
  const std::string coarse = CoarseOf(MakeSketch(MakeShingles(HanText(4, 1'000))));
  EXPECT_TRUE(probe.SharesTooLittle(coarse));
  EXPECT_FALSE(probe.SharesTooLittle(coarse.substr(0, 100)));
  EXPECT_FALSE(probe.SharesTooLittle(coarse + std::string(kMaxCoarseBytes, 'x')));
}

// Different anchors may have one upper half: never fewer are counted than are shared.
TEST(CoarseSketch, CountsRepeatedHalvesAsOftenAsBothHaveThem) {
  Sketch a;
  a.shingles = 400;
  a.signature.fill(1);
  Sketch b = a;
  std::fill(b.signature.begin() + 10, b.signature.end(), 2);
  for (uint32_t i = 0; i < 25; ++i) {
    a.anchors.push_back(uint32_t{7} << 16 | i);
    b.anchors.push_back(uint32_t{7} << 16 | (i + (i < 13 ? 0 : 100)));
  }
  // 13 of 25 are shared; by their upper halves all.
  EXPECT_FALSE(CoarseProbe(a).SharesTooLittle(CoarseOf(b)));
  // None is shared; by their upper halves one.
  for (uint32_t i = 0; i < 25; ++i) b.anchors[i] = (7 + i) << 16 | 300;
  EXPECT_TRUE(ShareTooLittle(a, b));
  EXPECT_TRUE(CoarseProbe(a).SharesTooLittle(CoarseOf(b)));
}

// Anchors of one upper half, on either side of the greatest that both have kept.
TEST(CoarseSketch, DoesNotCountOnAnchorsThatMayBeBeyondWhatIsKept) {
  Sketch cut;  // keeps up to the middle of the half that the other's anchors have
  cut.shingles = 6'000;
  cut.signature.fill(1);
  Sketch other;
  other.shingles = 500;
  other.signature.fill(2);
  constexpr uint32_t kHalf = uint32_t{300} << 16;
  for (uint32_t i = 0; i + 1 < kMaxAnchors; ++i) cut.anchors.push_back(i << 16);
  cut.anchors.push_back(kHalf | 0x8000);
  int told = 0;
  for (uint32_t within = 0; within <= 30; ++within) {
    SCOPED_TRACE(within);
    other.anchors.clear();
    for (uint32_t i = 0; i < 30; ++i) {
      other.anchors.push_back(kHalf | (i < within ? i : 0x9000 + i));
    }
    const bool truth = ShareTooLittle(other, cut);
    EXPECT_TRUE(truth || !CoarseProbe(other).SharesTooLittle(CoarseOf(cut)));
    EXPECT_TRUE(truth || !CoarseProbe(cut).SharesTooLittle(CoarseOf(other)));
    told += truth ? 1 : 0;
  }
  EXPECT_GT(told, 0);
  EXPECT_LT(told, 31);
}

}  // namespace
}  // namespace wirefold
