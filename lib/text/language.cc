#include "lib/text/language.h"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include <array>

#include "lib/text/character_table.h"
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

LanguageGuess Chinese(const Counts& counts) {
  const uint32_t traditional = Of(counts, ScriptClass::kHanTraditional);
  const uint32_t simplified = Of(counts, ScriptClass::kHanSimplified);
  if (simplified > traditional) return {"zh-Hans", TextScript::kHans};
  if (traditional > simplified) return {"zh-Hant", TextScript::kHant};
  return {"zh", TextScript::kUnknown};
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
    if (hangul > han + kana) return {"ko", TextScript::kOther};
    // Japanese text is a third kana at the least; a Chinese one may quote a Japanese name.
    if (kana * 5 > han) return {"ja", TextScript::kOther};
    return Chinese(counts);
  }
  return {Probe(text), latin >= other ? TextScript::kLatin : TextScript::kOther};
}

}  // namespace wirefold
