#include "lib/text/character_table.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <cstdlib>

#include "lib/text/han_table.h"

namespace wirefold {
namespace {

const icu::Normalizer2& Fold() {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status)) std::abort();  // ICU without its own built-in data cannot run at all
  return *fold;
}

bool IsSurrogate(char32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

UScriptCode ScriptOf(char32_t code_point) {
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(static_cast<UChar32>(code_point), &status);
  return U_FAILURE(status) ? USCRIPT_UNKNOWN : script;
}

StoredClass StoredClassOf(char32_t c) {
  const auto code_point = static_cast<UChar32>(c);
  if (u_isUWhiteSpace(code_point)) return StoredClass::kSpace;
  if (IsSurrogate(c) || (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF)) {
    return StoredClass::kDropped;
  }
  if (u_charType(code_point) == U_CONTROL_CHAR) return StoredClass::kDropped;
  // Zero-width and direction marks. The joiners U+200C and U+200D stay: they are spelling in
  // Persian and Indic scripts and glue in emoji.
  if (c == 0xAD || c == 0x200B || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
      (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF) {
    return StoredClass::kDropped;
  }
  if (u_getCombiningClass(code_point) != 0 ||
      u_getIntPropertyValue(code_point, UCHAR_NFC_QUICK_CHECK) != UNORM_YES) {
    return StoredClass::kNormalize;
  }
  return StoredClass::kPlain;
}

ScriptClass ScriptClassOf(char32_t c) {
  if (!u_isalpha(static_cast<UChar32>(c))) return ScriptClass::kNone;
  switch (ScriptOf(c)) {
    case USCRIPT_HAN:
      if (SimplifiedOf(c) != c) return ScriptClass::kHanTraditional;
      return IsOnlySimplified(c) ? ScriptClass::kHanSimplified : ScriptClass::kHan;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
      return ScriptClass::kKana;
    case USCRIPT_HANGUL:
      return ScriptClass::kHangul;
    case USCRIPT_LATIN:
      return ScriptClass::kLatin;
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
      return ScriptClass::kNone;
    default:
      return ScriptClass::kOther;
  }
}

}  // namespace

MatchClass MatchClassOfFolded(char32_t code_point) {
  switch (code_point) {
    case '\n':
      return MatchClass::kNewline;
    case '.':
    case ',':
      return MatchClass::kMidNumber;
    case '\'':
    case 0x2019:
      return MatchClass::kApostrophe;
    default:
      break;
  }
  const uint32_t mask = U_GET_GC_MASK(static_cast<UChar32>(code_point));
  if ((mask & (U_GC_L_MASK | U_GC_N_MASK)) != 0) return MatchClass::kWord;
  if ((mask & (U_GC_M_MASK | U_GC_CF_MASK)) != 0) return MatchClass::kTransparent;
  return MatchClass::kSeparator;
}

bool IsSpaceless(char32_t code_point) {
  switch (ScriptOf(code_point)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_BOPOMOFO:
      return true;
    default:
      return code_point == 0x30FC;  // the long vowel mark is common to both kana
  }
}

bool IsNumber(char32_t code_point) {
  return (U_GET_GC_MASK(static_cast<UChar32>(code_point)) & U_GC_N_MASK) != 0;
}

CharacterInfo CharacterTable::Compute(char32_t code_point) {
  if (IsSurrogate(code_point)) {
    return {0,    MatchClass::kSeparator, StoredClass::kDropped, ScriptClass::kNone, false, false,
            false};
  }
  const StoredClass stored = StoredClassOf(code_point);
  const ScriptClass script = ScriptClassOf(code_point);
  const CharacterInfo slow(0, MatchClass::kSlow, stored, script, false, false, false);
  const CharacterInfo joining(0, MatchClass::kSlow, stored, script, false, false, true);
  if (!Fold().hasBoundaryBefore(static_cast<UChar32>(code_point))) return joining;

  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString folded =
      Fold().normalize(icu::UnicodeString(static_cast<UChar32>(code_point)), status);
  if (U_FAILURE(status)) return slow;
  if (folded.isEmpty()) return joining;
  const auto first = static_cast<char32_t>(folded.char32At(0));
  if (folded.countChar32() > 1) {
    // Several characters. If all are dropped they part words as one ("…" is "...") or not at all.
    int parting = 0;
    for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
      const MatchClass match = MatchClassOfFolded(static_cast<char32_t>(folded.char32At(i)));
      if (match == MatchClass::kWord || match == MatchClass::kNewline) return slow;
      if (match != MatchClass::kTransparent) ++parting;
    }
    if (parting == 1) return slow;
    return {0,      parting == 0 ? MatchClass::kTransparent : MatchClass::kSeparator,
            stored, script,
            false,  false,
            false};
  }
  const MatchClass match = MatchClassOfFolded(first);
  if (match != MatchClass::kWord) return {0, match, stored, script, false, false, false};
  const char32_t simplified = SimplifiedOf(first);
  if (simplified > 0xFFFF) return slow;
  return {simplified, match, stored, script, IsSpaceless(simplified), IsNumber(simplified), false};
}

CharacterTable::CharacterTable() : bmp_(0x10000) {
  for (char32_t c = 0; c <= 0xFFFF; ++c) bmp_[c] = Compute(c);
}

const CharacterTable& CharacterTable::Get() {
  static const CharacterTable* const table = new CharacterTable;  // never destroyed
  return *table;
}

}  // namespace wirefold
