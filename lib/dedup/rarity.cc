#include "lib/dedup/rarity.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "lib/base/numbers.h"
#include "lib/base/prefetch.h"
#include "lib/base/reason.h"

namespace wirefold {
namespace {

// Without a window.
constexpr int kDayBits = 14;
// With one. An entry has as many bits of the shingle as the smallest table needs.
constexpr int kStepBits = 11;
constexpr int kBeforeBits = 30;
constexpr int kWindowShingleBits = 64 - kStepBits - kBeforeBits;
static_assert(RarityTable::kDaysKept == kBeforeBits);
// Steps after which what is outside the window is taken out, before steps repeat.
constexpr int64_t kSweepSteps = 512;
// A text that is further ahead counts as of the stream's day; such steps are told apart from those
// that a sweep has left.
constexpr int64_t kFarSteps = 400;
constexpr size_t kEntryBytes = 8;
// Of sixteen places, those in use from which on a full bucket makes the table grow: hardly a bucket
// loses an entry before. From nine on, one pair of English news was taken for copies that is none.
constexpr size_t kGrowsFrom = 4;
constexpr uint32_t Mask(int bits) { return (uint32_t{1} << bits) - 1; }

// How much later `a` is than `b`, both by their low bits; within ± half of what they hold.
int32_t Later(uint32_t a, uint32_t b, int bits) {
  const auto difference = static_cast<int32_t>((a - b) & Mask(bits));
  return difference > static_cast<int32_t>(Mask(bits) / 2)
             ? difference - static_cast<int32_t>(Mask(bits)) - 1
             : difference;
}

}  // namespace

RarityTable::RarityTable(size_t max_entries, int64_t window_days)
    : max_entries_(std::bit_ceil(std::max(max_entries, kFirstEntries))),
      window_days_(window_days),
      step_days_(std::max<int64_t>(1, (window_days + kDaysKept - 1) / kDaysKept)),
      entries_(kFirstEntries) {
  static_assert(kFirstEntries / kWays >= size_t{1} << (32 - kWindowShingleBits));
}

uint64_t RarityTable::Pack(const Fields& fields) const {
  if (window_days_ == 0) {
    return uint64_t{fields.shingle} << 32 | uint64_t{fields.last} << (kDayBits + 4) |
           uint64_t{fields.first} << 4 | fields.days;
  }
  // The upper bits of the shingle are the bucket's.
  const uint64_t entry = uint64_t{fields.shingle & Mask(kWindowShingleBits)}
                             << (kStepBits + kBeforeBits) |
                         uint64_t{fields.last} << kBeforeBits | fields.before;
  return std::max<uint64_t>(entry, 1);  // 0 is empty; one step more for one of 2^64 entries
}

RarityTable::Fields RarityTable::Unpack(uint64_t entry, size_t bucket, size_t buckets) const {
  Fields fields;
  if (window_days_ == 0) {
    fields.shingle = static_cast<uint32_t>(entry >> 32);
    fields.last = static_cast<uint32_t>(entry >> (kDayBits + 4)) & Mask(kDayBits);
    fields.first = static_cast<uint32_t>(entry >> 4) & Mask(kDayBits);
    fields.days = static_cast<uint32_t>(entry & 15);
    return fields;
  }
  const auto low = static_cast<uint32_t>(entry >> (kStepBits + kBeforeBits));
  const int bucket_bits = std::countr_zero(buckets);
  const auto high = static_cast<uint32_t>(uint64_t{bucket} << (32 - bucket_bits));
  fields.shingle = (high & ~Mask(kWindowShingleBits)) | low;
  fields.last = static_cast<uint32_t>(entry >> kBeforeBits) & Mask(kStepBits);
  fields.before = static_cast<uint32_t>(entry) & Mask(kBeforeBits);
  return fields;
}

bool RarityTable::IsOf(uint64_t entry, uint32_t shingle) const {
  return window_days_ == 0
             ? entry >> 32 == shingle
             : entry >> (kStepBits + kBeforeBits) == (shingle & Mask(kWindowShingleBits));
}

size_t RarityTable::BucketOf(uint32_t shingle) const {
  return static_cast<size_t>(uint64_t{shingle} * (entries_.size() / kWays) >> 32);
}

uint32_t RarityTable::StepOf(int64_t day) const {
  if (window_days_ == 0) return static_cast<uint32_t>(day) & Mask(kDayBits);
  const int64_t step = day / step_days_ - (day % step_days_ < 0 ? 1 : 0);
  return static_cast<uint32_t>(step) & Mask(kStepBits);
}

uint32_t RarityTable::DaysOf(const Fields& fields, uint32_t* first) const {
  if (window_days_ == 0) {
    *first = fields.first;
    return fields.days;
  }
  // How many steps the window's end is behind the last step of the entry.
  const int32_t room = Later(fields.last, StepOf(day_ - window_days_), kStepBits);
  if (room < 0) return 0;
  const uint32_t kept =
      room >= kBeforeBits ? fields.before : fields.before & Mask(static_cast<int>(room));
  *first = (fields.last - static_cast<uint32_t>(std::bit_width(kept))) & Mask(kStepBits);
  return std::min<uint32_t>(1 + CountBits(kept), kMaxDays);
}

void RarityTable::Advance(int64_t day) {
  if (advanced_ && day <= day_) return;
  if (window_days_ != 0 && (!advanced_ || day - swept_ > kSweepSteps * step_days_)) {
    // All that is left then has steps which are told apart.
    const bool far = advanced_ && day - day_ > kSweepSteps * step_days_;
    advanced_ = true;
    if (far) {
      entries_.assign(entries_.size(), 0);
      size_ = 0;
    }
    day_ = swept_ = day;
    Sweep();
  }
  advanced_ = true;
  day_ = day;
}

void RarityTable::Sweep() {
  for (size_t bucket = 0; bucket < entries_.size() / kWays; ++bucket) {
    uint64_t* const slots = &entries_[bucket * kWays];
    size_t kept = 0;
    for (size_t i = 0; i < kWays && slots[i] != 0; ++i) {
      uint32_t first = 0;
      const uint64_t entry = slots[i];
      slots[i] = 0;
      if (DaysOf(Unpack(entry, bucket), &first) == 0) {
        --size_;
      } else {
        slots[kept++] = entry;
      }
    }
  }
}

void RarityTable::Prefetch(uint32_t shingle) const {
  PrefetchRead(&entries_[BucketOf(shingle) * kWays]);
}

void RarityTable::Learn(std::span<const RarityText> texts) {
  // What goes to neighbouring buckets is counted together, for a table is larger than the
  // processor's caches; of one shingle in the order of the texts.
  constexpr int kPartBits = 10;
  std::array<uint32_t, (size_t{1} << kPartBits) + 1> ends{};
  const auto for_all = [&](const auto& function) {
    constexpr size_t kTextsAhead = 4;
    for (size_t t = 0; t < texts.size(); ++t) {
      if (t + kTextsAhead < texts.size()) {
        const std::span<const uint32_t> next = texts[t + kTextsAhead].shingles;
        for (size_t i = 0; i < next.size(); i += 16) PrefetchRead(&next[i]);
      }
      const RarityText& text = texts[t];
      int64_t day = text.day;
      if (window_days_ != 0) {
        if (!advanced_ || day < day_ - window_days_) continue;
        if (day > day_ + kFarSteps * step_days_) day = day_;
      }
      const uint32_t step = StepOf(day);
      for (const uint32_t shingle : text.shingles) {
        if (UsesShingle(shingle, text.distinct)) function(Sight{shingle, step});
      }
    }
  };
  for_all([&](const Sight& sight) { ++ends[(sight.shingle >> (32 - kPartBits)) + 1]; });
  for (size_t part = 1; part < ends.size(); ++part) ends[part] += ends[part - 1];
  const size_t all = ends.back();
  if (sights_.size() < all) sights_.resize(all);
  for_all([&](const Sight& sight) { sights_[ends[sight.shingle >> (32 - kPartBits)]++] = sight; });
  constexpr size_t kAhead = 64;
  for (size_t i = 0; i < all; ++i) {
    if (i + kAhead < all) Prefetch(sights_[i + kAhead].shingle);
    Count(sights_[i].shingle, sights_[i].step);
  }
}

void RarityTable::Learn(std::span<const uint32_t> shingles, uint32_t distinct, int64_t day) {
  const RarityText text{shingles, distinct, day};
  Learn(std::span(&text, 1));
}

void RarityTable::Count(uint32_t shingle, uint32_t step) {
  const size_t bucket = BucketOf(shingle);
  uint64_t* const slots = &entries_[bucket * kWays];
  size_t i = 0;
  for (; i < kWays && slots[i] != 0; ++i) {
    if (!IsOf(slots[i], shingle)) continue;
    Fields fields = Unpack(slots[i], bucket);
    if (window_days_ == 0) {
      // A day in between counts once more each time it comes again; in the order of time none does.
      if (step != fields.last && step != fields.first) {
        fields.days = std::min(fields.days + 1, kMaxDays);
      }
      if (Later(fields.first, step, kDayBits) > 0) fields.first = step;
      fields.last = step;
    } else if (const int32_t later = Later(step, fields.last, kStepBits); later > 0) {
      // The last one so far becomes one of those before.
      const uint64_t all = (uint64_t{fields.before} << 1 | 1) << std::min(later - 1, 31);
      fields.before = static_cast<uint32_t>(all) & Mask(kBeforeBits);
      fields.last = step;
    } else if (later < 0 && -later <= kBeforeBits) {
      fields.before |= uint32_t{1} << (-later - 1);
    }
    slots[i] = Pack(fields);
    return;
  }
  const Fields fields{.shingle = shingle, .last = step, .before = 0, .first = step, .days = 1};
  if (i == kWays) {
    Put(fields);
    return;
  }
  ++size_;
  slots[i] = Pack(fields);
}

void RarityTable::Put(const Fields& fields) {
  size_t bucket = BucketOf(fields.shingle);
  const auto worth = [&](const Fields& other) {
    uint32_t first = 0;
    const uint32_t days = DaysOf(other, &first);
    return std::pair(days,
                     Later(other.last, fields.last, window_days_ == 0 ? kDayBits : kStepBits));
  };
  // Of a full bucket the entry that is worth least.
  const auto least = [&] {
    const uint64_t* const slots = &entries_[bucket * kWays];
    size_t victim = 0;
    auto lowest = worth(Unpack(slots[0], bucket));
    for (size_t i = 1; i < kWays; ++i) {
      const auto here = worth(Unpack(slots[i], bucket));
      if (here < lowest) {
        lowest = here;
        victim = i;
      }
    }
    return std::pair(victim, lowest.first);
  };
  for (;;) {
    uint64_t* const slots = &entries_[bucket * kWays];
    for (size_t i = 0; i < kWays; ++i) {
      if (slots[i] != 0) continue;
      ++size_;
      slots[i] = Pack(fields);
      return;
    }
    const auto [victim, days] = least();
    // A full bucket makes the table grow, unless the window has left one of its entries, or it is
    // one of few that somebody has filled on purpose.
    if (days > 0 && entries_.size() < max_entries_ && size_ >= entries_.size() / 16 * kGrowsFrom) {
      entries_ = Doubled();
      bucket = BucketOf(fields.shingle);
      continue;
    }
    slots[victim] = Pack(fields);
    return;
  }
}

size_t RarityTable::Growth(size_t from) const {
  const bool grows = entries_.size() < max_entries_ && size_ >= entries_.size() / 32 * from;
  return grows ? 2 * entries_.size() : 0;
}

void RarityTable::GrowIfDue(HugePageVector<uint64_t> grown) {
  if (GrowthDue() == 0) return;
  entries_ = grown.empty() ? Doubled() : std::move(grown);
}

HugePageVector<uint64_t> RarityTable::Doubled() const {
  HugePageVector<uint64_t> larger(2 * entries_.size());
  CopyTo(larger);
  return larger;
}

void RarityTable::CopyTo(HugePageVector<uint64_t>& larger) const {
  // Each bucket becomes two, by the next bit of the shingle; entries have it, and stay as they are.
  const size_t buckets = entries_.size() / kWays;
  const int bit =
      31 - std::countr_zero(buckets) + (window_days_ == 0 ? 32 : kStepBits + kBeforeBits);
  for (size_t bucket = 0; bucket < buckets; ++bucket) {
    std::array<uint64_t*, 2> next = {&larger[2 * bucket * kWays],
                                     &larger[(2 * bucket + 1) * kWays]};
    for (size_t i = bucket * kWays; i < (bucket + 1) * kWays && entries_[i] != 0; ++i) {
      *next[entries_[i] >> bit & 1]++ = entries_[i];
    }
  }
}

RarityTable::Counts RarityTable::Of(uint32_t shingle, int64_t day) const {
  const size_t bucket = BucketOf(shingle);
  const uint64_t* const slots = &entries_[bucket * kWays];
  for (size_t i = 0; i < kWays && slots[i] != 0; ++i) {
    if (!IsOf(slots[i], shingle)) continue;
    const Fields fields = Unpack(slots[i], bucket);
    Counts counts;
    uint32_t first = 0;
    counts.days = DaysOf(fields, &first);
    if (counts.days == 0) return {};
    if (window_days_ == 0) {
      counts.days_since = Later(StepOf(day), first, kDayBits);
    } else if (step_days_ == 1) {
      counts.days_since = Later(StepOf(day), first, kStepBits);
    } else {
      counts.days_since = int64_t{Later(StepOf(day), first, kStepBits)} * step_days_;
    }
    return counts;
  }
  return {};
}

void RarityTable::AppendTo(std::string& out) const {
  out.reserve(out.size() + 40 + size_ * (kEntryBytes + 1));
  AppendNumber(static_cast<uint64_t>(window_days_), 8, out);
  AppendNumber(static_cast<uint64_t>(day_), 8, out);
  AppendNumber(static_cast<uint64_t>(swept_), 8, out);
  AppendNumber(advanced_ ? 1 : 0, 1, out);
  AppendNumber(entries_.size(), 8, out);
  AppendNumber(size_, 8, out);
  // Bucket by bucket: how many it has, then those.
  for (size_t at = 0; at < entries_.size(); at += kWays) {
    const auto end = std::find(&entries_[at], &entries_[at] + kWays, 0u);
    AppendNumber(static_cast<uint64_t>(end - &entries_[at]), 1, out);
    for (const uint64_t* entry = &entries_[at]; entry != end; ++entry) {
      AppendNumber(*entry, kEntryBytes, out);
    }
  }
}

absl::Status RarityTable::TakeFrom(std::string_view& bytes) {
  const auto empty = [this] {
    entries_.assign(kFirstEntries, 0);
    size_ = 0;
    day_ = swept_ = 0;
    advanced_ = false;
  };
  const auto damaged = [&] {
    empty();
    return Reject(Reason::kStoreCorrupt,
                  "the table of learnt shingles is damaged or of another window");
  };
  empty();
  if (bytes.size() < 41) return damaged();
  const auto window_days = static_cast<int64_t>(TakeNumber(8, bytes));
  day_ = static_cast<int64_t>(TakeNumber(8, bytes));
  swept_ = static_cast<int64_t>(TakeNumber(8, bytes));
  advanced_ = TakeNumber(1, bytes) != 0;
  const uint64_t entries = TakeNumber(8, bytes);
  const uint64_t used = TakeNumber(8, bytes);
  if (window_days != window_days_ || !std::has_single_bit(entries) || entries < kFirstEntries ||
      used > entries || entries / kWays > bytes.size() || used > bytes.size() / kEntryBytes) {
    return damaged();
  }
  // Read as a table of the size that they come from; in one of another size they are put anew.
  RarityTable from(entries, window_days_);
  from.entries_.assign(entries, 0);
  from.day_ = day_;
  for (size_t at = 0; at < entries; at += kWays) {
    if (bytes.empty()) return damaged();
    const uint64_t here = TakeNumber(1, bytes);
    if (here > kWays || here * kEntryBytes > bytes.size()) return damaged();
    for (uint64_t i = 0; i < here; ++i) {
      const uint64_t entry = TakeNumber(kEntryBytes, bytes);
      if (entry == 0) return damaged();
      from.entries_[at + i] = entry;
      ++from.size_;
    }
  }
  if (from.size_ != used) return damaged();
  if (entries <= max_entries_) {
    entries_ = std::move(from.entries_);
    size_ = from.size_;
    return absl::OkStatus();
  }
  entries_.assign(max_entries_, 0);
  for (size_t i = 0; i < from.entries_.size(); ++i) {
    if (from.entries_[i] != 0) Put(from.Unpack(from.entries_[i], i / kWays));
  }
  return absl::OkStatus();
}

}  // namespace wirefold
