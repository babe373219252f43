#include "lib/text/language.h"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>

#include "lib/text/character_table.h"
#include "lib/text/language_tag.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

using Counts = std::array<uint32_t, 8>;

uint32_t Of(const Counts& counts, ScriptClass script) {
  return counts[static_cast<size_t>(script)];
}

Counts CountScripts(std::string_view text) {
  const CharacterTable& table = CharacterTable::Get();
  Counts counts{};
  size_t pos = 0;
  while (pos < text.size()) {
    ++counts[static_cast<size_t>(table.Of(NextCodePoint(text, pos)).script())];
  }
  return counts;
}

// The language of a text whose script is used by several, or "und".
std::string Probe(std::string_view text) {
  const std::string_view prefix = CutAtCharacter(text, kMaxLanguageProbeBytes);
  bool reliable = false;
  const CLD2::Language language = CLD2::DetectLanguage(
      prefix.data(), static_cast<int>(prefix.size()), /*is_plain_text=*/true, &reliable);
  if (language == CLD2::UNKNOWN_LANGUAGE || !reliable) return "und";
  std::string code = CLD2::LanguageCode(language);
  // cld2 speaks of a few languages by codes that BCP 47 has replaced.
  if (code == "iw") return "he";
  if (code == "jw") return "jv";
  if (code == "un" || code == "xx") return "und";
  return code;
}

// Between two languages that share Han characters nothing but kana tells.
LanguageGuess Chinese(const Counts& counts, uint32_t han) {
  const uint32_t traditional = Of(counts, ScriptClass::kHanTraditional);
  const uint32_t simplified = Of(counts, ScriptClass::kHanSimplified);
  const bool sure = han >= kMinSureHan;
  if (simplified > traditional) return {"zh-Hans", TextScript::kHans, sure};
  if (traditional > simplified) return {"zh-Hant", TextScript::kHant, sure};
  return {"zh", TextScript::kUnknown};
}

// The script that most letters of the text's beginning are of.
UScriptCode MainScript(std::string_view text) {
  const std::string_view prefix = CutAtCharacter(text, kMaxLanguageProbeBytes);
  std::array<uint16_t, USCRIPT_CODE_LIMIT> letters{};
  for (size_t pos = 0; pos < prefix.size();) {
    const char32_t c = NextCodePoint(prefix, pos);
    if (CharacterTable::Get().Of(c).script() == ScriptClass::kNone) continue;
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(static_cast<UChar32>(c), &status);
    if (U_SUCCESS(status) && script >= 0 && script < USCRIPT_CODE_LIMIT) {
      ++letters[static_cast<size_t>(script)];
    }
  }
  const auto most = std::max_element(letters.begin(), letters.end());
  return static_cast<UScriptCode>(most - letters.begin());
}

// Whether a language that is written in `script` ("Latn", "Jpan") may be that of `text`.
bool IsWrittenIn(std::string_view text, const std::string& script) {
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode main = MainScript(text);
  // "Jpan", "Kore", "Hans" and the like stand for one script or several.
  if (script == "Jpan")
    return main == USCRIPT_HAN || main == USCRIPT_HIRAGANA || main == USCRIPT_KATAKANA;
  if (script == "Kore") return main == USCRIPT_HANGUL;
  if (script == "Hans" || script == "Hant") return main == USCRIPT_HAN;
  std::array<UScriptCode, 8> codes{};
  const int32_t count = uscript_getCode(script.c_str(), codes.data(), codes.size(), &status);
  return U_SUCCESS(status) &&
         std::find(codes.begin(), codes.begin() + count, main) != codes.begin() + count;
}

}  // namespace

LanguageGuess DetectLanguage(std::string_view text) {
  const Counts counts = CountScripts(text);
  const uint32_t han = Of(counts, ScriptClass::kHan) + Of(counts, ScriptClass::kHanTraditional) +
                       Of(counts, ScriptClass::kHanSimplified);
  const uint32_t kana = Of(counts, ScriptClass::kKana);
  const uint32_t hangul = Of(counts, ScriptClass::kHangul);
  const uint32_t latin = Of(counts, ScriptClass::kLatin);
  const uint32_t other = Of(counts, ScriptClass::kOther);
  const uint32_t east_asian = han + kana + hangul;
  if (east_asian + latin + other == 0) return {};
  // A Han or Hangul character says about as much as three letters.
  if (3 * east_asian > latin + other) {
    if (hangul > han + kana) return {"ko", TextScript::kOther, true};
    // Japanese text is a third kana at the least; a Chinese one may quote a Japanese name.
    if (kana * 5 > han) return {"ja", TextScript::kOther, true};
    return Chinese(counts, han);
  }
  const std::string language = Probe(text);
  return {language, latin >= other ? TextScript::kLatin : TextScript::kOther,
          language != "und" && latin + other >= kMinSureLetters};
}

LanguageGuess ChooseLanguage(std::string_view text, std::span<const std::string_view> declared) {
  LanguageGuess guess = DetectLanguage(text);
  // Without a letter there is nothing to be in any language.
  if (guess.sure || (guess.language == "und" && guess.script == TextScript::kUnknown)) return guess;
  const bool chinese = guess.language.starts_with("zh");
  for (const std::string_view each : declared) {
    LanguageTag language = ReadLanguageTag(each);
    if (language.tag.empty() || !IsWrittenIn(text, language.script)) continue;
    if (chinese && language.tag == "ja") {
      guess.script = TextScript::kOther;
    } else if (chinese) {
      if (!language.tag.starts_with("zh-")) continue;
      // Its own characters say which Chinese it is, if any of them do.
      if (guess.script != TextScript::kUnknown) return guess;
      guess.script = language.script == "Hant" ? TextScript::kHant : TextScript::kHans;
    }
    guess.language = std::move(language.tag);
    return guess;
  }
  return guess;
}

}  // namespace wirefold
