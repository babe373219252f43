// RocksDbOptions: how the store is opened, and the RocksDB settings that follow from it.
//
// Thread-safe: plain values and pure functions.
#ifndef WIREFOLD_LIB_STORE_ROCKSDB_OPTIONS_H_
#define WIREFOLD_LIB_STORE_ROCKSDB_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "lib/store/families.h"
#include "rocksdb/cache.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "rocksdb/statistics.h"

namespace wirefold {

struct RocksDbOptions {
  std::string path{};
  // Shared by all column families; index and filter blocks are in it.
  size_t block_cache_bytes = size_t{256} << 20;
  // Of each column family. What all of them hold together is bounded by the log's size below.
  size_t write_buffer_bytes = size_t{64} << 20;
  // The write-ahead log; replayed at start, so this bounds the time a restart takes. Smaller than
  // the disk space that is kept free (space_guard.h), which a start may need for it.
  size_t max_log_bytes = size_t{384} << 20;
  // At open every block's checksum is verified if the tables are no larger than this; of a larger
  // store only the structure is, and a damaged block is found when it is read.
  uint64_t verify_bytes_at_open = uint64_t{1} << 30;
  // False for tests only: a commit is then lost if the machine stops.
  bool sync = true;
  // Of the rules that make keys and identities. A store made under others is refused.
  std::string key_rules_fingerprint{};
  // The flags that name those rules (" --url-rules FILE"), for messages; empty for the built-in
  // ones.
  std::string key_rules_flags{};
  // Opens a store that was made under other rules; for rekey.h alone.
  bool accept_other_rules = false;
  // Of rules and of the libraries' data, by name; recorded with the commit they came into force.
  std::map<std::string, std::string> versions{};
  // Counts what the database does, log syncs for one; null: nothing is counted.
  std::shared_ptr<rocksdb::Statistics> statistics{};
  // For tests: a commit fails where this returns true, in place of its write.
  std::function<bool()> test_fail_commit{};
  // For tests: moving to other rules (rekey.h) ends where this returns true, in place of a write.
  std::function<bool()> test_fail_rekey{};
};

rocksdb::DBOptions MakeDbOptions(const RocksDbOptions& options);

// The cache of blocks that MakeFamilies takes.
std::shared_ptr<rocksdb::Cache> MakeBlockCache(const RocksDbOptions& options);

// In the order of Family. `cache` is shared by all of them and lives as long as any.
std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(const RocksDbOptions& options,
                                                          std::shared_ptr<rocksdb::Cache> cache);

// What SetOptions takes to have the last level of a family (by Family) written tightly, as Compact
// does, or as MakeFamilies has it; nothing where there is no difference.
std::unordered_map<std::string, std::string> LastLevelOptions(size_t family, bool compacted);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_ROCKSDB_OPTIONS_H_
