// Two texts alone: scores, relations, and how they are told in words.
#include "lib/dedup/compare.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/dedup/comparing.h"

namespace wirefold {
namespace {

TEST(Compare, TheSameTextIsNearWithFullScores) {
  const ComparisonDoc doc = Doc(HanText(1, 300), kHere);
  const Verdict verdict = Compare(doc, Doc(HanText(1, 300), kThere));
  EXPECT_EQ(verdict.relation, Relation::kNear);
  EXPECT_EQ(verdict.scores.jaccard_ppm, 1'000'000u);
  EXPECT_EQ(verdict.scores.containment_ppm, 1'000'000u);
}

TEST(Compare, UnrelatedTextsShareNothing) {
  const Verdict verdict = Compare(Doc(HanText(1, 300), kHere), Doc(HanText(2, 300), kThere));
  EXPECT_EQ(verdict.relation, Relation::kNone);
  EXPECT_EQ(verdict.scores.jaccard_ppm, 0u);
  EXPECT_EQ(verdict.scores.containment_ppm, 0u);
  EXPECT_LT(verdict.scores.score_ppm, 200'000u);
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

TEST(ReasonInWords, SaysWhyItIsACopyOrNot) {
  const std::string text = HanText(1, 900);
  const ComparisonDoc whole = Doc(text, kHere);
  EXPECT_EQ(ReasonInWords(Compare(whole, whole)),
            "a copy with changes: the figures sum up to 3.12");
  EXPECT_EQ(
      ReasonInWords(Compare(Doc(First(text, 300), kThere), whole)).rfind("a copy of a part", 0),
      0u);
  EXPECT_EQ(
      ReasonInWords(Compare(whole, Doc(First(text, 300), kThere))).rfind("a copy with more", 0),
      0u);
  EXPECT_EQ(ReasonInWords(Compare(Doc(HanText(2, 300), kHere), whole)),
            "no copy: 0 % of the shorter text is shared");
  EXPECT_EQ(ReasonInWords(Compare(Doc(Last(text, 200), kThere), whole)),
            "no copy: a part of the longer text, whose beginning is 0 % shared, as the titles are "
            "to 0 %");
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

TEST(Explain, NamesTheFigures) {
  const std::string text = HanText(1, 300);
  EXPECT_EQ(
      Explain(Compare(Doc(text, kHere), Doc(text, kHere))),
      "100.0 % of the shorter text is shared; of what is rare in the stream 98.3 %, of what is "
      "new in it 98.3 %; 97.4 % of the shorter text's stretches, 100.0 % of the longer one's "
      "beginning, 0.0 % of the titles, one outlet: sum 3.02, one story from 0 on");
}

}  // namespace
}  // namespace wirefold
