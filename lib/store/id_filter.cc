#include "lib/store/id_filter.h"

#include <algorithm>

#include "lib/base/hash.h"

namespace wirefold {

std::array<size_t, 2> IdFilter::BitsOf(const Ulid& id) {
  const uint64_t hash = HashBytes64(id.ToBytes());
  return {hash % kBits, (hash >> kBitNumberBits) % kBits};
}

void IdFilter::Add(const Ulid& id) {
  for (const size_t bit : BitsOf(id)) {
    words_[bit / 64].fetch_or(uint64_t{1} << bit % 64, std::memory_order_release);
  }
}

bool IdFilter::MayHold(const Ulid& id) const {
  const auto is_set = [&](size_t bit) {
    return (words_[bit / 64].load(std::memory_order_acquire) >> bit % 64 & 1) != 0;
  };
  return holds_all_.load(std::memory_order_acquire) || std::ranges::all_of(BitsOf(id), is_set);
}

}  // namespace wirefold
