#include "lib/dedup/unposted.h"

#include <algorithm>

namespace wirefold {

void UnpostedEntries::Add(const std::shared_ptr<IndexSegment>& segment, uint32_t entry,
                          uint64_t change, const IndexSegment::Kept& kept, const SketchKeys& keys) {
  if (entries_.size() >= kMax) Post();
  while (places_.size() < 2 * (keys_.size() + kept.bands + kept.anchors)) Grow();
  const auto number = static_cast<uint32_t>(entries_.size());
  entries_.push_back({segment, entry, change, static_cast<uint32_t>(keys_.size()),
                      static_cast<uint32_t>(kept.bands), static_cast<uint32_t>(kept.anchors)});
  kept.ForKeys(keys, [&](uint64_t key) {
    keys_.push_back({key, number, 0});
    Put(keys_.size() - 1);
  });
}

void UnpostedEntries::Put(size_t number) {
  Key& key = keys_[number];
  size_t at = PlaceOf(key.key);
  while (places_[at] != 0) at = (at + 1) & (places_.size() - 1);
  places_[at] = TagOf(key.key) | static_cast<uint32_t>(number + 1);
  key.place = static_cast<uint32_t>(at);
}

void UnpostedEntries::Grow() {
  places_.assign(std::max(kFirstPlaces, 2 * places_.size()), 0);
  for (size_t i = 0; i < keys_.size(); ++i) Put(i);
}

void UnpostedEntries::Post() {
  const auto prefetch = [this](size_t i) {
    if (i >= entries_.size()) return;
    const Entry& entry = entries_[i];
    for (uint32_t k = entry.keys; k < entry.keys + entry.bands + entry.anchors; ++k) {
      entry.segment->PrefetchPosting(keys_[k].key);
    }
  };
  prefetch(0);
  for (size_t i = 0; i < entries_.size(); ++i) {
    prefetch(i + 1);
    const Entry& entry = entries_[i];
    for (uint32_t k = 0; k < entry.bands + entry.anchors; ++k) {
      entry.segment->Post(entry.number, keys_[entry.keys + k].key, /*is_band=*/k < entry.bands);
    }
  }
  for (const Key& key : keys_) places_[key.place] = 0;
  entries_.clear();
  keys_.clear();
}

size_t UnpostedEntries::memory_bytes() const {
  return entries_.capacity() * sizeof(Entry) + keys_.capacity() * sizeof(Key) +
         places_.capacity() * sizeof(uint32_t);
}

}  // namespace wirefold
