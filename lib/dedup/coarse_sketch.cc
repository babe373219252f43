#include "lib/dedup/coarse_sketch.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

namespace wirefold {
namespace {

static_assert(std::endian::native == std::endian::little, "coarse sketches lie as in memory");

std::array<uint8_t, kSignatureRows> CoarseRows(const Signature& signature) {
  std::array<uint8_t, kSignatureRows> rows{};
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<uint8_t>(signature[i]);
  return rows;
}

std::vector<uint16_t> CoarseAnchors(const Sketch& sketch) {
  std::vector<uint16_t> anchors(sketch.anchors.size());
  std::transform(sketch.anchors.begin(), sketch.anchors.end(), anchors.begin(),
                 [](uint32_t anchor) { return static_cast<uint16_t>(anchor >> 16); });
  return anchors;
}

// Up to which anchor all of a text's are kept, by its upper half.
uint16_t KeptUpTo(std::span<const uint16_t> anchors) {
  return anchors.size() < kMaxAnchors ? std::numeric_limits<uint16_t>::max() : anchors.back();
}

std::span<const uint16_t> UpTo(std::span<const uint16_t> anchors, uint16_t greatest) {
  return anchors.first(static_cast<size_t>(
      std::upper_bound(anchors.begin(), anchors.end(), greatest) - anchors.begin()));
}

// How many of two ascending lists are in both, repeats counted as often as both have them.
uint32_t CountCommon(std::span<const uint16_t> a, std::span<const uint16_t> b) {
  uint32_t common = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const uint16_t one = a[i];
    const uint16_t other = b[j];
    common += one == other ? 1 : 0;
    i += one <= other ? 1 : 0;
    j += other <= one ? 1 : 0;
  }
  return common;
}

}  // namespace

void AppendCoarse(const Sketch& sketch, std::string& out) {
  if (sketch.shingles < kMinShingles) return;
  const auto append = [&out](const void* bytes, size_t size) {
    out.append(static_cast<const char*>(bytes), size);
  };
  append(&sketch.shingles, sizeof sketch.shingles);
  const std::array<uint8_t, kSignatureRows> rows = CoarseRows(sketch.signature);
  append(rows.data(), rows.size());
  const std::vector<uint16_t> anchors = CoarseAnchors(sketch);
  append(anchors.data(), anchors.size() * sizeof(uint16_t));
}

CoarseProbe::CoarseProbe(const Sketch& sketch)
    : shingles_(sketch.shingles),
      rows_(CoarseRows(sketch.signature)),
      anchors_(CoarseAnchors(sketch)) {}

bool CoarseProbe::SharesTooLittle(std::string_view coarse) const {
  constexpr size_t kFixed = sizeof(uint32_t) + kSignatureRows;
  if (coarse.size() < kFixed || coarse.size() > kMaxCoarseBytes) return false;
  uint32_t shingles = 0;
  std::memcpy(&shingles, coarse.data(), sizeof shingles);
  std::array<uint8_t, kSignatureRows> rows;
  std::memcpy(rows.data(), coarse.data() + sizeof shingles, rows.size());
  uint8_t agree = 0;  // of a byte's width, so that a vector of rows is a vector of counts
  static_assert(kSignatureRows < 256);
  for (size_t i = 0; i < rows.size(); ++i) agree += rows[i] == rows_[i] ? 1 : 0;
  std::array<uint16_t, kMaxAnchors> room;
  const size_t size = (coarse.size() - kFixed) / sizeof(uint16_t);
  std::memcpy(room.data(), coarse.data() + kFixed, size * sizeof(uint16_t));
  const std::span<const uint16_t> others(room.data(), size);

  const bool is_shorter = std::pair(shingles_, anchors_.size()) <= std::pair(shingles, size);
  const uint16_t greatest = std::min(KeptUpTo(anchors_), KeptUpTo(others));
  const std::span<const uint16_t> mine = UpTo(anchors_, greatest);
  const std::span<const uint16_t> theirs = UpTo(others, greatest);
  SketchAgreement agreement{
      .shorter_shingles = is_shorter ? shingles_ : shingles,
      .longer_shingles = is_shorter ? shingles : shingles_,
      .rows = agree,
      .sampled = static_cast<uint32_t>(is_shorter ? mine.size() : theirs.size()),
      .shared = CountCommon(mine, theirs),
  };
  // Of those with the greatest one's upper half some may be beyond it: any number of them.
  const std::span<const uint16_t> sampled = is_shorter ? mine : theirs;
  const bool all_kept = anchors_.size() < kMaxAnchors && others.size() < kMaxAnchors;
  const size_t beyond =
      all_kept ? 0 : static_cast<size_t>(std::count(sampled.begin(), sampled.end(), greatest));
  for (size_t fewer = 0; fewer <= beyond; ++fewer, --agreement.sampled) {
    if (!AgreeTooLittle(agreement)) return false;
  }
  return true;
}

}  // namespace wirefold
