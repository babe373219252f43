#include "lib/text/language.h"

#include <gtest/gtest.h>

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

TEST(HanTable, KnowsBothDirections) {
  EXPECT_EQ(SimplifiedOf(U'國'), U'国');
  EXPECT_EQ(SimplifiedOf(U'国'), U'国');
  EXPECT_TRUE(IsOnlySimplified(U'国'));
  EXPECT_FALSE(IsOnlySimplified(U'后'));
  EXPECT_FALSE(IsOnlySimplified(U'國'));
}

}  // namespace
}  // namespace wirefold
