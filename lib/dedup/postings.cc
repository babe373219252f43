#include "lib/dedup/postings.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <span>
#include <utility>

#include "lib/base/numbers.h"

namespace wirefold {
namespace {

// A shard grows from this share of its slots on; from 80 on adding takes a tenth more time, since
// more lines are full.
constexpr uint64_t kMaxLoadPercent = 70;
// After its entries were renumbered it has room to grow.
constexpr uint64_t kLoadPercent = 65;
// One that nothing is added to: still nearly all keys are in the first of their two lines.
constexpr uint64_t kPackedLoadPercent = 90;
constexpr size_t kFirstStash = 8;
// A stash that is made at once: keys of many postings make long stretches without a gap, and how
// far one has to look grows quickly with the share of slots in use.
constexpr size_t kStashLoadPercent = 75;
// With fewer than so many lines a shard doubles: memory is no matter yet, and each step puts all
// that there is anew.
constexpr uint32_t kFewLines = 4096;

}  // namespace

PostingTable::PostingTable() : shards_(kShards) {}

void PostingTable::Add(uint64_t key, uint32_t entry, size_t cap) {
  Shard& shard = shards_[ShardOf(key)];
  const uint32_t rest = RestOf(key);
  const auto grow = [&] {
    const uint32_t lines = shard.shape.lines();
    shard = Rebuilt(shard, lines < kFewLines ? 2 * lines : lines + lines / 4 + 1, {});
  };
  while (uint64_t{entry} + 1 > shard.shape.entry_mask()) grow();
  if (uint64_t{shard.postings} * 100 >=
      uint64_t{shard.shape.lines()} * PostingLine::kSlots * kMaxLoadPercent) {
    // One that takes another's place needs no room; that is seldom.
    if (ReplaceOldest(shard, rest, entry, cap)) return;
    grow();
  }
  // Most keys have few postings: it is as good as sure that there is room, and no cap is met.
  const uint32_t home = shard.shape.Home(rest);
  const uint64_t tag = shard.shape.Tag(rest, home);
  PostingLine& line = shard.lines[home];
  if (!line.full()) {
    const uint32_t found = line.Matches(tag, shard.shape.entry_bits());
    if (CountBits(found) < cap) {
      ++shard.postings;
      line.Put(line.End(), tag | (uint64_t{entry} + 1));
      return;
    }
  }
  if (ReplaceOldest(shard, rest, entry, cap)) return;
  Insert(shard, rest, entry);
}

bool PostingTable::PutInLines(Shard& shard, uint32_t rest, uint32_t entry) {
  const uint32_t home = shard.shape.Home(rest);
  uint64_t slot = shard.shape.Tag(rest, home) | (uint64_t{entry} + 1);
  for (uint32_t further = 0; further < 2; ++further, slot |= ShardShape::kDisplaced) {
    PostingLine& line = shard.lines[home + further];
    if (line.full()) continue;
    line.Put(line.End(), slot);
    return true;
  }
  return false;
}

void PostingTable::Insert(Shard& shard, uint32_t rest, uint32_t entry) {
  ++shard.postings;
  if (!PutInLines(shard, rest, entry)) Stash(shard, rest, entry);
}

// As linear probing would have it, had they come in the order of their homes. One after the other
// in any order costs the square of how many a key has.
void PostingTable::MakeStash(Shard& shard, std::vector<uint64_t> values) {
  if (values.empty()) return;
  const size_t size = std::max(kFirstStash, values.size() * 100 / kStashLoadPercent + 1);
  const auto rest_of = [](uint64_t value) { return static_cast<uint32_t>(value >> 32); };
  const auto home_of = [&](uint64_t value) { return ShardShape::StashHome(rest_of(value), size); };
  std::sort(values.begin(), values.end(), [&](uint64_t a, uint64_t b) {
    return std::pair(home_of(a), a) < std::pair(home_of(b), b);
  });
  shard.stash.assign(size, 0);
  shard.stashed = static_cast<uint32_t>(values.size());
  size_t next = 0;
  size_t gap = 0;  // at the beginning, for what goes past the end
  for (const uint64_t value : values) {
    size_t at = std::max(next, home_of(value));
    if (at < size) {
      next = at + 1;
    } else {
      while (shard.stash[gap] != 0) ++gap;
      at = gap;
    }
    shard.stash[at] = value;
    shard.lines[shard.shape.Home(rest_of(value))].words[PostingLine::kSlots] |=
        PostingLine::kStashed;
  }
}

void PostingTable::Stash(Shard& shard, uint32_t rest, uint32_t entry) {
  const auto put = [](std::vector<uint64_t>& stash, uint64_t value) {
    size_t at = ShardShape::StashHome(static_cast<uint32_t>(value >> 32), stash.size());
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
  put(shard.stash, StashValue(rest, entry));
  shard.lines[shard.shape.Home(rest)].words[PostingLine::kSlots] |= PostingLine::kStashed;
  ++shard.stashed;
}

PostingTable::Shard PostingTable::Rebuilt(const Shard& shard, uint32_t lines,
                                          std::span<const uint32_t> new_numbers) {
  Shard other;
  other.shape = ShardShape(lines);
  other.lines = HugePageVector<PostingLine>(lines + 1);
  std::vector<uint64_t> stash;
  ForAll(shard, [&](uint32_t rest, uint32_t entry) {
    const uint32_t number = new_numbers.empty() ? entry : new_numbers[entry];
    if (number == kGone) return;
    ++other.postings;
    if (!PutInLines(other, rest, number)) stash.push_back(StashValue(rest, number));
  });
  MakeStash(other, std::move(stash));
  return other;
}

// False if the key has fewer postings than the cap.
bool PostingTable::ReplaceOldest(Shard& shard, uint32_t rest, uint32_t entry, size_t cap) {
  const uint32_t home = shard.shape.Home(rest);
  const auto entry_mask = static_cast<uint32_t>(shard.shape.entry_mask());
  uint64_t tag = shard.shape.Tag(rest, home);
  uint32_t* oldest = nullptr;
  size_t count = 0;
  for (uint32_t further = 0; further < 2; ++further, tag |= ShardShape::kDisplaced) {
    PostingLine& line = shard.lines[home + further];
    for (uint32_t found = line.Matches(tag, shard.shape.entry_bits()); found != 0;
         found &= found - 1) {
      uint32_t& slot = line.words[static_cast<size_t>(std::countr_zero(found))];
      if ((slot & entry_mask) == 0) break;
      ++count;
      if (oldest == nullptr || (slot & entry_mask) < (*oldest & entry_mask)) oldest = &slot;
    }
    if (!line.full()) break;
  }
  uint64_t* oldest_stashed = nullptr;
  if (shard.lines[home].has_stashed()) {
    for (size_t at = ShardShape::StashHome(rest, shard.stash.size()); shard.stash[at] != 0;
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
    *oldest_stashed = StashValue(rest, entry);
    return true;
  }
  if (oldest == nullptr) return false;
  *oldest = (*oldest & ~entry_mask) | (entry + 1);
  return true;
}

namespace {

// Lines for so many postings of entries below `entries`.
uint32_t LinesFor(uint64_t postings, uint32_t entries, uint64_t load_percent) {
  auto lines = static_cast<uint32_t>(postings * 100 / (PostingLine::kSlots * load_percent) + 1);
  while (entries >= uint64_t{1} << ShardShape::EntryBits(lines)) lines += lines / 8 + 1;
  return lines;
}

}  // namespace

void PostingTable::Renumber(std::span<const uint32_t> new_numbers) {
  uint32_t most = 0;
  for (const uint32_t number : new_numbers) {
    if (number != kGone) most = std::max(most, number + 1);
  }
  for (Shard& shard : shards_) {
    uint64_t kept = 0;
    ForAll(shard, [&](uint32_t, uint32_t entry) { kept += new_numbers[entry] != kGone ? 1 : 0; });
    shard = Rebuilt(shard, LinesFor(kept, most, kLoadPercent), new_numbers);
  }
}

PostingTable::Shard PostingTable::Packed(const Shard& shard, uint32_t entries) {
  return Rebuilt(shard, LinesFor(shard.postings, entries, kPackedLoadPercent), {});
}

namespace {

// The keys of which sources have more postings than are kept, and what is kept of those.
class CrowdedKeys {
 public:
  CrowdedKeys(std::span<const PostingTable::Source> sources, const PostingTable::MostOf& most_of) {
    // Who has as many has some in a stash.
    std::vector<uint32_t> stashed;
    for (const PostingTable::Source& source : sources) {
      for (const uint64_t value : source.shard->stash) {
        if (value != 0) stashed.push_back(static_cast<uint32_t>(value >> 32));
      }
    }
    std::sort(stashed.begin(), stashed.end());
    stashed.erase(std::unique(stashed.begin(), stashed.end()), stashed.end());
    std::vector<uint32_t> entries;
    for (const uint32_t rest : stashed) {
      entries.clear();
      for (const PostingTable::Source& source : sources) {
        PostingTable::VisitShard(*source.shard, rest, [&](uint32_t entry) {
          if (source.lives(entry)) entries.push_back(source.first + entry);
          return true;
        });
      }
      const size_t most = most_of(rest);
      if (entries.size() <= most) continue;
      postings_ += entries.size();
      std::nth_element(entries.begin(), entries.begin() + static_cast<ptrdiff_t>(most),
                       entries.end(), std::greater<>());
      for (size_t i = 0; i < most; ++i) kept_.emplace_back(rest, entries[i]);
      rests_.push_back(rest);
      near_[PlaceOf(rest)] = true;
    }
  }

  [[nodiscard]] bool Has(uint32_t rest) const {
    return near_[PlaceOf(rest)] && std::binary_search(rests_.begin(), rests_.end(), rest);
  }
  // How many postings they had.
  [[nodiscard]] uint64_t postings() const { return postings_; }
  // By key: rest of the key, entry.
  [[nodiscard]] std::span<const std::pair<uint32_t, uint32_t>> kept() const { return kept_; }

 private:
  static constexpr int kPlaceBits = 20;
  // Neighbours are asked for one after the other.
  static size_t PlaceOf(uint32_t rest) { return rest >> (ShardShape::kRestBits - kPlaceBits); }

  std::vector<uint32_t> rests_;  // ascending
  std::vector<bool> near_ = std::vector<bool>(size_t{1} << kPlaceBits);
  std::vector<std::pair<uint32_t, uint32_t>> kept_;
  uint64_t postings_ = 0;
};

}  // namespace

PostingTable::Shard PostingTable::Merged(std::span<const Source> sources, uint32_t entries,
                                         const MostOf& most_of) {
  uint64_t postings = 0;
  for (const Source& source : sources) {
    ForAll(*source.shard,
           [&](uint32_t, uint32_t entry) { postings += source.lives(entry) ? 1 : 0; });
  }
  const CrowdedKeys crowded(sources, most_of);
  Shard merged;
  // The crowded come last, and go where the others leave room.
  const uint32_t lines = LinesFor(postings - crowded.postings(), entries, kPackedLoadPercent);
  merged.shape = ShardShape(lines);
  merged.lines = HugePageVector<PostingLine>(size_t{lines} + 1);
  std::vector<uint64_t> stash;
  const auto put = [&](uint32_t rest, uint32_t number) {
    ++merged.postings;
    if (!PutInLines(merged, rest, number)) stash.push_back(StashValue(rest, number));
  };
  for (const Source& source : sources) {
    ForAll(*source.shard, [&](uint32_t rest, uint32_t entry) {
      if (source.lives(entry) && !crowded.Has(rest)) put(rest, source.first + entry);
    });
  }
  for (const auto& [rest, number] : crowded.kept()) put(rest, number);
  MakeStash(merged, std::move(stash));
  return merged;
}

size_t PostingTable::memory_bytes() const {
  size_t bytes = shards_.capacity() * sizeof(Shard);
  for (const Shard& shard : shards_) {
    bytes +=
        shard.lines.capacity() * sizeof(PostingLine) + shard.stash.capacity() * sizeof(uint64_t);
  }
  return bytes;
}

}  // namespace wirefold
