// CandidateIndex: which stored articles might be the same story as this sketch. Derived from the
// stored sketches; its answers are hints that exact comparison decides on.
//
// Example:
//   CandidateIndex index(month_ms);            // in memory; with IndexOptions in files too
//   index.Advance(id.TimeMs(), position.ms()); // the stream has come so far
//   index.Add(id, sketch);
//   index.Settle(next_event);                  // a file has been decided
//   for (const IndexHit& hit : index.Find(sketch, {.time_ms = now, .window_ms = month_ms})) …
//   index.Remove(id);
//
// Articles that share two bands of the signature, or two rare anchors, are candidates. (At 32 bands
// of 4 rows, .87 of the pairs at Jaccard .5 share one band and .988 at .6; those that share one
// alone share anchors, or have so few that one band is enough.) A text of many anchors is found by
// them, so of its own fewer bands are kept (all 32 below 16 anchors, 12 below 32, 4 below 96, else
// none), and of 56 anchors and more half of them, of 128 a quarter; there, and where one of the two
// has few anchors, one shared anchor is enough if next to nobody else carries it. A text is sought
// by all its anchors, and by the bands that a text of half as many anchors keeps. A band's bucket
// is read newest first up to a cap, so that a template that thousands of articles carry costs a
// bounded time; an anchor that more articles carry than its cap is boilerplate and left out. Both
// are counted, over all segments that the range of time touches.
//
// With a window the index holds what is at most that much older than the stream has come, by whole
// days, in segments of days that leave it together. An article that is older is not taken; one that
// is ahead of the stream (of a date that nobody believes) is, up to kMaxAhead of them, and moves
// nothing. Every entry has its own ID; of which story it stands for the index knows nothing.
//
// What is added goes to a segment in memory. Once the segments that are added to have
// segment_articles together, those that have an eighth of that each are sealed, and of more the
// largest until no more than the half is left (an archive in any order has many segments open); a
// thread writes each as a run (index_run.h): by the number of articles alone, so that what is found
// does not depend on time or memory. Runs of the same days become one, since each costs a Find a
// miss of the cache for every key. The newest runs stay in memory as far as memory_bytes goes, of
// older ones some shards, or a filter, or nothing; what is found is the same in each case. The
// runs, what of them is dead, and copies of what is not sealed make up a checkpoint as of some
// event, from which Restore goes on.
//
// Most candidates share a few anchors by chance. Ask tells which, by coarse sketches that lie
// beside the runs (sketch_log.h).
//
// Add notes an article (unposted.h), and so it is found; its postings go to the tables with Post,
// which is for threads that have the time, or later by themselves.
//
// Thread-safe: any number of Find, Ask and Post beside one Add, Remove, Advance or Settle.
#ifndef WIREFOLD_LIB_DEDUP_INDEX_H_
#define WIREFOLD_LIB_DEDUP_INDEX_H_

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/prefetch.h"
#include "lib/base/ulid.h"
#include "lib/dedup/index_folder.h"
#include "lib/dedup/index_run.h"
#include "lib/dedup/index_segment.h"
#include "lib/dedup/sketch.h"
#include "lib/dedup/sketch_log.h"
#include "lib/dedup/unposted.h"

namespace wirefold {

struct IndexHit {
  Ulid id;
  uint64_t entry = 0;  // the change that added it; grows with every Add
  uint32_t bands = 0;  // that agree, of those that are kept and sought
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

// Which entries of the index a Find saw: a Bloom filter of one hash.
class SeenEntries {
 public:
  // `part`: the number of a part of the index, which it never loses.
  void Add(uint64_t part, uint32_t entry) {
    const uint32_t bit = BitOf(part, entry);
    bits_[bit / 64] |= uint64_t{1} << (bit % 64);
  }
  void Add(const SeenEntries& others) {
    for (size_t i = 0; i < bits_.size(); ++i) bits_[i] |= others.bits_[i];
  }
  // False: it was not.
  [[nodiscard]] bool MayHave(uint64_t part, uint32_t entry) const {
    const uint32_t bit = BitOf(part, entry);
    return (bits_[bit / 64] >> (bit % 64) & 1) != 0;
  }

 private:
  // A Find sees some hundred entries.
  static constexpr int kBits = 11;
  static uint32_t BitOf(uint64_t part, uint32_t entry) {
    return static_cast<uint32_t>((part << 24 ^ entry) * 0x9E3779B97F4A7C15u >> (64 - kBits));
  }
  std::array<uint64_t, (size_t{1} << kBits) / 64> bits_{};
};

// What a Find saw, for FindSince.
struct FindState {
  SketchKeys keys;            // of the sketch
  uint64_t change = 0;        // the index's next change at that time
  uint64_t found = 0;         // … when Find was called, if FindSince has been since
  uint32_t rare_anchors = 0;  // of the sketch
  // How many articles carry each key of the sketch that is sought; from 255 on no more are counted.
  std::array<uint8_t, kBands + kMaxAnchors> seen{};
  bool capped_band = false;
  SeenEntries entries;  // that carry a key of it
};

struct IndexOptions {
  int64_t window_ms = 0;  // what is held behind the stream; 0: everything
  // Memory that the index may take; 0: all that there is. Runs leave memory to keep within it.
  size_t memory_bytes = 0;
  // Articles after which a segment is sealed; 0: as many as fit into memory_bytes well, at most
  // kSegmentArticles.
  size_t segment_articles = 0;
  std::string folder{};  // for runs, sketches and checkpoints; empty: nothing is written
  // Coarse sketches are kept of what is added by this change and later ones: an index of few
  // articles needs none, since the caches hold what it asks for.
  uint64_t sketches_from = uint64_t{1} << 17;
  // Whether there is room on disk to write to; empty: yes. Any thread.
  std::function<absl::Status()> has_room{};
};

struct IndexStats {
  uint64_t articles = 0;
  uint64_t memory_bytes = 0;
  uint64_t capped_buckets = 0;  // read up to the cap, or left out for it, by all Finds
  uint64_t largest_bucket = 0;  // articles that a Find saw share one band, kMaxBandBucket at most
  uint64_t expired = 0;         // articles that left the window
  uint64_t segments = 0;        // that are not runs
  uint64_t runs = 0;            // on disk …
  uint64_t resident_runs = 0;   // … of which these lie in memory too
  uint64_t bare_runs = 0;       // … and of these not even a filter
  uint64_t merged_runs = 0;     // that became one with another
  uint64_t disk_bytes = 0;      // of all runs and coarse sketches
  // Why sealed segments can't be written to disk now, or what is there can't be read.
  std::string problem{};
};

class CandidateIndex {
 public:
  // A band's bucket is read so far; a further candidate in it is not seen through this band.
  static constexpr size_t kMaxBandBucket = 128;
  // An anchor that more articles carry is not rare.
  static constexpr size_t kMaxAnchorBucket = 32;
  static constexpr uint32_t kMinSharedAnchors = 2;
  // One shared anchor that no more articles carry is enough where but some of a text's are kept, or
  // one of the two has fewer than kTellingAnchors.
  static constexpr size_t kTellingBucket = 8;
  // From so many rare anchors on, a copy would share two.
  static constexpr uint64_t kTellingAnchors = 8;
  // Of the rare anchors of the text with fewer, in thousandths: what copies share at least. (Of the
  // labelled ones the least has .41 of its shingles.)
  static constexpr uint64_t kLeastShare = 400;
  // Articles ahead of the stream; further ones are not taken.
  static constexpr size_t kMaxAhead = 65'536;
  // The window is cut into so many segments.
  static constexpr int64_t kSegmentsOfWindow = 2;

  // Articles of a segment before it is sealed.
  static constexpr size_t kSegmentArticles = size_t{1} << 20;
  // Bytes of one in a segment that is added to, in the mean.
  static constexpr size_t kBytesAnArticle = 300;
  // Fewer are worth no run.
  static constexpr size_t kMinSegmentArticles = 1024;

  explicit CandidateIndex(IndexOptions options);
  // In memory alone. `window_ms`: what is held behind the stream; 0: everything.
  explicit CandidateIndex(int64_t window_ms = 0) : CandidateIndex(InMemory(window_ms)) {}
  ~CandidateIndex();  // as Stop without a checkpoint

  // Takes over the latest checkpoint of the folder. Returns the event from which on changes have to
  // be told again; nullopt: everything has to be added, and `why` (if there is anything to say)
  // says why the folder's content was of no use. To be called first, behind the first Advance; a
  // run that the window has left is passed over. `next_event`: of the store; a checkpoint of a
  // later one is not its own.
  std::optional<uint64_t> Restore(uint64_t next_event, std::string* why);
  // A file has been decided; all changes for events before `next_event` have been told, nullopt:
  // there is no saying, what is written meanwhile is no checkpoint. Seals, if it is time. Waits for
  // what was sealed to be written where so much comes meanwhile that memory would be exceeded.
  void Settle(std::optional<uint64_t> next_event);
  // Events before this one are in the store; no checkpoint runs ahead of that. Any thread.
  void Committed(uint64_t next_event);
  // Has a checkpoint as of this event (as in Settle) written beside all else; Settle asks for them.
  void Checkpoint(std::optional<uint64_t> next_event);
  // Stops, and writes a checkpoint as of this event: the last.
  [[nodiscard]] absl::Status WriteCheckpoint(uint64_t next_event);
  // Writes no more; Settle, Add and Find go on in memory.
  void Stop();

  // The newest time that is believed, to be told of before the article of that time is added: what
  // is later is ahead of the stream. And how far the stream has come (StreamPosition), if that is
  // known: what is older than that by more than the window is forgotten. Neither goes back.
  void Advance(int64_t newest_ms, std::optional<int64_t> position_ms);
  void Advance(int64_t newest_ms) { Advance(newest_ms, newest_ms); }
  // Articles of before this time are not held.
  [[nodiscard]] int64_t floor_ms() const { return floor_ms_.load(std::memory_order_relaxed); }

  // Takes an article, of the time in its ID. One that is there already is replaced: a revision's
  // text stands for its article. Sketches under kMinShingles are not indexed, nor what is older
  // than the window. `is_new`: it is not there, so that it need not be sought. `keys`, if given,
  // are those of the sketch.
  void Add(const Ulid& id, const Sketch& sketch, bool is_new = false,
           const SketchKeys* keys = nullptr);
  // Asks for what FindSince and Add will read for a sketch that Find was called with, ahead of
  // time. By the thread that adds.
  void Prefetch(const FindState& state) const;
  // Adds the postings of what has been added to the tables; changes no answer.
  void Post() const;
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
  // For each of the hits of a Find with this sketch what is known here of their resemblance, so
  // that the sketches of most need not be read.
  [[nodiscard]] std::vector<CoarseAnswer> Ask(const Sketch& sketch,
                                              std::span<const IndexHit> hits) const;
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
    void Prefetch(uint64_t key) const { PrefetchWrite(&last_[PlaceOf(key)]); }
    // False: the key has had no change from `since` on, which lies less than 2^31 changes back.
    [[nodiscard]] bool MayHaveChanged(uint64_t key, uint64_t since) const {
      return static_cast<int32_t>(last_[PlaceOf(key)] - static_cast<uint32_t>(since)) >= 0;
    }

   private:
    static constexpr int kPlaceBits = 16;
    static size_t PlaceOf(uint64_t key) {
      return static_cast<uint32_t>(key) * 0x9E3779B1u >> (32 - kPlaceBits);
    }
    std::vector<uint32_t> last_ = std::vector<uint32_t>(size_t{1} << kPlaceBits);
  };

  static constexpr int64_t kAheadKey = std::numeric_limits<int64_t>::max();
  // Deaths in a run that are known one by one, the latest.
  static constexpr size_t kDeathsKept = 4096;

  // Of the two one is there.
  struct Part {
    int64_t key = 0;                        // its days, by number; kAheadKey
    uint64_t number = 0;                    // among all that there have been
    std::shared_ptr<IndexSegment> segment;  // sealed, with the thread that writes it
    std::shared_ptr<IndexRun> run;          // with the Finds that read it
    uint64_t file = 0;                      // of the run; of a sealed segment what it will be
    std::deque<std::pair<uint64_t, uint32_t>> deaths{};  // of the run: change, entry
    uint64_t deaths_known_since = 0;

    [[nodiscard]] size_t live() const { return run != nullptr ? run->live() : segment->live(); }
    [[nodiscard]] bool in_memory() const { return run == nullptr || run->in_memory(); }
    // Of one that is.
    [[nodiscard]] const IndexEntry& at(uint32_t entry) const {
      return run != nullptr ? run->at(entry) : segment->at(entry);
    }
    [[nodiscard]] bool IsLive(uint32_t entry) const {
      return run != nullptr ? run->IsLive(entry) : segment->IsLive(entry);
    }
    [[nodiscard]] bool is_open() const { return run == nullptr && !segment->sealed(); }
  };
  // What makes up a checkpoint, as it was at one moment.
  struct Snapshot {
    struct Item {
      IndexManifest::Part part;
      std::shared_ptr<IndexSegment> segment;  // to be written; null: it was
    };
    std::optional<uint64_t> next_event;
    uint64_t next_change = 0;
    std::vector<Item> items{};
    std::vector<SketchLog::Era> eras{};
  };
  // One of several runs of a key that are to become one; and what they became, which is to come in
  // their place.
  struct MergeSource {
    std::shared_ptr<IndexRun> run;
    uint64_t file;
  };
  struct Merged {
    std::shared_ptr<IndexRun> run;
    uint64_t file = 0;
    std::vector<uint64_t> files{};  // of its sources, in their order
  };
  struct Range {
    int64_t from_ms;
    int64_t to_ms;
    [[nodiscard]] bool Touches(const Range& other) const {
      return other.from_ms <= to_ms && other.to_ms >= from_ms;
    }
    [[nodiscard]] bool Admits(const IndexEntry& entry) const {
      const int64_t time_ms = entry.id.TimeMs();
      return time_ms >= from_ms && time_ms <= to_ms;
    }
  };

  class Search;  // index_find.cc
  void PostLocked() const;

  static IndexOptions InMemory(int64_t window_ms) {
    IndexOptions options;
    options.window_ms = window_ms;
    return options;
  }
  [[nodiscard]] Range RangeOf(const FindOptions& options) const;
  // The times that a part is for, whatever is in it: which parts a look goes through, and when one
  // leaves the window, must not depend on what has become one with what.
  [[nodiscard]] Range TimesOf(int64_t key) const;
  [[nodiscard]] int64_t KeyOf(int64_t time_ms) const;
  std::shared_ptr<IndexSegment> SegmentFor(int64_t time_ms);
  // Of the parts that take an article of this time; nullopt if none does.
  [[nodiscard]] std::optional<int64_t> KeyOfNew(int64_t time_ms) const;

  // index_keep.cc: sealing, the thread that writes, starting again.
  void Seal(size_t open);
  [[nodiscard]] Snapshot TakeSnapshot(std::optional<uint64_t> next_event, bool copies);
  void Keep();
  [[nodiscard]] absl::Status Write(Snapshot& snapshot, bool waits);
  [[nodiscard]] absl::Status WriteRun(Snapshot::Item& item);
  [[nodiscard]] absl::Status RestoreParts(const IndexManifest& manifest);
  // index_merge.cc: runs that become one.
  [[nodiscard]] std::vector<MergeSource> ToMerge() const;
  [[nodiscard]] absl::Status Merge();
  void TakeMerged();
  // index_memory.cc: the bound of memory.
  [[nodiscard]] size_t MemoryForRuns(size_t coming_bytes) const;
  static std::vector<IndexRun::Residency> ResidencyWithin(
      const std::vector<IndexRun::Header>& newest_first, size_t bytes);
  void KeepWithin(size_t coming_bytes);
  void LetGo();

  const IndexOptions options_;
  const int64_t segment_ms_;                  // 0: one segment for all
  const size_t segment_articles_;             // before they are sealed; 0: no bound
  std::atomic<int64_t> floor_ms_ = kNoFloor;  // written under the mutex
  mutable std::shared_mutex mutex_;           // guards all below; held for one call, in memory only
  // By their keys; of one key in the order of making. Parts come and go, and segments change, by
  // the thread that adds alone.
  std::vector<Part> parts_;
  int64_t newest_ms_ = kNoFloor;
  uint64_t next_change_ = 1;
  uint64_t next_part_ = 1;
  uint64_t floor_changed_ = 0;  // the change by which the floor rose last
  uint64_t expired_ = 0;
  uint64_t merged_runs_ = 0;
  ChangedKeys changed_keys_;
  mutable UnpostedEntries unposted_;                // what is in the segments but for postings
  mutable std::atomic<size_t> unposted_count_ = 0;  // of unposted_, to be read without the mutex
  mutable std::atomic<uint64_t> capped_buckets_ = 0;
  mutable std::atomic<uint64_t> largest_bucket_ = 0;

  const IndexFolder folder_;
  SketchLog sketches_;  // of what has been added
  std::atomic<uint64_t> next_file_ = 1;
  uint64_t merged_file_ = 0;          // of the thread that writes: the latest, to be kept
  std::thread keeper_;                // started with the first snapshot
  mutable std::mutex keeper_mutex_;   // guards all below; not held while something is written
  std::condition_variable keeping_;   // any of it changed
  std::optional<Snapshot> to_write_;  // the latest
  // Sealed segments that are not runs yet; zero, too, while they can't be written. Changed under
  // the mutex.
  std::atomic<size_t> unwritten_ = 0;
  uint64_t committed_ = 0;  // events
  bool stopping_ = false;
  std::string problem_;
  std::optional<Merged> merged_;
  std::atomic<bool> has_merged_ = false;           // changed under the mutex
  bool took_merged_ = false;                       // so that others may take the room
  std::vector<std::shared_ptr<IndexRun>> let_go_;  // of those that became one: to be freed
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_INDEX_H_
