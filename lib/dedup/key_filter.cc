#include "lib/dedup/key_filter.h"

#include <algorithm>
#include <utility>

namespace wirefold {
namespace {

constexpr uint32_t kMaxSegmentLength = uint32_t{1} << 18;
// Memory is asked for so many numbers ahead.
constexpr size_t kAhead = 12;
constexpr size_t kPlacesOfALine = 8;  // of 64 bytes: 8 a hash

}  // namespace

KeyFilter::Shape KeyFilter::Shape::For(size_t keys) {
  // The paper's figures for three places: a segment of 2^(log 3.33 of the keys, and 2.25). Not by
  // the library's logarithm, which may differ by a bit between machines.
  Shape shape;
  uint64_t bound = 740;  // thousandths: 3.33^(power - 0.25)
  int power = 0;
  for (; bound * 333 / 100 <= uint64_t{keys} * 1000; ++power) bound = bound * 333 / 100;
  shape.segment_length = std::min(uint32_t{1} << std::min(power + 2, 30), kMaxSegmentLength);
  // 1.125 times as many places, more of a small set.
  uint64_t percent = 113;
  for (size_t size = keys; size < 1'000'000; size = size * 3 / 2 + 1)
    percent += size < 3000 ? 3 : 1;
  const uint64_t capacity = std::max<uint64_t>(uint64_t{keys} * percent / 100, 2);
  const uint64_t segments = (capacity + shape.segment_length - 1) / shape.segment_length;
  shape.segments = static_cast<uint32_t>(segments > 2 ? segments - 2 : 1);
  return shape;
}

KeyFilter::KeyFilter(size_t keys, uint64_t seed, std::vector<uint8_t> places)
    : keys_(keys), seed_(seed), shape_(Shape::For(keys)), places_(std::move(places)) {}

KeyFilter KeyFilter::Of(std::span<const uint32_t> keys) {
  KeyFilter filter(keys.size(), 0, {});
  if (keys.empty()) return filter;
  while (!filter.Fill(keys)) ++filter.seed_;
  return filter;
}

// So that the places of those that come one after the other lie in the processor's caches.
HugePageVector<uint32_t> KeyFilter::InOrderOfSegments(std::span<const uint32_t> keys) const {
  const auto segment_of = [this](uint32_t key) {
    return static_cast<size_t>((HashOf(key) >> 32) * shape_.segments >> 32);  // of its first place
  };
  std::vector<size_t> ends(size_t{shape_.segments} + 1);
  for (const uint32_t key : keys) ++ends[segment_of(key) + 1];
  for (size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
  HugePageVector<uint32_t> ordered(keys.size());
  for (const uint32_t key : keys) ordered[ends[segment_of(key)]++] = key;
  return ordered;
}

// Peels off, one after the other, numbers that are alone in one of their places, and fills those in
// the reverse order. False if some are left: that is seldom, and goes with another seed.
bool KeyFilter::Fill(std::span<const uint32_t> keys) {
  const size_t places = shape_.places();
  // Much for a moment, which goes back to the system at once.
  HugePageVector<uint8_t> counts(places);     // of numbers that have this place
  HugePageVector<uint64_t> together(places);  // their hashes
  const auto prefetch = [&](size_t place) {
    PrefetchWrite(&counts[place]);
    PrefetchWrite(&together[place]);
  };
  const HugePageVector<uint32_t> ordered = InOrderOfSegments(keys);
  for (size_t i = 0; i < ordered.size(); ++i) {
    if (i + kAhead < ordered.size()) {
      for (const size_t place : PlacesOf(HashOf(ordered[i + kAhead]))) prefetch(place);
    }
    const uint64_t hash = HashOf(ordered[i]);
    for (const size_t place : PlacesOf(hash)) {
      if (++counts[place] == 0) return false;
      together[place] ^= hash;
    }
  }
  HugePageVector<uint32_t> peeled;  // a number's own place, where its hash stays
  peeled.reserve(keys.size());
  std::vector<uint32_t> alone;
  // Whoever is peeled has its other places in the next two segments.
  const size_t ahead = size_t{3} * shape_.segment_length;
  for (size_t begin = 0; begin < places; ++begin) {
    if (begin % kPlacesOfALine == 0 && begin + ahead < places) prefetch(begin + ahead);
    alone.push_back(static_cast<uint32_t>(begin));
    while (!alone.empty()) {
      const uint32_t place = alone.back();
      alone.pop_back();
      if (counts[place] != 1) continue;
      const uint64_t hash = together[place];
      peeled.push_back(place);
      for (const size_t other : PlacesOf(hash)) {
        --counts[other];
        if (other == place) continue;
        together[other] ^= hash;
        if (counts[other] == 1) alone.push_back(static_cast<uint32_t>(other));
      }
    }
  }
  if (peeled.size() != keys.size()) return false;
  places_.assign(places, 0);
  for (size_t i = peeled.size(); i-- > 0;) {
    if (i >= 2 * kAhead) PrefetchRead(&together[peeled[i - 2 * kAhead]]);
    if (i >= kAhead) {
      for (const size_t next : PlacesOf(together[peeled[i - kAhead]])) {
        PrefetchWrite(&places_[next]);
      }
    }
    const uint32_t place = peeled[i];
    const uint64_t hash = together[place];
    const auto [a, b, c] = PlacesOf(hash);
    places_[place] = 0;
    places_[place] = FingerprintOf(hash) ^ places_[a] ^ places_[b] ^ places_[c];
  }
  return true;
}

}  // namespace wirefold
