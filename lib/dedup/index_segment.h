// IndexSegment: articles of some days in the candidate index, which leave it together.
//
// Example:
//   IndexSegment segment;
//   const uint32_t entry = segment.Add(id, change, IndexSegment::KeptOf(sketch));
//   segment.Post(entry, key, /*is_band=*/false);
//   segment.Remove(id, change + 1);
//   segment.postings().Visit(key, [&](uint32_t entry) { use(segment.at(entry).id); return true; });
//
// Entries are numbered in the order in which they came. One that is removed stays as a dead one
// until a quarter of them are; then they are numbered anew, and the memory of the dead is given
// back. Once a segment is sealed nothing is added or numbered anew, and what is in its tables may
// be read beside a Remove. Changes carry numbers, so that the index can say what changed since.
//
// Not thread-safe otherwise; CandidateIndex locks.
#ifndef WIREFOLD_LIB_DEDUP_INDEX_SEGMENT_H_
#define WIREFOLD_LIB_DEDUP_INDEX_SEGMENT_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "lib/base/huge_pages.h"
#include "lib/base/ulid.h"
#include "lib/dedup/postings.h"
#include "lib/dedup/sketch.h"

namespace wirefold {

// The keys that a sketch is sought by: bands first, then anchors.
struct SketchKeys {
  std::vector<uint64_t> keys;
  SketchKeys() = default;
  explicit SketchKeys(const Sketch& sketch);
};

// A hash of an ID that never changes.
uint64_t IdHash(const Ulid& id);

struct IndexEntry {
  Ulid id;
  uint64_t change : 48 = 0;
  uint64_t anchors : 12 = 0;  // kept
  uint64_t rate : 4 = 0;      // one of 2^rate of the text's
};
static_assert(sizeof(IndexEntry) == 24);

// What a segment is made of; sealed, it goes to disk and comes back as it is.
struct IndexTables {
  HugePageVector<IndexEntry> entries;
  std::vector<uint32_t> by_id;  // open addressing from HomeOf on: entry + 1; 0: empty
  PostingTable postings;

  static size_t HomeOf(const Ulid& id, size_t size) {
    return static_cast<size_t>((IdHash(id) >> 32) * size >> 32);
  }
  // The number of an article's entry that `is_live`.
  template <typename IsLive>
  [[nodiscard]] std::optional<uint32_t> NumberOf(const Ulid& id, IsLive is_live) const {
    if (by_id.empty()) return std::nullopt;
    for (size_t at = HomeOf(id, by_id.size()); by_id[at] != 0;
         at = at + 1 < by_id.size() ? at + 1 : 0) {
      const uint32_t entry = by_id[at] - 1;
      if (is_live(entry) && entries[entry].id == id) return entry;
    }
    return std::nullopt;
  }
  // Puts an entry's ID into a table of them that has room.
  static void NoteId(const Ulid& id, uint32_t entry, std::vector<uint32_t>& by_id) {
    size_t at = HomeOf(id, by_id.size());
    while (by_id[at] != 0) at = at + 1 < by_id.size() ? at + 1 : 0;
    by_id[at] = entry + 1;
  }
  // A table of the IDs of all entries with so many places, more than there are entries.
  [[nodiscard]] std::vector<uint32_t> ByIdOfSize(size_t places) const;
  [[nodiscard]] size_t memory_bytes() const;
};

class IndexSegment {
 public:
  // Articles of one segment; those of more take several.
  static constexpr size_t kMaxArticles = size_t{1} << 22;
  // Postings of one key that a segment keeps, the newest: so many of a band tell what a template
  // is, and one more than CandidateIndex::kMaxAnchorBucket that an anchor is not rare.
  static constexpr size_t kMaxBandPostings = 48;
  static constexpr size_t kMaxAnchorPostings = 33;

  static constexpr size_t PostingsKept(bool is_band) {
    return is_band ? kMaxBandPostings : kMaxAnchorPostings;
  }
  // The same for segments that became one: half as many again and more than count for anything
  // (CandidateIndex::kMaxBandBucket, kMaxAnchorBucket), so that what is found is the same until so
  // many of a bucket's newest were deleted, and none came in their place.
  static constexpr size_t MergedPostingsKept(bool is_band) { return is_band ? 192 : 64; }

  using Entry = IndexEntry;
  // What went: the change, and the entry.
  using Deaths = std::vector<std::pair<uint64_t, uint32_t>>;

  IndexSegment() = default;
  // Goes on with tables that lay on disk, of which these entries are dead.
  IndexSegment(IndexTables tables, const std::vector<bool>& dead, uint64_t last_change);

  // How many bands stand for a text of so many anchors, and that one of 2^AnchorRate of its anchors
  // does, the smallest; CandidateIndex says why.
  static size_t BandsKept(size_t anchors);
  // How many bands of a text of so many anchors are sought: those that a text of half as many and
  // more keeps. Two texts that are further apart in length share rows too seldom for bands.
  static size_t BandsSought(size_t anchors) { return BandsKept(anchors / 2); }
  static int AnchorRate(size_t anchors);

  // Which of a sketch's keys stand for it: the first so many bands, and anchors.
  struct Kept {
    size_t bands = 0;
    size_t anchors = 0;
    int rate = 0;  // AnchorRate

    template <typename Function>
    void ForKeys(const SketchKeys& all, Function function) const {
      for (size_t i = 0; i < bands; ++i) function(all.keys[i]);
      for (size_t i = 0; i < anchors; ++i) function(all.keys[kBands + i]);
    }
  };
  static Kept KeptOf(const Sketch& sketch);

  // Returns the entry. Change numbers ascend. `id` must not be live here.
  uint32_t Add(const Ulid& id, uint64_t change, const Kept& kept);
  // Adds a posting of an entry, of those that are kept. To be done before anything is numbered anew
  // or sealed, in the order of entries.
  void Post(uint32_t entry, uint64_t key, bool is_band) {
    tables_.postings.Add(key, entry, PostingsKept(is_band));
  }
  // Asks for what Post will read, ahead of time.
  void PrefetchPosting(uint64_t key) const { tables_.postings.PrefetchToAdd(key); }
  // False if it is not live here. RemoveRenumbers: whether the next one that is numbers anew.
  bool Remove(const Ulid& id, uint64_t change);
  [[nodiscard]] bool RemoveRenumbers() const;

  [[nodiscard]] const Entry& at(uint32_t entry) const { return tables_.entries[entry]; }
  [[nodiscard]] const PostingTable& postings() const { return tables_.postings; }
  [[nodiscard]] const IndexTables& tables() const { return tables_; }
  [[nodiscard]] size_t entries() const { return tables_.entries.size(); }
  [[nodiscard]] size_t live() const { return entries() - deaths_.size(); }
  [[nodiscard]] bool full() const { return entries() >= kMaxArticles; }
  // Nothing is added from now on.
  void Seal() { sealed_ = true; }
  [[nodiscard]] bool sealed() const { return sealed_; }
  // Whether the entry's article is still here: a bit, where `at` would cost a miss of the cache.
  [[nodiscard]] bool IsLive(uint32_t entry) const { return !dead_[entry]; }
  void PrefetchIsLive(uint32_t) const {}  // seldom a miss: few have as many entries as runs have
  // The times of all that has been here.
  [[nodiscard]] int64_t first_ms() const { return first_ms_; }
  [[nodiscard]] int64_t last_ms() const { return last_ms_; }

  [[nodiscard]] uint64_t last_change() const { return last_change_; }
  // Of all that is dead, in the order in which it died; by entry.
  [[nodiscard]] const Deaths& deaths() const { return deaths_; }
  [[nodiscard]] const std::vector<bool>& dead() const { return dead_; }

  // Changes since `since`: whether there are any, the first entry that came, and whether so much
  // is not known any more. GoneSince: whether an entry went.
  [[nodiscard]] bool changed_since(uint64_t since) const { return last_change_ >= since; }
  [[nodiscard]] bool renumbered_since(uint64_t since) const { return renumbered_ >= since; }
  // From this change on all deaths are known.
  [[nodiscard]] uint64_t deaths_known_since() const { return renumbered_ + 1; }
  [[nodiscard]] uint32_t FirstSince(uint64_t since) const;
  [[nodiscard]] bool GoneSince(uint32_t entry, uint64_t since) const;
  // Calls function(entry) for each that went, the latest first, until it returns true; returns
  // whether it did.
  template <typename Function>
  bool AnyGoneSince(uint64_t since, Function function) const {
    for (auto death = deaths_.rbegin(); death != deaths_.rend() && death->first >= since; ++death) {
      if (function(death->second)) return true;
    }
    return false;
  }

  [[nodiscard]] size_t memory_bytes() const;

 private:
  void Index(uint32_t entry);
  [[nodiscard]] bool IsDropDue(size_t dead) const;
  void DropDead(uint64_t change);

  IndexTables tables_;
  Deaths deaths_;
  std::vector<bool> dead_;  // by entry
  int64_t first_ms_ = std::numeric_limits<int64_t>::max();
  int64_t last_ms_ = std::numeric_limits<int64_t>::min();
  uint64_t last_change_ = 0;
  uint64_t renumbered_ = 0;  // the change that was the occasion
  bool sealed_ = false;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_INDEX_SEGMENT_H_
