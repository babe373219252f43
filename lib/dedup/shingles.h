// Shingles: a text as the set of its short token sequences.
//
// Example:
//   Shingles shingles = MakeShingles(article.matching_text);
//   Sketch sketch = MakeSketch(shingles);
//
// A token is one character of a script that is written without spaces between words (Han, kana,
// Thai, Lao, Khmer, Burmese), or one run of other letters and digits. Shingles are kCjkShingle
// tokens where such characters are most of the tokens, kWordShingle elsewhere: measured on news of
// one outlet, two unrelated stories share .011 of their shingles at 5 Han characters and .086 at 2.
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_DEDUP_SHINGLES_H_
#define WIREFOLD_LIB_DEDUP_SHINGLES_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace wirefold {

inline constexpr int kCjkShingle = 5;
inline constexpr int kWordShingle = 3;

// A token: the code point of a single-character token, or the low 30 bits of the XXH3 hash of a
// word with the top bit set; a word of digits alone has the next bit set as well.
using Token = uint32_t;
inline bool IsNumberToken(Token token) { return token >= 0xC0000000u; }

struct Tokens {
  std::vector<Token> tokens;
  // The figures in order, digits of every script alike: words of digits alone, and what a Hangul
  // word begins with (a counter is written to its figure there). As the token of the same figure in
  // ASCII digits; not part of any sketch.
  std::vector<Token> figures;
  std::vector<uint32_t> figure_ends;  // of each figure: one past its last token
  // One past the last token of each paragraph, ascending; the last is tokens.size().
  std::vector<uint32_t> paragraph_ends;
  bool mostly_cjk = false;

  [[nodiscard]] int shingle_length() const { return mostly_cjk ? kCjkShingle : kWordShingle; }
};

struct Shingles {
  // The XXH3 hash of each shingle, in the order of the text, repeats included.
  std::vector<uint64_t> hashes;
  // Distinct fingerprints (the upper halves of the hashes), ascending.
  std::vector<uint32_t> set;
};

// `matching_text` is NormalizedArticle::matching_text: letters and digits, '\n' between paragraphs,
// ' ' between words. Bytes that are not UTF-8 end the text.
Tokens Tokenize(std::string_view matching_text);

// The shingles of a token sequence. A sequence shorter than one shingle has none.
Shingles MakeShingles(const Tokens& tokens);
Shingles MakeShingles(std::string_view matching_text);

// The hash of one shingle, `tokens.size()` tokens long.
uint64_t ShingleHash(std::span<const Token> tokens);

// How many values two ascending, distinct sequences share.
uint32_t CountShared(std::span<const uint32_t> a, std::span<const uint32_t> b);

// Sorts and drops repeats; the same as std::sort and std::unique, faster for hashes.
void SortDistinct(std::vector<uint32_t>& values);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_SHINGLES_H_
