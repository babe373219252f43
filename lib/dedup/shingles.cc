#include "lib/dedup/shingles.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

// As HashBytes64, without a call for each shingle.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "lib/base/hash.h"
#include "lib/text/digits.h"

namespace wirefold {
namespace {

// Scripts without spaces between words. Marks do not occur: the matching form drops them.
bool IsSingleToken(uint32_t c) {
  if (c < 0x0E00) return false;
  return (c >= 0x4E00 && c <= 0x9FFF) ||    // CJK unified ideographs
         (c >= 0x3400 && c <= 0x4DBF) ||    // extension A
         (c >= 0x3041 && c <= 0x30FF) ||    // kana
         (c >= 0x31F0 && c <= 0x31FF) ||    // kana extensions
         (c >= 0x20000 && c <= 0x3FFFF) ||  // further ideographs
         (c >= 0xF900 && c <= 0xFAFF) ||    // compatibility ideographs
         c == 0x3005 || c == 0x3007 ||      // 々 〇
         (c >= 0x0E00 && c <= 0x0EFF) ||    // Thai, Lao
         (c >= 0x1000 && c <= 0x109F) ||    // Burmese
         (c >= 0x1780 && c <= 0x17FF);      // Khmer
}

// Decodes one code point of valid UTF-8 and moves `at` behind it; 0xFFFFFFFF where it is not valid.
uint32_t Decode(std::string_view text, size_t& at) {
  constexpr uint32_t kInvalid = 0xFFFFFFFF;
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const uint32_t lead = byte(at);
  if (lead < 0x80) {
    ++at;
    return lead;
  }
  const int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || lead > 0xF4 || at + length > text.size()) return kInvalid;
  uint32_t value = lead & (0x7F >> length);
  for (int i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return kInvalid;
    value = value << 6 | (byte(at + i) & 0x3F);
  }
  at += length;
  return value;
}

// The code point of the ideograph (U+4E00 to U+9FFF) at text[at]; 0 if there is none. Most of what
// is matched here are such.
uint32_t IdeographAt(std::string_view text, size_t at) {
  if (text.size() - at < 3) return 0;
  const auto lead = static_cast<unsigned char>(text[at]);
  const auto second = static_cast<unsigned char>(text[at + 1]);
  const auto third = static_cast<unsigned char>(text[at + 2]);
  if (lead < 0xE4 || lead > 0xE9 || (second & 0xC0) != 0x80 || (third & 0xC0) != 0x80) return 0;
  const uint32_t c = (lead & 0x0Fu) << 12 | (second & 0x3Fu) << 6 | (third & 0x3Fu);
  return c >= 0x4E00 ? c : 0;
}

constexpr Token kWordBit = 0x80000000u;
constexpr Token kNumberBits = 0xC0000000u;

Token WordToken(std::string_view word, Token kind) {
  return (static_cast<Token>(HashBytes64(word)) & 0x3FFFFFFFu) | kind;
}

bool IsAsciiNumber(std::string_view word) {
  return word.find_first_not_of("0123456789") == std::string_view::npos;
}

bool IsHangul(uint32_t c) { return c >= 0xAC00 && c <= 0xD7A3; }

// Is told of each token once it is there, and appends its figure if it is or ends one.
class FigureReader {
 public:
  explicit FigureReader(Tokens& out) : out_(out) {}

  // A word of ASCII digits alone.
  void Number(Token token) { Append(token); }

  // Another word of several characters.
  void Word(std::string_view word) {
    const auto lead = static_cast<unsigned char>(word.front());
    if (lead < 0x80 && (lead < '0' || lead > '9')) return;  // most begin with a letter
    bool is_figure = true;
    for (size_t at = 0; at < word.size();) {
      const uint32_t c = Decode(word, at);
      if (Digit(c)) continue;
      is_figure = IsHangul(c);
      break;
    }
    if (!is_figure) digits_.clear();
    End();
  }

  // A character that is a token by itself, ahead of that token.
  void Single(uint32_t c) {
    // Digits of scripts without spaces lie below the ideographs.
    if (c >= 0x2000 || !Digit(c)) End();
  }

  void End() {
    if (digits_.empty()) return;
    Append(WordToken(digits_, kNumberBits));
    digits_.clear();
  }

 private:
  void Append(Token figure) {
    out_.figures.push_back(figure);
    out_.figure_ends.push_back(static_cast<uint32_t>(out_.tokens.size()));
  }
  bool Digit(uint32_t c) {
    const int value = DigitValue(c);
    if (value >= 0) digits_.push_back(static_cast<char>('0' + value));
    return value >= 0;
  }

  Tokens& out_;
  std::string digits_;
};

}  // namespace

Tokens Tokenize(std::string_view text) {
  Tokens out;
  out.tokens.reserve(text.size() / 3 + 1);
  FigureReader figures(out);
  size_t singles = 0;
  size_t word_start = std::string_view::npos;
  const auto end_word = [&](size_t at) {
    if (word_start == std::string_view::npos) return;
    const std::string_view word = text.substr(word_start, at - word_start);
    if (IsAsciiNumber(word)) {
      out.tokens.push_back(WordToken(word, kNumberBits));
      figures.Number(out.tokens.back());
    } else {
      out.tokens.push_back(WordToken(word, kWordBit));
      figures.Word(word);
    }
    word_start = std::string_view::npos;
  };
  const auto end_paragraph = [&] {
    const uint32_t count = static_cast<uint32_t>(out.tokens.size());
    const uint32_t before = out.paragraph_ends.empty() ? 0 : out.paragraph_ends.back();
    if (count != before) out.paragraph_ends.push_back(count);
  };
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    if (uint32_t ideograph = IdeographAt(text, at); ideograph != 0) {
      end_word(start);
      figures.End();
      const size_t before = out.tokens.size();
      for (; ideograph != 0; ideograph = IdeographAt(text, at)) {
        out.tokens.push_back(ideograph);
        at += 3;
      }
      singles += out.tokens.size() - before;
      continue;
    }
    const uint32_t c = Decode(text, at);
    if (c == 0xFFFFFFFF) {
      end_word(start);
      break;
    }
    if (c == ' ' || c == '\n') {
      figures.End();
      end_word(start);
      if (c == '\n') end_paragraph();
    } else if (IsSingleToken(c)) {
      end_word(start);
      figures.Single(c);
      out.tokens.push_back(c);
      ++singles;
    } else if (word_start == std::string_view::npos) {
      figures.End();
      word_start = start;
    }
    if (at >= text.size()) end_word(at);
  }
  figures.End();
  end_paragraph();
  out.mostly_cjk = singles * 2 > out.tokens.size();
  return out;
}

uint64_t ShingleHash(std::span<const Token> tokens) {
  // Token values are hashed as little-endian bytes, so that stored sketches do not depend on the
  // machine; every supported one is little-endian.
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  return HashBytes64({reinterpret_cast<const char*>(tokens.data()), tokens.size_bytes()});
}

namespace {

// ShingleHash of every kLength tokens: of a length that the compiler knows.
template <size_t kLength>
void HashShingles(const std::vector<Token>& tokens, Shingles& out) {
  for (size_t i = 0; i < out.hashes.size(); ++i) {
    const uint64_t hash = XXH3_64bits(tokens.data() + i, kLength * sizeof(Token));
    out.hashes[i] = hash;
    out.set[i] = static_cast<uint32_t>(hash >> 32);
  }
}

}  // namespace

Shingles MakeShingles(const Tokens& tokens) {
  Shingles out;
  const size_t length = static_cast<size_t>(tokens.shingle_length());
  if (tokens.tokens.size() < length) return out;
  const size_t count = tokens.tokens.size() - length + 1;
  out.hashes.resize(count);
  out.set.resize(count);
  if (tokens.mostly_cjk) {
    HashShingles<kCjkShingle>(tokens.tokens, out);
  } else {
    HashShingles<kWordShingle>(tokens.tokens, out);
  }
  SortDistinct(out.set);
  return out;
}

Shingles MakeShingles(std::string_view matching_text) {
  return MakeShingles(Tokenize(matching_text));
}

uint32_t CountShared(std::span<const uint32_t> a, std::span<const uint32_t> b) {
  uint32_t shared = 0;
  size_t i = 0;
  size_t j = 0;
#if defined(__SSE2__)
  // Four of either side at a time, all with all; then the four that end first make room for the
  // next ones (as in D. Lemire, L. Boytsov, N. Kurz, "SIMD compression and the intersection of
  // sorted integers", 2016).
  __m128i found = _mm_setzero_si128();
  while (i + 4 <= a.size() && j + 4 <= b.size()) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(&a[i]));
    const __m128i y = _mm_loadu_si128(reinterpret_cast<const __m128i*>(&b[j]));
    const __m128i once = _mm_or_si128(_mm_cmpeq_epi32(x, y),
                                      _mm_cmpeq_epi32(x, _mm_shuffle_epi32(y, 0b00'11'10'01)));
    const __m128i twice = _mm_or_si128(_mm_cmpeq_epi32(x, _mm_shuffle_epi32(y, 0b01'00'11'10)),
                                       _mm_cmpeq_epi32(x, _mm_shuffle_epi32(y, 0b10'01'00'11)));
    found = _mm_sub_epi32(found, _mm_or_si128(once, twice));
    const uint32_t x_last = a[i + 3];
    const uint32_t y_last = b[j + 3];
    i += x_last <= y_last ? 4 : 0;
    j += y_last <= x_last ? 4 : 0;
  }
  alignas(16) std::array<uint32_t, 4> counts;
  _mm_store_si128(reinterpret_cast<__m128i*>(counts.data()), found);
  shared = counts[0] + counts[1] + counts[2] + counts[3];
#endif
  // Without branches on the comparison: which side is smaller is as good as random.
  while (i < a.size() && j < b.size()) {
    const uint32_t x = a[i];
    const uint32_t y = b[j];
    shared += x == y;
    i += x <= y;
    j += y <= x;
  }
  return shared;
}

namespace {

// Sorts by the upper 2 * kBits bits, the least significant half of them first.
template <int kBits>
void SortByUpperBits(std::vector<uint32_t>& values) {
  constexpr uint32_t kMask = (1u << kBits) - 1;
  constexpr int kLow = 32 - 2 * kBits;
  constexpr int kHigh = 32 - kBits;
  std::array<uint32_t, size_t{1} << kBits> low{};
  std::array<uint32_t, size_t{1} << kBits> high{};
  for (const uint32_t value : values) {
    ++low[value >> kLow & kMask];
    ++high[value >> kHigh];
  }
  uint32_t low_sum = 0;
  uint32_t high_sum = 0;
  for (size_t i = 0; i <= kMask; ++i) {
    low_sum += std::exchange(low[i], low_sum);
    high_sum += std::exchange(high[i], high_sum);
  }
  std::vector<uint32_t> other(values.size());
  for (const uint32_t value : values) other[low[value >> kLow & kMask]++] = value;
  for (const uint32_t value : other) values[high[value >> kHigh]++] = value;
}

}  // namespace

void SortDistinct(std::vector<uint32_t>& values) {
  constexpr size_t kSmall = 64;     // below, the histograms cost more than the sort
  constexpr size_t kLarge = 8192;   // from here on more bits are looked at
  constexpr size_t kMovesEach = 4;  // of an insertion sort, before it is given up
  if (values.size() <= kSmall) {
    std::sort(values.begin(), values.end());
  } else {
    // Hashes are spread evenly: by their upper bits they are sorted but for a few neighbours. What
    // somebody has chosen otherwise is sorted the slow way.
    if (values.size() < kLarge) {
      SortByUpperBits<8>(values);
    } else {
      SortByUpperBits<11>(values);
    }
    size_t moves = 0;
    for (size_t i = 1; i < values.size(); ++i) {
      const uint32_t value = values[i];
      size_t at = i;
      for (; at > 0 && values[at - 1] > value; --at) values[at] = values[at - 1];
      values[at] = value;
      moves += i - at;
      if (moves > kMovesEach * values.size()) {
        std::sort(values.begin(), values.end());
        break;
      }
    }
  }
  // Without a branch: repeats come as chance has it.
  size_t kept = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    values[kept] = values[i];
    kept += i + 1 == values.size() || values[i + 1] != values[i] ? 1 : 0;
  }
  values.resize(kept);
}

}  // namespace wirefold
