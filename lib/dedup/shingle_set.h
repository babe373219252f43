// ShingleSet: a sorted set of shingles that many others are looked up in.
//
// Example:
//   const ShingleSet set(doc.set);
//   set.ForShared(other.set, [&](uint32_t place) { ++shared[place]; });
//   uint32_t place = set.PlaceOf(shingle);      // kNone: it is not in it
//
// Shingles are hashes, so their upper bits say nearly where they are: a directory by those bits has
// the place, and a bitmap by some more of them says of most that are not there that they are not.
//
// Not thread-safe. Borrows the values.
#ifndef WIREFOLD_LIB_DEDUP_SHINGLE_SET_H_
#define WIREFOLD_LIB_DEDUP_SHINGLE_SET_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace wirefold {

class ShingleSet {
 public:
  static constexpr uint32_t kNone = 0xFFFFFFFF;

  // `values` ascend, each once, and stay where they are.
  explicit ShingleSet(std::span<const uint32_t> values);

  [[nodiscard]] uint32_t PlaceOf(uint32_t value) const {
    return MayHave(value) ? Search(value) : kNone;
  }

  // Calls visit(place) for each of `others` that is in the set.
  template <typename Visitor>
  void ForShared(std::span<const uint32_t> others, Visitor visit);

 private:
  [[nodiscard]] bool MayHave(uint32_t value) const {
    const uint32_t bit = value >> bit_shift_;
    return (bits_[bit / 64] >> (bit % 64) & 1) != 0;
  }
  [[nodiscard]] uint32_t Search(uint32_t value) const;

  std::span<const uint32_t> values_;
  int shift_ = 31;               // to a place in first_
  int bit_shift_ = 31;           // to a bit
  std::vector<uint32_t> first_;  // of the values with these upper bits; one more at the end
  std::vector<uint64_t> bits_;
  std::vector<uint32_t> maybe_;
};

template <typename Visitor>
void ShingleSet::ForShared(std::span<const uint32_t> others, Visitor visit) {
  maybe_.resize(others.size());
  size_t count = 0;
  // Without a branch: whether it is there is as good as random where texts share much.
  for (const uint32_t other : others) {
    maybe_[count] = other;
    count += MayHave(other) ? 1 : 0;
  }
  for (size_t i = 0; i < count; ++i) {
    if (const uint32_t place = Search(maybe_[i]); place != kNone) visit(place);
  }
}

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_SHINGLE_SET_H_
