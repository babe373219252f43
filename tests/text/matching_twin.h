// The matching form in the plainest way: all of it through ICU and OpenCC's dictionary, character
// by character. What the fast path is held against.
#ifndef WIREFOLD_TESTS_TEXT_MATCHING_TWIN_H_
#define WIREFOLD_TESTS_TEXT_MATCHING_TWIN_H_

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <map>
#include <opencc/DictEntry.hpp>
#include <opencc/Lexicon.hpp>
#include <opencc/MarisaDict.hpp>
#include <opencc/SerializableDict.hpp>
#include <string>
#include <string_view>

namespace wirefold {

class MatchingTwin {
 public:
  MatchingTwin() {
    const auto lexicon = opencc::SerializableDict::NewFromFile<opencc::MarisaDict>(
                             WIREFOLD_OPENCC_DATA_DIR "/TSCharacters.ocd2")
                             ->GetLexicon();
    for (size_t i = 0; i < lexicon->Length(); ++i) {
      const auto from = icu::UnicodeString::fromUTF8(lexicon->At(i)->Key());
      const auto to = icu::UnicodeString::fromUTF8(lexicon->At(i)->GetDefault());
      if (from.countChar32() == 1 && to.countChar32() == 1) {
        simplified_[from.char32At(0)] = to.char32At(0);
      }
    }
  }

  [[nodiscard]] std::string operator()(std::string_view utf8) const {
    UErrorCode status = U_ZERO_ERROR;
    const auto* fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
    const icu::UnicodeString folded =
        fold->normalize(icu::UnicodeString::fromUTF8(
                            icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size()))),
                        status);
    icu::UnicodeString out;
    std::u32string between;  // what was dropped since the last letter or digit
    UChar32 last = 0;
    for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
      UChar32 c = folded.char32At(i);
      const uint32_t mask = U_GET_GC_MASK(c);
      if ((mask & (U_GC_L_MASK | U_GC_N_MASK)) == 0) {
        if ((mask & (U_GC_M_MASK | U_GC_CF_MASK)) == 0) between.push_back(static_cast<char32_t>(c));
        continue;
      }
      if (const auto found = simplified_.find(c); found != simplified_.end()) c = found->second;
      if (last != 0 && !between.empty()) out.append(Separator(last, between, c));
      between.clear();
      out.append(c);
      last = c;
    }
    std::string result;
    out.toUTF8String(result);
    return result;
  }

 private:
  static bool Spaceless(UChar32 c) {
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(c, &status);
    return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA ||
           script == USCRIPT_BOPOMOFO || c == 0x30FC;
  }
  static bool Number(UChar32 c) { return (U_GET_GC_MASK(c) & U_GC_N_MASK) != 0; }

  static icu::UnicodeString Separator(UChar32 left, const std::u32string& between, UChar32 right) {
    if (between.find(U'\n') != std::u32string::npos) return {u"\n"};
    if (Spaceless(left) || Spaceless(right)) return {};
    if (between == U"." || between == U",") {
      if (Number(left) && Number(right)) return {};
    }
    if (between == U"'" || between == U"\u2019") {
      if (!Number(left) && !Number(right)) return {};
    }
    return {u" "};
  }

  std::map<UChar32, UChar32> simplified_;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_TEXT_MATCHING_TWIN_H_
