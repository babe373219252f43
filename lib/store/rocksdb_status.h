// FromRocksDb: RocksDB's statuses as ours. Only lib/store uses it. Thread-safe: a pure function.
#ifndef WIREFOLD_LIB_STORE_ROCKSDB_STATUS_H_
#define WIREFOLD_LIB_STORE_ROCKSDB_STATUS_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "rocksdb/status.h"

namespace wirefold {

// kStoreCorrupt for damaged or missing data, else kStoreFailed; OK stays OK. `what` says what was
// tried: "reading an article".
[[nodiscard]] inline absl::Status FromRocksDb(const rocksdb::Status& status,
                                              std::string_view what) {
  if (status.ok()) return absl::OkStatus();
  if (status.IsCorruption() || status.IsPathNotFound()) {
    return Reject(Reason::kStoreCorrupt,
                  absl::StrCat(ToAbsl(what), ": the store is damaged (", status.ToString(),
                               "); nothing was changed, restore it from a backup"));
  }
  return Reject(Reason::kStoreFailed, absl::StrCat(ToAbsl(what), ": ", status.ToString()));
}

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_ROCKSDB_STATUS_H_
