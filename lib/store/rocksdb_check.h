// CheckStore: whether a store can be used as it lies there, found out without writing to it.
//
// Example:
//   absl::StatusOr<uint64_t> format = CheckStore(options);
//
// Called once, before the store is opened for writing.
#ifndef WIREFOLD_LIB_STORE_ROCKSDB_CHECK_H_
#define WIREFOLD_LIB_STORE_ROCKSDB_CHECK_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/store/records.h"
#include "lib/store/rocksdb_options.h"
#include "rocksdb/db.h"

namespace wirefold {

// Opens the store for reading alone, its log included, and looks at its parts, its checksums, its
// format and its rules. Returns the folder's format, up to kStoreFormat; an older store may lack
// the parts that came later. Errors as RocksDbStore::Open states them.
[[nodiscard]] absl::StatusOr<uint64_t> CheckStore(const RocksDbOptions& options);

// The counts of an open store; kStoreCorrupt without them.
absl::StatusOr<StoredCounts> ReadCounts(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_ROCKSDB_CHECK_H_
