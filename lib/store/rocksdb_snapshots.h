// Waiting for reads that still see what is to leave the disk.
//
// Example:
//   if (absl::Status status = WaitForSnapshots(*db, std::chrono::seconds(30)); !status.ok()) …
//
// Thread-safe: a function of a database.
#ifndef WIREFOLD_LIB_STORE_ROCKSDB_SNAPSHOTS_H_
#define WIREFOLD_LIB_STORE_ROCKSDB_SNAPSHOTS_H_

#include <chrono>

#include "absl/status/status.h"
#include "rocksdb/db.h"

namespace wirefold {

// Until no snapshot is held of what there was before the last write; compaction keeps what one
// sees. Reads without one (one_state.h) are made again if anything is written meanwhile.
// kNotCompacted if that takes longer than `longest`.
[[nodiscard]] absl::Status WaitForSnapshots(rocksdb::DB& db, std::chrono::milliseconds longest);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_ROCKSDB_SNAPSHOTS_H_
