// RocksDbStore: the store in a folder of this machine.
//
// Example:
//   absl::StatusOr<std::unique_ptr<RocksDbStore>> store =
//       RocksDbStore::Open({.path = "wirefold-data", .key_rules_fingerprint = "…"});
//
// docs/storage_format.md says what lies on disk. Thread-safe, except that Commit must be called by
// one thread at a time.
#ifndef WIREFOLD_LIB_STORE_ROCKSDB_STORE_H_
#define WIREFOLD_LIB_STORE_ROCKSDB_STORE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/store/commit_group.h"
#include "lib/store/data_folder.h"
#include "lib/store/dictionary_table.h"
#include "lib/store/id_filter.h"
#include "lib/store/keys.h"
#include "lib/store/raw_record.h"
#include "lib/store/record_delta.h"
#include "lib/store/record_packing.h"
#include "lib/store/record_reader.h"
#include "lib/store/records.h"
#include "lib/store/rocksdb_options.h"
#include "lib/store/script_table.h"
#include "lib/store/store.h"
#include "rocksdb/db.h"
#include "rocksdb/write_batch.h"

namespace wirefold {

// One ListArticles call reads at most so many records, and so many bytes of them.
inline constexpr size_t kMaxScannedRecords = 10'000;
inline constexpr size_t kMaxScannedBytes = size_t{64} << 20;
// A page ends when its records have so many bytes.
inline constexpr size_t kMaxPageBytes = size_t{8} << 20;
// The copies of a story are counted up to this.
inline constexpr size_t kMaxCountedSightings = 100'000;

class RocksDbStore final : public Store {
 public:
  // Opens the store in `options.path`; creates it if the folder is missing or empty. Everything is
  // checked before anything is written: a folder that is refused is left as it was, to the byte.
  //   kStoreLocked       another process has it open (the message names it)
  //   kStoreCorrupt      damaged, or a part is missing
  //   kStoreTooNew       written by a newer version
  //   kStoreRulesDiffer  its keys were made under other rules
  //   kInvalidArgument   the folder holds something else
  static absl::StatusOr<std::unique_ptr<RocksDbStore>> Open(const RocksDbOptions& options);
  ~RocksDbStore() override;

  [[nodiscard]] absl::Status Commit(std::span<const Mutation> mutations) override;
  [[nodiscard]] absl::Status Remove(const Removal& removal) override;
  [[nodiscard]] absl::Status Rebase(size_t batch) override;
  [[nodiscard]] absl::Status Compact() override;
  void EndCompactions() override { compactions_ended_ = true; }
  [[nodiscard]] absl::StatusOr<std::vector<Found>> LookupAll(
      std::span<const Sought> sought) const override;
  [[nodiscard]] absl::StatusOr<NewestRecord> ReadNewest(const UrlState& state) const override;
  [[nodiscard]] absl::StatusOr<bool> IsTaken(const Ulid& id) const override;
  [[nodiscard]] std::vector<absl::StatusOr<StoredRecord>> GetRecords(
      std::span<const Ulid> ids) const override;
  [[nodiscard]] std::optional<absl::StatusOr<StoredRecord>> TryGetRecord(
      const Ulid& id) const override;
  [[nodiscard]] absl::StatusOr<StoredArticle> GetByIdentity(const Hash128& identity) const override;
  [[nodiscard]] absl::StatusOr<std::vector<std::optional<ComparisonText>>> GetComparisonTexts(
      std::span<const Ulid> ids) const override;
  [[nodiscard]] absl::StatusOr<std::vector<std::optional<Sketch>>> GetSketches(
      std::span<const Ulid> ids) const override;
  [[nodiscard]] absl::StatusOr<ListRecordPage> ListRecords(const ListQuery& query) const override;
  // Counting walks the whole story, so `total` is set on the first page alone (`after` unset) and 0
  // on later ones; it ends at kMaxCountedSightings. A page costs what it holds, wherever it starts.
  [[nodiscard]] absl::StatusOr<SightingRecordPage> ListSightingRecords(const Ulid& story_id,
                                                                       std::optional<Ulid> after,
                                                                       size_t limit) const override;
  [[nodiscard]] std::optional<absl::StatusOr<SightingRecordPage>> TryListSightingRecords(
      const Ulid& story_id, size_t limit) const override;
  [[nodiscard]] absl::StatusOr<std::vector<StoredArticle>> ListRevisions(
      const Ulid& id, const std::optional<Hash128>& after, size_t limit) const override;
  [[nodiscard]] absl::StatusOr<StoredArticle> GetText(const Ulid& id,
                                                      const Hash128& text_hash) const override;
  [[nodiscard]] absl::StatusOr<StoredRaw> GetRaw(
      const Ulid& id, const std::optional<Hash128>& text_hash) const override;
  [[nodiscard]] absl::StatusOr<std::shared_ptr<const ZstdDictionary>> NewestRawDictionary()
      const override;
  [[nodiscard]] absl::StatusOr<std::shared_ptr<const ZstdDictionary>> AddRawDictionary(
      std::string bytes) override;
  [[nodiscard]] absl::Status ScanSketches(
      const std::function<bool(const Ulid&, const Sketch&)>& visit,
      const TimeRange& range = {}) const override;
  [[nodiscard]] absl::Status ScanSketchChanges(
      uint64_t first, const std::function<bool(const SketchChange&)>& visit) const override;
  [[nodiscard]] absl::Status ForgetSketches(int64_t before_ms) override;
  [[nodiscard]] absl::Status ScanElected(
      const std::function<void(const ElectedStory&)>& visit) const override;
  [[nodiscard]] absl::Status WriteCheckpoint(std::string_view name,
                                             const Checkpoint& checkpoint) override;
  [[nodiscard]] absl::StatusOr<std::optional<Checkpoint>> ReadCheckpoint(
      std::string_view name) const override;
  [[nodiscard]] absl::Status ScanLearnt(
      uint64_t first, const std::function<bool(const LearntFile&)>& visit) const override;
  [[nodiscard]] uint64_t NextEvent() const override;
  [[nodiscard]] StoreCounts Counts() const override;
  [[nodiscard]] uint64_t DiskBytes() const override;
  [[nodiscard]] std::vector<PartSize> PartSizes() const override;

  // The recorded versions, each with the number of commits that came before it, oldest first.
  using VersionHistory = std::vector<std::pair<uint64_t, std::map<std::string, std::string>>>;
  [[nodiscard]] absl::StatusOr<VersionHistory> Versions() const;

 private:
  friend class StoreRekeyer;

  using Handles = std::vector<rocksdb::ColumnFamilyHandle*>;

  RocksDbStore(RocksDbOptions options, std::unique_ptr<FolderLock> lock,
               std::shared_ptr<RecordPacking> packing, rocksdb::DB* db, Handles handles,
               const StoredCounts& counts)
      : options_(std::move(options)),
        lock_(std::move(lock)),
        packing_(std::move(packing)),
        db_(db),
        handles_(std::move(handles)),
        counts_(counts) {}

  // kStoreFailed once a commit has failed.
  absl::Status CheckWritable() const;
  CommitGroup NewGroup();
  // Writes the group, synced, and what is counted.
  absl::Status WriteGroup(CommitGroup& group);
  // What removing one article takes away (rocksdb_remove.cc).
  struct Leaving;
  // Whether `urls` leads from there to this article.
  absl::StatusOr<bool> LeadsTo(const Hash128& identity, const Ulid& id) const;
  absl::StatusOr<Leaving> ReadLeaving(const Ulid& story_id, const Ulid& id) const;
  absl::Status Take(const Removal& removal, const Leaving& leaving, CommitGroup& group) const;
  absl::StatusOr<std::vector<std::pair<Ulid, Hash128>>> TextsStaying(const Removal& removal) const;
  absl::Status RebaseStory(const Ulid& base_id, const Ulid& story_id, size_t batch);
  // nullopt if there is no such key.
  absl::StatusOr<std::optional<rocksdb::PinnableSlice>> Get(const rocksdb::ReadOptions& read,
                                                            Family family,
                                                            const std::string& key) const;
  // A value of `articles`, whole from then on.
  absl::Status UnpackInPlace(rocksdb::PinnableSlice& value) const;
  // Several of one family, as they are stored, in the order of the keys.
  struct FoundTogether {
    std::vector<rocksdb::PinnableSlice> values{};
    std::vector<rocksdb::Status> statuses{};

    [[nodiscard]] bool IsFound(size_t i) const { return statuses[i].ok(); }
    [[nodiscard]] bool IsMissing(size_t i) const { return statuses[i].IsNotFound(); }
  };
  std::vector<absl::StatusOr<StoredRecord>> ReadRecords(const rocksdb::ReadOptions& read,
                                                        std::span<const Ulid> ids) const;
  FoundTogether GetTogether(const rocksdb::ReadOptions& read, Family family,
                            const std::vector<std::string>& keys) const;
  absl::StatusOr<std::optional<std::string>> GetString(const rocksdb::ReadOptions& read,
                                                       Family family, const std::string& key) const;
  // `read` is copied.
  RecordReader Reader(const rocksdb::ReadOptions& read) const;
  // An article or a copy.
  absl::StatusOr<StoredRecord> ReadRecord(const rocksdb::ReadOptions& read, const Ulid& id) const;
  absl::StatusOr<StoredArticle> ReadArticle(const rocksdb::ReadOptions& read, const Ulid& id) const;
  // The record of the text that an event brought: the newest of its ID, or an older one. nullopt if
  // it is gone.
  absl::StatusOr<std::optional<std::string>> ReadRecordOf(const rocksdb::ReadOptions& read,
                                                          const Event& event) const;
  // Fills in what a text of `newest`'s article is that is not the newest.
  absl::StatusOr<StoredArticle> ReadOlder(RecordReader& reader, const StoredArticle& newest,
                                          std::string stored) const;
  // From `after` on; counts the rest of a first page if `counts`. What is read by `read` must be of
  // one state.
  absl::StatusOr<SightingRecordPage> ReadSightings(const rocksdb::ReadOptions& read,
                                                   const Ulid& story_id, std::optional<Ulid> after,
                                                   size_t limit, bool counts) const;
  // For CountRevisions; `read` is copied.
  std::unique_ptr<rocksdb::Iterator> RevisionKeys(rocksdb::ReadOptions read) const;
  // How many older texts an article or copy has.
  static absl::StatusOr<uint32_t> CountRevisions(rocksdb::Iterator& keys, const Ulid& id);
  absl::Status RecordVersions();
  // At opening. What can't be read is left to those who look for it.
  void NoteElected();
  bool HasEntries(Family family) const;
  // Of the article's URL, for GetRaw.
  absl::StatusOr<std::vector<Hash128>> ReadTextHashes(const rocksdb::ReadOptions& read,
                                                      const StoredArticle& article) const;
  // For Compact: a dictionary of the articles that there are now, if it is worth it or the one in
  // use may hold pieces of a removed one; reads all of them.
  absl::StatusOr<RecordPacking::Renewed> RenewDictionary();
  absl::Status CompactFamily(size_t family, rocksdb::BottommostLevelCompaction last);
  absl::Status CompactNow();
  absl::Status CompactionsEnded() const;

  const RocksDbOptions options_;
  const std::unique_ptr<FolderLock> lock_;  // released after db_ is closed
  // Used by the database's own threads.
  const std::shared_ptr<RecordPacking> packing_;
  const std::unique_ptr<rocksdb::DB> db_;
  const Handles handles_;
  bool rekeyed_ = false;                             // the store was moved to other key rules once
  std::unique_ptr<const ScriptTable> script_table_;  // set once, at opening
  DeltaPacker packer_;                               // of whoever commits
  IdFilter elected_;                                 // what `stories` names
  std::atomic<bool> has_tombstones_ = false;         // `tombstones` may have entries
  std::atomic<bool> failed_ = false;
  mutable std::mutex counts_mutex_;  // guards counts_
  StoredCounts counts_;
  std::atomic<int> compactions_ = 0;  // that run or wait
  std::mutex compact_mutex_;          // held by the one that runs
  std::atomic<bool> compactions_ended_ = false;
  DictionaryTable raw_dictionaries_{
      {.prefix = kRawDictionaryPrefix, .what = "raw files", .level = kRawCompressionLevel}};
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_ROCKSDB_STORE_H_
