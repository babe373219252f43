#include "lib/dedup/sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "lib/base/hash.h"
#include "tests/dedup/texts.h"

namespace wirefold {
namespace {

double Jaccard(const Shingles& a, const Shingles& b) {
  const double shared = CountShared(a.set, b.set);
  return shared / (static_cast<double>(a.set.size() + b.set.size()) - shared);
}

// A sketch is stored: a store must outlive the compiler that built the program.
TEST(MakeSketch, KnownAnswers) {
  const Sketch sketch = MakeSketch(MakeShingles(HanText(1, 400)));
  EXPECT_EQ(sketch.shingles, 396u);
  EXPECT_EQ(HashBytes64(
                {reinterpret_cast<const char*>(sketch.signature.data()), sizeof sketch.signature}),
            0x9AFA9F44701FA1C2u);
  EXPECT_EQ(sketch.anchors.size(), 21u);
  EXPECT_EQ(sketch.anchors.front(), 0x01719D4Eu);
  EXPECT_EQ(BandKey(sketch.signature, 0), 0x4F5B408Eu);
  EXPECT_EQ(BandKey(sketch.signature, 31), 0xCC4A57E4u);
  // Few shingles: most rows are borrowed.
  const Sketch few = MakeSketch(MakeShingles(HanText(2, 30)));
  EXPECT_EQ(few.shingles, 26u);
  EXPECT_EQ(
      HashBytes64({reinterpret_cast<const char*>(few.signature.data()), sizeof few.signature}),
      0x803D86C35476CF5Du);
}

TEST(MakeSketch, ShortTextsHaveNone) {
  const Sketch sketch = MakeSketch(MakeShingles(HanText(3, kMinShingles + kCjkShingle - 2)));
  EXPECT_EQ(sketch.shingles, kMinShingles - 1);
  EXPECT_TRUE(sketch.anchors.empty());
  EXPECT_EQ(sketch.signature, Signature{});
  EXPECT_NE(MakeSketch(MakeShingles(HanText(3, kMinShingles + kCjkShingle - 1))).signature,
            Signature{});
}

TEST(MakeSketch, DoesNotDependOnTheOrderOfShingles) {
  Shingles shingles = MakeShingles(HanText(4, 300));
  const Sketch forward = MakeSketch(shingles);
  std::reverse(shingles.hashes.begin(), shingles.hashes.end());
  EXPECT_EQ(MakeSketch(shingles), forward);
}

TEST(MakeSketch, RowsAgreeAsOftenAsTheTextsResemble) {
  double error = 0;
  int pairs = 0;
  for (uint32_t seed = 0; seed < 60; ++seed) {
    const std::string text = HanText(100 + seed, 600);
    const Shingles a = MakeShingles(text);
    const Shingles b = MakeShingles(Edited(text, seed, 8 + static_cast<int>(seed)));
    const Sketch sa = MakeSketch(a);
    const Sketch sb = MakeSketch(b);
    int agree = 0;
    for (int row = 0; row < kSignatureRows; ++row) agree += sa.signature[row] == sb.signature[row];
    error += agree / double{kSignatureRows} - Jaccard(a, b);
    EXPECT_NEAR(agree / double{kSignatureRows}, Jaccard(a, b), 0.2);
    ++pairs;
  }
  EXPECT_LT(std::abs(error / pairs), 0.02) << "the estimate is biased";
}

TEST(MakeSketch, AnchorsAreASampleThatContainmentKeeps) {
  const std::string whole = HanText(5, 2000);
  const Sketch a = MakeSketch(MakeShingles(whole));
  const Sketch part = MakeSketch(MakeShingles(whole.substr(0, 3 * 700)));
  EXPECT_NEAR(static_cast<double>(a.anchors.size()), 1996.0 / kAnchorRate, 40);
  // Every anchor of the part is one of the whole.
  EXPECT_EQ(CountShared(a.anchors, part.anchors), part.anchors.size());
  EXPECT_GT(part.anchors.size(), 20u);
}

TEST(MakeSketch, KeepsABoundedNumberOfAnchors) {
  EXPECT_EQ(MakeSketch(MakeShingles(HanText(6, 20000))).anchors.size(), kMaxAnchors);
}

// Of so many pairs of texts, where `share` thousandths of the shorter one, which has
// `length` characters, stand in the longer one: how many seem to share too little.
int SeemUnlike(int pairs, int length, int longer, int share) {
  int unlike = 0;
  for (int i = 0; i < pairs; ++i) {
    const auto seed = static_cast<uint32_t>(3 * i + length + longer);
    const std::string shared = HanText(seed, length * share / 1000);
    const std::string a = shared + HanText(seed + 1, length - length * share / 1000);
    const std::string b = HanText(seed + 2, longer - length * share / 1000) + shared;
    const Sketch sketch_a = MakeSketch(MakeShingles(a));
    const Sketch sketch_b = MakeSketch(MakeShingles(b));
    const bool seem = ShareTooLittle(sketch_a, sketch_b);
    EXPECT_EQ(seem, ShareTooLittle(sketch_b, sketch_a));
    unlike += seem ? 1 : 0;
  }
  return unlike;
}

TEST(ShareTooLittle, IsSeldomSaidOfTextsThatAreWorthComparing) {
  for (const int length : {30, 60, 150, 400, 1000}) {
    for (const int times : {1, 2, 4, 10}) {
      SCOPED_TRACE(std::to_string(length) + " characters in " + std::to_string(times * length));
      // Seams cost some shingles, hence a little more than kWorthComparing.
      EXPECT_LE(SeemUnlike(400, length, times * length, 360 + 4000 / length), 14);
      EXPECT_LE(SeemUnlike(400, length, times * length, 410 + 4000 / length), 3);
      EXPECT_LE(SeemUnlike(400, length, times * length, 450 + 4000 / length), 1);
      EXPECT_EQ(SeemUnlike(100, length, times * length, 600 + 4000 / length), 0);
    }
  }
  const Sketch same = MakeSketch(MakeShingles(HanText(1, 400)));
  EXPECT_FALSE(ShareTooLittle(same, same));
}

TEST(ShareTooLittle, IsSaidOfTextsThatHaveNothingInCommon) {
  EXPECT_EQ(SeemUnlike(100, 150, 150, 0), 100);
  EXPECT_EQ(SeemUnlike(100, 400, 800, 0), 100);
  EXPECT_EQ(SeemUnlike(100, 1000, 4000, 0), 100);
  // A twentieth in common, as two of one outlet may have.
  EXPECT_GE(SeemUnlike(100, 400, 400, 50), 98);
  EXPECT_GE(SeemUnlike(100, 1000, 2000, 50), 98);
}

// Of a long text some anchors are kept, the smallest; the others say nothing.
TEST(ShareTooLittle, CountsAnchorsAsFarAsBothAreKept) {
  const std::string item = HanText(5, 2'000);
  const Sketch part = MakeSketch(MakeShingles(item));
  const Sketch whole = MakeSketch(MakeShingles(HanText(6, 3'000) + item + HanText(7, 3'000)));
  ASSERT_EQ(whole.anchors.size(), kMaxAnchors);
  ASSERT_GT(part.anchors.back(), whole.anchors.back());
  EXPECT_FALSE(ShareTooLittle(part, whole));
  EXPECT_TRUE(ShareTooLittle(MakeSketch(MakeShingles(HanText(8, 2'000))), whole));
  // Of this one a tenth: that the others are not among them does not speak against the part.
  const Sketch book = MakeSketch(MakeShingles(HanText(6, 19'000) + item + HanText(7, 19'000)));
  ASSERT_LT(book.anchors.back(), part.anchors[part.anchors.size() / 5]);
  EXPECT_FALSE(ShareTooLittle(part, book));
}

TEST(ShareTooLittle, IsTheSameEitherWayRoundOfTextsOfOneLength) {
  Sketch a;
  Sketch b;
  a.shingles = b.shingles = 400;
  a.signature.fill(1);
  b.signature.fill(2);
  std::fill_n(b.signature.begin(), 14, uint16_t{1});
  for (uint32_t i = 0; i < 25; ++i) a.anchors.push_back(i);
  for (uint32_t i = 20; i < 40; ++i) b.anchors.push_back(i);
  EXPECT_EQ(ShareTooLittle(a, b), ShareTooLittle(b, a));
}

TEST(ShareTooLittle, CannotBeToldOfTheShortest) {
  EXPECT_FALSE(ShareTooLittle(MakeSketch(MakeShingles(HanText(1, 10))),
                              MakeSketch(MakeShingles(HanText(2, 10)))));
  EXPECT_FALSE(ShareTooLittle({}, MakeSketch(MakeShingles(HanText(2, 400)))));
}

}  // namespace
}  // namespace wirefold
