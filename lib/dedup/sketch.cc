#include "lib/dedup/sketch.h"

#include <algorithm>

#include "lib/base/hash.h"

namespace wirefold {
namespace {

// Which bin an empty one borrows from at the given try: a fixed universal hash, the same for every
// text, as optimal densification asks for.
int BorrowFrom(int bin, int attempt) {
  const uint32_t input[2] = {static_cast<uint32_t>(bin), static_cast<uint32_t>(attempt)};
  const uint64_t hash =
      HashBytes64({reinterpret_cast<const char*>(input), sizeof input}, /*seed=*/0x5749524546);
  return static_cast<int>(hash % kSignatureRows);
}

}  // namespace

Sketch MakeSketch(const Shingles& shingles) {
  static_assert(kSignatureRows == 128);
  Sketch sketch;
  sketch.shingles = static_cast<uint32_t>(shingles.set.size());
  if (shingles.set.size() < kMinShingles) return sketch;

  // The upper 7 bits choose the bin, the rest is what the bin keeps the smallest of.
  constexpr uint64_t kEmpty = ~uint64_t{0};
  std::array<uint64_t, kSignatureRows> smallest;
  smallest.fill(kEmpty);
  std::vector<uint32_t>& anchors = sketch.anchors;
  for (const uint64_t hash : shingles.hashes) {
    uint64_t& bin = smallest[hash >> 57];
    bin = std::min(bin, hash << 7);
    if (hash % kAnchorRate == 0) anchors.push_back(static_cast<uint32_t>(hash >> 32));
  }
  for (int row = 0; row < kSignatureRows; ++row) {
    int from = row;
    for (int attempt = 1; smallest[from] == kEmpty; ++attempt) from = BorrowFrom(row, attempt);
    // The smallest value of a bin is near 0 in its upper bits; its lower bits are what differs.
    sketch.signature[row] = static_cast<uint16_t>(smallest[from] >> 16);
  }
  SortDistinct(anchors);
  if (anchors.size() > kMaxAnchors) anchors.resize(kMaxAnchors);
  return sketch;
}

uint32_t BandKey(const Signature& signature, int band) {
  const uint16_t* rows = signature.data() + band * kRowsPerBand;
  return static_cast<uint32_t>(
      HashBytes64({reinterpret_cast<const char*>(rows), kRowsPerBand * sizeof(uint16_t)},
                  /*seed=*/static_cast<uint64_t>(band) + 1));
}

}  // namespace wirefold
