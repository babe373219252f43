// Language: what a text is written in, from its characters where they tell, and by cld2 on a
// bounded prefix where they don't (Latin, Cyrillic, Arabic and other scripts of many languages);
// and what its page, its feed or its server says where the text leaves it open.
//
// Example:
//   LanguageGuess guess = DetectLanguage("臺灣新聞");   // {"zh-Hant", TextScript::kHant, …}
//   guess = ChooseLanguage("天下大同", {"zh-TW"});      // "zh-Hant": the text alone says "zh"
//   guess = ChooseLanguage("国务院发布报告", {"en"});   // "zh-Hans": "en" is not written so
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_TEXT_LANGUAGE_H_
#define WIREFOLD_LIB_TEXT_LANGUAGE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wirefold {

// cld2 sees so much of a text at most (51 µs for a whole article, 8 for this).
inline constexpr size_t kMaxLanguageProbeBytes = 640;

enum class TextScript : uint8_t { kUnknown = 0, kHans = 1, kHant = 2, kLatin = 3, kOther = 4 };

struct LanguageGuess {
  // BCP 47, without a region: "zh-Hans", "zh-Hant", "zh" (either), "ja", "en", "und".
  std::string language = "und";
  TextScript script = TextScript::kUnknown;
  // The text is long enough, and clear enough, to be believed whatever is declared.
  bool sure = false;
};

// A text of fewer letters is one that cld2 may be wrong about though it calls itself sure: of the
// beginnings of English news texts and headlines it named another language in 11 % of its answers
// for 8 letters, 2 % for 20, 0.6 % for 40, 0.2 % for 60 (some 4,700 texts, cld2 of Debian 12).
inline constexpr uint32_t kMinSureLetters = 40;
// A text of fewer Han characters, and no kana, may be Japanese: a headline, say.
inline constexpr uint32_t kMinSureHan = 40;

// `text` must be valid UTF-8.
LanguageGuess DetectLanguage(std::string_view text);

// The same, with what is declared of it, the most trusted first, each as it stands ("zh_TW"; see
// language_tag.h). What the text says goes first where it is sure. A declared language is believed
// where it is written in the script that most of the text is in; of Chinese, whose text does not
// tell, the script that was declared or goes with the region. Without such a one it is what the
// text alone says.
LanguageGuess ChooseLanguage(std::string_view text, std::span<const std::string_view> declared);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_TEXT_LANGUAGE_H_
