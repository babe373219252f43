// IndexRun: a sealed segment of the candidate index as a file, of which as much lies in memory as
// there is room for.
//
// Example:
//   absl::Status written = IndexRun::Write(path, segment, /*part_key=*/0, go_on);
//   absl::StatusOr<std::shared_ptr<IndexRun>> run = IndexRun::Open(path, Tier::kFiltered);
//   (*run)->Visit(keys, sought, [&](size_t which, uint32_t entry) { … });
//
// A run answers the same in each tier:
//   kResident   its tables lie in memory (some 230 bytes an article): no look at the disk
//   kFiltered   a filter over its keys does (some 50): what passes is read, two lines a key
//   kBare       nothing does: two lines are read for every key
// A key's lines are where its share of the range of keys says, so that nothing else has to be read
// to find them.
//
// The file: a header of kHeaderBytes with its checksum; the entries and the table of IDs, with one;
// then for each shard its lines and its stash, with one, and its filter, with one. Numbers lie as
// they do in memory, little-endian. All checksums are seen to when it is opened.
//
// Thread-safe, but that Remove is called by one thread at a time.
#ifndef WIREFOLD_LIB_DEDUP_INDEX_RUN_H_
#define WIREFOLD_LIB_DEDUP_INDEX_RUN_H_

#include <array>
#include <atomic>
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
#include "lib/dedup/index_segment.h"
#include "lib/dedup/key_filter.h"
#include "lib/dedup/postings.h"

namespace wirefold {

class IndexRun {
 public:
  enum class Tier : uint8_t { kResident, kFiltered, kBare };

  static constexpr size_t kHeaderBytes = 4096;

  // What the header says.
  struct Header {
    int64_t part_key = 0;      // CandidateIndex's
    uint64_t last_change = 0;  // by which something was added
    int64_t first_ms = 0;
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
  // of every few MiB; an error of it, and one of the file system, leaves nothing.
  [[nodiscard]] static absl::Status Write(const std::string& path, const IndexSegment& segment,
                                          int64_t part_key,
                                          const std::function<absl::Status()>& go_on);
  // Reads a file that Write made and sees whether it is whole. kNotFound; kDataLoss if it is not;
  // kUnavailable if it can't be read.
  static absl::StatusOr<std::shared_ptr<IndexRun>> Open(const std::string& path, Tier tier);
  // Its header alone, and its tables; errors as above.
  static absl::StatusOr<Header> ReadHeader(const std::string& path);
  static absl::StatusOr<IndexTables> ReadTables(const std::string& path);

  // The same run in another tier; what dies in the one is dead in the other.
  [[nodiscard]] absl::StatusOr<std::shared_ptr<IndexRun>> In(Tier tier) const;

  [[nodiscard]] const Header& header() const { return core_->header; }
  [[nodiscard]] Tier tier() const { return tier_; }
  // The tables, of a resident run; else null.
  [[nodiscard]] const IndexTables* tables() const { return tables_.get(); }

  // Calls visit(which, entry) for the postings, of the living and the dead, of keys[which] for each
  // `which` that is sought. What can't be read is passed over, and noted.
  void Visit(std::span<const uint64_t> keys, std::span<const uint32_t> sought,
             const std::function<void(uint32_t which, uint32_t entry)>& visit) const;
  [[nodiscard]] std::optional<IndexEntry> EntryAt(uint32_t entry) const;
  // The entry of an article that is here and lives.
  [[nodiscard]] std::optional<uint32_t> NumberOf(const Ulid& id) const;

  [[nodiscard]] bool IsLive(uint32_t entry) const {
    return (core_->dead[entry / 64].load(std::memory_order_relaxed) >> entry % 64 & 1) == 0;
  }
  // By one thread at a time, and live() by the same.
  void Kill(uint32_t entry);
  [[nodiscard]] size_t live() const { return core_->header.entries - core_->deaths; }
  [[nodiscard]] std::vector<bool> Dead() const;

  // Whether the file could not be read at some time.
  [[nodiscard]] bool damaged() const { return core_->damaged.load(std::memory_order_relaxed); }
  [[nodiscard]] size_t memory_bytes() const { return MemoryBytes(header(), tier_); }
  [[nodiscard]] static size_t MemoryBytes(const Header& header, Tier tier);
  [[nodiscard]] uint64_t file_bytes() const { return core_->file->size(); }

 private:
  // What all tiers share.
  struct Core {
    std::string path;
    std::unique_ptr<FileReader> file;
    Header header;
    std::array<ShardShape, PostingTable::kShards> shapes;
    std::vector<std::atomic<uint64_t>> dead;  // a bit an entry
    size_t deaths = 0;
    mutable std::atomic<bool> damaged = false;
  };
  using Filters = std::vector<KeyFilter>;  // one a shard

  static absl::StatusOr<std::unique_ptr<FileReader>> OpenFile(const std::string& path,
                                                              Header* header);
  static absl::StatusOr<IndexTables> TablesOf(const FileReader& file, const Header& header);
  static absl::StatusOr<std::shared_ptr<const Filters>> FiltersOf(const FileReader& file,
                                                                  const Header& header);
  static absl::Status CheckShards(const FileReader& file, const Header& header);
  static absl::Status CheckBase(const FileReader& file, const Header& header);

  // Reads, or notes that it can't be read.
  [[nodiscard]] bool Read(uint64_t offset, std::span<char> buffer) const;
  void VisitStash(const Header::Shard& shard, uint32_t rest,
                  const std::function<void(uint32_t entry)>& visit) const;

  std::shared_ptr<Core> core_;  // with the same run in other tiers
  Tier tier_ = Tier::kBare;
  std::shared_ptr<const IndexTables> tables_;
  std::shared_ptr<const Filters> filters_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_INDEX_RUN_H_
