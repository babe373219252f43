// What shares much and is no copy: templates, other openings, items of round-ups.
#include "lib/dedup/compare.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/dedup/comparing.h"

namespace wirefold {
namespace {

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

}  // namespace
}  // namespace wirefold
