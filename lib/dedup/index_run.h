// IndexRun: a sealed segment of the candidate index as a file, of which as much lies in memory as
// there is room for.
//
// Example:
//   absl::Status written = IndexRun::Write(path, segment, /*part_key=*/0, go_on);
//   absl::StatusOr<std::shared_ptr<IndexRun>> run = IndexRun::Open(path, {.shards = 0, .filters =
//   true});
//   (*run)->Visit(keys, sought, [&](uint32_t which, uint32_t entry) { …; return true; });
//
// Of a run's kShards shards some lie in memory (200 bytes an article if all do, and no look at the
// disk but for NumberOf); of the others a filter over their keys does (some 50): what passes is
// read, two lines a key; or nothing does, and two lines are read for every key. It answers the same
// in each case. A key's lines are where its share of the range of keys says, so that nothing else
// has to be read to find them.
//
// The file: a header of kHeaderBytes with its checksum; the entries and the table of IDs, with one;
// then for each shard its lines and its stash, with one, and its filter, with one. Numbers lie as
// they do in memory, little-endian. All checksums are seen to when it is opened, and again when a
// part of it is read into memory.
//
// Thread-safe, but that Kill is called by one thread at a time.
#ifndef WIREFOLD_LIB_DEDUP_INDEX_RUN_H_
#define WIREFOLD_LIB_DEDUP_INDEX_RUN_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/base/prefetch.h"
#include "lib/dedup/index_segment.h"
#include "lib/dedup/key_filter.h"
#include "lib/dedup/postings.h"

namespace wirefold {

class IndexRun {
 public:
  // What of a run lies in memory: its first so many shards, all of them with the entries; and the
  // filters of the others.
  struct Residency {
    size_t shards = 0;
    bool filters = false;

    friend bool operator==(const Residency&, const Residency&) = default;
  };
  static constexpr Residency kWhole = {.shards = PostingTable::kShards, .filters = true};

  static constexpr size_t kHeaderBytes = 4096;

  // What the header says.
  struct Header {
    int64_t part_key = 0;      // CandidateIndex's
    uint64_t last_change = 0;  // by which something was added
    int64_t first_ms = 0;      // of what is in it, for who looks at the file: nothing rests on it
    int64_t last_ms = 0;
    uint64_t by_id = 0;  // places
    uint64_t base_checksum = 0;
    uint32_t entries = 0;
    struct Shard {
      uint64_t offset = 0;
      uint64_t checksum = 0;
      uint64_t filter_checksum = 0;
      uint64_t filter_seed = 0;
      uint32_t lines = 0;  // homes; there is one line more
      uint32_t stash = 0;  // places
      uint32_t stashed = 0;
      uint32_t postings = 0;
      uint32_t filter_keys = 0;
      uint32_t unused = 0;

      [[nodiscard]] uint64_t LineBytes() const {
        return (uint64_t{lines} + 1) * sizeof(PostingLine);
      }
      [[nodiscard]] uint64_t StashBytes() const { return uint64_t{stash} * sizeof(uint64_t); }
      [[nodiscard]] uint64_t FilterOffset() const { return offset + LineBytes() + StashBytes(); }
    };
    uint32_t unused = 0;
    std::array<Shard, PostingTable::kShards> shards{};
  };

  // Writes a segment that nothing is added to meanwhile; durable on return. `go_on` is asked ahead
  // of the entries and of each shard; an error of it, and one of the file system, leaves nothing.
  [[nodiscard]] static absl::Status Write(const std::string& path, const IndexSegment& segment,
                                          int64_t part_key,
                                          const std::function<absl::Status()>& go_on);
  // Writes several as one, durable on return, as Write does: the entries of the first, then those
  // of the next, under numbers that go on. Of those that are dead by now the entry stays, and no
  // posting. Reads their files, kUnavailable and kDataLoss where that fails. All of one part key,
  // fewer than PostingTable::kMaxEntries together. Some 60 bytes an entry are taken meanwhile.
  [[nodiscard]] static absl::Status Merge(const std::string& path,
                                          std::span<const std::shared_ptr<IndexRun>> runs,
                                          const std::function<absl::Status()>& go_on);
  // Reads a file that Write or Merge made and sees whether it is whole. kNotFound; kDataLoss if it
  // is not; kUnavailable if it can't be read.
  static absl::StatusOr<std::shared_ptr<IndexRun>> Open(const std::string& path,
                                                        Residency residency);
  // Its header alone, and its tables; errors as above.
  static absl::StatusOr<Header> ReadHeader(const std::string& path);
  static absl::StatusOr<IndexTables> ReadTables(const std::string& path);

  // The same run with more or less of it in memory; what both have they share, and what dies in the
  // one is dead in the other.
  [[nodiscard]] absl::StatusOr<std::shared_ptr<IndexRun>> With(Residency residency) const;

  [[nodiscard]] const Header& header() const { return core_->header; }
  [[nodiscard]] Residency residency() const { return residency_; }
  // Whether nothing has to be read from disk to visit it.
  [[nodiscard]] bool in_memory() const { return entries_ != nullptr; }
  // Of a run that is in memory.
  [[nodiscard]] const IndexEntry& at(uint32_t entry) const { return (*entries_)[entry]; }

  // The shard of a key, null where that is not in memory.
  [[nodiscard]] const PostingTable::Shard* ShardOf(uint64_t key) const {
    return shards_[PostingTable::ShardOf(key)].get();
  }
  // Calls visit(which, entry) for the postings, of the living and the dead, of keys[which] for each
  // `which` that is sought; where it returns false the rest of that key may be left out. What can't
  // be read is passed over, and noted.
  template <typename Visitor>
  void Visit(std::span<const uint64_t> keys, std::span<const uint32_t> sought,
             Visitor visit) const {
    std::vector<uint32_t> elsewhere;
    for (const uint32_t which : sought) {
      const uint64_t key = keys[which];
      const PostingTable::Shard* const shard = ShardOf(key);
      if (shard == nullptr) {
        elsewhere.push_back(which);
        continue;
      }
      PostingTable::VisitShard(*shard, PostingTable::RestOf(key),
                               [&](uint32_t entry) { return visit(which, entry); });
    }
    if (elsewhere.empty()) return;
    VisitOnDisk(keys, elsewhere, [&](uint32_t which, uint32_t entry) { visit(which, entry); });
  }
  [[nodiscard]] std::optional<IndexEntry> EntryAt(uint32_t entry) const;
  // The entry of an article that is here and lives.
  [[nodiscard]] std::optional<uint32_t> NumberOf(const Ulid& id) const;

  void PrefetchIsLive(uint32_t entry) const { PrefetchRead(&core_->dead[entry / 64]); }
  [[nodiscard]] bool IsLive(uint32_t entry) const {
    return (core_->dead[entry / 64].load(std::memory_order_relaxed) >> entry % 64 & 1) == 0;
  }
  // By one thread at a time, and live() by the same.
  void Kill(uint32_t entry);
  [[nodiscard]] size_t live() const { return core_->header.entries - core_->deaths; }
  [[nodiscard]] std::vector<bool> Dead() const;
  // Calls function(entry) for each that is dead.
  template <typename Function>
  void ForDead(Function function) const {
    for (size_t word = 0; word < core_->dead.size(); ++word) {
      uint64_t bits = core_->dead[word].load(std::memory_order_relaxed);
      for (; bits != 0; bits &= bits - 1) {
        function(static_cast<uint32_t>(word * 64) + static_cast<uint32_t>(std::countr_zero(bits)));
      }
    }
  }

  // That the file could not be read; whether that was so at some time.
  void NoteDamaged() const { core_->damaged.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool damaged() const { return core_->damaged.load(std::memory_order_relaxed); }
  [[nodiscard]] size_t memory_bytes() const { return MemoryBytes(header(), residency_); }
  [[nodiscard]] static size_t MemoryBytes(const Header& header, Residency residency);
  // What a shard takes in memory, a filter of one, and the entries.
  [[nodiscard]] static size_t ShardBytes(const Header& header, size_t shard);
  [[nodiscard]] static size_t FilterBytes(const Header& header, size_t shard);
  [[nodiscard]] static size_t EntryBytes(const Header& header) {
    return header.entries * sizeof(IndexEntry);
  }
  [[nodiscard]] uint64_t file_bytes() const { return core_->file->size(); }

 private:
  // What is the same whatever of it lies in memory.
  struct Core {
    std::string path;
    std::unique_ptr<FileReader> file;
    Header header;
    std::array<ShardShape, PostingTable::kShards> shapes;
    std::vector<std::atomic<uint64_t>> dead;  // a bit an entry
    size_t deaths = 0;
    mutable std::atomic<bool> damaged = false;
  };
  // Writes a run in the order of its file: entries, then their IDs' table, then shard by shard.
  class Writer;

  static absl::StatusOr<std::unique_ptr<FileReader>> OpenFile(const std::string& path,
                                                              Header* header);
  // Each reads its part of the file and sees whether it is whole.
  static absl::StatusOr<HugePageVector<IndexEntry>> ReadEntries(const FileReader& file,
                                                                const Header& header,
                                                                std::vector<uint32_t>* by_id);
  static absl::StatusOr<PostingTable::Shard> ReadShard(const FileReader& file,
                                                       const Header::Shard& from);
  static absl::StatusOr<KeyFilter> ReadFilter(const FileReader& file, const Header::Shard& from);

  // Reads, or notes that it can't be read.
  [[nodiscard]] bool Read(uint64_t offset, std::span<char> buffer) const;
  void VisitStash(const Header::Shard& shard, uint32_t rest,
                  const std::function<void(uint32_t entry)>& visit) const;

  void VisitOnDisk(std::span<const uint64_t> keys, std::span<const uint32_t> sought,
                   const std::function<void(uint32_t which, uint32_t entry)>& visit) const;

  std::shared_ptr<Core> core_;  // with the same run in other residencies, as what follows
  Residency residency_;
  std::shared_ptr<const HugePageVector<IndexEntry>> entries_;
  // What is not in memory is null; so are filters of shards that are.
  std::array<std::shared_ptr<const PostingTable::Shard>, PostingTable::kShards> shards_;
  std::array<std::shared_ptr<const KeyFilter>, PostingTable::kShards> filters_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_INDEX_RUN_H_
