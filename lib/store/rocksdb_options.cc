#include "lib/store/rocksdb_options.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/ulid.h"
#include "lib/store/no_wait_reads.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/table.h"

namespace wirefold {
namespace {

constexpr double kBitsPerKey = 10;
// Enough for 10 bits and more a key in a full write buffer of 100-byte entries.
constexpr double kMemtableFilterShare = 0.02;

// Half of the files that the process may have open; connections need the rest.
int OpenFiles() {
  struct rlimit limit {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return -1;
  return static_cast<int>(std::clamp<rlim_t>(limit.rlim_cur / 2, 64, 1 << 20));
}

// zstd's level in the last level of the tree as files come in, and where Compact writes it.
constexpr int kLastLevelZstd = 1;
constexpr int kCompactedZstd = 19;
constexpr uint32_t kDictionaryBytes = uint32_t{112} << 10;

rocksdb::BlockBasedTableOptions TableOptions(std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBitsPerKey));
  table.whole_key_filtering = true;
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;
  return table;
}

// Long values, read by ID or in the order of IDs.
void ForText(rocksdb::ColumnFamilyOptions& family, rocksdb::BlockBasedTableOptions& table) {
  table.block_size = size_t{16} << 10;
  // What comes in is written several times on its way down, so quickly; Compact takes its time.
  family.compression = rocksdb::kLZ4Compression;
  family.bottommost_compression = rocksdb::kZSTD;
  family.bottommost_compression_opts.enabled = true;
  family.bottommost_compression_opts.level = kLastLevelZstd;
  family.target_file_size_base = uint64_t{128} << 20;
  family.max_bytes_for_level_base = uint64_t{512} << 20;
}

// Deltas have the most from what stands around them.
void ForDeltas(rocksdb::BlockBasedTableOptions& table) { table.block_size = size_t{64} << 10; }

// Keys begin with a ULID, and most ULIDs have no entry.
void ByPrefix(rocksdb::ColumnFamilyOptions& family) {
  family.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(Ulid::kBytes));
}

// Short values: hashes and IDs are no smaller for it, what stands between them is.
void ForShort(rocksdb::ColumnFamilyOptions& family) {
  family.bottommost_compression = rocksdb::kZSTD;
}

// Short values under random keys, mostly asked for what is absent.
void ForLookup(rocksdb::ColumnFamilyOptions& family, rocksdb::BlockBasedTableOptions& table) {
  table.block_size = size_t{4} << 10;
  family.compression = rocksdb::kNoCompression;
  // Keys come in no order, so each merge writes all of it again: seldom, though each file of the
  // first level is one more to ask.
  family.level0_file_num_compaction_trigger = 16;
  family.level0_slowdown_writes_trigger = 40;
  family.level0_stop_writes_trigger = 56;
  family.memtable_prefix_bloom_size_ratio = kMemtableFilterShare;
  family.memtable_whole_key_filtering = true;
}

}  // namespace

std::shared_ptr<rocksdb::Cache> MakeBlockCache(const RocksDbOptions& options) {
  // Left to itself it has 64 parts of 4 MiB, in which the filters of two large tables have no room
  // together: from five million articles on they pushed each other out. Half is for filters and
  // indexes first.
  constexpr int kShardBits = 4;
  return rocksdb::NewLRUCache(options.block_cache_bytes, kShardBits,
                              /*strict_capacity_limit=*/false, /*high_pri_pool_ratio=*/0.5);
}

rocksdb::DBOptions MakeDbOptions(const RocksDbOptions& options) {
  rocksdb::DBOptions db;
  db.env = NoWaitEnv();
  db.create_if_missing = false;
  db.statistics = options.statistics;
  db.paranoid_checks = true;
  // A record that a crash cut off at the log's end was never acknowledged and is dropped. Damage
  // anywhere else refuses to open: the default would drop all that follows and say nothing.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.track_and_verify_wals_in_manifest = true;
  db.max_total_wal_size = options.max_log_bytes;
  db.max_open_files = OpenFiles();
  db.max_background_jobs = 2;
  db.bytes_per_sync = uint64_t{1} << 20;
  db.max_log_file_size = size_t{4} << 20;
  db.keep_log_file_num = 4;
  db.stats_dump_period_sec = 0;
  return db;
}

std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(const RocksDbOptions& options,
                                                          std::shared_ptr<rocksdb::Cache> cache) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (size_t i = 0; i < kFamilies; ++i) {
    rocksdb::ColumnFamilyOptions family;
    rocksdb::BlockBasedTableOptions table = TableOptions(cache);
    family.write_buffer_size = options.write_buffer_bytes;
    family.max_write_buffer_number = 3;
    family.level_compaction_dynamic_level_bytes = true;
    family.compression = rocksdb::kNoCompression;
    // What comes reaches over most of a family's keys, so each merge writes much of it again. Twice
    // as many files together are half as many merges, for a look at some more filters.
    family.level0_file_num_compaction_trigger = 8;
    switch (kFamilyTable.at(i).layout) {
      case FamilyLayout::kSmall:
        ForShort(family);
        break;
      case FamilyLayout::kSketch:
        break;  // hashes don't get smaller, and are read often
      case FamilyLayout::kRecords:
        ForText(family, table);
        // Packed, a record has a half: as many to a block as in twice the size.
        table.block_size = size_t{8} << 10;
        // The same for all levels, or what overlaps nothing would be written anew to go down one.
        family.compression = rocksdb::kNoCompression;
        family.bottommost_compression = rocksdb::kNoCompression;
        // Most of what comes, and what lies around it is written again with each merge: the more
        // comes at once, the less often.
        family.write_buffer_size = 2 * options.write_buffer_bytes;
        break;
      case FamilyLayout::kTextByPrefix:
        ForText(family, table);
        ForDeltas(table);
        ByPrefix(family);
        break;
      case FamilyLayout::kLookup:
        ForLookup(family, table);
        ForShort(family);
        break;
      case FamilyLayout::kPackedByPrefix:
        ForText(family, table);
        ByPrefix(family);
        family.compression = rocksdb::kNoCompression;
        family.bottommost_compression = rocksdb::kNoCompression;
        break;
    }
    family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    families.emplace_back(FamilyName(i), family);
  }
  return families;
}

std::unordered_map<std::string, std::string> LastLevelOptions(size_t family, bool compacted) {
  if (kFamilyTable.at(family).layout != FamilyLayout::kTextByPrefix) return {};
  std::string options = "{enabled=true;level=";
  if (compacted) {
    absl::StrAppend(&options, kCompactedZstd, ";max_dict_bytes=", kDictionaryBytes,
                    ";zstd_max_train_bytes=", kDictionaryBytes * 100);
  } else {
    absl::StrAppend(&options, kLastLevelZstd, ";max_dict_bytes=0;zstd_max_train_bytes=0");
  }
  return {{"bottommost_compression_opts", options + ";}"}};
}

}  // namespace wirefold
