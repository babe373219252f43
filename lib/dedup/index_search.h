// CandidateIndex::Search: one look through the index, for Find and FindSince. Part of their
// implementation (index_find.cc); what they promise is in index.h.
//
// Example:
//   Search search(keys);
//   search.Prefetch(part);
//   search.Visit(p, part, unposted);
//   return search.Hits(range, search.RareAnchors(), max_hits, entry_at);
//
// Not thread-safe: one thread's.
#ifndef WIREFOLD_LIB_DEDUP_INDEX_SEARCH_H_
#define WIREFOLD_LIB_DEDUP_INDEX_SEARCH_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "lib/base/ulid.h"
#include "lib/dedup/index.h"

namespace wirefold {

// One look for the keys of a sketch: the postings that were found, and how many there are of each
// key.
class CandidateIndex::Search {
 public:
  // A posting that was found: segment (20 bits), entry (24), then the key's number (20).
  static constexpr int kEntryShift = 20;
  static constexpr int kPartShift = 44;
  static uint64_t PostingOf(size_t part, uint32_t entry, size_t key) {
    return uint64_t{part} << kPartShift | uint64_t{entry} << kEntryShift | key;
  }
  static size_t KeyNumber(uint64_t posting) {
    return static_cast<size_t>(posting & ((uint64_t{1} << kEntryShift) - 1));
  }
  static size_t PartOf(uint64_t posting) { return static_cast<size_t>(posting >> kPartShift); }
  static uint32_t EntryOf(uint64_t posting) {
    return static_cast<uint32_t>(posting >> kEntryShift & (PostingTable::kMaxEntries - 1));
  }
  static_assert(PostingTable::kMaxEntries <= uint32_t{1} << (kPartShift - kEntryShift));
  static_assert(IndexSegment::kMaxArticles <= PostingTable::kMaxEntries);

  static size_t CapOf(size_t key) {
    return key < kBands ? CandidateIndex::kMaxBandBucket : CandidateIndex::kMaxAnchorBucket;
  }

  // Whether of a sample of anchors so few are shared that no copy would share as few: four standard
  // deviations below the share of a copy that shares the least.
  static bool SharesTooFew(uint64_t sample, uint64_t shared) {
    constexpr uint64_t kShare = CandidateIndex::kLeastShare;  // thousandths
    constexpr uint64_t kVariance = kShare * (1000 - kShare);
    if (1000 * shared >= kShare * sample) return false;
    const uint64_t missing = kShare * sample - 1000 * shared;
    return missing * missing > 16 * kVariance * sample;
  }

  // `keys` are those of a sketch. Borrowed.
  explicit Search(std::span<const uint64_t> keys) : keys_(keys) {
    const size_t bands = IndexSegment::BandsSought(keys.size() - kBands);
    for (uint32_t k = 0; k < keys.size(); ++k) {
      if (k < bands || k >= kBands) sought_.push_back(k);
    }
  }

  // The numbers of the keys that are sought.
  [[nodiscard]] std::span<const uint32_t> sought() const { return sought_; }

  // As many postings as a Find sees in the mean find room.
  void Reserve() { found_.reserve(256); }

  // `number` is that of part `p`.
  void Note(size_t p, uint64_t number, uint32_t entry, size_t key) {
    ++seen_[key];
    found_.push_back(PostingOf(p, entry, key));
    entries_.Add(number, entry);
  }
  // Of all that was noted.
  [[nodiscard]] const SeenEntries& entries() const { return entries_; }
  // Whether a key has more postings than are of use, so that older ones need not be sought.
  [[nodiscard]] bool IsFull(size_t key) const { return seen_[key] > CapOf(key); }

  // Nearly every access is a miss of the cache: let them wait together, not one after the other.
  // Prefetch asks for the first line of each key in a part, as far as that lies in memory; then
  // PrefetchRest for what follows from those lines.
  template <typename Where>
  void Prefetch(const Where& where) const {
    ForShards(where, [](const PostingTable::Shard& shard, uint64_t key) {
      PostingTable::PrefetchShard(shard, PostingTable::RestOf(key));
    });
  }
  template <typename Where>
  void PrefetchRest(const Where& where) const {
    ForShards(where, [](const PostingTable::Shard& shard, uint64_t key) {
      PostingTable::PrefetchRest(shard, PostingTable::RestOf(key));
    });
  }

  // A part that lies in memory.
  void Visit(size_t p, const Part& part, const UnpostedEntries& unposted) {
    if (part.run != nullptr) {
      VisitRun(p, part.number, *part.run, [&](uint32_t k) { return !IsFull(k); });
      return;
    }
    const IndexSegment& segment = *part.segment;
    std::vector<uint32_t> entries;
    for (const uint32_t k : sought_) {
      if (IsFull(k)) continue;
      entries.clear();
      if (!segment.sealed()) {
        unposted.Visit(keys_[k], [&](const IndexSegment* other, uint32_t entry) {
          if (other == &segment) entries.push_back(entry);
        });
      }
      if (!entries.empty()) {
        VisitAsPosted(p, part, k, entries);
        continue;
      }
      segment.postings().Visit(
          keys_[k], [&](uint32_t entry) { return Meet(p, part.number, segment, entry, k); });
    }
    NoteMet(p, part.number, segment);
  }
  // A key whose postings are not all in the table: `entries` are the others.
  void VisitAsPosted(size_t p, const Part& part, size_t k, std::vector<uint32_t>& entries) {
    part.segment->postings().Visit(keys_[k], [&](uint32_t entry) {
      entries.push_back(entry);
      return true;
    });
    // Of those that are too many the oldest would have gone.
    std::sort(entries.begin(), entries.end(), std::greater<>());
    if (entries.size() > IndexSegment::PostingsKept(k < kBands)) {
      entries.resize(IndexSegment::PostingsKept(k < kBands));
    }
    for (const uint32_t entry : entries) {
      if (k >= kBands && IsFull(k)) return;
      if (part.IsLive(entry)) Note(p, part.number, entry, k);
    }
  }
  // A run that does not. Bands are sought even if they are full: what is in memory may be of older
  // parts.
  void Visit(size_t p, uint64_t number, const IndexRun& run) {
    VisitRun(p, number, run, [&](uint32_t k) { return k < kBands || !IsFull(k); });
  }

  // Of anchors that many carry already nothing counts, whatever else is found.
  void LeaveOutFullAnchors() {
    std::erase_if(found_, [&](uint64_t posting) {
      const size_t k = KeyNumber(posting);
      return k >= kBands && IsFull(k);
    });
  }

  // Leaves out what counts for nothing, when all has been found: of a band's bucket that is too
  // large the oldest, of an anchor that many carry (it is boilerplate, and tells nothing) all.
  void LeaveOutCapped() {
    std::vector<uint64_t> bands;  // postings of those that are too large
    std::erase_if(found_, [&](uint64_t posting) {
      const size_t k = KeyNumber(posting);
      if (!IsFull(k)) return false;
      if (k < kBands) bands.push_back(posting);
      return true;
    });
    if (bands.empty()) return;
    std::sort(bands.begin(), bands.end(), std::greater<>());
    std::array<size_t, kBands> kept{};
    for (const uint64_t posting : bands) {
      if (kept[KeyNumber(posting)]++ < kMaxBandBucket) found_.push_back(posting);
    }
  }

  [[nodiscard]] uint32_t RareAnchors() const {
    uint32_t rare = 0;
    for (size_t k = kBands; k < keys_.size(); ++k) rare += IsFull(k) ? 0 : 1;
    return rare;
  }
  [[nodiscard]] uint32_t Capped() const {
    uint32_t capped = 0;
    for (size_t k = 0; k < keys_.size(); ++k) capped += IsFull(k) ? 1 : 0;
    return capped;
  }
  [[nodiscard]] uint32_t LargestBand() const {
    return *std::max_element(seen_.begin(), seen_.begin() + kBands);
  }
  [[nodiscard]] uint32_t seen(size_t key) const { return seen_[key]; }
  // Whether the keys that postings came to (`newer`, gone again or not) still count as they did for
  // `state`; its and these counts together are `now` then, and seen().
  template <typename Newer>
  [[nodiscard]] bool CountsAsBefore(const FindState& state, const Newer& newer,
                                    decltype(FindState::seen)& now) {
    for (size_t k = 0; k < keys_.size(); ++k) {
      if (newer[k] == 0) continue;
      if (k < kBands && state.capped_band) return false;
      const uint32_t seen = state.seen[k] + seen_[k];
      if (seen > CapOf(k)) return false;
      if (k >= kBands && seen > kTellingBucket && seen <= kTellingBucket + newer[k]) return false;
      seen_[k] = seen;
      now[k] = static_cast<uint8_t>(seen);
    }
    return true;
  }

  // Calls use(posting of it, bands, anchors, telling) for each article that may be a candidate.
  template <typename Use>
  void ForEachArticle(Use use) {
    std::sort(found_.begin(), found_.end());
    for (size_t i = 0; i < found_.size();) {
      const uint64_t first = found_[i];
      uint32_t bands = 0;
      uint32_t anchors = 0;
      bool telling = false;
      for (; i < found_.size() && found_[i] >> kEntryShift == first >> kEntryShift; ++i) {
        const size_t k = KeyNumber(found_[i]);
        ++(k < kBands ? bands : anchors);
        telling = telling || (k >= kBands && seen_[k] <= kTellingBucket);
      }
      if (bands == 0 && anchors < kMinSharedAnchors && !telling) continue;
      use(first, bands, anchors, telling);
    }
  }

  // What is a candidate within the range, the best first. `entry_of(part, entry)` gives a pointer
  // to what is known of an article, null if that can't be read.
  template <typename EntryAt>
  std::vector<IndexHit> Hits(const Range& range, uint64_t rare_anchors, size_t max_hits,
                             EntryAt entry_of) {
    std::vector<IndexHit> hits;
    ForEachArticle([&](uint64_t posting, uint32_t bands, uint32_t anchors, bool telling) {
      const IndexEntry* const entry = entry_of(PartOf(posting), EntryOf(posting));
      if (entry == nullptr || !range.Admits(*entry)) return;
      const uint64_t fewer =
          std::min<uint64_t>(uint64_t{entry->anchors} << entry->rate, rare_anchors);
      // One band alone is chance, unless there are too few anchors to tell.
      const uint32_t min_bands = fewer < kTellingAnchors ? 1 : 2;
      const bool anchored =
          anchors >= kMinSharedAnchors || (telling && (entry->rate > 0 || fewer < kTellingAnchors));
      if (bands < min_bands && !anchored) return;
      if (bands < 2 && SharesTooFew(fewer >> entry->rate, anchors)) return;
      IndexHit hit{entry->id, entry->change, bands, anchors, 0};
      if (fewer > 0) {
        const uint64_t shared = uint64_t{anchors} << entry->rate;
        hit.anchor_containment_ppm =
            static_cast<uint32_t>(std::min(shared, fewer) * 1'000'000 / fewer);
      }
      hits.push_back(hit);
    });
    const size_t wanted = std::min(hits.size(), max_hits);
    std::partial_sort(hits.begin(), hits.begin() + static_cast<ptrdiff_t>(wanted), hits.end(),
                      MorePromising);
    hits.resize(wanted);
    return hits;
  }

 private:
  template <typename Use>
  void ForShards(const Part& part, Use use) const {
    if (part.run != nullptr) return ForShards(*part.run, use);
    for (const uint32_t k : sought_) {
      use(part.segment->postings().shards()[PostingTable::ShardOf(keys_[k])], keys_[k]);
    }
  }
  template <typename Use>
  void ForShards(const IndexRun& run, Use use) const {
    for (const uint32_t k : sought_) {
      if (const PostingTable::Shard* shard = run.ShardOf(keys_[k]); shard != nullptr) {
        use(*shard, keys_[k]);
      }
    }
  }

  // A posting in `where`, a segment or a run; it is noted a little later, if it lives, since
  // whether it does is one more miss of the cache. Whether more of the key are of use.
  template <typename Where>
  bool Meet(size_t p, uint64_t number, const Where& where, uint32_t entry, uint32_t k) {
    where.PrefetchIsLive(entry);
    met_.emplace_back(k, entry);
    if (met_.size() % kMetTogether != 0) return true;
    NoteMet(p, number, where);
    // Of bands all are sought here, so that it does not matter how they lie.
    return k < kBands || !IsFull(k);
  }
  template <typename Where>
  void NoteMet(size_t p, uint64_t number, const Where& where) {
    for (const auto& [k, entry] : met_) {
      if (where.IsLive(entry)) Note(p, number, entry, k);
    }
    met_.clear();
  }

  // The keys that are `of_use`.
  template <typename OfUse>
  void VisitRun(size_t p, uint64_t number, const IndexRun& run, OfUse of_use) {
    absl::InlinedVector<uint32_t, 96> sought;
    for (const uint32_t k : sought_) {
      if (of_use(k)) sought.push_back(k);
    }
    run.Visit(keys_, sought,
              [&](uint32_t k, uint32_t entry) { return Meet(p, number, run, entry, k); });
    NoteMet(p, number, run);
  }

  const std::span<const uint64_t> keys_;
  absl::InlinedVector<uint32_t, 96> sought_;
  static constexpr size_t kMetTogether = 32;
  absl::InlinedVector<std::pair<uint32_t, uint32_t>, kMetTogether> met_;  // key's number, entry
  std::vector<uint64_t> found_;
  std::array<uint32_t, kBands + kMaxAnchors> seen_{};
  SeenEntries entries_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_INDEX_SEARCH_H_
