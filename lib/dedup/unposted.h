// UnpostedEntries: entries of the candidate index whose postings are still to be added to their
// segments' tables, found by their keys meanwhile.
//
// Adding postings costs a miss of the processor's cache each, and one thread adds all articles. So
// it notes them here, in memory that the cache holds, and other threads post them.
//
// Example:
//   unposted.Add(segment, entry, change, {bands, anchors});
//   unposted.Visit(key, [&](const IndexSegment* segment, uint32_t entry) { … });
//   unposted.Post();
//
// Not thread-safe; CandidateIndex locks.
#ifndef WIREFOLD_LIB_DEDUP_UNPOSTED_H_
#define WIREFOLD_LIB_DEDUP_UNPOSTED_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "lib/base/prefetch.h"
#include "lib/dedup/index_segment.h"

namespace wirefold {

class UnpostedEntries {
 public:
  // So many are worth posting by whoever adds.
  static constexpr size_t kMax = 128;

  // `keys` are of a sketch, of which `kept` stand for it. Changes ascend.
  void Add(const std::shared_ptr<IndexSegment>& segment, uint32_t entry, uint64_t change,
           const IndexSegment::Kept& kept, const SketchKeys& keys);

  // Calls visit(segment, entry) for each entry that has the key, in no order.
  template <typename Visitor>
  void Visit(uint64_t key, Visitor visit) const {
    if (keys_.empty()) return;
    const uint32_t tag = TagOf(key);
    for (size_t at = PlaceOf(key); places_[at] != 0; at = (at + 1) & (places_.size() - 1)) {
      if ((places_[at] & ~kNumberMask) != tag) continue;
      const Key& found = keys_[(places_[at] & kNumberMask) - 1];
      if (found.key != key) continue;
      const Entry& entry = entries_[found.entry];
      visit(entry.segment.get(), entry.number);
    }
  }

  // Asks for what Visit will read, ahead of time. By the thread that adds.
  void Prefetch(uint64_t key) const {
    if (!places_.empty()) PrefetchRead(&places_[PlaceOf(key)]);
  }

  // Adds the postings of all to their segments.
  void Post();

  [[nodiscard]] size_t size() const { return entries_.size(); }
  // Of the first of them; there is one. All later changes that added something are here.
  [[nodiscard]] uint64_t first_change() const { return entries_.front().change; }
  [[nodiscard]] size_t memory_bytes() const;

 private:
  struct Entry {
    std::shared_ptr<IndexSegment> segment;
    uint32_t number;
    uint64_t change;
    uint32_t keys;   // the first of keys_
    uint32_t bands;  // of them, then anchors
    uint32_t anchors;
  };
  struct Key {
    uint64_t key;
    uint32_t entry;  // of entries_
    uint32_t place;
  };

  static constexpr uint32_t kNumberMask = 0xFFFF;
  static constexpr size_t kFirstPlaces = 1024;
  static_assert(kMax * (kBands + kMaxAnchors) < kNumberMask);

  [[nodiscard]] size_t PlaceOf(uint64_t key) const {
    return static_cast<size_t>(key * 0x9E3779B97F4A7C15u >> 32) & (places_.size() - 1);
  }
  static uint32_t TagOf(uint64_t key) {
    return static_cast<uint32_t>(key * 0x9E3779B97F4A7C15u >> 32) & ~kNumberMask;
  }
  void Put(size_t number);
  void Grow();

  std::vector<Entry> entries_;
  std::vector<Key> keys_;
  // Open addressing: a tag of the key, then the number in keys_ + 1; 0: empty. A power of two,
  // twice as many as keys at least. Small, since all of it is read.
  std::vector<uint32_t> places_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_UNPOSTED_H_
