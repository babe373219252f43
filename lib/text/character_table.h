// CharacterTable: all that the text code asks of one character, in one 32-bit word.
//
// Example:
//   const CharacterTable& table = CharacterTable::Get();
//   const CharacterInfo info = table.Of(code_point);
//   if (info.match() == MatchClass::kWord) AppendUtf8(info.folded(), out);
//
// The BMP is precomputed from ICU and the Han table at first use (about 20 ms); other characters
// are computed at each call. Thread-safe: immutable after construction.
#ifndef WIREFOLD_LIB_TEXT_CHARACTER_TABLE_H_
#define WIREFOLD_LIB_TEXT_CHARACTER_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace wirefold {

// What a character is in matching text.
enum class MatchClass : uint32_t {
  kTransparent = 0,  // dropped, and does not part words: marks, format characters
  kWord = 1,         // a letter or digit: folded() stands for it
  kSeparator = 2,    // dropped, and parts words
  kMidNumber = 3,    // '.' and ',': part words unless between two digits
  kApostrophe = 4,   // parts words unless between two letters
  kNewline = 5,      // parts paragraphs
  kSlow = 6,         // folds to several characters or to none, or combines with what precedes it
};

// What a character is in stored text.
enum class StoredClass : uint32_t {
  kPlain = 0,      // kept; a text of nothing else is NFC
  kSpace = 1,      // folded to one U+0020
  kDropped = 2,    // control, zero-width, noncharacter
  kNormalize = 3,  // kept; whether the text is NFC has to be looked at
};

// What a character says about the language.
enum class ScriptClass : uint32_t {
  kNone = 0,
  kHan = 1,             // in simplified and traditional text alike
  kHanTraditional = 2,  // has another simplified form
  kHanSimplified = 3,   // in simplified text alone
  kKana = 4,
  kHangul = 5,
  kLatin = 6,
  kOther = 7,
};

class CharacterInfo {
 public:
  constexpr CharacterInfo() = default;
  constexpr CharacterInfo(char32_t folded, MatchClass match, StoredClass stored, ScriptClass script,
                          bool spaceless, bool number, bool joins)
      : word_((match == MatchClass::kWord ? folded & 0xFFFF : 0) |
              static_cast<uint32_t>(match) << 16 | static_cast<uint32_t>(stored) << 19 |
              static_cast<uint32_t>(script) << 21 | static_cast<uint32_t>(spaceless) << 24 |
              static_cast<uint32_t>(number) << 25 | static_cast<uint32_t>(joins) << 26) {}

  // The one BMP character it folds to; meaningful for kWord.
  [[nodiscard]] char32_t folded() const { return word_ & 0xFFFF; }
  [[nodiscard]] MatchClass match() const { return static_cast<MatchClass>(word_ >> 16 & 7); }
  [[nodiscard]] StoredClass stored() const { return static_cast<StoredClass>(word_ >> 19 & 3); }
  [[nodiscard]] ScriptClass script() const { return static_cast<ScriptClass>(word_ >> 21 & 7); }
  // Of a script that writes words without spaces: Han, kana, bopomofo.
  [[nodiscard]] bool spaceless() const { return (word_ >> 24 & 1) != 0; }
  [[nodiscard]] bool number() const { return (word_ >> 25 & 1) != 0; }
  // May combine with what precedes it, or vanishes: folded together with its neighbours.
  [[nodiscard]] bool joins() const { return (word_ >> 26 & 1) != 0; }

 private:
  uint32_t word_ = 0;
};

class CharacterTable {
 public:
  static const CharacterTable& Get();

  [[nodiscard]] CharacterInfo Of(char32_t code_point) const {
    return code_point <= 0xFFFF ? bmp_[code_point] : Compute(code_point);
  }
  // What Of() answers, without the table.
  static CharacterInfo Compute(char32_t code_point);

 private:
  CharacterTable();

  std::vector<CharacterInfo> bmp_;
};

// A folded character's part in matching text, by its general category: kWord, kSeparator,
// kMidNumber, kApostrophe, kNewline or kTransparent.
MatchClass MatchClassOfFolded(char32_t code_point);
// Whether the script of this letter or digit writes words without spaces.
bool IsSpaceless(char32_t code_point);
// Whether its general category is N*.
bool IsNumber(char32_t code_point);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_TEXT_CHARACTER_TABLE_H_
