#include "lib/dedup/compare.h"

#include <gtest/gtest.h>

#include "tests/dedup/texts.h"

namespace wirefold {
namespace {

using Rules = CompareRules;
constexpr char kHere[] = "www.example.org";
constexpr char kThere[] = "news.example.net";

ComparisonDoc Doc(const std::string& text, const char* host) {
  return MakeComparisonDoc(text, {.host = host});
}
std::string First(const std::string& text, size_t characters) {
  return text.substr(0, 3 * characters);
}
std::string Last(const std::string& text, size_t characters) {
  return text.substr(text.size() - 3 * characters);
}

TEST(Compare, TheSameTextIsNearWithFullScores) {
  const ComparisonDoc doc = Doc(HanText(1, 300), kHere);
  const Verdict verdict = Compare(doc, Doc(HanText(1, 300), kThere));
  EXPECT_EQ(verdict.relation, Relation::kNear);
  EXPECT_EQ(verdict.scores, (Scores{1'000'000, 1'000'000, 1'000'000}));
}

TEST(Compare, UnrelatedTextsShareNothing) {
  const Verdict verdict = Compare(Doc(HanText(1, 300), kHere), Doc(HanText(2, 300), kThere));
  EXPECT_EQ(verdict.relation, Relation::kNone);
  EXPECT_EQ(verdict.scores, Scores{});
  EXPECT_FALSE(verdict.related);
}

TEST(Compare, ExcerptAndExtendedAreOneRelationSeenFromEitherSide) {
  const std::string text = HanText(1, 900);
  const ComparisonDoc whole = Doc(text, kHere);
  const ComparisonDoc part = Doc(First(text, 300), kThere);
  EXPECT_EQ(Compare(part, whole).relation, Relation::kExcerpt);
  EXPECT_EQ(Compare(whole, part).relation, Relation::kExtended);
  EXPECT_EQ(Compare(part, whole).scores, Compare(whole, part).scores);
  EXPECT_EQ(Compare(part, whole).scores.containment_ppm, 1'000'000u);
  EXPECT_LT(Compare(part, whole).scores.jaccard_ppm, 400'000u);
}

TEST(Compare, AMinorPartThatIsNotTheHeadIsRelatedOnly) {
  const std::string text = HanText(1, 1000);
  const ComparisonDoc whole = Doc(text, kHere);
  const Verdict item = Compare(Doc(Last(text, 200), kThere), whole);
  EXPECT_EQ(item.relation, Relation::kNone);
  EXPECT_EQ(item.veto, Veto::kMinorPart);
  EXPECT_TRUE(item.related);
  EXPECT_LT(item.scores.score_ppm, 500'000u);
  // The same length from the beginning is an excerpt, and a large part from the end is one too.
  EXPECT_EQ(Compare(Doc(First(text, 200), kThere), whole).relation, Relation::kExcerpt);
  EXPECT_EQ(Compare(Doc(Last(text, 400), kThere), whole).relation, Relation::kExcerpt);
}

TEST(Compare, OneHostAsksForMoreThanTwo) {
  const std::string text = HanText(1, 600);
  const std::string copy = First(text, 450) + HanText(2, 150);  // three quarters shared
  EXPECT_EQ(Compare(Doc(copy, kThere), Doc(text, kHere)).relation, Relation::kNear);
  const Verdict same_host = Compare(Doc(copy, kHere), Doc(text, kHere));
  EXPECT_EQ(same_host.relation, Relation::kNone);
  EXPECT_TRUE(same_host.related);
  EXPECT_EQ(same_host.threshold_ppm, Rules::kContainmentSameHost);
  // Without hosts nothing is known to be of one host.
  EXPECT_EQ(Compare(Doc(copy, ""), Doc(text, "")).relation, Relation::kNear);
}

TEST(Compare, ATemplateWithOtherFiguresIsNoCopy) {
  // Long enough that the figures alone leave more than nine tenths shared.
  const std::string text = HanText(1, 900);
  const auto notice = [&](const char* a, const char* b, const char* c) {
    return First(text, 300) + a + First(Last(text, 600), 300) + b + Last(text, 300) + c;
  };
  const ComparisonDoc monday = Doc(notice("67123", "78901", "5012"), kHere);
  const ComparisonDoc tuesday = Doc(notice("67234", "78855", "5033"), kHere);
  const Verdict verdict = Compare(tuesday, monday);
  EXPECT_GE(verdict.scores.containment_ppm, Rules::kContainmentSameHost);
  EXPECT_EQ(verdict.relation, Relation::kNone);
  EXPECT_EQ(verdict.veto, Veto::kFiguresDiffer);
  EXPECT_TRUE(verdict.related);
  EXPECT_EQ(Compare(monday, monday).relation, Relation::kNear);
}

TEST(Compare, ShortTextsHaveNoRelation) {
  const ComparisonDoc doc = Doc(HanText(1, 20), kHere);
  EXPECT_EQ(Compare(doc, doc).relation, Relation::kNone);
  EXPECT_FALSE(Compare(doc, doc).related);
  EXPECT_EQ(Compare(Doc("", kHere), doc).scores, Scores{});
}

TEST(Compare, TextsOfDifferentShingleLengthHaveNothingInCommon) {
  std::string words;
  for (int i = 0; i < 100; ++i) words += "word" + std::to_string(i) + " ";
  EXPECT_EQ(Compare(Doc(words, kHere), Doc(HanText(1, 100), kThere)).scores, Scores{});
}

TEST(Compare, ScoreReachesOneHalfExactlyAtTheThreshold) {
  const std::string text = HanText(1, 1000);
  for (int shared = 100; shared <= 1000; shared += 25) {
    const std::string copy = First(text, shared) + HanText(2, 1000 - shared);
    for (const char* host : {kHere, kThere}) {
      const Verdict verdict = Compare(Doc(copy, host), Doc(text, kHere));
      EXPECT_EQ(verdict.scores.score_ppm >= 500'000, verdict.relation != Relation::kNone);
      EXPECT_EQ(verdict.scores.containment_ppm >= verdict.threshold_ppm,
                verdict.relation != Relation::kNone);
    }
  }
}

TEST(Explain, NamesTheFigures) {
  const std::string text = HanText(1, 300);
  EXPECT_EQ(Explain(Compare(Doc(text, kThere), Doc(text, kHere))),
            "100.0 % of the shorter text is shared (60.0 % asked for)");
}

TEST(Compare, BoilerplateCountsForNothing) {
  const std::string footer = HanText(9, 200);
  const std::string header = HanText(8, 300);
  BoilerplateTable table(1024);
  const ComparisonDoc shared = Doc(header + "\n" + footer, kHere);
  for (int day = 0; day < 4; ++day) {
    table.Learn({Learning::kFull,
                 shared.domain,
                 day,
                 {shared.paragraphs.at(0).key, shared.paragraphs.at(1).key}});
  }
  // Two articles that share their frame alone.
  const ComparisonDoc one = Doc(header + "\n" + HanText(1, 30) + "\n" + footer, kHere);
  const ComparisonDoc two = Doc(header + "\n" + HanText(2, 30) + "\n" + footer, kHere);
  EXPECT_EQ(Compare(one, two).relation, Relation::kNear);
  const Verdict verdict = Compare(one, two, &table);
  EXPECT_EQ(verdict.relation, Relation::kNone);
  EXPECT_EQ(verdict.scores, Scores{});
  // The article itself, framed here and bare there.
  const ComparisonDoc bare = Doc(HanText(1, 30), kThere);
  EXPECT_EQ(Compare(one, bare, &table).scores, (Scores{1'000'000, 1'000'000, 1'000'000}));
  EXPECT_EQ(Compare(bare, one, &table).scores, (Scores{1'000'000, 1'000'000, 1'000'000}));
  EXPECT_LT(Compare(one, bare).scores.jaccard_ppm, 200'000u);
  // Nothing but the frame has nothing to compare.
  EXPECT_EQ(Compare(shared, one, &table).scores, Scores{});
}

TEST(Compare, TheLearntStateTellsWhenAVerdictMayChange) {
  BoilerplateTable table(1024);
  const ComparisonDoc doc = Doc(HanText(1, 60) + "\n" + HanText(2, 60), kHere);
  const ComparisonDoc other = Doc(HanText(1, 60) + "\n" + HanText(3, 60), kHere);
  const uint64_t before = Comparer(doc, &table).LearntState(other);
  EXPECT_EQ(before, Compare(doc, other, &table).learnt_state);
  for (int day = 0; day < 4; ++day) {
    table.Learn({Learning::kFull, doc.domain, day, {Doc(HanText(4, 60), kHere).paragraphs[0].key}});
  }
  EXPECT_EQ(before, Comparer(doc, &table).LearntState(other)) << "of other paragraphs";
  for (int day = 0; day < 4; ++day) {
    table.Learn({Learning::kFull, doc.domain, day, {other.paragraphs[1].key}});
  }
  EXPECT_NE(before, Comparer(doc, &table).LearntState(other));
}

}  // namespace
}  // namespace wirefold
