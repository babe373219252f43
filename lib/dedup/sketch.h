// Sketch: the small, durable summary of a text that near-duplicates are found by.
//
// Example:
//   Sketch sketch = MakeSketch(MakeShingles(article.matching_text));
//   for (int band = 0; band < kBands; ++band) index.Find(BandKey(sketch.signature, band));
//
// The signature is one-permutation MinHash with optimal densification (A. Shrivastava, "Optimal
// Densification for Fast and Accurate Minwise Hashing", ICML 2017): two signatures agree in a row
// with the probability of the texts' Jaccard similarity. The anchors are a FracMinHash sample (the
// shingles whose hash lies below a bound; L. Irber et al., "Lightweight compositional analysis of
// metagenomes with FracMinHash", 2022), which finds containment between texts of very different
// length. Both are stored: changing how they are made needs a new kSketchVersion.
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_DEDUP_SKETCH_H_
#define WIREFOLD_LIB_DEDUP_SKETCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "lib/dedup/shingles.h"

namespace wirefold {

inline constexpr uint32_t kSketchVersion = 1;
inline constexpr int kSignatureRows = 128;
inline constexpr int kBands = 32;
inline constexpr int kRowsPerBand = kSignatureRows / kBands;
// One shingle in so many is an anchor.
inline constexpr uint64_t kAnchorRate = 16;
// At most so many anchors of a text are kept (those of the smallest hashes).
inline constexpr size_t kMaxAnchors = 256;
// A text with fewer shingles is matched exactly only.
inline constexpr size_t kMinShingles = 20;

using Signature = std::array<uint16_t, kSignatureRows>;

struct Sketch {
  Signature signature{};
  std::vector<uint32_t> anchors;  // ascending, each once
  uint32_t shingles = 0;          // distinct shingles of the text

  friend bool operator==(const Sketch&, const Sketch&) = default;
};

// The sketch of a text's shingles. Under kMinShingles distinct ones only `shingles` is set, and
// such a sketch is not indexed.
Sketch MakeSketch(const Shingles& shingles);

// Whether two sketches say that their texts are not worth comparing: of the shorter one so little
// seems to be in the other that of two texts that share kWorthComparing of it hardly one pair in 40
// would seem to, and of those that share 45 % hardly one in 200. False where the sketches can't
// tell. The same either way round, but that of two texts with as many shingles, whose anchors are
// both cut, `a` counts as the shorter one.
inline constexpr uint32_t kWorthComparing = 350'000;  // millionths
bool ShareTooLittle(const Sketch& a, const Sketch& b);

// What two sketches have in common, and how large they are: all that ShareTooLittle rests on.
struct SketchAgreement {
  uint32_t shorter_shingles = 0;
  uint32_t longer_shingles = 0;
  uint32_t rows = 0;     // of the signatures, that agree
  uint32_t sampled = 0;  // anchors of the shorter one, as far as those of both are kept
  uint32_t shared = 0;   // … that are in the longer one
};
// The more rows agree and the more anchors are shared, the less is it true.
bool AgreeTooLittle(const SketchAgreement& agreement);

// The key of one band (0 … kBands - 1): equal for two signatures whose rows in the band agree.
uint32_t BandKey(const Signature& signature, int band);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_SKETCH_H_
