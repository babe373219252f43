// PostingTable: which entries carry a key, packed into about five bytes a posting; it grows in
// small steps, so that neither memory nor time comes in jumps.
//
// Example:
//   PostingTable table;
//   const uint32_t key = PostingTable::KeyOf(PostingTable::Kind::kBand, BandKey(signature, 3));
//   table.Add(key, entry, /*cap=*/48);
//   table.Visit(key, [&](uint32_t entry) { … return true; });
//
// A key has kKeyBits; with millions of postings some keys of different origin are the same, which
// costs a comparison and decides nothing. The upper bits of a key choose one of kShards, the rest
// its line, a cache line of 16 slots, by its share of the range of keys. Because the line says the
// rest of the key but for a few bits, a slot of 32 bits holds those bits, the entry, and whether
// the posting had to go one line further; what found both lines full is in the shard's stash. A
// shard grows by a quarter, so at least two thirds of the slots are in use.
//
// Not thread-safe; CandidateIndex locks.
#ifndef WIREFOLD_LIB_DEDUP_POSTINGS_H_
#define WIREFOLD_LIB_DEDUP_POSTINGS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/base/huge_pages.h"

namespace wirefold {

class PostingTable {
 public:
  static constexpr int kKeyBits = 30;
  // Entries are numbers below this.
  static constexpr uint32_t kMaxEntries = uint32_t{1} << 24;
  static constexpr uint32_t kGone = 0xFFFFFFFF;

  enum class Kind : uint8_t { kBand, kAnchor };
  // A key of the given kind, spread over kKeyBits.
  static uint32_t KeyOf(Kind kind, uint32_t value) {
    const uint64_t both = uint64_t{value} | uint64_t{kind == Kind::kAnchor} << 32;
    uint64_t mixed = (both + 1) * 0x9E3779B97F4A7C15u;
    mixed ^= mixed >> 32;
    return static_cast<uint32_t>(mixed * 0xD6E8FEB86659FD93u >> (64 - kKeyBits));
  }

  PostingTable();

  // A key that has `cap` postings loses the one of the smallest entry for it.
  void Add(uint32_t key, uint32_t entry, size_t cap);

  // Asks for what Visit will read, ahead of time.
  void Prefetch(uint32_t key) const {
    const Shard& shard = ShardOf(key);
    __builtin_prefetch(&shard.lines[LineOf(Rest(key), shard.Lines())]);
  }

  // The same for Add, which looks at two lines.
  void PrefetchToAdd(uint32_t key) const {
    const Shard& shard = ShardOf(key);
    const Line* const line = &shard.lines[LineOf(Rest(key), shard.Lines())];
    __builtin_prefetch(line, 1);
    __builtin_prefetch(line + 1, 1);
  }

  // Calls visit(entry) for each posting of the key, in no order, until it returns false.
  template <typename Visitor>
  void Visit(uint32_t key, Visitor visit) const;

  // Each entry becomes new_numbers[entry]; kGone: its postings go, and their memory.
  void Renumber(std::span<const uint32_t> new_numbers);

  [[nodiscard]] size_t memory_bytes() const;

 private:
  static constexpr int kShardBits = 5;
  static constexpr int kRestBits = kKeyBits - kShardBits;
  static constexpr size_t kSlots = 16;
  static constexpr uint32_t kDisplaced = uint32_t{1} << 31;

  struct alignas(64) Line {
    std::array<uint32_t, kSlots> slots{};  // 0: empty; filled from the front
    [[nodiscard]] bool full() const { return slots.back() != 0; }
  };
  struct Shard {
    // One more than there are homes: what the last home has no room for.
    HugePageVector<Line> lines = HugePageVector<Line>(2);
    std::vector<uint64_t> stash;  // open addressing: rest of the key, entry + 1; 0: empty
    uint32_t stashed = 0;
    uint32_t postings = 0;
    int entry_bits = EntryBits(1);  // the low bits of a slot: entry + 1
    uint64_t step = StepOf(1);

    [[nodiscard]] uint32_t Lines() const { return static_cast<uint32_t>(lines.size()) - 1; }
  };

  static uint32_t Rest(uint32_t key) { return key & ((uint32_t{1} << kRestBits) - 1); }
  static uint32_t LineOf(uint32_t rest, uint32_t lines) {
    return static_cast<uint32_t>(uint64_t{rest} * lines >> kRestBits);
  }
  // The share of the range of keys that one line has, as a fixed-point number of 32 bits behind the
  // point.
  static uint64_t StepOf(uint32_t lines) { return (uint64_t{1} << (kRestBits + 32)) / lines; }
  // What a slot's bits of a key count from: the smallest rest of a key whose home the line is, or
  // one less.
  static uint32_t FirstRest(uint32_t line, uint64_t step) {
    return static_cast<uint32_t>(line * step >> 32);
  }
  static int EntryBits(uint32_t lines);
  [[nodiscard]] const Shard& ShardOf(uint32_t key) const { return shards_[key >> kRestBits]; }

  // Bit i: slot i is `tag` but for the entry.
  static uint32_t Matches(const Line& line, uint32_t tag, int entry_bits) {
    uint32_t found = 0;
    for (size_t i = 0; i < kSlots; ++i) {
      found |= uint32_t{((line.slots[i] ^ tag) >> entry_bits) == 0} << i;
    }
    return found;
  }
  // The first empty slot of a line that is not full.
  static size_t EndOf(const Line& line) {
    uint32_t used = 0;
    for (size_t i = 0; i < kSlots; ++i) used += line.slots[i] != 0 ? 1 : 0;
    return used;
  }
  // The index of the slot of the stash where the search for a key begins.
  static size_t StashHome(uint32_t rest, size_t size) {
    return static_cast<size_t>((uint64_t{rest} * 0x9E3779B1u & 0xFFFFFFFFu) * size >> 32);
  }

  static void Insert(Shard& shard, uint32_t rest, uint32_t entry);
  static void Stash(Shard& shard, uint32_t rest, uint32_t entry);
  template <typename Function>
  static void ForAll(const Shard& shard, Function function);
  // In so many lines; new_numbers as for Renumber, empty for as they are.
  static void Rebuild(Shard& shard, uint32_t lines, std::span<const uint32_t> new_numbers);
  static bool ReplaceOldest(Shard& shard, uint32_t rest, uint32_t entry, size_t cap);

  std::vector<Shard> shards_;
};

template <typename Visitor>
void PostingTable::Visit(uint32_t key, Visitor visit) const {
  const Shard& shard = ShardOf(key);
  const uint32_t rest = Rest(key);
  const uint32_t home = LineOf(rest, shard.Lines());
  const uint32_t entry_mask = (uint32_t{1} << shard.entry_bits) - 1;
  // An empty slot is no match for the tag of the smallest key: its entry would be none.
  uint32_t tag = (rest - FirstRest(home, shard.step)) << shard.entry_bits;
  for (uint32_t further = 0; further < 2; ++further, tag |= kDisplaced) {
    const Line& line = shard.lines[home + further];
    for (uint32_t found = Matches(line, tag, shard.entry_bits); found != 0; found &= found - 1) {
      const uint32_t entry = line.slots[static_cast<size_t>(__builtin_ctz(found))] & entry_mask;
      if (entry == 0) break;
      if (!visit(entry - 1)) return;
    }
    if (!line.full()) return;
  }
  if (shard.stash.empty()) return;
  for (size_t at = StashHome(rest, shard.stash.size()); shard.stash[at] != 0;
       at = at + 1 < shard.stash.size() ? at + 1 : 0) {
    if (shard.stash[at] >> 32 != rest) continue;
    if (!visit(static_cast<uint32_t>(shard.stash[at]) - 1)) return;
  }
}

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_POSTINGS_H_
