#include "lib/dedup/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/dedup/texts.h"

namespace wirefold {
namespace {

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

TEST(Compare, ATemplateWithOtherFiguresIsNoCopy) {
  // Long enough that the figures alone leave more than nine tenths shared.
  const std::string text = HanText(1, 900);
  const auto notice = [&](const char* a, const char* b, const char* c) {
    return First(text, 300) + a + First(Last(text, 600), 300) + b + Last(text, 300) + c;
  };
  const ComparisonDoc monday = Doc(notice("67123", "78901", "5012"), kHere);
  const ComparisonDoc tuesday = Doc(notice("67234", "78855", "5033"), kHere);
  const Verdict verdict = Compare(tuesday, monday);
  EXPECT_GE(verdict.scores.containment_ppm, 900'000u);
  EXPECT_EQ(verdict.relation, Relation::kNone);
  EXPECT_EQ(verdict.veto, Veto::kFiguresDiffer);
  EXPECT_TRUE(verdict.related);
  EXPECT_EQ(Compare(monday, monday).relation, Relation::kNear);
}

TEST(Compare, FiguresOfAlikeTitlesAskForMoreAgreementOfTheText) {
  // Five of eight figures agree: yesterday's, which a notice repeats.
  const std::string text = HanText(1, 900);
  const auto notice = [&](const char* title, const char* today) {
    return MakeComparisonDoc(First(text, 300) + today + First(Last(text, 600), 300) +
                                 "101 102 103 104 105" + Last(text, 300),
                             {.host = kHere, .title = title});
  };
  const ComparisonDoc monday = notice("中间价报6.9954元附近", "67123 78901 5012");
  const ComparisonDoc tuesday = notice("中间价报6.9912元附近", "67234 78855 5033");
  const ComparisonDoc renamed = notice("中间价上调", "67234 78855 5033");
  EXPECT_EQ(Compare(tuesday, monday).veto, Veto::kFiguresDiffer);
  EXPECT_EQ(Compare(tuesday, monday).figures_ppm, 625'000u);
  EXPECT_EQ(Compare(tuesday, tuesday).relation, Relation::kNear);
  // No figures in one title: nothing speaks of a template.
  EXPECT_EQ(Compare(renamed, monday).relation, Relation::kNear);
}

TEST(Compare, FewFiguresSpeakWithThoseOfAlikeTitles) {
  // Two figures say nothing by themselves.
  const std::string text = HanText(1, 300);
  const auto notice = [&](const char* title, const char* first, const char* second,
                          const char* host) {
    return MakeComparisonDoc(
        First(text, 50) + first + First(Last(text, 250), 50) + second + Last(text, 200),
        {.host = host, .title = title});
  };
  const ComparisonDoc one = notice("本地每日情况通报第1期", "98", "2243", kHere);
  const ComparisonDoc other = notice("本地每日情况通报第2期", "11", "3319", kHere);
  EXPECT_EQ(Compare(other, one).veto, Veto::kFiguresDiffer);
  EXPECT_EQ(Compare(one, other).veto, Veto::kFiguresDiffer);
  // Under one title, with a figure in common, with one figure alone or none, and of another outlet
  // it is no template.
  EXPECT_EQ(Compare(notice("本地每日情况通报第1期", "11", "3319", kHere), one).relation,
            Relation::kNear);
  EXPECT_EQ(Compare(notice("本地每日情况通报第2期", "11", "2243", kHere), one).relation,
            Relation::kNear);
  EXPECT_EQ(Compare(notice("本地每日情况通报第2期", "11", "", kHere),
                    notice("本地每日情况通报第1期", "98", "", kHere))
                .relation,
            Relation::kNear);
  EXPECT_EQ(Compare(notice("3月31日8时0分情况通报", "", "", kHere),
                    notice("4月1日9时5分情况通报", "", "", kHere))
                .relation,
            Relation::kNear);
  EXPECT_EQ(Compare(notice("本地每日情况通报第2期", "11", "3319", kThere), one).relation,
            Relation::kNear);
}

TEST(Compare, AnotherDaysNoticeMayRepeatEarlierFigures) {
  // Nine of twelve figures agree: the list of earlier days.
  const std::string text = HanText(1, 900);
  const auto notice = [&](const std::string& today) {
    return Doc(First(text, 20) + today + First(Last(text, 800), 300) +
                   "101 102 103 104 105 106 107 108 109" + Last(text, 500),
               kHere);
  };
  const ComparisonDoc monday = notice("21 4 17");
  const ComparisonDoc tuesday = notice("22 5 18");
  const StreamStatistics nothing({.boilerplate_entries = 1, .rarity_entries = 1});
  const StreamStatistics::View view(nothing);
  Comparer comparer(tuesday, /*day=*/1, view);
  const Verdict next_day = comparer.Compare(monday, /*day=*/0);
  EXPECT_EQ(next_day.veto, Veto::kFiguresDiffer);
  EXPECT_EQ(next_day.figures_ppm, 750'000u);
  EXPECT_EQ(next_day.opening_figures_ppm, 0u);
  // The same day it is a correction, and so it is with one figure of the opening changed.
  EXPECT_EQ(comparer.Compare(monday, /*day=*/1).relation, Relation::kNear);
  EXPECT_EQ(comparer.Compare(notice("22 4 18"), /*day=*/0).relation, Relation::kNear);
}

TEST(Compare, OfOneOutletOtherOpeningUnderAnotherTitleIsAnotherArticle) {
  // A gallery stands alone, and behind an article.
  const std::string gallery = HanText(1, 400);
  const auto doc = [&](const std::string& text, const char* host, const char* title) {
    return MakeComparisonDoc(text, {.host = host, .title = title});
  };
  const ComparisonDoc alone = doc(gallery, kHere, "那些确诊的名人们");
  const std::string with_article = HanText(2, 300) + gallery;
  const Verdict verdict = Compare(doc(with_article, kHere, "死亡人数破百万"), alone);
  EXPECT_EQ(verdict.relation, Relation::kNone);
  EXPECT_EQ(verdict.veto, Veto::kOtherOpening);
  EXPECT_TRUE(verdict.related);
  EXPECT_LT(verdict.scores.score_ppm, 500'000u);
  EXPECT_EQ(Compare(alone, doc(with_article, kHere, "死亡人数破百万")).veto, Veto::kOtherOpening);
  // Of another outlet, under the same title, without titles, or with some of the opening it is one.
  EXPECT_EQ(Compare(doc(with_article, kThere, "死亡人数破百万"), alone).relation,
            Relation::kExtended);
  EXPECT_EQ(Compare(doc(with_article, kHere, "那些确诊的名人们"), alone).relation,
            Relation::kExtended);
  EXPECT_EQ(Compare(doc(with_article, kHere, ""), alone).relation, Relation::kExtended);
  EXPECT_EQ(
      Compare(doc(First(gallery, 20) + with_article, kHere, "死亡人数破百万"), alone).relation,
      Relation::kExtended);
}

// `incoming` of day 1 against `stored` of day 0, with nothing learnt.
Verdict NextDay(const ComparisonDoc& incoming, const ComparisonDoc& stored) {
  const StreamStatistics nothing({.boilerplate_entries = 1, .rarity_entries = 1});
  const StreamStatistics::View view(nothing);
  return Comparer(incoming, /*day=*/1, view).Compare(stored, /*day=*/0);
}

TEST(Compare, AnOpeningThatIsAlikeButForItsFiguresIsTheNextDaysNotice) {
  // Three of four figures of the opening agree, and all of the list behind it.
  const std::string text = HanText(1, 900);
  const auto notice = [&](const std::string& today, int own, const char* title, const char* host) {
    return MakeComparisonDoc(First(text, 60) + today + First(Last(text, 800), 400) +
                                 "101 102 103 104 105 106 107 108 109 110 111 112 113 114 115" +
                                 HanText(static_cast<uint32_t>(own), own),
                             {.host = host, .title = title});
  };
  const ComparisonDoc monday = notice("21 4 17 30", 110, "军机进入西南空域", kHere);
  const ComparisonDoc tuesday = notice("22 4 17 30", 120, "两架军机再度扰台", kHere);
  const Verdict verdict = NextDay(tuesday, monday);
  EXPECT_GE(verdict.figures_ppm, CompareRules::kFiguresOtherDay - 10'000);
  EXPECT_EQ(verdict.veto, Veto::kFiguresDiffer) << Explain(verdict);
  EXPECT_EQ(NextDay(monday, tuesday).veto, Veto::kFiguresDiffer);
  // On one day it is a correction; so it is under the same title, with the same figures, with next
  // to nothing else of its own, and of another outlet.
  EXPECT_EQ(Compare(tuesday, monday).relation, Relation::kNear);
  EXPECT_EQ(NextDay(notice("22 4 17 30", 120, "军机进入西南空域", kHere), monday).relation,
            Relation::kNear);
  EXPECT_EQ(NextDay(notice("21 4 17 30", 120, "两架军机再度扰台", kHere), monday).relation,
            Relation::kNear);
  EXPECT_EQ(NextDay(notice("22 4 17 30", 20, "两架军机再度扰台", kHere),
                    notice("21 4 17 30", 20, "军机进入西南空域", kHere))
                .relation,
            Relation::kNear);
  EXPECT_EQ(NextDay(notice("22 4 17 30", 120, "两架军机再度扰台", kThere), monday).relation,
            Relation::kNear);
}

TEST(Compare, OfOneOutletAFreshOpeningOverSharedBackgroundIsAnotherArticle) {
  const std::string background = HanText(1, 400);
  const auto doc = [&](const std::string& text, const char* host, const char* title) {
    return MakeComparisonDoc(text, {.host = host, .title = title});
  };
  // A fifth of each is its own: the one's at its beginning, the other's at its end.
  const std::string later = HanText(2, 80) + background;
  const std::string earlier = First(background, 330) + HanText(3, 95);
  const ComparisonDoc stored = doc(earlier, kHere, "法院暂停禁令");
  const Verdict verdict = Compare(doc(later, kHere, "公司提出诉讼"), stored);
  EXPECT_LT(verdict.scores.containment_ppm, CompareRules::kFreshContainment);
  EXPECT_EQ(verdict.veto, Veto::kOtherOpening) << Explain(verdict);
  EXPECT_EQ(Compare(stored, doc(later, kHere, "公司提出诉讼")).veto, Veto::kOtherOpening);
  // Under the same title it was taken up again, and another outlet wrote its own beginning.
  EXPECT_NE(Compare(doc(later, kHere, "法院暂停禁令"), stored).relation, Relation::kNone);
  EXPECT_NE(Compare(doc(later, kThere, "公司提出诉讼"), stored).relation, Relation::kNone);
}

TEST(Compare, AShortItemInALongTextUnderAnotherTitleIsNoExcerptOfIt) {
  const std::string item = HanText(1, 150);
  const auto doc = [&](const std::string& text, const char* host, const char* title) {
    return MakeComparisonDoc(text, {.host = host, .title = title});
  };
  const ComparisonDoc stored = doc(item, kThere, "海港扩建获准");
  // It stands within the head of the round-up, which begins with words of its own.
  const std::string round_up = HanText(2, 50) + item + HanText(3, 600);
  const Verdict verdict = Compare(doc(round_up, kHere, "早报要闻十条"), stored);
  EXPECT_GE(verdict.head_ppm, CompareRules::kHeadCovered);
  EXPECT_EQ(verdict.lead_ppm, 0u);
  EXPECT_EQ(verdict.veto, Veto::kMinorPart) << Explain(verdict);
  EXPECT_EQ(Compare(stored, doc(round_up, kHere, "早报要闻十条")).veto, Veto::kMinorPart);
  EXPECT_EQ(Compare(doc(round_up, kHere, "海港扩建获准"), stored).relation, Relation::kExtended);
  // What begins with it is a longer version of it; of one outlet's under another title only as long
  // as it is a sixth of it.
  const auto longer = [&](int more, const char* host, const char* title) {
    return doc(item + HanText(3, more), host, title);
  };
  EXPECT_EQ(Compare(longer(600, kHere, "早报要闻十条"), stored).relation, Relation::kExtended);
  EXPECT_EQ(Compare(longer(900, kThere, "早报要闻十条"), stored).veto, Veto::kMinorPart);
  EXPECT_EQ(Compare(longer(600, kThere, "早报要闻十条"), stored).relation, Relation::kExtended);
  EXPECT_EQ(Compare(longer(900, kThere, "海港扩建获准"), stored).relation, Relation::kExtended);
}

TEST(Compare, UnderTitlesThatShareNothingAnItemMayBeAlmostHalfOfARoundUp) {
  const std::string item = HanText(1, 150);
  const auto doc = [&](const std::string& text, const char* title) {
    return MakeComparisonDoc(text, {.host = kHere, .title = title});
  };
  const ComparisonDoc stored = MakeComparisonDoc(item, {.host = kThere, .title = "海港扩建获准"});
  const auto round_up = [&](int after, const char* title) {
    return doc(HanText(2, 50) + item + HanText(3, after), title);
  };
  EXPECT_EQ(Compare(round_up(150, "早报要闻十条"), stored).veto, Veto::kMinorPart);
  EXPECT_EQ(Compare(stored, round_up(150, "早报要闻十条")).veto, Veto::kMinorPart);
  EXPECT_EQ(Compare(round_up(150, "早报：海港"), stored).relation, Relation::kExtended);
  EXPECT_EQ(Compare(round_up(150, ""), stored).relation, Relation::kExtended);
  EXPECT_EQ(Compare(round_up(50, "早报要闻十条"), stored).relation, Relation::kExtended);
  // What begins with it is a longer version of it, as long as it is a sixth of that.
  EXPECT_EQ(Compare(doc(item + HanText(3, 600), "早报要闻十条"), stored).relation,
            Relation::kExtended);
  EXPECT_EQ(Compare(doc(item + HanText(3, 900), "早报要闻十条"), stored).veto, Veto::kMinorPart);
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
