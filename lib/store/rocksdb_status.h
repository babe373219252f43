// FromRocksDb: RocksDB's statuses as ours, and two of the store's own. Only lib/store uses it.
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_STORE_ROCKSDB_STATUS_H_
#define WIREFOLD_LIB_STORE_ROCKSDB_STATUS_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/store/families.h"
#include "lib/store/no_wait_reads.h"
#include "rocksdb/status.h"

namespace wirefold {

// What a read that may not wait for the disk (no_wait_reads.h) ends with where it would have to;
// nobody but TryGetRecord and TryListSightingRecords sees it.
[[nodiscard]] inline absl::Status OnDisk() { return absl::AbortedError("not in memory"); }
[[nodiscard]] inline bool IsOnDisk(const absl::Status& status) { return absl::IsAborted(status); }

// kStoreCorrupt for damaged or missing data, OnDisk, else kStoreFailed; OK stays OK. `what` says
// what was tried: "reading an article".
[[nodiscard]] inline absl::Status FromRocksDb(const rocksdb::Status& status,
                                              std::string_view what) {
  if (status.ok()) return absl::OkStatus();
  if (status.IsIncomplete() && NoWaitReads::IsOn()) return OnDisk();
  if (status.IsCorruption() || status.IsPathNotFound()) {
    return Reject(Reason::kStoreCorrupt,
                  absl::StrCat(ToAbsl(what), ": the store is damaged (", status.ToString(),
                               "); nothing was changed, restore it from a backup"));
  }
  return Reject(Reason::kStoreFailed, absl::StrCat(ToAbsl(what), ": ", status.ToString()));
}

[[nodiscard]] inline absl::Status DamagedKey(Family family) {
  return Reject(Reason::kStoreCorrupt,
                absl::StrCat("a key in the store's '", FamilyName(family), "' is damaged"));
}

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_ROCKSDB_STATUS_H_
