// Store: what the pipeline writes and the services read, and the one seam behind which another
// database can stand. Nothing here assumes RocksDB.
//
// Example:
//   std::unique_ptr<Store> store = *RocksDbStore::Open({.path = "wirefold-data"});
//   store->Commit(mutations);                   // one atomic, synced group
//   absl::StatusOr<StoredArticle> a = store->GetArticle(id);
//
// Thread-safe, except that Commit must be called by one thread at a time.
#ifndef WIREFOLD_LIB_STORE_STORE_H_
#define WIREFOLD_LIB_STORE_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/article/article.h"
#include "lib/base/hash.h"
#include "lib/base/ulid.h"
#include "lib/dedup/boilerplate.h"
#include "lib/dedup/match.h"
#include "lib/dedup/sketch.h"
#include "lib/store/raw_record.h"
#include "lib/store/zstd_dictionary.h"

namespace wirefold {

// What is known of one URL, or of a text without one (NormalizedArticle::identity).
struct UrlState {
  Ulid id{};
  Ulid story_id{};                     // equal to id for a unique article
  int64_t newest_at_ms = 0;            // the newest text: its observed time, as the ID clamps it
  Hash128 newest_text_hash{};          // … and its hash
  std::vector<Hash128> text_hashes{};  // every text seen here, the newest among them

  friend bool operator==(const UrlState&, const UrlState&) = default;
};

// Which article carried a text first.
struct TextOwner {
  Ulid id;
  Ulid story_id;

  friend bool operator==(const TextOwner&, const TextOwner&) = default;
};

// A canonical record as it is stored: encoded once by a worker, written and moved as bytes.
using EncodedRecord = std::shared_ptr<const std::string>;

// Another article stands for a story from now on.
struct Election {
  Ulid story_id;
  Ulid from;         // who stood for it; becomes a copy
  Ulid to;           // a copy of the story; becomes the unique article
  Match from_match;  // how `from` relates to an article of the story
  Sketch sketch;     // of `to`
  // `from` stays to be found by others as a variant, unless it is this one.
  std::optional<Ulid> forgotten_variant{};

  friend bool operator==(const Election&, const Election&) = default;
};

// What one accepted file changes.
struct Mutation {
  // kRemoval: of an event alone.
  enum class Kind : uint8_t { kNew = 1, kDuplicate = 2, kRevision = 3, kRemoval = 4 };

  Kind kind = Kind::kNew;
  Ulid id;
  Ulid story_id;
  Hash128 identity;
  UrlState url;          // the state after this mutation
  EncodedRecord record;  // the file's own canonical record
  // Set if no article carried this text before.
  std::optional<Hash128> new_text;
  Hash128 text_hash;  // of the file's own text
  // How far the file is learnt from.
  Learning learning = Learning::kNone;
  // Of the copy: what it matched. For a revision of a copy, the match it has already.
  Match match;
  // Of what is to be found by others: kNew, a revision that becomes the newest text of a unique
  // article, and a copy that is a variant of its story.
  std::optional<Sketch> sketch;
  // Behind all else of this file.
  std::optional<Election> election;
  // kRevision: whether this text is now the newest, and if so the one that it replaces.
  bool becomes_newest = false;
  EncodedRecord previous;
  // kRevision: where the text that is not the newest goes (this one or the previous one).
  int64_t older_at_ms = 0;
  Hash128 older_text_hash;
  // The file's raw bytes, if they are to be kept.
  PackedRaw raw;
};

// What is to be deleted.
struct Removal {
  Ulid story_id;
  std::vector<Ulid>
      ids;             // of the story: all of it, or copies, or with `election` who stands for it
  bool block = false;  // what has their URLs or texts is refused from now on
  int64_t at_ms = 0;
  // Where the story's representative goes and others stay. `from` is deleted with the rest.
  std::optional<Election> election{};
};

struct StoredArticle {
  Ulid id;
  CanonicalArticle article;
  int64_t ingested_at_ms = 0;
  uint32_t matching_letters = 0;
  Hash128 text_hash;
  // The story, and for a copy what it matched (kNone for a unique article).
  Ulid story_id;
  Ulid representative_id;
  Match match;
  uint32_t revision_count = 0;
};

// The same with the record as it is stored, for reads that pass most of it on
// (lib/store/record_view.h).
struct StoredRecord {
  Ulid id;
  Ulid story_id;
  Ulid representative_id;
  Match match;
  uint32_t revision_count = 0;
  std::string record;  // as EncodeRecord made it
};
// kStoreCorrupt, kStoreTooNew.
[[nodiscard]] absl::StatusOr<StoredArticle> DecodeArticle(const StoredRecord& stored);

// GetRaw names no more texts of an article.
inline constexpr size_t kMaxRawTextHashes = 1000;

// The raw file that a stored text was made of.
struct StoredRaw {
  Ulid id;
  Hash128 text_hash;
  KeptDocument document;
  uint32_t dictionary = 0;  // that it is compressed with; 0: none
  // Every text that came under the article's URL, the last kMaxRawTextHashes in the order of
  // arrival, whether its file was kept or not.
  std::vector<Hash128> text_hashes{};
};

// The newest record of a URL, as bytes.
struct NewestRecord {
  EncodedRecord record;
  Match match;  // of a copy
};

// from_ms ≤ time < to_ms.
struct TimeRange {
  int64_t from_ms = 0;
  int64_t to_ms = INT64_MAX;
};

struct ListQuery {
  int64_t start_ms = 0;        // observed at or after
  int64_t end_ms = INT64_MAX;  // observed before
  std::string host{};          // host or registrable domain; empty: any
  std::string source{};        // empty: any
  std::string language{};      // "zh" matches "zh-Hans"; empty: any
  bool descending = false;
  std::optional<Ulid> after{};  // go on behind this ID
  size_t limit = 50;
};

// `Article` is StoredRecord or StoredArticle, in the next two.
template <typename Article>
struct ListPageOf {
  std::vector<Article> articles;
  std::optional<Ulid> next_after;  // where to go on; unset at the end
};

template <typename Article>
struct SightingPageOf {
  Ulid representative_id;  // who stood for the story when this was read
  std::vector<Article> sightings;
  uint64_t total = 0;
  std::optional<Ulid> next_after;
};

using ListPage = ListPageOf<StoredArticle>;
using SightingPage = SightingPageOf<StoredArticle>;
using ListRecordPage = ListPageOf<StoredRecord>;
using SightingRecordPage = SightingPageOf<StoredRecord>;

// What was learnt from the stream, as of some event.
struct Checkpoint {
  uint64_t next_event = 0;  // all files before this event are in it, none from it on
  std::string bytes{};
};

// An accepted file that is learnt from, as it was when it came.
struct LearntFile {
  uint64_t event = 0;
  Learning learning = Learning::kNone;
  int64_t at_ms = 0;  // LearntAtMs
  int64_t ingested_at_ms = 0;
  std::string registrable_domain{};
  std::string host{};
  std::string source{};
  std::string text{};
};

// What one part of the store takes on disk.
struct PartSize {
  std::string name{};
  uint64_t entries = 0;  // about
  uint64_t bytes = 0;    // of its tables
};

struct StoreCounts {
  uint64_t articles = 0;
  uint64_t sightings = 0;
  uint64_t revisions = 0;
  uint64_t commits = 0;
  // Raw files that were kept, what they have together, and what that takes compressed.
  uint64_t raw_files = 0;
  uint64_t raw_bytes = 0;
  uint64_t raw_stored_bytes = 0;

  friend bool operator==(const StoreCounts&, const StoreCounts&) = default;
};

class Store {
 public:
  virtual ~Store() = default;

  // Writes all of `mutations`, in order, or nothing; durable on return. After an error the store
  // takes no further commit (kStoreFailed) until it is opened again.
  [[nodiscard]] virtual absl::Status Commit(std::span<const Mutation> mutations) = 0;

  // The two point lookups of a decision.
  struct Found {
    std::optional<UrlState> url;
    std::optional<TextOwner> text;
    bool is_blocked = false;  // one of the two was deleted, and is not wanted back
  };
  struct Sought {
    Hash128 identity;
    Hash128 text_hash;
  };
  // In the order of `sought`. Many together cost less than one after the other.
  [[nodiscard]] virtual absl::StatusOr<std::vector<Found>> LookupAll(
      std::span<const Sought> sought) const = 0;
  [[nodiscard]] absl::StatusOr<Found> Lookup(const Hash128& identity,
                                             const Hash128& text_hash) const;
  // The newest record of a URL; kNotFound if the state points at nothing.
  [[nodiscard]] virtual absl::StatusOr<NewestRecord> ReadNewest(const UrlState& state) const = 0;

  // Deletes articles with all their texts, raw files and sketches; durable on return. Where others
  // of the story stay, what they are stored against stays too, unseen, until Rebase has run. Never
  // beside Commit. kNotFound if one of them is not there (any more); after another error as Commit.
  [[nodiscard]] virtual absl::Status Remove(const Removal& removal) = 0;
  // Stores anew whatever rests on what was deleted, `batch` records a write, and then deletes that.
  // Interrupted anywhere it goes on the next time. Never beside Commit.
  [[nodiscard]] virtual absl::Status Rebase(size_t batch) = 0;
  // Rewrites everything on disk, so that nothing of what was deleted is left in the data folder,
  // and what is stored takes the least room. Takes minutes for some GB; anything may go on beside
  // it. kNotCompacted if something may be left, or if another call waits for its turn already.
  [[nodiscard]] virtual absl::Status Compact() = 0;
  // Ends the calls of Compact that run, and at once all to come, with kNotCompacted: before the
  // store is closed, which must not have to wait for them. Thread-safe.
  virtual void EndCompactions() = 0;

  // Whether an article or a copy has this ID, or a story whose first article was deleted. While
  // every key of the store was made under the same rules, articles and copies are not looked for:
  // an ID is minted from time and key, so none but that key's can have it. Stories are where the ID
  // may be of one that elected another article.
  [[nodiscard]] virtual absl::StatusOr<bool> IsTaken(const Ulid& id) const = 0;

  // Articles or copies by ID, their newest texts, in order; each kNotFound on its own.
  [[nodiscard]] virtual std::vector<absl::StatusOr<StoredRecord>> GetRecords(
      std::span<const Ulid> ids) const = 0;
  // One of them, if all that it takes is in memory; nullopt if the disk would have to be read. For
  // threads that must not wait.
  [[nodiscard]] virtual std::optional<absl::StatusOr<StoredRecord>> TryGetRecord(
      const Ulid& id) const = 0;
  // The same, decoded.
  [[nodiscard]] absl::StatusOr<StoredArticle> GetArticle(const Ulid& id) const;
  [[nodiscard]] std::vector<absl::StatusOr<StoredArticle>> GetArticles(
      std::span<const Ulid> ids) const;
  // By what Normalize calls identity. kNotFound.
  [[nodiscard]] virtual absl::StatusOr<StoredArticle> GetByIdentity(
      const Hash128& identity) const = 0;
  // What comparison needs of articles and copies, in order; unset where there is none.
  struct ComparisonText {
    std::string title;
    std::string text;
    std::string host;
    std::string registrable_domain;
    std::string source;
    std::string dateline;
    int64_t observed_at_ms = 0;
    int64_t published_at_ms = 0;
    bool has_published_at = false;  // it was read in the article
  };
  [[nodiscard]] virtual absl::StatusOr<std::vector<std::optional<ComparisonText>>>
  GetComparisonTexts(std::span<const Ulid> ids) const = 0;
  // In the order of `ids`; nullopt where there is none.
  [[nodiscard]] virtual absl::StatusOr<std::vector<std::optional<Sketch>>> GetSketches(
      std::span<const Ulid> ids) const = 0;

  // Unique articles by time. One call reads a bounded number of records, so that a page may hold
  // fewer than asked for and still not be the last.
  [[nodiscard]] virtual absl::StatusOr<ListRecordPage> ListRecords(
      const ListQuery& query) const = 0;
  // The copies of a story in the order of their IDs.
  [[nodiscard]] virtual absl::StatusOr<SightingRecordPage> ListSightingRecords(
      const Ulid& story_id, std::optional<Ulid> after, size_t limit) const = 0;
  // All of them, if they are at most `limit` and all that it takes is in memory; nullopt otherwise,
  // as TryGetRecord.
  [[nodiscard]] virtual std::optional<absl::StatusOr<SightingRecordPage>> TryListSightingRecords(
      const Ulid& story_id, size_t limit) const = 0;
  // The same, decoded.
  [[nodiscard]] absl::StatusOr<ListPage> ListArticles(const ListQuery& query) const;
  [[nodiscard]] absl::StatusOr<SightingPage> ListSightings(const Ulid& story_id,
                                                           std::optional<Ulid> after,
                                                           size_t limit) const;
  // The texts of one ID beside the newest, in the order of time; from the one behind `after` (its
  // hash), at most `limit`. One call reads a bounded number of bytes, so that there may be more
  // where fewer come: none once it returns none. kNotFound if there is no such article.
  [[nodiscard]] virtual absl::StatusOr<std::vector<StoredArticle>> ListRevisions(
      const Ulid& id, const std::optional<Hash128>& after, size_t limit) const = 0;
  // The article with the text that has this hash. kNotFound if it never had that.
  [[nodiscard]] virtual absl::StatusOr<StoredArticle> GetText(const Ulid& id,
                                                              const Hash128& text_hash) const = 0;

  // The raw file of an article or a copy: of its newest text, or of the text with this hash.
  // kNotFound if there is no such article; kRawNotKept if raw files were not kept when it came, or
  // it never had that text; kStoreCorrupt if its dictionary is missing. Reads the kept texts of
  // this ID one by one where a hash is given.
  [[nodiscard]] virtual absl::StatusOr<StoredRaw> GetRaw(
      const Ulid& id, const std::optional<Hash128>& text_hash) const = 0;
  // The dictionary to compress raw files with: the one that was added last, null if there is none.
  [[nodiscard]] virtual absl::StatusOr<std::shared_ptr<const ZstdDictionary>> NewestRawDictionary()
      const = 0;
  // Stores a dictionary for good, durable on return; raw files may be packed with it from then on.
  // kFailedPrecondition once there are kMaxDictionaries. Beside Commit, from any thread.
  [[nodiscard]] virtual absl::StatusOr<std::shared_ptr<const ZstdDictionary>> AddRawDictionary(
      std::string bytes) = 0;

  // Calls `visit` with every sketch, those of unique articles and of variants, whose ID has a time
  // in the range, in the order of IDs, until it returns false. Reads that range alone.
  [[nodiscard]] virtual absl::Status ScanSketches(
      const std::function<bool(const Ulid&, const Sketch&)>& visit,
      const TimeRange& range = {}) const = 0;
  // What an event changed of what is to be found by others.
  struct SketchChange {
    uint64_t event = 0;
    std::vector<Ulid> gone{};                      // have no sketch (any more)
    std::vector<std::pair<Ulid, Sketch>> there{};  // have this one now
  };
  // Calls `visit` with what the events from `first` on changed, in their order, until it returns
  // false. What several of them changed is told as it is now, each time.
  [[nodiscard]] virtual absl::Status ScanSketchChanges(
      uint64_t first, const std::function<bool(const SketchChange&)>& visit) const = 0;
  // Deletes the sketches of articles from before this time, which nobody will look for any more.
  // Not synced: what a crash brings back goes the next time. Any thread.
  [[nodiscard]] virtual absl::Status ForgetSketches(int64_t before_ms) = 0;
  // A story that changed its representative once.
  struct ElectedStory {
    Ulid story_id;
    Ulid representative_id;
    std::vector<Ulid> variants{};  // copies that have a sketch
  };
  [[nodiscard]] virtual absl::Status ScanElected(
      const std::function<void(const ElectedStory&)>& visit) const = 0;

  // Takes the place of the checkpoint of that name, durable on return. `name` is a short word.
  // After an error the old one stays.
  [[nodiscard]] virtual absl::Status WriteCheckpoint(std::string_view name,
                                                     const Checkpoint& checkpoint) = 0;
  // nullopt if there is none.
  [[nodiscard]] virtual absl::StatusOr<std::optional<Checkpoint>> ReadCheckpoint(
      std::string_view name) const = 0;
  // Calls `visit` with every file that was learnt from, from event `first` on, in the order of
  // commits, until it returns false. What was deleted since is left out.
  [[nodiscard]] virtual absl::Status ScanLearnt(
      uint64_t first, const std::function<bool(const LearntFile&)>& visit) const = 0;
  // The number that the next committed mutation's event gets. Each mutation has one.
  [[nodiscard]] virtual uint64_t NextEvent() const = 0;

  [[nodiscard]] virtual StoreCounts Counts() const = 0;
  // Bytes on disk, about.
  [[nodiscard]] virtual uint64_t DiskBytes() const = 0;
  // The same by part; what is in memory and in the log alone is in none of them.
  [[nodiscard]] virtual std::vector<PartSize> PartSizes() const = 0;
};

// The time that a file is learnt under: that of its ID, else, in want of one, when it came.
inline int64_t LearntAtMs(const Ulid& id, int64_t ingested_at_ms) {
  return id.TimeMs() != 0 ? id.TimeMs() : ingested_at_ms;
}

// A record's bytes. Pure, so that workers encode in parallel.
EncodedRecord EncodeRecord(const NormalizedArticle& article, int64_t ingested_at_ms);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_STORE_H_
