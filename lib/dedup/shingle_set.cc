#include "lib/dedup/shingle_set.h"

#include <algorithm>
#include <bit>

namespace wirefold {
namespace {

// Bits a value of the bitmap: one in so many of what is not in the set is looked for in vain.
constexpr int kLogBitsPerValue = 4;
constexpr int kMaxBits = 22;
// More values than these with the same upper bits are searched by halves.
constexpr uint32_t kFew = 16;

}  // namespace

ShingleSet::ShingleSet(std::span<const uint32_t> values) : values_(values) {
  const int size_bits = std::clamp(static_cast<int>(std::bit_width(values.size())), 6, kMaxBits);
  shift_ = 32 - size_bits;
  bit_shift_ = 32 - std::min(size_bits + kLogBitsPerValue, kMaxBits + kLogBitsPerValue);
  first_.resize((size_t{1} << size_bits) + 1);
  bits_.resize((size_t{1} << (32 - bit_shift_)) / 64);
  size_t next = 0;  // of first_
  for (uint32_t i = 0; i < values.size(); ++i) {
    const uint32_t value = values[i];
    const uint32_t bit = value >> bit_shift_;
    bits_[bit / 64] |= uint64_t{1} << (bit % 64);
    for (; next <= value >> shift_; ++next) first_[next] = i;
  }
  for (; next < first_.size(); ++next) first_[next] = static_cast<uint32_t>(values.size());
}

uint32_t ShingleSet::Search(uint32_t value) const {
  uint32_t at = first_[value >> shift_];
  const uint32_t end = first_[(value >> shift_) + 1];
  if (end - at > kFew) {
    at = static_cast<uint32_t>(
        std::lower_bound(values_.begin() + at, values_.begin() + end, value) - values_.begin());
  }
  for (; at < end && values_[at] <= value; ++at) {
    if (values_[at] == value) return at;
  }
  return kNone;
}

}  // namespace wirefold
