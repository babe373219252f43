// What the stream has taught, and what need not be measured.
#include "lib/dedup/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

#include "tests/dedup/comparing.h"

namespace wirefold {
namespace {

// What the stream has taught by then.
class Taught {
 public:
  void Learn(const ComparisonDoc& doc, int64_t day) { statistics_.Learn(LearntOf(doc, day)); }
  Verdict Compare(const ComparisonDoc& incoming, int64_t day, const ComparisonDoc& stored,
                  int64_t stored_day) const {
    const StreamStatistics::View view(statistics_);
    const Verdict all = Comparer(incoming, day, view, Measuring::kAll).Compare(stored, stored_day);
    const Verdict enough = Comparer(incoming, day, view).Compare(stored, stored_day);
    EXPECT_EQ(enough.relation, all.relation);
    EXPECT_EQ(enough.veto, all.veto);
    EXPECT_EQ(enough.sum_ppm < 0, all.sum_ppm < 0);
    if (!enough.places_not_compared) {
      EXPECT_EQ(enough.sum_ppm, all.sum_ppm);
    }
    return all;
  }
  Verdict Enough(const ComparisonDoc& incoming, int64_t day, const ComparisonDoc& stored,
                 int64_t stored_day) const {
    const StreamStatistics::View view(statistics_);
    return Comparer(incoming, day, view).Compare(stored, stored_day);
  }

 private:
  StreamStatistics statistics_{{.boilerplate_entries = 1024, .rarity_entries = 1 << 16}};
};

TEST(Compare, BoilerplateCountsForNothing) {
  const std::string footer = HanText(9, 200);
  const std::string header = HanText(8, 300);
  Taught taught;
  const ComparisonDoc shared = Doc(header + "\n" + footer, kHere);
  for (int day = 0; day < 4; ++day) taught.Learn(shared, day);
  // Two articles that share their frame alone.
  const ComparisonDoc one = Doc(header + "\n" + HanText(1, 30) + "\n" + footer, kHere);
  const ComparisonDoc two = Doc(header + "\n" + HanText(2, 30) + "\n" + footer, kHere);
  EXPECT_EQ(Compare(one, two).relation, Relation::kNear);
  const Verdict verdict = taught.Compare(one, 5, two, 4);
  EXPECT_EQ(verdict.relation, Relation::kNone);
  EXPECT_EQ(verdict.rare_ppm, 0u);
  EXPECT_EQ(verdict.stretches_ppm, 0u);
  EXPECT_GT(verdict.scores.jaccard_ppm, 800'000u) << "of the whole texts";
  // The article itself, framed here and bare there.
  const ComparisonDoc bare = Doc(HanText(1, 30), kThere);
  EXPECT_EQ(taught.Compare(one, 5, bare, 5).relation, Relation::kNear);
  EXPECT_EQ(taught.Compare(bare, 5, one, 5).relation, Relation::kNear);
}

TEST(Compare, WhatManyDaysHaveShownTellsNothing) {
  // A notice with a sentence of its own, day by day.
  const std::string notice = HanText(1, 300);
  const auto of_day = [&](int day) {
    return Doc(notice + HanText(100 + static_cast<uint32_t>(day), 60), kHere);
  };
  Taught taught;
  for (int day = 0; day < 10; ++day) {
    const Verdict verdict = taught.Compare(of_day(day), day, of_day(day - 1), day - 1);
    EXPECT_EQ(verdict.relation != Relation::kNone, day < 3) << day << Explain(verdict);
    taught.Learn(of_day(day), day);
  }
  // The copy of one of them is one all the same: what is rare is shared.
  EXPECT_EQ(taught.Compare(of_day(9), 9, of_day(9), 9).relation, Relation::kNear);
}

TEST(Compare, WhatIsNewInTheStreamTellsMoreThanWhatIsOld) {
  const std::string quote = HanText(1, 200);
  const ComparisonDoc first = Doc(quote, kThere);
  const ComparisonDoc one = Doc(quote + HanText(2, 120), kHere);
  const ComparisonDoc two = Doc(HanText(3, 120) + quote, kThere);
  Taught taught;
  taught.Learn(first, 10);
  const Verdict new_by_then = taught.Compare(one, 11, two, 12);
  const Verdict old_by_then = taught.Compare(one, 31, two, 32);
  EXPECT_GT(new_by_then.fresh_ppm, 500'000u);
  EXPECT_EQ(old_by_then.fresh_ppm, 0u);
  EXPECT_EQ(new_by_then.rare_ppm, old_by_then.rare_ppm);
  EXPECT_GT(new_by_then.sum_ppm, old_by_then.sum_ppm);
}

TEST(Compare, TheStreamIsAskedFromAQuarterOfTheShorterTextOn) {
  const std::string text = HanText(1, 1004);  // 1,000 shingles
  const ComparisonDoc stored = Doc(text, kThere);
  for (const auto& [shared, asked] : {std::pair(249, false), std::pair(250, true)}) {
    const size_t characters = static_cast<size_t>(shared) + 4;
    const Verdict verdict = Compare(
        Doc(First(text, characters) + HanText(2, 1004 - static_cast<int>(characters)), kHere),
        stored);
    EXPECT_EQ(verdict.scores.containment_ppm, static_cast<uint32_t>(shared) * 1000);
    EXPECT_EQ(verdict.rests_on_stream, asked);
    EXPECT_EQ(verdict.relation, Relation::kNone);
  }
}

TEST(Compare, LongTextsThatShareLittleAreToldByASample) {
  const std::string text = HanText(1, 3000);
  const ComparisonDoc stored = Doc(text, kThere);
  for (const size_t shared : {0, 150, 300}) {
    const ComparisonDoc incoming = Doc(First(text, shared) + HanText(2, 3000), kHere);
    const Verdict verdict = Compare(incoming, stored);
    EXPECT_TRUE(verdict.sampled);
    EXPECT_EQ(verdict.relation, Relation::kNone);
    EXPECT_FALSE(verdict.rests_on_stream);
    const Scores whole = CompareTexts(incoming, stored);
    EXPECT_NEAR(verdict.scores.containment_ppm, whole.containment_ppm, 80'000);
    EXPECT_NEAR(verdict.scores.jaccard_ppm, whole.jaccard_ppm, 80'000);
  }
  // Never those that share enough, wherever it stands.
  for (uint32_t n = 0; n < 200; ++n) {
    const std::string here = HanText(100 + n, 3000);
    const ComparisonDoc part = Doc(Last(here, 900) + HanText(1000 + n, 2100), kHere);
    EXPECT_FALSE(Compare(part, Doc(here, kThere)).sampled) << n;
  }
}

TEST(Compare, PlacesAreComparedOnlyWhereTheyCanMakeACopy) {
  const std::string text = HanText(1, 2000);
  const ComparisonDoc stored = Doc(text, kThere);
  // Shared is less than half of each stretch, and not the beginning.
  std::string mixed = HanText(2, 300);
  for (size_t begin = 300; begin + 40 <= 2000; begin += 40) {
    mixed += First(Last(text, 2000 - begin), 13) + HanText(static_cast<uint32_t>(10 + begin), 12);
  }
  const Verdict little = Compare(Doc(mixed, kHere), stored);
  EXPECT_GE(little.scores.containment_ppm, CompareRules::kTooLittle);
  EXPECT_TRUE(little.places_not_compared);
  EXPECT_TRUE(little.rests_on_stream);
  EXPECT_LT(little.sum_ppm, 0);
  EXPECT_EQ(little.relation, Relation::kNone);
  EXPECT_NE(Explain(little).find("wherever it stands"), std::string::npos) << Explain(little);
  EXPECT_FALSE(Compare(Doc(text, kHere), stored).places_not_compared);
}

TEST(Compare, WhatIsLeftOutOfMeasuringDecidesNothing) {
  // Texts of common and own passages, some repeated, in any order, on many days of one series: from
  // hardly anything to nearly all is shared.
  std::mt19937 random(5);
  Taught taught;
  std::vector<ComparisonDoc> docs;
  const auto text = [&] {
    std::string out;
    const auto passages = static_cast<int>(2 + random() % 9);
    for (int i = 0; i < passages; ++i) {
      const uint32_t which = random() % 3 == 0 ? random() % 1000 + 1000 : random() % 12;
      out += HanText(which, static_cast<int>(15 + random() % 60));
      if (random() % 3 == 0) out += "\n";
    }
    return out;
  };
  std::vector<std::string> texts;
  int left_out = 0;
  int copies = 0;
  for (int i = 0; i < 400; ++i) {
    // Every other one is a late text with some more.
    std::string next = text();
    if (i > 8 && i % 2 == 0) next = texts[static_cast<size_t>(i) - 1 - random() % 8] + next;
    texts.push_back(next);
    docs.push_back(MakeComparisonDoc(next, {.host = random() % 2 == 0 ? kHere : kThere,
                                            .title = random() % 2 == 0 ? "甲乙丙" : ""}));
    const int day = i / 20;
    for (int n = 0; n < 10 && i > 0; ++n) {
      const ComparisonDoc& stored = docs[static_cast<size_t>(i) - 1 -
                                         random() % std::min<size_t>(static_cast<size_t>(i), 12)];
      // Taught::Compare holds the two ways of measuring against each other.
      const Verdict all = taught.Compare(docs.back(), day, stored, day - 1);
      copies += all.relation != Relation::kNone ? 1 : 0;
      left_out += taught.Enough(docs.back(), day, stored, day - 1).places_not_compared ? 1 : 0;
    }
    taught.Learn(docs.back(), day);
  }
  EXPECT_GT(left_out, 100);
  EXPECT_GT(copies, 100);
}

TEST(Compare, TheScoreSaysWhetherThereIsARelation) {
  const std::string text = HanText(1, 600);
  for (int shared = 0; shared <= 600; shared += 25) {
    const ComparisonDoc copy =
        Doc(First(text, static_cast<size_t>(shared)) + HanText(2, 600 - shared), kThere);
    const Verdict verdict = Compare(copy, Doc(text, kHere));
    EXPECT_EQ(verdict.scores.score_ppm >= 500'000, verdict.relation != Relation::kNone);
    EXPECT_LE(verdict.scores.score_ppm, 1'000'000u);
  }
}

}  // namespace
}  // namespace wirefold
