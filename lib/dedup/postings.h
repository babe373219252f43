// PostingTable: which entries carry a key, packed into six to eight bytes a posting; it grows in
// small steps, so that neither memory nor time comes in jumps.
//
// Example:
//   PostingTable table;
//   const uint64_t key = PostingTable::KeyOf(PostingTable::Kind::kBand, BandKey(signature, 3));
//   table.Add(key, entry, /*cap=*/48);
//   table.Visit(key, [&](uint32_t entry) { … return true; });
//
// A key has kKeyBits, and no two values of a kind have the same. Its upper bits choose one of
// kShards, the rest its line, a cache line of 15 slots, by its share of the range of keys. Because
// the line says the rest of the key but for a few bits, a slot of 34 bits holds those bits, the
// entry, and whether the posting had to go one line further; what found both lines full is in the
// shard's stash. A shard grows by a quarter, so at least 56 of 100 slots are in use, but for small
// ones, which double; Packed makes a table to be read alone. A line and a stash are the same bytes
// on disk (index_run.h).
//
// Not thread-safe; CandidateIndex locks.
#ifndef WIREFOLD_LIB_DEDUP_POSTINGS_H_
#define WIREFOLD_LIB_DEDUP_POSTINGS_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "lib/base/huge_pages.h"
#include "lib/base/prefetch.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace wirefold {

// A cache line of slots. A slot's lower 32 bits, then the two above them of all slots together.
struct alignas(64) PostingLine {
  static constexpr size_t kSlots = 15;

  // The lower bits of the slots, filled from the front, 0: empty; then, in the last word, two bits
  // more of each, and kStashed. One array, so that a loop over it is a few vector instructions.
  std::array<uint32_t, kSlots + 1> words{};

  // In the last word: something whose home this is lies in the stash.
  static constexpr uint32_t kStashed = uint32_t{1} << 31;

  [[nodiscard]] bool full() const { return words[kSlots - 1] != 0; }
  [[nodiscard]] bool has_stashed() const { return (words[kSlots] & kStashed) != 0; }
  [[nodiscard]] uint64_t slot(size_t i) const {
    return uint64_t{words[kSlots] >> (2 * i) & 3} << 32 | words[i];
  }
  void Put(size_t i, uint64_t slot) {
    words[i] = static_cast<uint32_t>(slot);
    words[kSlots] |= static_cast<uint32_t>(slot >> 32) << (2 * i);
  }
  // The first empty slot of a line that is not full.
  [[nodiscard]] size_t End() const {
    return static_cast<size_t>(std::countr_zero(WordsThatAre(0, 0)));
  }
  // Bit i: slot i is `tag` but for the entry.
  [[nodiscard]] uint32_t Matches(uint64_t tag, int entry_bits) const {
    const uint32_t found = WordsThatAre(static_cast<uint32_t>(tag), entry_bits) & kAllSlots;
    // Few: whether their upper bits are the tag's too.
    uint32_t same = 0;
    for (uint32_t rest = found; rest != 0; rest &= rest - 1) {
      const int i = std::countr_zero(rest);
      if ((words[kSlots] >> (2 * i) & 3) == tag >> 32) same |= uint32_t{1} << i;
    }
    return same;
  }

 private:
  static constexpr uint32_t kAllSlots = (uint32_t{1} << kSlots) - 1;

  // Bit i: word i is `value` but for the lowest `but` bits.
  [[nodiscard]] uint32_t WordsThatAre(uint32_t value, int but) const {
#if defined(__SSE2__)
    const __m128i sought = _mm_set1_epi32(static_cast<int>(value));
    const __m128i shift = _mm_cvtsi32_si128(but);
    const auto four = [&](size_t i) {
      const __m128i here = _mm_load_si128(reinterpret_cast<const __m128i*>(&words[4 * i]));
      return _mm_cmpeq_epi32(_mm_srl_epi32(_mm_xor_si128(here, sought), shift),
                             _mm_setzero_si128());
    };
    const __m128i low = _mm_packs_epi32(four(0), four(1));
    const __m128i high = _mm_packs_epi32(four(2), four(3));
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
#else
    uint32_t found = 0;
    for (size_t i = 0; i <= kSlots; ++i) {
      found |= uint32_t{((words[i] ^ value) >> but) == 0} << i;
    }
    return found;
#endif
  }
};
static_assert(sizeof(PostingLine) == 64);

// How the lines of a shard are numbered and what their slots hold, which follows from how many
// there are.
class ShardShape {
 public:
  // Bits of a key below those that choose the shard.
  static constexpr int kRestBits = 28;
  static constexpr int kSlotBits = 34;
  static constexpr uint64_t kDisplaced = uint64_t{1} << (kSlotBits - 1);

  // `lines`: homes of keys; there is one line more, for what the last home has no room for.
  explicit ShardShape(uint32_t lines = 1)
      : lines_(lines),
        entry_bits_(EntryBits(lines)),
        step_((uint64_t{1} << (kRestBits + kPointBits)) / lines) {}

  [[nodiscard]] uint32_t lines() const { return lines_; }
  // The low bits of a slot: entry + 1.
  [[nodiscard]] int entry_bits() const { return entry_bits_; }
  [[nodiscard]] uint64_t entry_mask() const { return (uint64_t{1} << entry_bits_) - 1; }
  [[nodiscard]] uint32_t Home(uint32_t rest) const {
    return static_cast<uint32_t>(uint64_t{rest} * lines_ >> kRestBits);
  }
  // A slot of this key in its home, without the entry.
  [[nodiscard]] uint64_t Tag(uint32_t rest, uint32_t home) const {
    return uint64_t{rest - FirstRest(home)} << entry_bits_;
  }
  // The rest of the key of a slot in line `line`.
  [[nodiscard]] uint32_t RestOf(uint64_t slot, uint32_t line) const {
    const uint32_t home = line - static_cast<uint32_t>(slot >> (kSlotBits - 1));
    return FirstRest(home) + static_cast<uint32_t>((slot & ~kDisplaced) >> entry_bits_);
  }
  static int EntryBits(uint32_t lines) {
    // A home's keys: numbers up to this, which FirstRest may have made too large by one.
    const uint32_t last = ((uint32_t{1} << kRestBits) + lines - 1) / lines + 1;
    return kSlotBits - 1 - static_cast<int>(std::bit_width(last));
  }
  // The slot of a stash of `size` where the search for a key begins.
  static size_t StashHome(uint32_t rest, size_t size) {
    return static_cast<size_t>((uint64_t{rest} * 0x9E3779B1u & 0xFFFFFFFFu) * size >> 32);
  }

  // Calls visit(entry) for the postings of a key in its home and the line behind it, until it
  // returns false. True: there is more of the home in the stash.
  template <typename Visitor>
  bool VisitLines(uint32_t rest, const PostingLine* home_lines, Visitor& visit) const {
    // An empty slot is no match for the tag of the smallest key: its entry would be none.
    uint64_t tag = Tag(rest, Home(rest));
    for (int further = 0; further < 2; ++further, tag |= kDisplaced) {
      const PostingLine& line = home_lines[further];
      for (uint32_t found = line.Matches(tag, entry_bits_); found != 0; found &= found - 1) {
        const uint64_t entry =
            line.words[static_cast<size_t>(std::countr_zero(found))] & entry_mask();
        if (entry == 0) break;
        if (!visit(static_cast<uint32_t>(entry - 1))) return false;
      }
      if (!line.full()) return false;
    }
    return home_lines->has_stashed();
  }

 private:
  static constexpr int kPointBits = 32;
  // What a slot's bits of a key count from: the smallest rest of a key whose home the line is, or
  // one less.
  [[nodiscard]] uint32_t FirstRest(uint32_t line) const {
    return static_cast<uint32_t>(line * step_ >> kPointBits);
  }

  uint32_t lines_;
  int entry_bits_;
  uint64_t step_;  // the share of the range of keys that one line has, in fixed point
};

class PostingTable {
 public:
  static constexpr int kShardBits = 5;
  static constexpr size_t kShards = size_t{1} << kShardBits;
  static constexpr int kKeyBits = kShardBits + ShardShape::kRestBits;
  // Entries are numbers below this.
  static constexpr uint32_t kMaxEntries = uint32_t{1} << 24;
  static constexpr uint32_t kGone = 0xFFFFFFFF;

  enum class Kind : uint8_t { kBand, kAnchor };
  // The key of a value of the given kind, spread over kKeyBits: multiplying by an odd number and
  // folding are both reversible.
  static uint64_t KeyOf(Kind kind, uint32_t value) {
    uint64_t key = uint64_t{value} | uint64_t{kind == Kind::kAnchor} << kKindShift;
    key = Folded(key * kSpread & kKeyMask);
    return Folded(key * kSpreadAgain & kKeyMask);
  }
  // The kind that KeyOf was given.
  static Kind KindOf(uint64_t key) {
    key = Folded(key) * InverseOf(kSpreadAgain) & kKeyMask;
    key = Folded(key) * InverseOf(kSpread) & kKeyMask;
    return key >> kKindShift != 0 ? Kind::kAnchor : Kind::kBand;
  }
  static size_t ShardOf(uint64_t key) { return static_cast<size_t>(key >> ShardShape::kRestBits); }
  static uint32_t RestOf(uint64_t key) {
    return static_cast<uint32_t>(key) & ((uint32_t{1} << ShardShape::kRestBits) - 1);
  }

  // What a shard is made of, as it lies in memory and on disk.
  struct Shard {
    ShardShape shape;
    HugePageVector<PostingLine> lines = HugePageVector<PostingLine>(2);
    std::vector<uint64_t> stash;  // open addressing: rest of the key, entry + 1; 0: empty
    uint32_t stashed = 0;
    uint32_t postings = 0;
  };

  PostingTable();

  // A key that has `cap` postings loses the one of the smallest entry for it.
  void Add(uint64_t key, uint32_t entry, size_t cap);

  // Asks for what Visit will read, ahead of time.
  void Prefetch(uint64_t key) const { PrefetchShard(shards_[ShardOf(key)], RestOf(key)); }
  static void PrefetchShard(const Shard& shard, uint32_t rest) {
    PrefetchRead(&shard.lines[shard.shape.Home(rest)]);
  }

  // Behind that, what of it lies elsewhere.
  static void PrefetchRest(const Shard& shard, uint32_t rest) {
    const PostingLine* const line = &shard.lines[shard.shape.Home(rest)];
    if (line->full()) PrefetchRead(line + 1);
    if (line->has_stashed()) {
      PrefetchRead(&shard.stash[ShardShape::StashHome(rest, shard.stash.size())]);
    }
  }

  // The same for Add, which looks at two lines.
  void PrefetchToAdd(uint64_t key) const {
    const Shard& shard = shards_[ShardOf(key)];
    const PostingLine* const line = &shard.lines[shard.shape.Home(RestOf(key))];
    PrefetchWrite(line);
    PrefetchWrite(line + 1);
  }

  // Calls visit(entry) for each posting of the key, in no order, until it returns false.
  template <typename Visitor>
  void Visit(uint64_t key, Visitor visit) const {
    VisitShard(shards_[ShardOf(key)], RestOf(key), visit);
  }

  // The same of a key's rest in its shard.
  template <typename Visitor>
  static void VisitShard(const Shard& shard, uint32_t rest, Visitor visit) {
    if (!shard.shape.VisitLines(rest, &shard.lines[shard.shape.Home(rest)], visit)) return;
    for (size_t at = ShardShape::StashHome(rest, shard.stash.size()); shard.stash[at] != 0;
         at = at + 1 < shard.stash.size() ? at + 1 : 0) {
      if (shard.stash[at] >> 32 != rest) continue;
      if (!visit(static_cast<uint32_t>(shard.stash[at]) - 1)) return;
    }
  }

  // Calls function(rest, entry) for every posting of a shard.
  template <typename Function>
  static void ForAll(const Shard& shard, Function function) {
    const uint64_t entry_mask = shard.shape.entry_mask();
    for (uint32_t i = 0; i < shard.lines.size(); ++i) {
      const PostingLine& line = shard.lines[i];
      for (size_t slot = 0; slot < PostingLine::kSlots && line.words[slot] != 0; ++slot) {
        const uint64_t value = line.slot(slot);
        function(shard.shape.RestOf(value, i), static_cast<uint32_t>(value & entry_mask) - 1);
      }
    }
    for (const uint64_t value : shard.stash) {
      if (value != 0) {
        function(static_cast<uint32_t>(value >> 32), static_cast<uint32_t>(value) - 1);
      }
    }
  }

  // Each entry becomes new_numbers[entry]; kGone: its postings go, and their memory.
  void Renumber(std::span<const uint32_t> new_numbers);

  // The same postings in as few lines as are good to read, of entries below `entries`.
  static Shard Packed(const Shard& shard, uint32_t entries);
  // Shards of the same number of several tables as one, packed: an entry's number grows by `first`
  // of where it was, and those that are not `lives` have no postings in it. A key with more than
  // most_of(rest) postings keeps those of the greatest entries; one that none of the sources has
  // stashed may keep more.
  struct Source {
    const Shard* shard;
    uint32_t first;
    std::function<bool(uint32_t)> lives;
  };
  using MostOf = std::function<size_t(uint32_t rest)>;
  static Shard Merged(std::span<const Source> sources, uint32_t entries, const MostOf& most_of);

  [[nodiscard]] const std::vector<Shard>& shards() const { return shards_; }
  // A table of kShards shards that another one had.
  explicit PostingTable(std::vector<Shard> shards) : shards_(std::move(shards)) {}

  [[nodiscard]] size_t memory_bytes() const;

 private:
  static constexpr uint64_t kKeyMask = (uint64_t{1} << kKeyBits) - 1;
  static constexpr int kKindShift = kKeyBits - 1;
  static constexpr uint64_t kSpread = 0x9E3779B97F4A7C15u;
  static constexpr uint64_t kSpreadAgain = 0xD6E8FEB86659FD93u;
  // Its own inverse, since the shift is more than half of kKeyBits.
  static constexpr uint64_t Folded(uint64_t key) { return key ^ key >> 17; }
  static_assert(2 * 17 > kKeyBits);
  // What an odd number has to be multiplied by to give 1, by Newton's method: each step doubles
  // how many of the low bits are right, three to begin with.
  static constexpr uint64_t InverseOf(uint64_t odd) {
    uint64_t inverse = odd;
    for (int right = 3; right < kKeyBits; right *= 2) inverse *= 2 - odd * inverse;
    return inverse;
  }

  static uint64_t StashValue(uint32_t rest, uint32_t entry) {
    return uint64_t{rest} << 32 | (uint64_t{entry} + 1);
  }
  // False if neither of a key's lines has room.
  static bool PutInLines(Shard& shard, uint32_t rest, uint32_t entry);
  static void Insert(Shard& shard, uint32_t rest, uint32_t entry);
  static void Stash(Shard& shard, uint32_t rest, uint32_t entry);
  // Of a shard that has none yet, from StashValue of all that its lines have no room for.
  static void MakeStash(Shard& shard, std::vector<uint64_t> values);
  // In so many lines; new_numbers as for Renumber, empty for as they are.
  static Shard Rebuilt(const Shard& shard, uint32_t lines, std::span<const uint32_t> new_numbers);
  static bool ReplaceOldest(Shard& shard, uint32_t rest, uint32_t entry, size_t cap);

  std::vector<Shard> shards_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_POSTINGS_H_
