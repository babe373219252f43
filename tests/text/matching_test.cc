#include "lib/text/matching.h"

#include <gtest/gtest.h>

#include <random>

#include "lib/text/character_table.h"
#include "lib/text/utf8.h"
#include "tests/text/matching_twin.h"

namespace wirefold {
namespace {

std::string Match(std::string_view text) { return ToMatching(text).text; }

TEST(ToMatching, FoldsWidthCaseAndScript) {
  EXPECT_EQ(Match("７個月後，國務院"), "7个月后国务院");
  EXPECT_EQ(Match("ＡＢＣ Straße ﬁn"), "abc strasse fin");
}

TEST(ToMatching, DropsMarksButKeepsComposedLetters) {
  EXPECT_EQ(Match("Cafe\u0301"), "caf\u00E9");
  EXPECT_EQ(Match("Caf\u00E9"), "caf\u00E9");
  EXPECT_EQ(Match("x\u0301y"), "xy");
  EXPECT_EQ(Match("e\u00AD\u0301"), "\u00E9");
}

TEST(ToMatching, PartsWordsOnlyOfScriptsThatUseSpaces) {
  EXPECT_EQ(Match("中国 GDP 增长 3 %"), "中国gdp增长3");
  EXPECT_EQ(Match("Good  morning,world"), "good morning world");
  EXPECT_EQ(Match("中 文，字"), "中文字");
}

TEST(ToMatching, NumbersAndApostrophesHoldTogether) {
  EXPECT_EQ(Match("1,000.5 Don't it\u2019s"), "10005 dont its");
  EXPECT_EQ(Match("end.Next 3. 14"), "end next 3 14");
  EXPECT_EQ(Match("a..b 1.,2"), "a b 1 2");
}

TEST(ToMatching, KeepsParagraphsThatHoldSomething) {
  EXPECT_EQ(Match("\n\n一\n。\n二\n"), "一\n二");
  EXPECT_EQ(Match("one\n two"), "one\ntwo");
}

TEST(ToMatching, CountsLettersAndDigits) {
  EXPECT_EQ(ToMatching("一二 3 ab\n𠮷").letters, 6u);
  EXPECT_EQ(ToMatching("… ——").letters, 0u);
}

TEST(ToMatching, AgreesWithTheTwinOnEveryCharacter) {
  const MatchingTwin twin;
  for (char32_t c = 1; c < 0x30000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text = "a";
    AppendUtf8(c, text);
    text += "1";
    AppendUtf8(c, text);
    text += "\u0301中";
    ASSERT_EQ(Match(text), twin(text)) << "U+" << std::hex << static_cast<uint32_t>(c);
  }
}

TEST(ToMatching, AgreesWithTheTwinOnRandomText) {
  const MatchingTwin twin;
  std::mt19937 random(7);
  // Ranges where characters combine, expand or vanish, mixed with the ordinary.
  constexpr std::pair<uint32_t, uint32_t> kRanges[] = {
      {0x20, 0x7F},       {0xA0, 0x24F},    {0x300, 0x36F},     {0x4E00, 0x9FFF},
      {0x1100, 0x11FF},   {0xAC00, 0xD7A3}, {0x3040, 0x30FF},   {0xFF00, 0xFFEF},
      {0x2000, 0x206F},   {0xE00, 0xEFF},   {0x900, 0x97F},     {0x1F00, 0x1FFF},
      {0x1F300, 0x1F6FF}, {0xFB00, 0xFB4F}, {0x20000, 0x2A6DF}, {0xFE00, 0xFE0F}};
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (int i = 0; i < 12; ++i) {
      const auto [low, high] = kRanges[random() % std::size(kRanges)];
      AppendUtf8(low + random() % (high - low + 1), text);
      if (random() % 16 == 0) text += "\n";
    }
    ASSERT_EQ(Match(text), twin(text)) << text;
  }
}

// Out of their canonical order and of what stored text bounds: folding all at once would take
// hours.
TEST(ToMatching, TakesLinearTimeForMarks) {
  std::string marks;
  for (int i = 0; i < 1'000'000; ++i) marks += "\u0301\u200D\u0316";
  EXPECT_EQ(ToMatching("e" + marks + "f").text, "\u00E9f");
}

TEST(CharacterTable, HoldsWhatComputeSays) {
  const CharacterTable& table = CharacterTable::Get();
  for (char32_t c = 0; c <= 0xFFFF; c += 7) {
    const CharacterInfo one = table.Of(c);
    const CharacterInfo other = CharacterTable::Compute(c);
    EXPECT_EQ(one.folded(), other.folded());
    EXPECT_EQ(one.match(), other.match());
    EXPECT_EQ(one.stored(), other.stored());
  }
}

TEST(HashMatching, LeavesSeparatorsOut) {
  EXPECT_EQ(HashMatching("ab c\nd"), HashMatching("abcd"));
  EXPECT_EQ(HashMatching("abcd"), HashBytes128("abcd"));
  EXPECT_NE(HashMatching("abcd"), HashMatching("abdc"));
  EXPECT_EQ(HashMatching("a b", 2), HashBytes128("ab", 2));
}

}  // namespace
}  // namespace wirefold
