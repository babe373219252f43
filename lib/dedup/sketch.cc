#include "lib/dedup/sketch.h"

#include <algorithm>
#include <span>
#include <utility>

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

constexpr int64_t kOne = 1'000'000;

uint32_t RowsThatAgree(const Signature& a, const Signature& b) {
  // Counted in 16 bits, so that a vector of rows is a vector of counts.
  uint16_t rows = 0;
  for (size_t i = 0; i < a.size(); ++i) rows += a[i] == b[i] ? 1 : 0;
  return rows;
}

// Of the kept anchors those that are no greater.
std::span<const uint32_t> AnchorsUpTo(const Sketch& sketch, uint32_t greatest) {
  const std::span<const uint32_t> all(sketch.anchors);
  if (all.empty() || all.back() <= greatest) return all;
  return all.first(
      static_cast<size_t>(std::upper_bound(all.begin(), all.end(), greatest) - all.begin()));
}

// Up to which anchor all of a text's are kept.
uint32_t KeptUpTo(const Sketch& sketch) {
  return sketch.anchors.size() < kMaxAnchors ? ~uint32_t{0} : sketch.anchors.back();
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

bool AgreeTooLittle(const SketchAgreement& agreement) {
  if (agreement.shorter_shingles < kMinShingles) return false;
  // Two samples that have nothing to do with each other. An anchor of the shorter text is in the
  // longer one as often as any of its shingles; a row agrees as often as the texts resemble each
  // other. Both counts together are held against what texts would have that share just enough.
  const int64_t share = kWorthComparing;
  const int64_t common = share * agreement.shorter_shingles / kOne;
  const int64_t resemblance =
      common * kOne / (int64_t{agreement.shorter_shingles} + agreement.longer_shingles - common);
  // Rows that borrow from others tell nothing new; of a text with many shingles none does.
  const int64_t rows = std::min<int64_t>(kSignatureRows, agreement.shorter_shingles / 2);
  const int64_t rows_agree = rows * agreement.rows * kOne / kSignatureRows;
  const int64_t expected = agreement.sampled * share + rows * resemblance;
  const int64_t found = rows_agree + int64_t{agreement.shared} * kOne;
  if (found >= expected) return false;
  const int64_t variance = agreement.sampled * (share * (kOne - share) / kOne) +
                           rows * (resemblance * (kOne - resemblance) / kOne);
  // Two standard deviations. In thousandths, so that the squares fit.
  const int64_t missing = (expected - found) / 1000;
  return missing * missing > 4 * variance;
}

bool ShareTooLittle(const Sketch& a, const Sketch& b) {
  const bool a_is_shorter =
      std::pair(a.shingles, a.anchors.size()) <= std::pair(b.shingles, b.anchors.size());
  const Sketch& shorter = a_is_shorter ? a : b;
  const Sketch& longer = a_is_shorter ? b : a;
  if (shorter.shingles < kMinShingles) return false;
  const uint32_t greatest = std::min(KeptUpTo(a), KeptUpTo(b));
  const std::span<const uint32_t> anchors = AnchorsUpTo(shorter, greatest);
  return AgreeTooLittle({.shorter_shingles = shorter.shingles,
                         .longer_shingles = longer.shingles,
                         .rows = RowsThatAgree(a.signature, b.signature),
                         .sampled = static_cast<uint32_t>(anchors.size()),
                         .shared = CountShared(anchors, AnchorsUpTo(longer, greatest))});
}

uint32_t BandKey(const Signature& signature, int band) {
  const uint16_t* rows = signature.data() + band * kRowsPerBand;
  return static_cast<uint32_t>(
      HashBytes64({reinterpret_cast<const char*>(rows), kRowsPerBand * sizeof(uint16_t)},
                  /*seed=*/static_cast<uint64_t>(band) + 1));
}

}  // namespace wirefold
