// CandidateIndex: which stored articles might be the same story as this sketch. In memory, derived
// from the stored sketches; its answers are hints that exact comparison decides on.
//
// Example:
//   CandidateIndex index(month_ms);
//   index.Advance(id.TimeMs(), position.ms()); // the stream has come so far
//   index.Add(id, sketch);
//   for (const IndexHit& hit : index.Find(sketch, {.time_ms = now, .window_ms = month_ms})) …
//   index.Remove(id);
//
// Articles that share two bands of the signature, or two rare anchors, are candidates. (At 32 bands
// of 4 rows, .87 of the pairs at Jaccard .5 share one band and .988 at .6; those that share one
// alone share anchors, or have so few that one band is enough.) A text of many anchors is found by
// them, so of its own fewer bands are kept (all 32 below 16 anchors, 12 below 32, 4 below 96, else
// none), and of 56 anchors and more half of them, of 128 a quarter; there one shared anchor is
// enough if next to nobody else carries it. A text is sought by all that it has. A band's bucket is
// read newest first up to a cap, so that a template that thousands of articles carry costs a
// bounded time; an anchor that more articles carry than its cap is boilerplate and left out. Both
// are counted, over all segments that the range of time touches.
//
// With a window the index holds what is at most that much older than the stream has come, by whole
// days, in segments of days that leave it together. An article that is older is not taken; one that
// is ahead of the stream (of a date that nobody believes) is, up to kMaxAhead of them, and moves
// nothing. Every entry has its own ID; of which story it stands for the index knows nothing.
//
// Thread-safe: any number of Find beside one Add, Remove or Advance.
#ifndef WIREFOLD_LIB_DEDUP_INDEX_H_
#define WIREFOLD_LIB_DEDUP_INDEX_H_

#include <array>
#include <atomic>
#include <bitset>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "lib/base/ulid.h"
#include "lib/dedup/index_segment.h"
#include "lib/dedup/sketch.h"

namespace wirefold {

struct IndexHit {
  Ulid id;
  uint64_t entry = 0;  // the change that added it; grows with every Add
  uint32_t bands = 0;  // that agree, of those that are kept
  uint32_t anchors_shared = 0;
  // Anchors shared / anchors of the smaller, in millionths: an estimate of containment.
  uint32_t anchor_containment_ppm = 0;
};

// The order in which Find answers: what the hits promise, then their IDs.
bool MorePromising(const IndexHit& a, const IndexHit& b);

struct FindOptions {
  int64_t time_ms = 0;
  // Only articles whose time is within ± so many milliseconds; 0: all.
  int64_t window_ms = 0;
  // At most so many, the most promising first.
  size_t max_hits = 16;
};

// What a Find saw, for FindSince.
struct FindState {
  uint64_t change = 0;              // the index's next change at that time
  uint32_t rare_anchors = 0;        // of the sketch
  std::bitset<kMaxAnchors> common;  // by their numbers in the sketch: those that are not rare
  bool capped_band = false;
};

struct IndexStats {
  uint64_t articles = 0;
  uint64_t memory_bytes = 0;
  uint64_t capped_buckets = 0;  // read up to the cap, or left out for it, by all Finds
  uint64_t largest_bucket = 0;  // articles that a Find saw share one band, kMaxBandBucket at most
  uint64_t expired = 0;         // articles that left the window
};

class CandidateIndex {
 public:
  // A band's bucket is read so far; a further candidate in it is not seen through this band.
  static constexpr size_t kMaxBandBucket = 128;
  // An anchor that more articles carry is not rare.
  static constexpr size_t kMaxAnchorBucket = 32;
  static constexpr uint32_t kMinSharedAnchors = 2;
  // One shared anchor that no more articles carry is enough where but some of a text's are kept.
  static constexpr size_t kTellingBucket = 8;
  // From so many rare anchors on, a copy would share two.
  static constexpr uint64_t kTellingAnchors = 8;
  // Articles ahead of the stream; further ones are not taken.
  static constexpr size_t kMaxAhead = 65'536;
  // The window is cut into so many segments.
  static constexpr int64_t kSegmentsOfWindow = 2;

  // `window_ms`: what is held behind the stream; 0: everything.
  explicit CandidateIndex(int64_t window_ms = 0);

  // The newest time that is believed, to be told of before the article of that time is added: what
  // is later is ahead of the stream. And how far the stream has come (StreamPosition), if that is
  // known: what is older than that by more than the window is forgotten. Neither goes back.
  void Advance(int64_t newest_ms, std::optional<int64_t> position_ms);
  void Advance(int64_t newest_ms) { Advance(newest_ms, newest_ms); }
  // Articles of before this time are not held.
  [[nodiscard]] int64_t floor_ms() const { return floor_ms_.load(std::memory_order_relaxed); }

  // Takes an article, of the time in its ID. One that is there already is replaced: a revision's
  // text stands for its article. Sketches under kMinShingles are not indexed, nor what is older
  // than the window.
  void Add(const Ulid& id, const Sketch& sketch);
  // Whether it was there.
  bool Remove(const Ulid& id);

  // The most promising candidates, best first; ties in the order of IDs. `state`, if given, is
  // filled in.
  [[nodiscard]] std::vector<IndexHit> Find(const Sketch& sketch, const FindOptions& options,
                                           FindState* state = nullptr) const;

  // What came since a Find with the same arguments: the most promising of its answer and of this
  // one are what Find would answer now, and `state` is what that would have left. nullopt where
  // that does not hold, and all has to be sought again: something that it may have seen is gone, or
  // an anchor is no longer rare.
  [[nodiscard]] std::optional<std::vector<IndexHit>> FindSince(const Sketch& sketch,
                                                               const FindOptions& options,
                                                               FindState& state) const;
  [[nodiscard]] IndexStats stats() const;

 private:
  static constexpr int64_t kNoFloor = std::numeric_limits<int64_t>::min();

  // Which keys the latest changes were of, so that FindSince need not look where nothing came: by
  // the key's hash, the last change; keys of one hash share it. Small enough for the processor's
  // cache, and of use while not many more keys than it has places have come.
  class ChangedKeys {
   public:
    void Note(uint64_t key, uint64_t change) {
      last_[PlaceOf(key)] = static_cast<uint32_t>(change);
    }
    // False: the key has had no change from `since` on, which lies less than 2^31 changes back.
    [[nodiscard]] bool MayHaveChanged(uint64_t key, uint64_t since) const {
      return static_cast<int32_t>(last_[PlaceOf(key)] - static_cast<uint32_t>(since)) >= 0;
    }

   private:
    static constexpr int kPlaceBits = 15;
    static size_t PlaceOf(uint64_t key) {
      return static_cast<uint32_t>(key) * 0x9E3779B1u >> (32 - kPlaceBits);
    }
    std::vector<uint32_t> last_ = std::vector<uint32_t>(size_t{1} << kPlaceBits);
  };

  struct Part {
    int64_t key = 0;  // its days, by number; kAheadKey
    std::unique_ptr<IndexSegment> segment;
  };
  struct Range {
    int64_t from_ms;
    int64_t to_ms;
    [[nodiscard]] bool Touches(const IndexSegment& segment) const {
      return segment.first_ms() <= to_ms && segment.last_ms() >= from_ms;
    }
    [[nodiscard]] bool Admits(const IndexSegment::Entry& entry) const {
      const int64_t time_ms = entry.id.TimeMs();
      return time_ms >= from_ms && time_ms <= to_ms;
    }
  };

  [[nodiscard]] Range RangeOf(const FindOptions& options) const;
  [[nodiscard]] int64_t KeyOf(int64_t time_ms) const;
  // A posting that was found: segment, entry, number of the key in the sketch.
  using Found = std::vector<uint64_t>;
  // How many postings of each key of a sketch there are.
  using Seen = std::array<uint32_t, kBands + kMaxAnchors>;
  // Of the postings that were found, in any order, what is a candidate within the range, the best
  // first.
  [[nodiscard]] std::vector<IndexHit> HitsOf(Found& found, const Seen& seen, const Range& range,
                                             uint64_t rare_anchors, size_t max_hits) const;
  bool RemoveLocked(const Ulid& id);
  IndexSegment* SegmentFor(int64_t time_ms);

  const int64_t window_ms_;
  const int64_t segment_ms_;                  // 0: one segment for all
  std::atomic<int64_t> floor_ms_ = kNoFloor;  // written under the mutex
  mutable std::shared_mutex mutex_;           // guards all below; held for one call, in memory only
  std::vector<Part> parts_;                   // by their keys; of one key in the order of making
  int64_t newest_ms_ = kNoFloor;
  uint64_t next_change_ = 1;
  uint64_t floor_changed_ = 0;  // the change by which the floor rose last
  uint64_t expired_ = 0;
  ChangedKeys changed_keys_;
  mutable std::atomic<uint64_t> capped_buckets_ = 0;
  mutable std::atomic<uint64_t> largest_bucket_ = 0;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_INDEX_H_
