// OfOneState: several reads of a database as of one moment.
//
// Example:
//   const auto answer = OfOneState(*db, [&](const rocksdb::ReadOptions& read) {
//     return std::pair(Get(read, a), Get(read, b));
//   });
//
// A snapshot would do, at the cost of the database's lock twice; and each time one goes, RocksDB
// writes anew the tables that came to the last level as they were. Nearly always nothing is written
// meanwhile, and then none is needed: a write is seen by reads from the moment on at which it
// raises the sequence number, so reads between two looks at the same number see the same.
//
// What is removed is not waited for (WaitForSnapshots): whoever takes away what a read needs writes
// that it does, and the read is made again.
//
// Thread-safe: a function of a database.
#ifndef WIREFOLD_LIB_STORE_ONE_STATE_H_
#define WIREFOLD_LIB_STORE_ONE_STATE_H_

#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "rocksdb/snapshot.h"

namespace wirefold {

// What `read` returns, which is called with the options that all its reads take; up to three times,
// the last time with a snapshot.
template <typename Read>
auto OfOneState(rocksdb::DB& db, const Read& read) {
  constexpr int kTriesWithout = 2;
  for (int tries = 0; tries < kTriesWithout; ++tries) {
    const rocksdb::SequenceNumber state = db.GetLatestSequenceNumber();
    auto result = read(rocksdb::ReadOptions());
    if (db.GetLatestSequenceNumber() == state) return result;
  }
  rocksdb::ManagedSnapshot snapshot(&db);
  rocksdb::ReadOptions options;
  options.snapshot = snapshot.snapshot();
  return read(options);
}

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_ONE_STATE_H_
