// Vocabulary: the words and phrases that synthetic articles are made of, drawn from a seed.
//
// Example:
//   SynthVocabulary vocabulary(seed);
//   const Word& word = vocabulary.DrawWord(SynthScript::kHans, random.Next());
//
// Han words are made of the 3,755 characters of GB 2312's first level (those in common use), in
// simplified and traditional form, one character for one as lib/text/han_table.h pairs them; Latin
// words of syllables, with the function words of English in front. Words follow Zipf's law, and so
// do phrases: stock phrases of a few words that everybody uses, and others that one outlet prefers.
// No text of anybody is in it.
//
// Thread-safe: immutable. About 30 MB; a quarter of a second to make.
#ifndef WIREFOLD_TESTS_BENCH_SYNTH_VOCABULARY_H_
#define WIREFOLD_TESTS_BENCH_SYNTH_VOCABULARY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/synth/random.h"

namespace wirefold {

enum class SynthScript : uint8_t { kHans = 0, kHant = 1, kLatin = 2 };
inline constexpr size_t kSynthScripts = 3;

// A piece of text in a place of fixed size, so that it can be copied without looking at its length.
// A Latin one has a space behind each word.
template <size_t kBytes>
struct TextSlot {
  std::array<char, kBytes - 2> bytes{};
  uint8_t size = 0;     // of the bytes that are used
  uint8_t letters = 0;  // letters and digits in them

  [[nodiscard]] std::string_view view() const { return {bytes.data(), size}; }
  [[nodiscard]] bool Fits(size_t more) const { return size + more <= bytes.size(); }
  // `text` must fit.
  void Append(std::string_view text, size_t letters_in_it);
};
using Word = TextSlot<16>;
using Phrase = TextSlot<48>;

class SynthVocabulary {
 public:
  static constexpr size_t kWords = 40'000;
  static constexpr size_t kPhrases = 60'000;
  static constexpr size_t kOutletPhrases = 20'000;  // of all outlets together
  static constexpr size_t kPhrasesOfOutlet = 600;

  explicit SynthVocabulary(uint64_t seed);

  // `random` is of 64 bits, of which the lower 56 count.
  [[nodiscard]] const Word& DrawWord(SynthScript script, uint64_t random) const {
    return words_[Index(script)][word_ranks_.Draw(random)];
  }
  [[nodiscard]] const Phrase& DrawPhrase(SynthScript script, uint64_t random) const {
    return phrases_[Index(script)][phrase_ranks_.Draw(random)];
  }
  [[nodiscard]] const Phrase& DrawOutletPhrase(SynthScript script, uint32_t outlet,
                                               uint64_t random) const {
    const size_t first = (size_t{outlet} * 7919) % (kOutletPhrases - kPhrasesOfOutlet);
    return phrases_[Index(script)][kPhrases + first + outlet_ranks_.Draw(random)];
  }
  // A word that hardly anybody uses: some of all characters of a Han script, each as likely. Not of
  // Latin.
  [[nodiscard]] Word MakeRareWord(SynthScript script, uint64_t random) const {
    constexpr size_t kLetters = 4;
    constexpr int kBits = 14;  // of `random`, for each
    const std::vector<std::array<char, 4>>& characters = script_characters_[Index(script)];
    Word word;
    for (size_t i = 0; i < kLetters; ++i, random >>= kBits) {
      const uint64_t bits = random & ((1u << kBits) - 1);
      // The byte behind the three is written over by the next one.
      std::memcpy(word.bytes.data() + 3 * i, characters[bits * characters.size() >> kBits].data(),
                  4);
    }
    word.size = 3 * kLetters;
    word.letters = kLetters;
    return word;
  }
  // A name: of a person, a place, a firm. The same key names the same in both Han scripts.
  [[nodiscard]] Word MakeName(SynthScript script, uint64_t key) const;
  // A word of lower-case Latin letters, 4 to 11 of them.
  static std::string MakeLatinWord(uint64_t key);

 private:
  struct HanCharacter {
    std::array<char, 3> hans;
    std::array<char, 3> hant;
  };

  static size_t Index(SynthScript script) { return static_cast<size_t>(script); }
  void MakeCharacters(uint64_t seed);
  void MakeWords(uint64_t seed);
  void MakePhrases(uint64_t seed);
  [[nodiscard]] std::string_view Character(SynthScript script, size_t number) const;

  std::vector<HanCharacter> characters_;  // the most frequent first
  // The same by script, each with a byte behind it.
  std::array<std::vector<std::array<char, 4>>, 2> script_characters_;
  AliasTable character_ranks_;
  AliasTable word_ranks_;
  AliasTable phrase_ranks_;
  AliasTable outlet_ranks_;
  std::array<std::vector<Word>, kSynthScripts> words_;  // the most frequent first
  std::array<std::vector<Phrase>, kSynthScripts> phrases_;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_SYNTH_VOCABULARY_H_
