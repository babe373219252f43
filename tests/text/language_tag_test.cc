#include "lib/text/language_tag.h"

#include <gtest/gtest.h>

#include "lib/base/limits.h"

namespace wirefold {
namespace {

struct Case {
  std::string declared;
  std::string tag;
  std::string script;
};

TEST(ReadLanguageTag, MakesACanonicalTagOfWhatIsDeclared) {
  const Case kCases[] = {
      {"en", "en", "Latn"},
      {" EN-us ", "en", "Latn"},
      {"en_US.UTF-8", "en", "Latn"},
      {"eng", "en", "Latn"},
      {"fr-CA-x-private", "fr", "Latn"},
      {"de-DE-u-co-phonebk", "de", "Latn"},
      {"iw-IL", "he", "Hebr"},
      {"in", "id", "Latn"},
      {"sr-Latn-RS", "sr-Latn", "Latn"},
      {"sr", "sr", "Cyrl"},
      {"JA-jp", "ja", "Jpan"},
      {"ko_KR", "ko", "Kore"},
      {"zh", "zh-Hans", "Hans"},
      {"zh-CN", "zh-Hans", "Hans"},
      {"zh_cn", "zh-Hans", "Hans"},
      {"zh-SG", "zh-Hans", "Hans"},
      {"zh-tw", "zh-Hant", "Hant"},
      {"zh-HK", "zh-Hant", "Hant"},
      {"zh-MO", "zh-Hant", "Hant"},
      {"ZH-hant", "zh-Hant", "Hant"},
      {"zh-Hans-TW", "zh-Hans", "Hans"},
      {"zh-cmn-Hant", "zh-Hant", "Hant"},
      {"zho-TW", "zh-Hant", "Hant"},
  };
  for (const Case& c : kCases) {
    const LanguageTag tag = ReadLanguageTag(c.declared);
    EXPECT_EQ(tag.tag, c.tag) << c.declared;
    EXPECT_EQ(tag.script, c.script) << c.declared;
  }
}

TEST(ReadLanguageTag, IsNothingForWhatNamesNoLanguage) {
  for (const std::string& declared :
       {std::string(), std::string(" "), std::string("english"), std::string("Chinese"),
        std::string("cn"), std::string("jp"), std::string("en, fr"), std::string("en;fr"),
        std::string("und"), std::string("mul"), std::string("zxx"), std::string("x-klingon"),
        std::string("-en"), std::string("en--us"), std::string("1"), std::string("{{ lang }}"),
        std::string("\xFF\xFE"), std::string("en\0us", 5), std::string("中文")}) {
    EXPECT_EQ(ReadLanguageTag(declared).tag, "") << declared;
  }
}

TEST(ReadLanguageTag, LooksAtTagsUpToTheirLimit) {
  std::string tag = "en-x";
  while (tag.size() + 3 <= kMaxLanguageTagBytes) tag += "-ab";
  tag.resize(kMaxLanguageTagBytes, 'c');
  EXPECT_EQ(ReadLanguageTag(tag).tag, "en");
  EXPECT_EQ(ReadLanguageTag(tag + "d").tag, "");
}

}  // namespace
}  // namespace wirefold
