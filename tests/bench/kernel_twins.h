// Plain twins of the kernels of lib/: the simplest code that gives the same results, from the
// definition, without tables, tricks or care for speed. kernel_twins_test holds the kernels to
// them, and kernel_bench sets what either costs side by side.
//
// Example:
//   EXPECT_EQ(MakeSketch(shingles), PlainSketch(shingles));
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_TESTS_BENCH_KERNEL_TWINS_H_
#define WIREFOLD_TESTS_BENCH_KERNEL_TWINS_H_

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/hash.h"
#include "lib/dedup/index.h"
#include "lib/dedup/index_segment.h"
#include "lib/dedup/match.h"
#include "lib/dedup/rarity.h"
#include "lib/dedup/shingles.h"
#include "lib/dedup/sketch.h"

namespace wirefold {

// ValidUtf8Prefix: character by character, through ICU.
inline size_t PlainUtf8Prefix(std::string_view bytes) {
  const auto size = static_cast<int32_t>(bytes.size());
  int32_t at = 0;
  while (at < size) {
    const int32_t start = at;
    UChar32 c = 0;
    U8_NEXT(bytes.data(), at, size, c);
    if (c < 0) return static_cast<size_t>(start);
  }
  return bytes.size();
}

// StoredLine: all of it decoded, filtered, and through ICU's NFC. Without the bound on marks.
inline std::string PlainStoredLine(std::string_view utf8) {
  icu::UnicodeString kept;
  bool space = false;
  const auto text = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<int32_t>(utf8.size())});
  for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 c = text.char32At(at);
    if (u_isUWhiteSpace(c) != 0) {
      space = true;
      continue;
    }
    const bool joiner = c == 0x200C || c == 0x200D;
    const uint32_t dropped = U_GC_CC_MASK | U_GC_CF_MASK;
    if (((U_GET_GC_MASK(c) & dropped) != 0 && !joiner) || U_IS_UNICODE_NONCHAR(c)) continue;
    if (space && !kept.isEmpty()) kept.append(u' ');
    space = false;
    kept.append(c);
  }
  UErrorCode status = U_ZERO_ERROR;
  std::string out;
  icu::Normalizer2::getNFCInstance(status)->normalize(kept, status).toUTF8String(out);
  return out;
}

// Tokenize, without the figures: words and single characters by what ICU says of each character.
inline Tokens PlainTokens(std::string_view matching_text) {
  Tokens out;
  size_t singles = 0;
  std::string word;
  const auto end_word = [&] {
    if (word.empty()) return;
    const bool number =
        std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    const auto hash = static_cast<Token>(HashBytes64(word)) & 0x3FFFFFFFu;
    out.tokens.push_back(hash | (number ? 0xC0000000u : 0x80000000u));
    word.clear();
  };
  const auto end_paragraph = [&] {
    end_word();
    const auto count = static_cast<uint32_t>(out.tokens.size());
    if (count != (out.paragraph_ends.empty() ? 0 : out.paragraph_ends.back())) {
      out.paragraph_ends.push_back(count);
    }
  };
  const auto text = icu::UnicodeString::fromUTF8(
      {matching_text.data(), static_cast<int32_t>(matching_text.size())});
  for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 c = text.char32At(at);
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(c, &status);
    const bool single = script == USCRIPT_HAN || script == USCRIPT_HIRAGANA ||
                        script == USCRIPT_KATAKANA || script == USCRIPT_THAI ||
                        script == USCRIPT_LAO || script == USCRIPT_KHMER ||
                        script == USCRIPT_MYANMAR || c == 0x30FC;
    if (c == '\n') {
      end_paragraph();
    } else if (c == ' ') {
      end_word();
    } else if (single) {
      end_word();
      out.tokens.push_back(static_cast<Token>(c));
      ++singles;
    } else {
      icu::UnicodeString(c).toUTF8String(word);
    }
  }
  end_paragraph();
  out.mostly_cjk = singles * 2 > out.tokens.size();
  return out;
}

// CompareTexts: two sets of shingles, made anew.
inline Scores PlainScores(const Shingles& a, const Shingles& b) {
  const std::set<uint32_t> ours(a.set.begin(), a.set.end());
  uint64_t shared = 0;
  for (const uint32_t shingle : b.set) shared += ours.count(shingle);
  const uint64_t all = ours.size() + b.set.size() - shared;
  const uint64_t fewer = std::min(ours.size(), b.set.size());
  Scores scores;
  scores.jaccard_ppm = all == 0 ? 0 : static_cast<uint32_t>(shared * 1'000'000 / all);
  scores.containment_ppm = fewer == 0 ? 0 : static_cast<uint32_t>(shared * 1'000'000 / fewer);
  return scores;
}

// MakeShingles: a hash for each window of tokens, and a set of their upper halves.
inline Shingles PlainShingles(const Tokens& tokens) {
  Shingles shingles;
  std::set<uint32_t> distinct;
  const auto length = static_cast<size_t>(tokens.shingle_length());
  for (size_t at = 0; at + length <= tokens.tokens.size(); ++at) {
    const std::vector<Token> window(tokens.tokens.begin() + static_cast<ptrdiff_t>(at),
                                    tokens.tokens.begin() + static_cast<ptrdiff_t>(at + length));
    shingles.hashes.push_back(ShingleHash(window));
    distinct.insert(static_cast<uint32_t>(shingles.hashes.back() >> 32));
  }
  shingles.set.assign(distinct.begin(), distinct.end());
  return shingles;
}

// SortDistinct.
inline void PlainSortDistinct(std::vector<uint32_t>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// CountShared.
inline uint32_t PlainShared(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  std::vector<uint32_t> shared;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(shared));
  return static_cast<uint32_t>(shared.size());
}

// MakeSketch: bins as a map; a bin that is missing borrows as optimal densification says.
inline Sketch PlainSketch(const Shingles& shingles) {
  Sketch sketch;
  sketch.shingles = static_cast<uint32_t>(shingles.set.size());
  if (shingles.set.size() < kMinShingles) return sketch;
  std::map<uint64_t, uint64_t> smallest;
  std::set<uint32_t> anchors;
  for (const uint64_t hash : shingles.hashes) {
    const auto [bin, is_new] = smallest.emplace(hash >> 57, hash << 7);
    if (!is_new) bin->second = std::min(bin->second, hash << 7);
    if (hash % kAnchorRate == 0) anchors.insert(static_cast<uint32_t>(hash >> 32));
  }
  for (uint32_t row = 0; row < kSignatureRows; ++row) {
    uint64_t from = row;
    for (uint32_t attempt = 1; !smallest.contains(from); ++attempt) {
      const uint32_t input[2] = {row, attempt};
      from = HashBytes64({reinterpret_cast<const char*>(input), sizeof input}, 0x5749524546) %
             kSignatureRows;
    }
    sketch.signature[row] = static_cast<uint16_t>(smallest[from] >> 16);
  }
  for (const uint32_t anchor : anchors) {
    if (sketch.anchors.size() < kMaxAnchors) sketch.anchors.push_back(anchor);
  }
  return sketch;
}

// PostingTable: the entries of each key in a list, the smallest lost for a new one at the cap.
class PlainPostings {
 public:
  void Add(uint64_t key, uint32_t entry, size_t cap) {
    std::vector<uint32_t>& entries = postings_[key];
    if (entries.size() >= cap) {
      const auto least = std::min_element(entries.begin(), entries.end());
      *least = entry;
      return;
    }
    entries.push_back(entry);
  }
  [[nodiscard]] std::vector<uint32_t> Of(uint64_t key) const {
    const auto found = postings_.find(key);
    return found == postings_.end() ? std::vector<uint32_t>() : found->second;
  }

 private:
  std::map<uint64_t, std::vector<uint32_t>> postings_;
};

// CandidateIndex, of articles that only come and are all in one segment: which of them share enough
// of what is kept of them, as index.h says it, best first.
class PlainIndex {
 public:
  void Add(const Ulid& id, const Sketch& sketch) {
    if (sketch.shingles < kMinShingles) return;
    const auto entry = static_cast<uint32_t>(articles_.size());
    const IndexSegment::Kept kept = IndexSegment::KeptOf(sketch);
    const SketchKeys all(sketch);
    for (size_t k = 0; k < all.keys.size(); ++k) {
      const bool is_band = k < kBands;
      if (is_band ? k >= kept.bands : k - kBands >= kept.anchors) continue;
      postings_.Add(all.keys[k], entry, IndexSegment::PostingsKept(is_band));
    }
    articles_.push_back({id, kept});
  }

  [[nodiscard]] std::vector<IndexHit> Find(const Sketch& sketch, size_t max_hits) const {
    if (sketch.shingles < kMinShingles) return {};
    struct Shared {
      uint32_t bands = 0;
      uint32_t anchors = 0;
      bool telling = false;
    };
    std::map<uint32_t, Shared> shared;  // by entry
    const SketchKeys all(sketch);
    uint64_t rare = 0;
    for (size_t k = 0; k < all.keys.size(); ++k) {
      const std::vector<uint32_t> carriers = postings_.Of(all.keys[k]);
      if (k < kBands) {
        if (k >= IndexSegment::BandsSought(sketch.anchors.size())) continue;
        for (const uint32_t entry : carriers) ++shared[entry].bands;
      } else if (carriers.size() <= CandidateIndex::kMaxAnchorBucket) {
        ++rare;
        for (const uint32_t entry : carriers) {
          ++shared[entry].anchors;
          if (carriers.size() <= CandidateIndex::kTellingBucket) shared[entry].telling = true;
        }
      }
    }
    std::vector<IndexHit> hits;
    for (const auto& [entry, by] : shared) {
      const auto& [id, kept] = articles_[entry];
      const uint64_t fewer = std::min<uint64_t>(uint64_t{kept.anchors} << kept.rate, rare);
      const bool is_short = fewer < CandidateIndex::kTellingAnchors;
      const bool anchored = by.anchors >= CandidateIndex::kMinSharedAnchors ||
                            (by.telling && (kept.rate > 0 || is_short));
      if (by.bands < (is_short ? 1U : 2U) && !anchored) continue;
      // Four standard deviations of what a copy that shares the least would share.
      const double sample = static_cast<double>(fewer >> kept.rate);
      const double least = static_cast<double>(CandidateIndex::kLeastShare) / 1000;
      const double missing = least * sample - by.anchors;
      if (by.bands < 2 && missing > 0 && missing * missing > 16 * sample * least * (1 - least)) {
        continue;
      }
      const uint64_t found = std::min(uint64_t{by.anchors} << kept.rate, fewer);
      hits.push_back({id, 0, by.bands, by.anchors,
                      fewer == 0 ? 0 : static_cast<uint32_t>(found * 1'000'000 / fewer)});
    }
    std::sort(hits.begin(), hits.end(), MorePromising);
    if (hits.size() > max_hits) hits.resize(max_hits);
    return hits;
  }

 private:
  struct Article {
    Ulid id;
    IndexSegment::Kept kept;
  };
  PlainPostings postings_;
  std::vector<Article> articles_;
};

// RarityTable without a window and without a bound: the days that have shown each shingle.
class PlainRarity {
 public:
  void Learn(const std::vector<uint32_t>& shingles, uint32_t distinct, int64_t day) {
    for (const uint32_t shingle : shingles) {
      if (RarityTable::UsesShingle(shingle, distinct)) days_[shingle].insert(day);
    }
  }
  void GrowIfDue() {}
  [[nodiscard]] RarityTable::Counts Of(uint32_t shingle, int64_t day) const {
    const auto found = days_.find(shingle);
    if (found == days_.end()) return {};
    const auto days = static_cast<uint32_t>(found->second.size());
    return {std::min(days, RarityTable::kMaxDays), day - *found->second.begin()};
  }

 private:
  std::map<uint32_t, std::set<int64_t>> days_;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_KERNEL_TWINS_H_
