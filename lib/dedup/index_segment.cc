#include "lib/dedup/index_segment.h"

#include <algorithm>
#include <cstring>

namespace wirefold {
namespace {

// Fewer dead entries than this are left where they are.
constexpr size_t kFewDead = 64;

// What vectors of this size grow to: by a sixteenth, not by half.
template <typename Vector>
void MakeRoom(Vector& values) {
  if (values.size() == values.capacity()) values.reserve(values.size() + values.size() / 16 + 16);
}

}  // namespace

uint64_t IdHash(const Ulid& id) {
  uint64_t halves[2];
  static_assert(sizeof halves == sizeof id);
  std::memcpy(halves, &id, sizeof halves);
  uint64_t hash = (halves[0] * 0x9E3779B97F4A7C15u ^ halves[1]) * 0xD6E8FEB86659FD93u;
  hash = (hash ^ hash >> 32) * 0xBF58476D1CE4E5B9u;
  return hash ^ hash >> 29;
}

std::vector<uint32_t> IndexTables::ByIdOfSize(size_t places) const {
  std::vector<uint32_t> table(places);
  for (uint32_t number = 0; number < entries.size(); ++number) {
    NoteId(entries[number].id, number, table);
  }
  return table;
}

size_t IndexTables::memory_bytes() const {
  return entries.capacity() * sizeof(IndexEntry) + by_id.capacity() * sizeof(uint32_t) +
         postings.memory_bytes();
}

IndexSegment::IndexSegment(IndexTables tables, const std::vector<bool>& dead, uint64_t last_change)
    : tables_(std::move(tables)), dead_(dead), last_change_(last_change), renumbered_(last_change) {
  for (uint32_t entry = 0; entry < entries(); ++entry) {
    if (dead_[entry]) deaths_.emplace_back(0, entry);
    first_ms_ = std::min(first_ms_, at(entry).id.TimeMs());
    last_ms_ = std::max(last_ms_, at(entry).id.TimeMs());
  }
}

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

IndexSegment::Kept IndexSegment::KeptOf(const Sketch& sketch) {
  const int rate = AnchorRate(sketch.anchors.size());
  // The anchors ascend.
  const auto anchors =
      std::partition_point(sketch.anchors.begin(), sketch.anchors.end(),
                           [&](uint32_t anchor) { return uint64_t{anchor} << rate >> 32 == 0; }) -
      sketch.anchors.begin();
  return {BandsKept(sketch.anchors.size()), static_cast<size_t>(anchors), rate};
}

uint32_t IndexSegment::Add(const Ulid& id, uint64_t change, const Kept& kept) {
  const auto entry = static_cast<uint32_t>(entries());
  MakeRoom(tables_.entries);
  tables_.entries.push_back({id, change, kept.anchors, static_cast<uint64_t>(kept.rate)});
  dead_.push_back(false);
  Index(entry);
  first_ms_ = std::min(first_ms_, id.TimeMs());
  last_ms_ = std::max(last_ms_, id.TimeMs());
  last_change_ = change;
  return entry;
}

bool IndexSegment::IsDropDue(size_t dead) const {
  return !sealed_ && dead > kFewDead && dead * 4 > entries();
}

bool IndexSegment::RemoveRenumbers() const { return IsDropDue(deaths_.size() + 1); }

bool IndexSegment::Remove(const Ulid& id, uint64_t change) {
  const std::optional<uint32_t> entry =
      tables_.NumberOf(id, [this](uint32_t number) { return IsLive(number); });
  if (!entry.has_value()) return false;
  dead_[*entry] = true;
  deaths_.emplace_back(change, *entry);
  last_change_ = change;
  if (IsDropDue(deaths_.size())) DropDead(change);
  return true;
}

void IndexSegment::DropDead(uint64_t change) {
  std::vector<uint32_t> new_numbers(entries(), PostingTable::kGone);
  HugePageVector<Entry> kept;
  kept.reserve(live());
  for (uint32_t i = 0; i < entries(); ++i) {
    if (dead_[i]) continue;
    new_numbers[i] = static_cast<uint32_t>(kept.size());
    kept.push_back(at(i));
  }
  tables_.entries = std::move(kept);
  dead_.assign(entries(), false);
  deaths_ = {};
  tables_.by_id = tables_.ByIdOfSize(entries() * 4 / 3 + 16);
  tables_.postings.Renumber(new_numbers);
  renumbered_ = change;
}

// Notes where an entry is by its article's ID.
void IndexSegment::Index(uint32_t entry) {
  std::vector<uint32_t>& by_id = tables_.by_id;
  // Entries are never taken out but all together, so there are as many as numbers up to here.
  if ((size_t{entry} + 1) * 5 > by_id.size() * 4) {
    by_id = tables_.ByIdOfSize((size_t{entry} + 16) * 7 / 4);
    return;
  }
  IndexTables::NoteId(at(entry).id, entry, by_id);
}

uint32_t IndexSegment::FirstSince(uint64_t since) const {
  // From the end, in growing steps: what is asked for came a moment ago.
  size_t step = 1;
  size_t known = entries();  // from here on all came since
  while (known >= step && tables_.entries[known - step].change >= since) {
    known -= step;
    step *= 2;
  }
  const auto all = tables_.entries.begin();
  return static_cast<uint32_t>(
      std::partition_point(all + static_cast<ptrdiff_t>(known - std::min(known, step)),
                           all + static_cast<ptrdiff_t>(known),
                           [&](const Entry& entry) { return entry.change < since; }) -
      all);
}

bool IndexSegment::GoneSince(uint32_t entry, uint64_t since) const {
  return AnyGoneSince(since, [&](uint32_t gone) { return gone == entry; });
}

size_t IndexSegment::memory_bytes() const {
  return sizeof *this + deaths_.capacity() * sizeof(deaths_[0]) + dead_.capacity() / 8 +
         tables_.memory_bytes();
}

}  // namespace wirefold
