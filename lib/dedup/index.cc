#include "lib/dedup/index.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>
#include <tuple>

#include "lib/base/hash.h"

namespace wirefold {
namespace {

uint64_t IdHash(const Ulid& id) { return HashBytes64(id.ToBytes()); }

// A band that agrees tells of resemblance, shared anchors of containment; either may rank first.
uint32_t Promise(const IndexHit& hit) {
  return std::max(hit.bands * (1'000'000 / kBands), hit.anchor_containment_ppm);
}

}  // namespace

bool MorePromising(const IndexHit& a, const IndexHit& b) {
  return std::tuple(Promise(b), b.bands + b.anchors_shared, a.entry) <
         std::tuple(Promise(a), a.bands + a.anchors_shared, b.entry);
}

void CandidateIndex::Add(const Ulid& id, int64_t time_ms, const Sketch& sketch) {
  const uint64_t id_hash = IdHash(id);
  const std::unique_lock lock(mutex_);
  const auto known = entry_of_.find(id_hash);
  if (known != entry_of_.end()) {
    entries_[known->second].live = false;
    entry_of_.erase(known);
  }
  if (sketch.shingles < kMinShingles) return;
  const uint32_t entry = static_cast<uint32_t>(entries_.size());
  entries_.push_back({id, time_ms, static_cast<uint32_t>(sketch.anchors.size()), true});
  entry_of_[id_hash] = entry;
  for (int band = 0; band < kBands; ++band) bands_.Add(BandKey(sketch.signature, band), entry);
  for (const uint32_t anchor : sketch.anchors) anchors_.Add(anchor, entry);
}

template <typename Visit>
bool CandidateIndex::VisitBucket(const Postings& postings, uint32_t key, size_t cap,
                                 const FindOptions& options, Visit visit) const {
  size_t seen = 0;
  size_t visited = 0;
  for (uint32_t at = postings.First(key); at != Postings::kEnd; at = postings.Next(at)) {
    const uint32_t number = postings.EntryAt(at);
    if (number < options.first_entry) break;  // newest first: all that follow are older
    if (++visited > kMaxVisited) {
      capped_buckets_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    const Entry& entry = entries_[number];
    if (!entry.live) continue;
    if (options.window_ms != 0 && std::abs(entry.time_ms - options.time_ms) > options.window_ms) {
      continue;
    }
    if (++seen > cap) {
      capped_buckets_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    visit(number);
  }
  return true;
}

std::vector<IndexHit> CandidateIndex::Find(const Sketch& sketch, const FindOptions& options) const {
  std::vector<IndexHit> hits;
  if (sketch.shingles < kMinShingles) return hits;
  std::vector<uint32_t> by_band;
  std::vector<uint32_t> by_anchor;
  std::array<uint32_t, kBands> band_keys;
  for (int band = 0; band < kBands; ++band) band_keys[band] = BandKey(sketch.signature, band);
  const std::shared_lock lock(mutex_);
  // Nearly every access is a cache miss: let them wait together, not one after the other.
  for (const uint32_t key : band_keys) bands_.PrefetchHead(key);
  for (const uint32_t anchor : sketch.anchors) anchors_.PrefetchHead(anchor);
  for (const uint32_t key : band_keys) bands_.PrefetchFirst(key);
  for (const uint32_t anchor : sketch.anchors) anchors_.PrefetchFirst(anchor);
  for (const uint32_t key : band_keys) {
    VisitBucket(bands_, key, kMaxBandBucket, options,
                [&](uint32_t entry) { by_band.push_back(entry); });
  }
  uint64_t rare_anchors = 0;
  for (const uint32_t anchor : sketch.anchors) {
    const size_t before = by_anchor.size();
    const bool rare = VisitBucket(anchors_, anchor, kMaxAnchorBucket, options,
                                  [&](uint32_t entry) { by_anchor.push_back(entry); });
    if (rare) {
      ++rare_anchors;
    } else {
      by_anchor.resize(before);  // boilerplate: it tells nothing
    }
  }
  std::sort(by_band.begin(), by_band.end());
  std::sort(by_anchor.begin(), by_anchor.end());
  // Both runs are in the order of entries: merge them into one hit an entry.
  for (size_t b = 0, a = 0; b < by_band.size() || a < by_anchor.size();) {
    const bool from_band =
        a >= by_anchor.size() || (b < by_band.size() && by_band[b] <= by_anchor[a]);
    IndexHit hit;
    hit.entry = from_band ? by_band[b] : by_anchor[a];
    for (; b < by_band.size() && by_band[b] == hit.entry; ++b) ++hit.bands;
    for (; a < by_anchor.size() && by_anchor[a] == hit.entry; ++a) ++hit.anchors_shared;
    const Entry& entry = entries_[hit.entry];
    const uint64_t fewer = std::min<uint64_t>(entry.anchors, rare_anchors);
    // One band alone is chance, unless there are too few anchors to tell.
    const uint32_t min_bands = fewer < kTellingAnchors ? 1 : 2;
    if (hit.bands < min_bands && hit.anchors_shared < kMinSharedAnchors) continue;
    hit.id = entry.id;
    if (fewer > 0) {
      hit.anchor_containment_ppm =
          static_cast<uint32_t>(uint64_t{hit.anchors_shared} * 1'000'000 / fewer);
    }
    hits.push_back(hit);
  }
  std::sort(hits.begin(), hits.end(), MorePromising);
  if (hits.size() > options.max_hits) hits.resize(options.max_hits);
  return hits;
}

bool CandidateIndex::IsLive(uint32_t entry) const {
  const std::shared_lock lock(mutex_);
  return entry < entries_.size() && entries_[entry].live;
}

uint32_t CandidateIndex::next_entry() const {
  const std::shared_lock lock(mutex_);
  return static_cast<uint32_t>(entries_.size());
}

IndexStats CandidateIndex::stats() const {
  const std::shared_lock lock(mutex_);
  // A map node of two words and the bucket's pointer.
  constexpr uint64_t kMapEntryBytes = 40;
  return {entry_of_.size(),
          entries_.capacity() * sizeof(Entry) + entry_of_.size() * kMapEntryBytes +
              bands_.memory_bytes() + anchors_.memory_bytes(),
          capped_buckets_.load(std::memory_order_relaxed)};
}

}  // namespace wirefold
