#include "lib/dedup/sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

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

}  // namespace
}  // namespace wirefold
