// Language: what a text is written in, from its characters where they tell, and by cld2 on a
// bounded prefix where they don't (Latin, Cyrillic, Arabic and other scripts of many languages).
//
// Example:
//   LanguageGuess guess = DetectLanguage("臺灣新聞");   // {"zh-Hant", TextScript::kHant}
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_TEXT_LANGUAGE_H_
#define WIREFOLD_LIB_TEXT_LANGUAGE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wirefold {

// cld2 sees so much of a text at most (51 µs for a whole article, 8 for this).
inline constexpr size_t kMaxLanguageProbeBytes = 640;

enum class TextScript : uint8_t { kUnknown = 0, kHans = 1, kHant = 2, kLatin = 3, kOther = 4 };

struct LanguageGuess {
  std::string language = "und";  // BCP 47: "zh-Hans", "zh-Hant", "zh" (either), "ja", "en", "und"
  TextScript script = TextScript::kUnknown;
};

// `text` must be valid UTF-8.
LanguageGuess DetectLanguage(std::string_view text);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_TEXT_LANGUAGE_H_
