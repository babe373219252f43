#include "lib/text/language.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/text/han_table.h"

namespace wirefold {
namespace {

TEST(DetectLanguage, TellsSimplifiedFromTraditional) {
  EXPECT_EQ(DetectLanguage("国务院发布经济发展报告").language, "zh-Hans");
  EXPECT_EQ(DetectLanguage("國務院發布經濟發展報告").language, "zh-Hant");
  EXPECT_EQ(DetectLanguage("國務院發布經濟發展報告").script, TextScript::kHant);
}

TEST(DetectLanguage, SaysZhWhereNoCharacterTells) {
  const LanguageGuess guess = DetectLanguage("天下大同");
  EXPECT_EQ(guess.language, "zh");
  EXPECT_EQ(guess.script, TextScript::kUnknown);
}

TEST(DetectLanguage, KnowsJapaneseAndKoreanByTheirScripts) {
  EXPECT_EQ(DetectLanguage("東京で新しい会議が始まりました").language, "ja");
  EXPECT_EQ(DetectLanguage("서울에서 새로운 회의가 시작되었다").language, "ko");
}

TEST(DetectLanguage, AChineseTextMayQuoteOtherScripts) {
  EXPECT_EQ(DetectLanguage("这部名为「ゆめ」的电影由 Universal Pictures 发行，票房很好").language,
            "zh-Hans");
}

TEST(DetectLanguage, AsksCld2WhereTheScriptLeavesItOpen) {
  EXPECT_EQ(DetectLanguage("The committee said on Tuesday that it would publish its report on the "
                           "state of the harbour before the end of the month.")
                .language,
            "en");
  EXPECT_EQ(DetectLanguage("Le comité a déclaré mardi qu'il publierait son rapport sur l'état du "
                           "port avant la fin du mois, selon un porte-parole.")
                .language,
            "fr");
}

TEST(DetectLanguage, SaysUndWithoutLetters) {
  EXPECT_EQ(DetectLanguage("").language, "und");
  EXPECT_EQ(DetectLanguage("123 … ()").language, "und");
}

std::string Choose(std::string_view text, std::vector<std::string_view> declared) {
  return ChooseLanguage(text, declared).language;
}

TEST(ChooseLanguage, BelievesTheTextWhereItIsSure) {
  const std::string chinese =
      "国务院星期二发布了经济发展报告，报告认为今年的增长将会超过去年，外贸和投资也有所恢复，"
      "就业形势总体稳定。";
  EXPECT_EQ(Choose(chinese, {"en"}), "zh-Hans");
  EXPECT_EQ(Choose(chinese, {"zh-TW"}), "zh-Hans");
  EXPECT_EQ(Choose(chinese, {"ja"}), "zh-Hans");
  const std::string english =
      "The committee said on Tuesday that it would publish its report on the state of the harbour "
      "before the end of the month, and that the new quay would open in spring.";
  EXPECT_EQ(Choose(english, {"fr", "zh-CN"}), "en");
  EXPECT_EQ(Choose("서울에서 새로운 회의", {"en"}), "ko");
  EXPECT_EQ(Choose("東京での会議", {"zh-TW"}), "ja");
}

TEST(ChooseLanguage, BelievesADeclarationWhereTheTextLeavesItOpen) {
  EXPECT_EQ(Choose("Harbour", {}), "und");
  EXPECT_EQ(Choose("Harbour", {"en-GB"}), "en");
  EXPECT_EQ(Choose("Порт", {"ru"}), "ru");
  EXPECT_EQ(Choose("Порт", {"uk-UA"}), "uk");
  EXPECT_EQ(Choose("東京都知事選挙", {"ja"}), "ja");
  // The first that may be; those that are none or not written so are passed over.
  EXPECT_EQ(Choose("Порт", {"en", "{{lang}}", "", "bg", "ru"}), "bg");
  EXPECT_EQ(Choose("Harbour", {"zh", "ru", "ja", "ko"}), "und");
  EXPECT_EQ(Choose("123", {"en"}), "und");
  EXPECT_EQ(Choose("", {"en"}), "und");
}

TEST(ChooseLanguage, KeepsTheScriptOfChineseRight) {
  // Nothing in it tells: what was declared does.
  EXPECT_EQ(Choose("天下大同", {"zh-TW"}), "zh-Hant");
  EXPECT_EQ(ChooseLanguage("天下大同", std::vector<std::string_view>{"zh-TW"}).script,
            TextScript::kHant);
  EXPECT_EQ(Choose("天下大同", {"zh-CN"}), "zh-Hans");
  EXPECT_EQ(Choose("天下大同", {"en", "zh-HK"}), "zh-Hant");
  EXPECT_EQ(Choose("天下大同", {"en"}), "zh");
  // One character tells, and goes before any declaration.
  EXPECT_EQ(Choose("國泰民安", {"zh-CN"}), "zh-Hant");
  EXPECT_EQ(Choose("国泰民安", {"zh-TW", "en"}), "zh-Hans");
}

// Both limits, at and one past: shorter texts are what a declaration may speak for.
TEST(ChooseLanguage, IsSureFromItsLimitsOn) {
  std::string han = "國";
  while (han.size() < 3 * (kMinSureHan - 1)) han += "大";
  EXPECT_EQ(Choose(han, {"ja"}), "ja");
  EXPECT_EQ(Choose(han + "大", {"ja"}), "zh-Hant");
  std::string words =
      "the harbour board has published its yearly report on the state of the quays and of the "
      "ships "
      "that came in from abroad";
  size_t letters = 0;
  size_t size = 0;
  for (; letters < kMinSureLetters; ++size) letters += words[size] != ' ' ? 1 : 0;
  ASSERT_LE(size, words.size());
  words.resize(size);
  EXPECT_EQ(Choose(words, {"nl"}), "en");
  words.pop_back();
  EXPECT_EQ(Choose(words, {"nl"}), "nl");
}

TEST(HanTable, KnowsBothDirections) {
  EXPECT_EQ(SimplifiedOf(U'國'), U'国');
  EXPECT_EQ(SimplifiedOf(U'国'), U'国');
  EXPECT_TRUE(IsOnlySimplified(U'国'));
  EXPECT_FALSE(IsOnlySimplified(U'后'));
  EXPECT_FALSE(IsOnlySimplified(U'國'));
}

}  // namespace
}  // namespace wirefold
