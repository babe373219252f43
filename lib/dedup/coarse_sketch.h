// Coarse sketches: what of a sketch is enough to say of most articles that share a few anchors by
// chance that they are not worth comparing, in half of its bytes.
//
// Example:
//   std::string stored;
//   AppendCoarse(sketch_of_a, stored);                 // 235 bytes in the mean
//   CoarseProbe probe(sketch_of_b);
//   if (probe.SharesTooLittle(stored)) …               // then ShareTooLittle of the two is true
//
// Of each row of the signature the lower 8 of 16 bits are kept, and of each anchor the upper 16 of
// 32 (b-bit minwise hashing: Li and König, 2010). What agrees in all bits agrees in some, so a
// coarse sketch counts no less in common than the sketch itself, and where it says that too little
// is shared so does that; where it doesn't, the sketches tell.
//
// Thread-safe: nothing changes once it is made.
#ifndef WIREFOLD_LIB_DEDUP_COARSE_SKETCH_H_
#define WIREFOLD_LIB_DEDUP_COARSE_SKETCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dedup/sketch.h"

namespace wirefold {

// Appends a coarse sketch: the number of shingles (4 bytes, little-endian), the lower half of each
// row, the upper half of each anchor (2 bytes, little-endian), ascending. Nothing for a sketch that
// is not indexed.
void AppendCoarse(const Sketch& sketch, std::string& out);
// The longest that it appends.
inline constexpr size_t kMaxCoarseBytes = 4 + kSignatureRows + 2 * kMaxAnchors;

// What a coarse sketch says of two texts.
enum class CoarseAnswer : uint8_t {
  kUnknown,    // there is none
  kTooLittle,  // they are not worth comparing: ShareTooLittle of their sketches is true
  kPerhaps,    // they may be
};

// One sketch to be held against many coarse ones.
class CoarseProbe {
 public:
  explicit CoarseProbe(const Sketch& sketch);

  // Whether the two are not worth comparing: true only if ShareTooLittle(probe's, other) is. False
  // where that can't be told. `coarse` is what AppendCoarse made of the other.
  [[nodiscard]] bool SharesTooLittle(std::string_view coarse) const;

 private:
  uint32_t shingles_;
  std::array<uint8_t, kSignatureRows> rows_;
  std::vector<uint16_t> anchors_;  // ascending, repeats kept
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_COARSE_SKETCH_H_
