// IdFilter: whether an ID may be among some that were noted, in a fixed amount of memory.
//
// Example:
//   IdFilter elected;
//   elected.Add(id);
//   if (elected.MayHold(other)) { … }    // look for it where it would be
//
// A Bloom filter of 1 MiB with two bits an ID: wrongly yes for one in 460 with 200,000 IDs in it,
// one in seven with two million. Nothing is ever taken out.
//
// Source: B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", 1970.
//
// Thread-safe: who sees something that was written behind an Add, sees that too.
#ifndef WIREFOLD_LIB_STORE_ID_FILTER_H_
#define WIREFOLD_LIB_STORE_ID_FILTER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "lib/base/ulid.h"

namespace wirefold {

class IdFilter {
 public:
  void Add(const Ulid& id);
  // As if every ID had been added.
  void AddAll() { holds_all_.store(true, std::memory_order_release); }
  // Whether it was added; true for some that were not.
  [[nodiscard]] bool MayHold(const Ulid& id) const;

 private:
  static constexpr int kBitNumberBits = 23;
  static constexpr size_t kBits = size_t{1} << kBitNumberBits;

  // The two bits of an ID.
  static std::array<size_t, 2> BitsOf(const Ulid& id);

  std::vector<std::atomic<uint64_t>> words_ = std::vector<std::atomic<uint64_t>>(kBits / 64);
  std::atomic<bool> holds_all_ = false;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_ID_FILTER_H_
