#include "tests/bench/synth/vocabulary.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "lib/parse/charset_decoder.h"
#include "lib/parse/charset_labels.h"
#include "lib/text/han_table.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

// The first words of an English text's Zipf curve.
constexpr std::string_view kFunctionWords[] = {
    "the",   "of",   "to",    "in",    "and",  "a",     "said",  "for",   "on",    "that",
    "is",    "was",  "it",    "with",  "as",   "by",    "at",    "he",    "from",  "be",
    "have",  "has",  "an",    "will",  "its",  "are",   "not",   "were",  "would", "but",
    "which", "had",  "this",  "their", "they", "up",    "or",    "been",  "more",  "after",
    "his",   "than", "who",   "also",  "last", "new",   "about", "two",   "one",   "other",
    "over",  "year", "could", "first", "when", "there", "some",  "under", "into",  "against"};

constexpr std::string_view kOnsets[] = {"b",  "br", "c", "ch", "cl", "d",  "dr", "f",  "fl", "g",
                                        "gr", "h",  "j", "k",  "l",  "m",  "n",  "p",  "pl", "pr",
                                        "qu", "r",  "s", "sh", "sp", "st", "t",  "tr", "v",  "w"};
constexpr std::string_view kVowels[] = {"a", "e", "i", "o", "u", "ai", "ea", "ou", "io", "ee"};
constexpr std::string_view kCodas[] = {"",  "n",  "r",  "l",  "s",  "t",  "nd", "nt",
                                       "m", "ck", "st", "ng", "rs", "ve", "x",  "d"};

// Ranks of words that are one character, mostly: particles, pronouns, prepositions.
constexpr size_t kShortRanks = 80;

// GB 2312's first level: rows 16 to 55, of which the last has 89 cells.
std::vector<char32_t> CommonCharacters() {
  std::string bytes;
  for (int row = 16; row <= 55; ++row) {
    for (int cell = 1; cell <= (row == 55 ? 89 : 94); ++cell) {
      bytes.push_back(static_cast<char>(0xA0 + row));
      bytes.push_back(static_cast<char>(0xA0 + cell));
    }
  }
  std::string utf8;
  std::vector<char32_t> characters;
  if (!DecodeAs(*FindCharset("gbk"), bytes, utf8).ok()) return characters;
  for (size_t pos = 0; pos < utf8.size();) characters.push_back(NextCodePoint(utf8, pos));
  return characters;
}

char32_t TraditionalOf(char32_t simplified) {
  const auto pairs = SimplifiedToTraditional();
  const auto found =
      std::lower_bound(pairs.begin(), pairs.end(), simplified,
                       [](const HanPair& pair, char32_t value) { return pair.from < value; });
  return found != pairs.end() && found->from == simplified ? found->to : simplified;
}

std::array<char, 3> ThreeBytes(char32_t code_point) {
  return {static_cast<char>(0xE0 | code_point >> 12),
          static_cast<char>(0x80 | (code_point >> 6 & 0x3F)),
          static_cast<char>(0x80 | (code_point & 0x3F))};
}

}  // namespace

template <size_t kBytes>
void TextSlot<kBytes>::Append(std::string_view text, size_t letters_in_it) {
  std::memcpy(bytes.data() + size, text.data(), text.size());
  size = static_cast<uint8_t>(size + text.size());
  letters = static_cast<uint8_t>(letters + letters_in_it);
}
template struct TextSlot<16>;
template struct TextSlot<48>;

SynthVocabulary::SynthVocabulary(uint64_t seed) {
  MakeCharacters(seed);
  MakeWords(seed);
  MakePhrases(seed);
}

void SynthVocabulary::MakeCharacters(uint64_t seed) {
  std::vector<char32_t> common = CommonCharacters();
  SynthRandom random(MixKeys(seed, 1));
  for (size_t i = common.size(); i > 1; --i) {
    std::swap(common[i - 1], common[random.Below(static_cast<uint32_t>(i))]);
  }
  for (const char32_t simplified : common) {
    // Those that come back when they are folded.
    const char32_t traditional = TraditionalOf(simplified);
    const bool is_three_bytes = traditional >= 0x800 && traditional <= 0xFFFF;
    if (SimplifiedOf(simplified) != simplified || SimplifiedOf(traditional) != simplified ||
        !is_three_bytes) {
      continue;
    }
    const HanCharacter& character =
        characters_.emplace_back(HanCharacter{ThreeBytes(simplified), ThreeBytes(traditional)});
    script_characters_[0].push_back({character.hans[0], character.hans[1], character.hans[2], 0});
    script_characters_[1].push_back({character.hant[0], character.hant[1], character.hant[2], 0});
  }
  character_ranks_ = AliasTable(ZipfWeights(characters_.size(), 1.0, 30));
}

std::string_view SynthVocabulary::Character(SynthScript script, size_t number) const {
  const HanCharacter& character = characters_[number];
  const auto& bytes = script == SynthScript::kHant ? character.hant : character.hans;
  return {bytes.data(), bytes.size()};
}

std::string SynthVocabulary::MakeLatinWord(uint64_t key) {
  SynthRandom random(key);
  const auto any = [&random](const auto& choices) {
    return choices[random.Below(static_cast<uint32_t>(std::size(choices)))];
  };
  std::string word;
  const uint32_t syllables = 2 + random.Below(3) / 2;
  for (uint32_t i = 0; i < syllables || word.size() < 4; ++i) {
    word += any(kOnsets);
    word += any(kVowels);
    if (i + 1 >= syllables || random.Below(3) == 0) word += any(kCodas);
  }
  word.resize(std::min<size_t>(word.size(), 11));
  return word;
}

void SynthVocabulary::MakeWords(uint64_t seed) {
  SynthRandom random(MixKeys(seed, 2));
  for (std::vector<Word>& words : words_) words.resize(kWords);
  for (size_t rank = 0; rank < kWords; ++rank) {
    size_t length = 2;
    const uint32_t draw = random.Below(100);
    if (rank < kShortRanks) {
      length = draw < 70 ? 1 : 2;
    } else if (draw < 8) {
      length = 1;
    } else if (draw >= 92) {
      length = 4;
    } else if (draw >= 78) {
      length = 3;
    }
    for (size_t i = 0; i < length; ++i) {
      // A particle is one of the most frequent characters.
      const size_t number =
          rank < kShortRanks && length == 1 ? rank : character_ranks_.Draw(random.Next());
      for (const SynthScript script : {SynthScript::kHans, SynthScript::kHant}) {
        words_[Index(script)][rank].Append(Character(script, number), 1);
      }
    }
    const std::string latin = rank < std::size(kFunctionWords)
                                  ? std::string(kFunctionWords[rank])
                                  : MakeLatinWord(MixKeys(seed, 3, rank));
    words_[Index(SynthScript::kLatin)][rank].Append(latin + " ", latin.size());
  }
  word_ranks_ = AliasTable(ZipfWeights(kWords, 1.0, 2.7));
}

void SynthVocabulary::MakePhrases(uint64_t seed) {
  SynthRandom random(MixKeys(seed, 4));
  for (size_t script = 0; script < kSynthScripts; ++script) {
    phrases_[script].resize(kPhrases + kOutletPhrases);
  }
  for (size_t rank = 0; rank < kPhrases + kOutletPhrases; ++rank) {
    const uint32_t length = 2 + random.Below(4);  // words
    for (uint32_t i = 0; i < length; ++i) {
      const uint64_t draw = random.Next();
      bool fits = true;
      for (size_t script = 0; script < kSynthScripts; ++script) {
        const Word& word = DrawWord(static_cast<SynthScript>(script), draw);
        fits = fits && phrases_[script][rank].Fits(word.size);
      }
      if (!fits) break;
      for (size_t script = 0; script < kSynthScripts; ++script) {
        const Word& word = DrawWord(static_cast<SynthScript>(script), draw);
        phrases_[script][rank].Append(word.view(), word.letters);
      }
    }
  }
  phrase_ranks_ = AliasTable(ZipfWeights(kPhrases, 0.9, 5));
  outlet_ranks_ = AliasTable(ZipfWeights(kPhrasesOfOutlet, 0.8, 2));
}

Word SynthVocabulary::MakeName(SynthScript script, uint64_t key) const {
  SynthRandom random(key);
  Word name;
  if (script == SynthScript::kLatin) {
    std::string latin = MakeLatinWord(random.Next());
    latin[0] = static_cast<char>(latin[0] - 'a' + 'A');
    name.Append(latin + " ", latin.size());
    return name;
  }
  const uint32_t length = 2 + random.Below(3);
  for (uint32_t i = 0; i < length; ++i) {
    name.Append(Character(script, random.Below(static_cast<uint32_t>(characters_.size()))), 1);
  }
  return name;
}

}  // namespace wirefold
