// ShingleSet: a sorted set of shingles that many others are looked up in.
//
// Example:
//   const ShingleSet set(doc.set);
//   uint32_t shared = set.CountIn(other.set);
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

  // How many of `others` (each once) are in the set.
  [[nodiscard]] uint32_t CountIn(std::span<const uint32_t> others);

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

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_SHINGLE_SET_H_
