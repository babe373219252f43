#include "lib/dedup/postings.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace wirefold {
namespace {

// A shard grows from this share of its slots on.
constexpr uint64_t kMaxLoadPercent = 86;
// After its entries were renumbered it has room to grow.
constexpr uint64_t kLoadPercent = 78;
constexpr size_t kFirstStash = 8;

}  // namespace

PostingTable::PostingTable() : shards_(size_t{1} << kShardBits) {}

int PostingTable::EntryBits(uint32_t lines) {
  // A home's keys: numbers up to this, which FirstRest may have made too large by one.
  const uint32_t last = ((uint32_t{1} << kRestBits) + lines - 1) / lines + 1;
  return 31 - std::bit_width(last);
}

void PostingTable::Add(uint32_t key, uint32_t entry, size_t cap) {
  Shard& shard = shards_[key >> kRestBits];
  const uint32_t rest = Rest(key);
  const auto grow = [&] { Rebuild(shard, shard.Lines() + shard.Lines() / 4 + 1, {}); };
  while (entry + 1 >= uint32_t{1} << shard.entry_bits) grow();
  if (uint64_t{shard.postings} * 100 >= uint64_t{shard.Lines()} * kSlots * kMaxLoadPercent) {
    // One that takes another's place needs no room; that is seldom.
    if (ReplaceOldest(shard, rest, entry, cap)) return;
    grow();
  }
  // Most keys have few postings: it is as good as sure that there is room, and no cap is met.
  const uint32_t home = LineOf(rest, shard.Lines());
  const uint32_t tag = (rest - FirstRest(home, shard.step)) << shard.entry_bits;
  Line& line = shard.lines[home];
  if (!line.full()) {
    const uint32_t found = Matches(line, tag, shard.entry_bits);
    if (static_cast<size_t>(std::popcount(found)) < cap) {
      ++shard.postings;
      line.slots[EndOf(line)] = tag | (entry + 1);
      return;
    }
  }
  if (ReplaceOldest(shard, rest, entry, cap)) return;
  Insert(shard, rest, entry);
}

void PostingTable::Insert(Shard& shard, uint32_t rest, uint32_t entry) {
  ++shard.postings;
  const uint32_t home = LineOf(rest, shard.Lines());
  uint32_t slot = (rest - FirstRest(home, shard.step)) << shard.entry_bits | (entry + 1);
  for (uint32_t further = 0; further < 2; ++further, slot |= kDisplaced) {
    Line& line = shard.lines[home + further];
    if (line.full()) continue;
    line.slots[EndOf(line)] = slot;
    return;
  }
  Stash(shard, rest, entry);
}

void PostingTable::Stash(Shard& shard, uint32_t rest, uint32_t entry) {
  const auto put = [](std::vector<uint64_t>& stash, uint64_t value) {
    size_t at = StashHome(static_cast<uint32_t>(value >> 32), stash.size());
    while (stash[at] != 0) at = at + 1 < stash.size() ? at + 1 : 0;
    stash[at] = value;
  };
  if ((size_t{shard.stashed} + 1) * 4 > shard.stash.size() * 3) {
    std::vector<uint64_t> larger(std::max(kFirstStash, shard.stash.size() * 5 / 4 + 1));
    for (const uint64_t value : shard.stash) {
      if (value != 0) put(larger, value);
    }
    shard.stash = std::move(larger);
  }
  put(shard.stash, uint64_t{rest} << 32 | (entry + 1));
  ++shard.stashed;
}

template <typename Function>
void PostingTable::ForAll(const Shard& shard, Function function) {
  const uint32_t entry_mask = (uint32_t{1} << shard.entry_bits) - 1;
  for (uint32_t i = 0; i < shard.lines.size(); ++i) {
    for (const uint32_t slot : shard.lines[i].slots) {
      if (slot == 0) break;
      const uint32_t home = i - (slot >> 31);
      const uint32_t more = (slot & ~kDisplaced) >> shard.entry_bits;
      function(FirstRest(home, shard.step) + more, (slot & entry_mask) - 1);
    }
  }
  for (const uint64_t value : shard.stash) {
    if (value != 0) {
      function(static_cast<uint32_t>(value >> 32), static_cast<uint32_t>(value) - 1);
    }
  }
}

void PostingTable::Rebuild(Shard& shard, uint32_t lines, std::span<const uint32_t> new_numbers) {
  Shard other;
  other.lines = HugePageVector<Line>(lines + 1);
  other.entry_bits = EntryBits(lines);
  other.step = StepOf(lines);
  ForAll(shard, [&](uint32_t rest, uint32_t entry) {
    const uint32_t number = new_numbers.empty() ? entry : new_numbers[entry];
    if (number != kGone) Insert(other, rest, number);
  });
  shard = std::move(other);
}

// False if the key has fewer postings than the cap.
bool PostingTable::ReplaceOldest(Shard& shard, uint32_t rest, uint32_t entry, size_t cap) {
  const uint32_t home = LineOf(rest, shard.Lines());
  const uint32_t entry_mask = (uint32_t{1} << shard.entry_bits) - 1;
  uint32_t tag = (rest - FirstRest(home, shard.step)) << shard.entry_bits;
  uint32_t* oldest = nullptr;
  size_t count = 0;
  for (uint32_t further = 0; further < 2; ++further, tag |= kDisplaced) {
    Line& line = shard.lines[home + further];
    for (uint32_t found = Matches(line, tag, shard.entry_bits); found != 0; found &= found - 1) {
      uint32_t& slot = line.slots[static_cast<size_t>(__builtin_ctz(found))];
      if ((slot & entry_mask) == 0) break;
      ++count;
      if (oldest == nullptr || (slot & entry_mask) < (*oldest & entry_mask)) oldest = &slot;
    }
    if (!line.full()) break;
  }
  uint64_t* oldest_stashed = nullptr;
  if (!shard.stash.empty() && shard.lines[home].full() && shard.lines[home + 1].full()) {
    for (size_t at = StashHome(rest, shard.stash.size()); shard.stash[at] != 0;
         at = at + 1 < shard.stash.size() ? at + 1 : 0) {
      if (shard.stash[at] >> 32 != rest) continue;
      ++count;
      if (oldest_stashed == nullptr || shard.stash[at] < *oldest_stashed) {
        oldest_stashed = &shard.stash[at];
      }
    }
  }
  if (count < cap) return false;
  const uint32_t in_line = oldest == nullptr ? kGone : *oldest & entry_mask;
  if (oldest_stashed != nullptr && static_cast<uint32_t>(*oldest_stashed) < in_line) {
    *oldest_stashed = uint64_t{rest} << 32 | (entry + 1);
    return true;
  }
  if (oldest == nullptr) return false;
  *oldest = (*oldest & ~entry_mask) | (entry + 1);
  return true;
}

void PostingTable::Renumber(std::span<const uint32_t> new_numbers) {
  const uint32_t most = new_numbers.empty() ? 0 : static_cast<uint32_t>(new_numbers.size());
  for (Shard& shard : shards_) {
    uint64_t kept = 0;
    ForAll(shard, [&](uint32_t, uint32_t entry) { kept += new_numbers[entry] != kGone ? 1 : 0; });
    auto lines = static_cast<uint32_t>(kept * 100 / (kSlots * kLoadPercent) + 1);
    while (most >= uint32_t{1} << EntryBits(lines)) lines += lines / 8 + 1;
    Rebuild(shard, lines, new_numbers);
  }
}

size_t PostingTable::memory_bytes() const {
  size_t bytes = shards_.capacity() * sizeof(Shard);
  for (const Shard& shard : shards_) {
    bytes += shard.lines.capacity() * sizeof(Line) + shard.stash.capacity() * sizeof(uint64_t);
  }
  return bytes;
}

}  // namespace wirefold
