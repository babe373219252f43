#include "lib/dedup/index_segment.h"

#include <algorithm>

#include "absl/hash/hash.h"

namespace wirefold {
namespace {

// Fewer dead entries than this are left where they are.
constexpr size_t kFewDead = 64;

size_t HomeOf(const Ulid& id, size_t size) {
  const uint64_t hash = absl::Hash<Ulid>()(id);
  return static_cast<size_t>((hash >> 32) * size >> 32);
}

// What vectors of this size grow to: by a sixteenth, not by half.
template <typename T>
void MakeRoom(std::vector<T>& values) {
  if (values.size() == values.capacity()) values.reserve(values.size() + values.size() / 16 + 16);
}

}  // namespace

SketchKeys::SketchKeys(const Sketch& sketch) {
  keys.reserve(kBands + sketch.anchors.size());
  for (int band = 0; band < kBands; ++band) {
    keys.push_back(PostingTable::KeyOf(PostingTable::Kind::kBand, BandKey(sketch.signature, band)));
  }
  for (const uint32_t anchor : sketch.anchors) {
    keys.push_back(PostingTable::KeyOf(PostingTable::Kind::kAnchor, anchor));
  }
}

size_t IndexSegment::BandsKept(size_t anchors) {
  if (anchors < 16) return kBands;
  return anchors < 32 ? 12 : anchors < 96 ? 4 : 0;
}

int IndexSegment::AnchorRate(size_t anchors) { return anchors < 56 ? 0 : anchors < 128 ? 1 : 2; }

void IndexSegment::Add(const Ulid& id, uint64_t change, const Sketch& sketch,
                       const SketchKeys& all) {
  const int rate = AnchorRate(sketch.anchors.size());
  // The anchors ascend.
  const auto kept = static_cast<size_t>(
      std::partition_point(sketch.anchors.begin(), sketch.anchors.end(),
                           [&](uint32_t anchor) { return uint64_t{anchor} << rate >> 32 == 0; }) -
      sketch.anchors.begin());
  const size_t bands = BandsKept(sketch.anchors.size());
  for (size_t i = 0; i < bands; ++i) postings_.PrefetchToAdd(all.keys[i]);
  for (size_t i = 0; i < kept; ++i) postings_.PrefetchToAdd(all.keys[kBands + i]);
  const auto entry = static_cast<uint32_t>(entries_.size());
  MakeRoom(entries_);
  entries_.push_back({id, change, kept, static_cast<uint64_t>(rate)});
  dead_.push_back(false);
  Index(entry);
  for (size_t i = 0; i < bands; ++i) postings_.Add(all.keys[i], entry, kMaxBandPostings);
  for (size_t i = 0; i < kept; ++i) {
    postings_.Add(all.keys[kBands + i], entry, kMaxAnchorPostings);
  }
  first_ms_ = std::min(first_ms_, id.TimeMs());
  last_ms_ = std::max(last_ms_, id.TimeMs());
  last_change_ = change;
}

bool IndexSegment::Remove(const Ulid& id, uint64_t change) {
  const std::optional<uint32_t> entry = NumberOf(id);
  if (!entry.has_value()) return false;
  dead_[*entry] = true;
  deaths_.emplace_back(change, *entry);
  last_change_ = change;
  if (deaths_.size() > kFewDead && deaths_.size() * 4 > entries_.size()) DropDead(change);
  return true;
}

void IndexSegment::DropDead(uint64_t change) {
  std::vector<uint32_t> new_numbers(entries_.size(), PostingTable::kGone);
  std::vector<Entry> kept;
  kept.reserve(live());
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (dead_[i]) continue;
    new_numbers[i] = static_cast<uint32_t>(kept.size());
    kept.push_back(entries_[i]);
  }
  entries_ = std::move(kept);
  dead_.assign(entries_.size(), false);
  deaths_ = {};
  by_id_ = {};
  for (uint32_t entry = 0; entry < entries_.size(); ++entry) Index(entry);
  postings_.Renumber(new_numbers);
  renumbered_ = change;
}

// Notes where an entry is by its article's ID.
void IndexSegment::Index(uint32_t entry) {
  const auto put = [this](std::vector<uint32_t>& table, uint32_t number) {
    size_t at = HomeOf(entries_[number].id, table.size());
    while (table[at] != 0) at = at + 1 < table.size() ? at + 1 : 0;
    table[at] = number + 1;
  };
  // Entries are never taken out but all together, so there are as many as numbers up to here.
  if ((size_t{entry} + 1) * 5 > by_id_.size() * 4) {
    std::vector<uint32_t> larger((size_t{entry} + 16) * 4 / 3);
    for (uint32_t number = 0; number < entry; ++number) put(larger, number);
    by_id_ = std::move(larger);
  }
  put(by_id_, entry);
}

std::optional<uint32_t> IndexSegment::NumberOf(const Ulid& id) const {
  if (by_id_.empty()) return std::nullopt;
  for (size_t at = HomeOf(id, by_id_.size()); by_id_[at] != 0;
       at = at + 1 < by_id_.size() ? at + 1 : 0) {
    const uint32_t entry = by_id_[at] - 1;
    if (IsLive(entry) && entries_[entry].id == id) return entry;
  }
  return std::nullopt;
}

const IndexSegment::Entry* IndexSegment::Find(const Ulid& id) const {
  const std::optional<uint32_t> number = NumberOf(id);
  return number.has_value() ? &entries_[*number] : nullptr;
}

uint32_t IndexSegment::FirstSince(uint64_t since) const {
  // From the end, in growing steps: what is asked for came a moment ago.
  size_t step = 1;
  size_t known = entries_.size();  // from here on all came since
  while (known >= step && entries_[known - step].change >= since) {
    known -= step;
    step *= 2;
  }
  const auto begin = entries_.begin() + static_cast<ptrdiff_t>(known - std::min(known, step));
  return static_cast<uint32_t>(
      std::partition_point(begin, entries_.begin() + static_cast<ptrdiff_t>(known),
                           [&](const Entry& entry) { return entry.change < since; }) -
      entries_.begin());
}

bool IndexSegment::GoneSince(uint32_t entry, uint64_t since) const {
  return std::any_of(deaths_.rbegin(), deaths_.rend(), [&](const auto& death) {
    return death.first >= since && death.second == entry;
  });
}

size_t IndexSegment::memory_bytes() const {
  return sizeof *this + entries_.capacity() * sizeof(Entry) + by_id_.capacity() * sizeof(uint32_t) +
         deaths_.capacity() * sizeof(deaths_[0]) + dead_.capacity() / 8 + postings_.memory_bytes();
}

}  // namespace wirefold
