// IndexSegment: the articles of some days in the candidate index, which leave it together.
//
// Example:
//   IndexSegment segment;
//   segment.Add(id, change, sketch);
//   segment.Remove(id, change + 1);
//   segment.postings().Visit(key, [&](uint32_t entry) { use(segment.at(entry).id); return true; });
//
// Entries are numbered in the order in which they came. One that is removed stays as a dead one
// until a quarter of them are; then they are numbered anew, and the memory of the dead is given
// back. Changes carry numbers, so that the index can say what changed since.
//
// Not thread-safe; CandidateIndex locks.
#ifndef WIREFOLD_LIB_DEDUP_INDEX_SEGMENT_H_
#define WIREFOLD_LIB_DEDUP_INDEX_SEGMENT_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "lib/base/ulid.h"
#include "lib/dedup/postings.h"
#include "lib/dedup/sketch.h"

namespace wirefold {

// The keys that a sketch is sought by: bands first, then anchors.
struct SketchKeys {
  std::vector<uint32_t> keys;
  explicit SketchKeys(const Sketch& sketch);
};

class IndexSegment {
 public:
  // Articles of one segment; those of more take several.
  static constexpr size_t kMaxArticles = size_t{1} << 22;
  // Postings of one key that a segment keeps, the newest: more than CandidateIndex reads.
  static constexpr size_t kMaxBandPostings = 48;
  static constexpr size_t kMaxAnchorPostings = 33;

  struct Entry {
    Ulid id;
    uint64_t change : 48 = 0;
    uint64_t anchors : 12 = 0;  // kept
    uint64_t rate : 4 = 0;      // one of 2^rate of the text's
  };
  static_assert(sizeof(Entry) == 24);

  // How many bands stand for a text of so many anchors, and that one of 2^AnchorRate of its anchors
  // does, the smallest; CandidateIndex says why.
  static size_t BandsKept(size_t anchors);
  static int AnchorRate(size_t anchors);

  // Change numbers ascend. `id` must not be live here; `keys` are of `sketch`.
  void Add(const Ulid& id, uint64_t change, const Sketch& sketch, const SketchKeys& keys);
  // False if it is not live here.
  bool Remove(const Ulid& id, uint64_t change);

  // The live entry of an article.
  [[nodiscard]] const Entry* Find(const Ulid& id) const;
  [[nodiscard]] const Entry& at(uint32_t entry) const { return entries_[entry]; }
  [[nodiscard]] const PostingTable& postings() const { return postings_; }
  [[nodiscard]] size_t live() const { return entries_.size() - deaths_.size(); }
  [[nodiscard]] bool full() const { return entries_.size() >= kMaxArticles; }
  // Whether the entry's article is still here: a bit, where `at` would cost a miss of the cache.
  [[nodiscard]] bool IsLive(uint32_t entry) const { return !dead_[entry]; }
  // The times of all that has been here.
  [[nodiscard]] int64_t first_ms() const { return first_ms_; }
  [[nodiscard]] int64_t last_ms() const { return last_ms_; }

  // Changes since `since`: whether there are any, the first entry that came, and whether so much
  // is not known any more. GoneSince: whether an entry went.
  [[nodiscard]] bool changed_since(uint64_t since) const { return last_change_ >= since; }
  [[nodiscard]] bool renumbered_since(uint64_t since) const { return renumbered_ >= since; }
  [[nodiscard]] uint32_t FirstSince(uint64_t since) const;
  [[nodiscard]] bool AnyGoneSince(uint64_t since) const {
    return !deaths_.empty() && deaths_.back().first >= since;
  }
  [[nodiscard]] bool GoneSince(uint32_t entry, uint64_t since) const;

  [[nodiscard]] size_t memory_bytes() const;

 private:
  [[nodiscard]] std::optional<uint32_t> NumberOf(const Ulid& id) const;
  void Index(uint32_t entry);
  void DropDead(uint64_t change);

  std::vector<Entry> entries_;
  std::vector<uint32_t> by_id_;                        // open addressing: entry + 1; 0: empty
  std::vector<std::pair<uint64_t, uint32_t>> deaths_;  // change, entry
  std::vector<bool> dead_;                             // by entry
  PostingTable postings_;
  int64_t first_ms_ = std::numeric_limits<int64_t>::max();
  int64_t last_ms_ = std::numeric_limits<int64_t>::min();
  uint64_t last_change_ = 0;
  uint64_t renumbered_ = 0;  // the change that was the occasion
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_INDEX_SEGMENT_H_
