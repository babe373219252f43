#include "lib/dedup/rarity.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "lib/base/numbers.h"
#include "lib/base/reason.h"

namespace wirefold {
namespace {

constexpr int kDayBits = 14;
constexpr uint32_t kDayMask = (1u << kDayBits) - 1;
constexpr size_t kEntryBytes = 8;

uint32_t Low(int64_t day) { return static_cast<uint32_t>(day) & kDayMask; }

// How much later day `a` is than `b`, both by their low bits; within ± half of what they hold.
int32_t Later(uint32_t a, uint32_t b) {
  const auto difference = static_cast<int32_t>((a - b) & kDayMask);
  return difference > static_cast<int32_t>(kDayMask / 2)
             ? difference - static_cast<int32_t>(kDayMask) - 1
             : difference;
}

struct Fields {
  uint32_t shingle;
  uint32_t last;
  uint32_t first;
  uint32_t days;
};

uint64_t Pack(const Fields& fields) {
  return uint64_t{fields.shingle} << 32 | uint64_t{fields.last} << (kDayBits + 4) |
         uint64_t{fields.first} << 4 | fields.days;
}

Fields Unpack(uint64_t entry) {
  return {static_cast<uint32_t>(entry >> 32),
          static_cast<uint32_t>(entry >> (kDayBits + 4)) & kDayMask,
          static_cast<uint32_t>(entry >> 4) & kDayMask, static_cast<uint32_t>(entry & 15)};
}

}  // namespace

RarityTable::RarityTable(size_t max_entries)
    : max_entries_(std::bit_ceil(std::max(max_entries, kFirstEntries))), entries_(kFirstEntries) {}

size_t RarityTable::BucketOf(uint32_t shingle) const {
  // The upper bits of a product: the low bits of a sampled shingle are not evenly spread.
  const uint64_t spread = uint64_t{shingle} * 0x9E3779B97F4A7C15u >> 32;
  return (spread & (entries_.size() / kWays - 1)) * kWays;
}

void RarityTable::Learn(std::span<const uint32_t> shingles, uint32_t distinct, int64_t day) {
  const uint32_t today = Low(day);
  for (const uint32_t shingle : shingles) {
    if (!UsesShingle(shingle, distinct)) continue;
    uint64_t* const bucket = &entries_[BucketOf(shingle)];
    uint64_t* found = nullptr;
    for (size_t i = 0; i < kWays && bucket[i] != 0; ++i) {
      if (bucket[i] >> 32 == shingle) {
        found = &bucket[i];
        break;
      }
    }
    if (found == nullptr) {
      Put(Pack({shingle, today, today, 1}));
      continue;
    }
    Fields fields = Unpack(*found);
    // A day in between counts once more each time it comes again; in the order of time none does.
    if (today != fields.last && today != fields.first) {
      fields.days = std::min(fields.days + 1, kMaxDays);
    }
    if (Later(fields.first, today) > 0) fields.first = today;
    fields.last = today;
    *found = Pack(fields);
  }
}

void RarityTable::Put(uint64_t entry) {
  const Fields fields = Unpack(entry);
  uint64_t* bucket = &entries_[BucketOf(fields.shingle)];
  // A full bucket makes the table grow, unless it is one of few that somebody has filled on
  // purpose.
  while (bucket[kWays - 1] != 0 && entries_.size() < max_entries_ && size_ >= entries_.size() / 4) {
    Grow();
    bucket = &entries_[BucketOf(fields.shingle)];
  }
  uint64_t* victim = bucket;
  const auto worth = [&](uint64_t other) {
    const Fields theirs = Unpack(other);
    return std::pair(theirs.days, Later(theirs.last, fields.last));
  };
  for (size_t i = 0; i < kWays; ++i) {
    if (bucket[i] == 0) {
      ++size_;
      bucket[i] = entry;
      return;
    }
    if (worth(bucket[i]) < worth(*victim)) victim = &bucket[i];
  }
  *victim = entry;
}

void RarityTable::Grow() {
  std::vector<uint64_t> old(entries_.size() * 2);
  old.swap(entries_);
  size_ = 0;
  for (const uint64_t entry : old) {
    if (entry != 0) Put(entry);
  }
}

RarityTable::Counts RarityTable::Of(uint32_t shingle, int64_t day) const {
  const uint64_t* const bucket = &entries_[BucketOf(shingle)];
  for (size_t i = 0; i < kWays && bucket[i] != 0; ++i) {
    if (bucket[i] >> 32 != shingle) continue;
    const Fields fields = Unpack(bucket[i]);
    return {fields.days, Later(Low(day), fields.first)};
  }
  return {};
}

void RarityTable::AppendTo(std::string& out) const {
  out.reserve(out.size() + 16 + size_ * kEntryBytes);
  AppendNumber(entries_.size(), 8, out);
  AppendNumber(size_, 8, out);
  // In the order of buckets, so that a table of the same size takes them in the places they had.
  for (const uint64_t entry : entries_) {
    if (entry != 0) AppendNumber(entry, 8, out);
  }
}

absl::Status RarityTable::TakeFrom(std::string_view& bytes) {
  entries_.assign(kFirstEntries, 0);
  size_ = 0;
  const auto damaged = [] {
    return Reject(Reason::kStoreCorrupt, "the table of learnt shingles is damaged");
  };
  if (bytes.size() < 16) return damaged();
  const uint64_t entries = TakeNumber(8, bytes);
  const uint64_t used = TakeNumber(8, bytes);
  if (!std::has_single_bit(entries) || used > entries || used > bytes.size() / kEntryBytes) {
    return damaged();
  }
  entries_.assign(std::clamp<size_t>(entries, kFirstEntries, max_entries_), 0);
  for (uint64_t i = 0; i < used; ++i) Put(TakeNumber(8, bytes));
  return absl::OkStatus();
}

}  // namespace wirefold
