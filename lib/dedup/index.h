// CandidateIndex: which stored articles might be the same story as this sketch. In memory, derived
// from the stored sketches; its answers are hints that exact comparison decides on.
//
// Example:
//   CandidateIndex index;
//   index.Add(id, time_ms, sketch);
//   for (const IndexHit& hit : index.Find(sketch, {.time_ms = now, .window_ms = month})) …
//
// Articles that share two bands of the signature, or two rare anchors, are candidates. (At 32 bands
// of 4 rows, .87 of the pairs at Jaccard .5 share one band and .988 at .6; those that share one
// alone share anchors, or have so few that one band is enough.) A band's bucket is read newest
// first up to a cap, so that a template that thousands of articles carry costs a bounded time; an
// anchor that more articles carry than its cap is boilerplate and left out. Both are counted.
//
// Thread-safe: any number of Find beside one Add or Remove.
#ifndef WIREFOLD_LIB_DEDUP_INDEX_H_
#define WIREFOLD_LIB_DEDUP_INDEX_H_

#include <atomic>
#include <cstdint>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "lib/base/ulid.h"
#include "lib/dedup/postings.h"
#include "lib/dedup/sketch.h"

namespace wirefold {

struct IndexHit {
  Ulid id;
  uint32_t entry = 0;  // number of the index entry; grows with every Add
  uint32_t bands = 0;  // of kBands that agree
  uint32_t anchors_shared = 0;
  // Anchors shared / anchors of the smaller, in millionths: an estimate of containment.
  uint32_t anchor_containment_ppm = 0;
};

// The order in which Find answers: what the hits promise, then the order of entry.
bool MorePromising(const IndexHit& a, const IndexHit& b);

struct FindOptions {
  int64_t time_ms = 0;
  // Only articles whose time is within ± so many milliseconds; 0: all.
  int64_t window_ms = 0;
  // Only entries from this number on: what was added since an earlier Find.
  uint32_t first_entry = 0;
  // At most so many, the most promising first.
  size_t max_hits = 16;
};

struct IndexStats {
  uint64_t articles = 0;
  uint64_t memory_bytes = 0;
  uint64_t capped_buckets = 0;
};

class CandidateIndex {
 public:
  // A band's bucket is read so far; a further candidate in it is not seen through this band.
  static constexpr size_t kMaxBandBucket = 128;
  // An anchor that more articles carry is not rare.
  static constexpr size_t kMaxAnchorBucket = 32;
  // Postings of one bucket that are looked at in all, revised and out-of-window ones included.
  static constexpr size_t kMaxVisited = 1024;
  static constexpr uint32_t kMinSharedAnchors = 2;
  // From so many rare anchors on, a copy would share two.
  static constexpr uint64_t kTellingAnchors = 8;

  // Sketches under kMinShingles are not indexed. An ID that is there already is replaced: a
  // revision's text stands for its article.
  void Add(const Ulid& id, int64_t time_ms, const Sketch& sketch);

  // The most promising candidates, best first; ties in the order of entry.
  [[nodiscard]] std::vector<IndexHit> Find(const Sketch& sketch, const FindOptions& options) const;

  // False once the entry's article has been added again with another text.
  [[nodiscard]] bool IsLive(uint32_t entry) const;
  // The number that the next Add will give: a Find from here on sees only what comes after.
  [[nodiscard]] uint32_t next_entry() const;
  [[nodiscard]] IndexStats stats() const;

 private:
  struct Entry {
    Ulid id;
    int64_t time_ms = 0;
    uint32_t anchors = 0;
    bool live = true;
  };

  // Visits the live entries of a bucket that the options admit, newest first. False if there were
  // more than `cap`.
  template <typename Visit>
  bool VisitBucket(const Postings& postings, uint32_t key, size_t cap, const FindOptions& options,
                   Visit visit) const;

  mutable std::shared_mutex mutex_;  // guards all below; held for one Find or Add, in memory only
  std::vector<Entry> entries_;
  std::unordered_map<uint64_t, uint32_t> entry_of_;  // hash of a live ID → entry
  Postings bands_;
  Postings anchors_;
  mutable std::atomic<uint64_t> capped_buckets_ = 0;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_INDEX_H_
