// KeyFilter: whether a set of numbers may hold one: never wrongly no, wrongly yes for one in 256,
// for 9 bits a number of a large set. A binary fuse filter with three places a number
// (T. M. Graf and D. Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters", JEA 2022).
//
// Example:
//   KeyFilter filter = KeyFilter::Of(keys);       // ascending, each once
//   if (filter.MayHold(key)) …
//
// The same set makes the same filter, byte for byte. Thread-safe once it is made.
#ifndef WIREFOLD_LIB_DEDUP_KEY_FILTER_H_
#define WIREFOLD_LIB_DEDUP_KEY_FILTER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/base/huge_pages.h"
#include "lib/base/prefetch.h"

namespace wirefold {

class KeyFilter {
 public:
  // How the places of a set of `keys` numbers are cut into segments.
  struct Shape {
    uint32_t segment_length = 4;
    uint32_t segments = 1;  // where the first place of a number may be
    static Shape For(size_t keys);
    [[nodiscard]] size_t places() const { return size_t{segment_length} * (segments + 2); }
  };

  KeyFilter() = default;  // of none
  // Of ascending numbers, each once; some 15 bytes a number are taken meanwhile.
  static KeyFilter Of(std::span<const uint32_t> keys);
  // One that was made before: of so many numbers, under this seed, places().
  KeyFilter(size_t keys, uint64_t seed, std::vector<uint8_t> places);

  void Prefetch(uint32_t key) const {
    for (const size_t place : PlacesOf(HashOf(key))) PrefetchRead(&places_[place]);
  }
  [[nodiscard]] bool MayHold(uint32_t key) const {
    if (keys_ == 0) return false;
    const uint64_t hash = HashOf(key);
    const auto [a, b, c] = PlacesOf(hash);
    return (places_[a] ^ places_[b] ^ places_[c]) == FingerprintOf(hash);
  }

  [[nodiscard]] size_t keys() const { return keys_; }
  [[nodiscard]] uint64_t seed() const { return seed_; }
  [[nodiscard]] const std::vector<uint8_t>& places() const { return places_; }

 private:
  [[nodiscard]] uint64_t HashOf(uint32_t key) const {
    uint64_t hash = (key + seed_) * 0x9E3779B97F4A7C15u;
    hash = (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u;
    hash = (hash ^ hash >> 29) * 0xBF58476D1CE4E5B9u;
    return hash ^ hash >> 32;
  }
  [[nodiscard]] std::array<size_t, 3> PlacesOf(uint64_t hash) const {
    // The segment by the upper half, the places within three in a row by parts of the lower.
    const size_t first = static_cast<size_t>(
        (hash >> 32) * (uint64_t{shape_.segments} * shape_.segment_length) >> 32);
    const uint32_t mask = shape_.segment_length - 1;
    const size_t second = first + shape_.segment_length;
    const size_t third = second + shape_.segment_length;
    return {first, second ^ (hash >> 18 & mask), third ^ (hash & mask)};
  }
  static uint8_t FingerprintOf(uint64_t hash) { return static_cast<uint8_t>(hash ^ hash >> 32); }
  [[nodiscard]] HugePageVector<uint32_t> InOrderOfSegments(std::span<const uint32_t> keys) const;
  bool Fill(std::span<const uint32_t> keys);

  size_t keys_ = 0;
  uint64_t seed_ = 0;
  Shape shape_;
  std::vector<uint8_t> places_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_KEY_FILTER_H_
