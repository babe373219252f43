#include "lib/store/rocksdb_options.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "lib/base/ulid.h"
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
  family.compression = rocksdb::kZSTD;
  family.target_file_size_base = uint64_t{128} << 20;
  family.max_bytes_for_level_base = uint64_t{512} << 20;
}

// Keys begin with a ULID, and most ULIDs have no entry.
void ByPrefix(rocksdb::ColumnFamilyOptions& family) {
  family.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(Ulid::kBytes));
}

// Short values under random keys, mostly asked for what is absent.
void ForLookup(rocksdb::ColumnFamilyOptions& family, rocksdb::BlockBasedTableOptions& table) {
  table.block_size = size_t{4} << 10;
  family.compression = rocksdb::kNoCompression;
  family.memtable_prefix_bloom_size_ratio = kMemtableFilterShare;
  family.memtable_whole_key_filtering = true;
}

}  // namespace

rocksdb::DBOptions MakeDbOptions(const RocksDbOptions& options) {
  rocksdb::DBOptions db;
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
    switch (kFamilyTable.at(i).layout) {
      case FamilyLayout::kSmall:
        break;
      case FamilyLayout::kText:
        ForText(family, table);
        break;
      case FamilyLayout::kTextByPrefix:
        ForText(family, table);
        ByPrefix(family);
        break;
      case FamilyLayout::kLookup:
        ForLookup(family, table);
        break;
      case FamilyLayout::kPackedByPrefix:
        ForText(family, table);
        ByPrefix(family);
        family.compression = rocksdb::kNoCompression;
        break;
    }
    family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    families.emplace_back(FamilyName(i), family);
  }
  return families;
}

}  // namespace wirefold
