#include "lib/dedup/passages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

#include "tests/dedup/texts.h"

namespace wirefold {
namespace {

TEST(PassageFinder, TellsWhatBothSayFromWhatOneSaysAlone) {
  const PassageFinder finder(
      "渡轮周五恢复夜航。市长说：“安全第一。”\n票价与停航前一样。\n记者另外了解到，新船还没有交付"
      "。");
  const Passages passages = finder.Compare(
      "渡轮周五恢复夜航。市长说：“安全第一。”商会表示欢迎这一决定。\n票价与停航前一样。");
  ASSERT_EQ(passages.shared.size(), 2u);
  EXPECT_EQ(passages.shared[0].ours, "渡轮周五恢复夜航。市长说：“安全第一。”");
  EXPECT_EQ(passages.shared[0].theirs, passages.shared[0].ours);
  EXPECT_EQ(passages.shared[1].ours, "票价与停航前一样。");
  EXPECT_EQ(passages.only_ours, std::vector<std::string>{"记者另外了解到，新船还没有交付。"});
  EXPECT_EQ(passages.only_theirs, std::vector<std::string>{"商会表示欢迎这一决定。"});
  EXPECT_EQ(passages.shared_count, 2u);
  EXPECT_EQ(passages.only_ours_count, 1u);
  EXPECT_EQ(passages.only_theirs_count, 1u);
}

TEST(PassageFinder, ShowsEachTextInItsOwnForm) {
  const PassageFinder finder("Ferry to sail again, the city said. 渡輪於７月２日復航，票價不變。");
  const Passages passages =
      finder.Compare("FERRY to sail again - the city said. 渡轮于7月2日复航,票价不变");
  ASSERT_EQ(passages.shared.size(), 1u);
  EXPECT_EQ(passages.shared[0].ours,
            "Ferry to sail again, the city said. 渡輪於７月２日復航，票價不變。");
  EXPECT_EQ(passages.shared[0].theirs,
            "FERRY to sail again - the city said. 渡轮于7月2日复航,票价不变");
  EXPECT_TRUE(passages.only_ours.empty());
  EXPECT_TRUE(passages.only_theirs.empty());
}

TEST(PassageFinder, AChangedWordDoesNotPartAPassage) {
  const PassageFinder finder(
      "渡轮公司表示，周五起恢复夜间航班，票价与停航前一样。末班船改为零点。");
  const Passages passages =
      finder.Compare("渡轮公司宣布，周五起恢复夜间航班，票价与停航前一样。末班船改为零点。");
  ASSERT_EQ(passages.shared.size(), 1u);
  EXPECT_TRUE(passages.only_ours.empty());
}

TEST(PassageFinder, OtherOrderMakesSeveralPassages) {
  const PassageFinder finder("甲乙丙丁戊己庚辛。一二三四五六七八。");
  const Passages passages = finder.Compare("一二三四五六七八。甲乙丙丁戊己庚辛。");
  EXPECT_EQ(passages.shared_count, 2u);
}

TEST(PassageFinder, ShowsTheLongestFiveAndCountsAll) {
  for (const size_t count : {kMaxPassages, kMaxPassages + 1}) {
    std::string ours;
    std::string theirs;
    for (size_t i = 0; i < count; ++i) {
      const int length = 10 + static_cast<int>(i);
      const std::string both = HanText(static_cast<uint32_t>(i), length) + "。";
      ours += both + HanText(static_cast<uint32_t>(100 + i), length) + "。\n";
      theirs += both + HanText(static_cast<uint32_t>(200 + i), length) + "。\n";
    }
    const Passages passages = PassageFinder(ours).Compare(theirs);
    EXPECT_EQ(passages.shared.size(), kMaxPassages);
    EXPECT_EQ(passages.only_ours.size(), kMaxPassages);
    EXPECT_EQ(passages.only_theirs.size(), kMaxPassages);
    EXPECT_EQ(passages.shared_count, count);
    EXPECT_EQ(passages.only_ours_count, count);
    EXPECT_EQ(passages.only_theirs_count, count);
    EXPECT_EQ(passages.shared[0].ours,
              HanText(static_cast<uint32_t>(count - 1), 9 + static_cast<int>(count)) + "。");
  }
}

TEST(PassageFinder, CutsLongPassages) {
  constexpr int kLength = static_cast<int>(kMaxPassageCharacters);
  const std::string whole = HanText(1, kLength);
  const Passages fits = PassageFinder(whole).Compare(HanText(2, 300));
  ASSERT_EQ(fits.only_ours.size(), 1u);
  EXPECT_EQ(fits.only_ours[0], whole);
  EXPECT_EQ(fits.only_theirs[0], HanText(2, kLength) + "…");
  const Passages cut = PassageFinder(HanText(1, kLength + 1)).Compare("");
  EXPECT_EQ(cut.only_ours[0], whole + "…");
}

TEST(PassageFinder, LooksAtABoundedPartOfATextAndCutsNoCharacter) {
  const std::string paragraph = HanText(1, 210) + "。\n";
  std::string text;
  while (text.size() <= kMaxPassageBytes) text += paragraph;
  text += HanText(2, 50);
  const Passages passages = PassageFinder(text).Compare(paragraph);
  EXPECT_TRUE(passages.only_ours.empty());  // the end was not looked at
  EXPECT_EQ(passages.shared_count, 1u);
}

TEST(PassageFinder, EmptyAndOddTextsEndQuietly) {
  for (const std::string text : {"", "\n\n", "……！？", " 。 \n 。", "甲", "😀😀"}) {
    for (const std::string other : {"", "甲", "……", "甲乙丙。丁"}) {
      const Passages passages = PassageFinder(text).Compare(other);
      EXPECT_LE(passages.shared_count + passages.only_ours_count, 1u) << text << " / " << other;
    }
  }
  EXPECT_EQ(PassageFinder("甲").Compare("甲").shared_count, 1u);
}

// What is shown of a text stands in it, whatever the texts are.
TEST(PassageFinder, ShowsNothingThatIsNotThere) {
  constexpr const char* kPieces[] = {"甲", "乙",  "丙丁",   "。", "！",  "……",
                                     "”",  "\n",  " ",      "a",  "bc ", ". ",
                                     "?",  "1.5", "\u0301", "ก",  "😀",   "戊己庚辛"};
  std::mt19937 random(5);
  const auto draw = [&] {
    std::string text;
    for (uint32_t i = 0; i < random() % 200; ++i) text += kPieces[random() % std::size(kPieces)];
    return text;
  };
  const auto is_in = [](std::string_view passage, const std::string& text) {
    if (text.find(passage) != std::string::npos) return true;
    const std::string_view cut = "…";
    return passage.ends_with(cut) &&
           text.find(passage.substr(0, passage.size() - cut.size())) != std::string::npos;
  };
  for (int round = 0; round < 2000; ++round) {
    const std::string ours = draw();
    const std::string theirs = draw();
    const Passages passages = PassageFinder(ours).Compare(theirs);
    EXPECT_LE(passages.shared.size(), std::min<size_t>(passages.shared_count, kMaxPassages));
    EXPECT_LE(passages.only_ours.size(), std::min<size_t>(passages.only_ours_count, kMaxPassages));
    for (const SharedPassage& passage : passages.shared) {
      EXPECT_TRUE(is_in(passage.ours, ours));
      EXPECT_TRUE(is_in(passage.theirs, theirs));
    }
    for (const std::string& passage : passages.only_ours) EXPECT_TRUE(is_in(passage, ours));
    for (const std::string& passage : passages.only_theirs) EXPECT_TRUE(is_in(passage, theirs));
    const Passages same = PassageFinder(ours).Compare(ours);
    EXPECT_EQ(same.only_ours_count, 0u);
    EXPECT_EQ(same.only_theirs_count, 0u);
  }
}

}  // namespace
}  // namespace wirefold
