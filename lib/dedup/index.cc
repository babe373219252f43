#include "lib/dedup/index.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <tuple>

namespace wirefold {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kAheadKey = std::numeric_limits<int64_t>::max();

// A posting that was found: segment (20 bits), entry (24), then the key's number (20).
constexpr int kEntryShift = 20;
constexpr int kPartShift = 44;
size_t KeyNumber(uint64_t posting) {
  return static_cast<size_t>(posting & ((uint64_t{1} << kEntryShift) - 1));
}
static_assert(PostingTable::kMaxEntries <= uint32_t{1} << (kPartShift - kEntryShift));
static_assert(IndexSegment::kMaxArticles <= PostingTable::kMaxEntries);

// A band that agrees tells of resemblance, shared anchors of containment; either may rank first.
uint32_t Promise(const IndexHit& hit) {
  return std::max(hit.bands * (1'000'000 / kBands), hit.anchor_containment_ppm);
}

int64_t FloorDiv(int64_t value, int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

}  // namespace

bool MorePromising(const IndexHit& a, const IndexHit& b) {
  return std::tuple(Promise(b), b.bands + b.anchors_shared, a.id) <
         std::tuple(Promise(a), a.bands + a.anchors_shared, b.id);
}

CandidateIndex::CandidateIndex(int64_t window_ms)
    : window_ms_(window_ms),
      segment_ms_((window_ms + kSegmentsOfWindow * kDayMs - 1) / (kSegmentsOfWindow * kDayMs) *
                  kDayMs) {}

int64_t CandidateIndex::KeyOf(int64_t time_ms) const {
  return segment_ms_ == 0 ? 0 : FloorDiv(time_ms, segment_ms_);
}

CandidateIndex::Range CandidateIndex::RangeOf(const FindOptions& options) const {
  Range range{std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
  if (options.window_ms != 0) {
    range = {options.time_ms - options.window_ms, options.time_ms + options.window_ms};
  }
  range.from_ms = std::max(range.from_ms, floor_ms());
  return range;
}

void CandidateIndex::Advance(int64_t newest_ms, std::optional<int64_t> position_ms) {
  if (window_ms_ == 0) return;
  // By whole days, so that it is seldom that something goes.
  const int64_t floor =
      position_ms.has_value() ? FloorDiv(*position_ms, kDayMs) * kDayMs - window_ms_ : kNoFloor;
  {
    const std::shared_lock lock(mutex_);
    if (newest_ms <= newest_ms_ && floor <= floor_ms()) return;
  }
  const std::unique_lock lock(mutex_);
  newest_ms_ = std::max(newest_ms_, newest_ms);
  if (floor <= floor_ms()) return;
  floor_ms_.store(floor, std::memory_order_relaxed);
  floor_changed_ = next_change_++;
  std::erase_if(parts_, [&](const Part& part) {
    if (part.segment->last_ms() >= floor) return false;
    expired_ += part.segment->live();
    return true;
  });
}

// The segment that takes an article of this time; null if none does.
IndexSegment* CandidateIndex::SegmentFor(int64_t time_ms) {
  if (time_ms < floor_ms()) return nullptr;
  const bool ahead = window_ms_ != 0 && newest_ms_ != kNoFloor && time_ms > newest_ms_;
  const int64_t key = ahead ? kAheadKey : KeyOf(time_ms);
  const auto next = std::partition_point(parts_.begin(), parts_.end(),
                                         [&](const Part& part) { return part.key <= key; });
  if (next != parts_.begin() && std::prev(next)->key == key) {
    IndexSegment* const last = std::prev(next)->segment.get();
    if (ahead && last->live() >= kMaxAhead) return nullptr;
    if (!last->full()) return last;
  }
  return parts_.insert(next, {key, std::make_unique<IndexSegment>()})->segment.get();
}

void CandidateIndex::Add(const Ulid& id, const Sketch& sketch) {
  const std::unique_lock lock(mutex_);
  RemoveLocked(id);
  if (sketch.shingles < kMinShingles) return;
  IndexSegment* const segment = SegmentFor(id.TimeMs());
  if (segment == nullptr) return;
  const SketchKeys all(sketch);
  for (const uint64_t key : all.keys) changed_keys_.Note(key, next_change_);
  segment->Add(id, next_change_++, sketch, all);
}

bool CandidateIndex::Remove(const Ulid& id) {
  const std::unique_lock lock(mutex_);
  return RemoveLocked(id);
}

bool CandidateIndex::RemoveLocked(const Ulid& id) {
  const int64_t key = KeyOf(id.TimeMs());
  for (const Part& part : parts_) {
    if (part.key != key && part.key != kAheadKey) continue;
    if (part.segment->Remove(id, next_change_)) {
      ++next_change_;
      return true;
    }
  }
  return false;
}

std::vector<IndexHit> CandidateIndex::Find(const Sketch& sketch, const FindOptions& options,
                                           FindState* state) const {
  if (sketch.shingles < kMinShingles) return {};
  const SketchKeys all(sketch);
  Seen seen{};
  Found found;
  found.reserve(256);
  const auto cap = [&](size_t key) { return key < kBands ? kMaxBandBucket : kMaxAnchorBucket; };
  uint64_t capped = 0;
  const std::shared_lock lock(mutex_);
  const Range range = RangeOf(options);
  // The newest first, since of a bucket that is too large the newest count.
  for (size_t p = parts_.size(); p-- > 0;) {
    const IndexSegment& segment = *parts_[p].segment;
    if (!range.Touches(segment)) continue;
    // Nearly every access is a cache miss: let them wait together, not one after the other.
    for (const uint64_t key : all.keys) segment.postings().Prefetch(key);
    for (size_t k = 0; k < all.keys.size(); ++k) {
      const size_t most = cap(k);
      if (seen[k] > most) continue;
      const uint64_t base = uint64_t{p} << kPartShift | k;
      segment.postings().Visit(all.keys[k], [&](uint32_t number) {
        if (!segment.IsLive(number)) return true;
        if (++seen[k] > most) {
          ++capped;
          return false;
        }
        found.push_back(base | uint64_t{number} << kEntryShift);
        return true;
      });
    }
  }
  uint32_t rare_anchors = 0;
  for (size_t k = kBands; k < all.keys.size(); ++k) rare_anchors += seen[k] <= cap(k) ? 1 : 0;
  // An anchor that many carry is boilerplate: it tells nothing.
  std::erase_if(found, [&](uint64_t posting) {
    const size_t k = KeyNumber(posting);
    return k >= kBands && seen[k] > cap(k);
  });
  const uint64_t largest = *std::max_element(seen.begin(), seen.begin() + kBands);
  if (state != nullptr) {
    *state = {.change = next_change_,
              .rare_anchors = rare_anchors,
              .common = {},
              .capped_band = largest > kMaxBandBucket};
    for (size_t k = kBands; k < all.keys.size(); ++k) {
      if (seen[k] > cap(k)) state->common.set(k - kBands);
    }
  }
  if (capped > 0) capped_buckets_.fetch_add(capped, std::memory_order_relaxed);
  if (largest > largest_bucket_.load(std::memory_order_relaxed)) {
    largest_bucket_.store(std::min<uint64_t>(largest, kMaxBandBucket), std::memory_order_relaxed);
  }
  return HitsOf(found, seen, range, rare_anchors, options.max_hits);
}

std::vector<IndexHit> CandidateIndex::HitsOf(Found& found, const Seen& seen, const Range& range,
                                             uint64_t rare_anchors, size_t max_hits) const {
  std::vector<IndexHit> hits;
  std::sort(found.begin(), found.end());
  for (size_t i = 0; i < found.size();) {
    const uint64_t which = found[i] >> kEntryShift;
    IndexHit hit;
    bool telling = false;
    for (; i < found.size() && found[i] >> kEntryShift == which; ++i) {
      const size_t k = KeyNumber(found[i]);
      ++(k < kBands ? hit.bands : hit.anchors_shared);
      telling = telling || (k >= kBands && seen[k] <= kTellingBucket);
    }
    if (hit.bands == 0 && hit.anchors_shared < kMinSharedAnchors && !telling) continue;
    const IndexSegment::Entry& entry = parts_[which >> (kPartShift - kEntryShift)].segment->at(
        static_cast<uint32_t>(which & (PostingTable::kMaxEntries - 1)));
    if (!range.Admits(entry)) continue;
    const uint64_t fewer = std::min<uint64_t>(uint64_t{entry.anchors} << entry.rate, rare_anchors);
    // One band alone is chance, unless there are too few anchors to tell.
    const uint32_t min_bands = fewer < kTellingAnchors ? 1 : 2;
    const bool anchored = hit.anchors_shared >= kMinSharedAnchors || (telling && entry.rate > 0);
    if (hit.bands < min_bands && !anchored) continue;
    hit.id = entry.id;
    hit.entry = entry.change;
    if (fewer > 0) {
      const uint64_t shared = uint64_t{hit.anchors_shared} << entry.rate;
      hit.anchor_containment_ppm =
          static_cast<uint32_t>(std::min(shared, fewer) * 1'000'000 / fewer);
    }
    hits.push_back(hit);
  }
  const size_t wanted = std::min(hits.size(), max_hits);
  std::partial_sort(hits.begin(), hits.begin() + static_cast<ptrdiff_t>(wanted), hits.end(),
                    MorePromising);
  hits.resize(wanted);
  return hits;
}

std::optional<std::vector<IndexHit>> CandidateIndex::FindSince(const Sketch& sketch,
                                                               const FindOptions& options,
                                                               FindState& state) const {
  std::vector<IndexHit> none;
  if (sketch.shingles < kMinShingles) return none;
  const std::shared_lock lock(mutex_);
  if (next_change_ == state.change) return none;
  if (floor_changed_ >= state.change &&
      (options.window_ms == 0 || options.time_ms - options.window_ms < floor_ms())) {
    return std::nullopt;
  }
  const SketchKeys all(sketch);
  const Range range = RangeOf(options);
  const auto counts = [&](size_t k) { return k < kBands || !state.common[k - kBands]; };
  Found found;
  Seen newer{};
  Seen seen{};
  bool gone = false;
  for (size_t p = 0; p < parts_.size(); ++p) {
    const IndexSegment& segment = *parts_[p].segment;
    if (!segment.changed_since(state.change) || !range.Touches(segment)) continue;
    if (segment.renumbered_since(state.change)) return std::nullopt;
    const uint32_t first_new = segment.FirstSince(state.change);
    const bool any_gone = segment.AnyGoneSince(state.change);
    // More of an anchor that is not rare changes nothing, less of it may.
    const auto is_sought = [&](size_t k) {
      return any_gone || (counts(k) && changed_keys_.MayHaveChanged(all.keys[k], state.change));
    };
    for (size_t k = 0; k < all.keys.size(); ++k) {
      if (is_sought(k)) segment.postings().Prefetch(all.keys[k]);
    }
    for (size_t k = 0; k < all.keys.size() && !gone; ++k) {
      if (!is_sought(k)) continue;
      segment.postings().Visit(all.keys[k], [&](uint32_t number) {
        if (number >= first_new && counts(k)) {
          ++newer[k];
          if (segment.IsLive(number)) {
            found.push_back(uint64_t{p} << kPartShift | uint64_t{number} << kEntryShift | k);
          }
        } else if (any_gone && segment.GoneSince(number, state.change)) {
          gone = true;
        }
        return !gone;
      });
    }
    if (gone) return std::nullopt;
  }
  // Do the keys that something came to still count as they did?
  for (size_t k = 0; k < all.keys.size(); ++k) {
    if (newer[k] == 0) continue;
    if (k < kBands && state.capped_band) return std::nullopt;
    const size_t most = k < kBands ? kMaxBandBucket : kMaxAnchorBucket;
    for (const Part& part : parts_) {
      const IndexSegment& segment = *part.segment;
      if (!range.Touches(segment)) continue;
      size_t here = 0;
      segment.postings().Visit(all.keys[k], [&](uint32_t number) {
        ++here;
        seen[k] += segment.IsLive(number) ? 1 : 0;
        return seen[k] <= most;
      });
      // What came may have taken the place of an older posting.
      if (here >=
          (k < kBands ? IndexSegment::kMaxBandPostings : IndexSegment::kMaxAnchorPostings)) {
        return std::nullopt;
      }
    }
    if (seen[k] > most) return std::nullopt;
    if (k >= kBands && seen[k] > kTellingBucket && seen[k] <= kTellingBucket + newer[k]) {
      return std::nullopt;
    }
  }
  state.change = next_change_;
  return HitsOf(found, seen, range, state.rare_anchors, options.max_hits);
}

IndexStats CandidateIndex::stats() const {
  const std::shared_lock lock(mutex_);
  IndexStats stats;
  for (const Part& part : parts_) {
    stats.articles += part.segment->live();
    stats.memory_bytes += part.segment->memory_bytes();
  }
  stats.capped_buckets = capped_buckets_.load(std::memory_order_relaxed);
  stats.largest_bucket = largest_bucket_.load(std::memory_order_relaxed);
  stats.expired = expired_;
  return stats;
}

}  // namespace wirefold
