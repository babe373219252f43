// NoWaitReads: reads of RocksDB's tables that take what the system has in memory and nothing else.
//
// RocksDB itself can only be told to read nothing but its own cache of blocks. Most of a large
// store that is read often is in the system's page cache instead, and a read from there is a
// microsecond or two: not worth a thread that may wait.
//
// Example:
//   db_options.env = NoWaitEnv();
//   …
//   {
//     const NoWaitReads no_wait;
//     status = db->Get(…);          // status.IsIncomplete() where it would have to wait
//   }
//
// A table that RocksDB has not opened yet is not opened, and what it holds is not in memory. A look
// may still wait for another thread that opens a table just then.
//
// Source: preadv2(2), RWF_NOWAIT. Where a file system doesn't know it (tmpfs, for one), each such
// read is incomplete.
//
// Thread-safe: NoWaitReads is about the thread that made it alone.
#ifndef WIREFOLD_LIB_STORE_NO_WAIT_READS_H_
#define WIREFOLD_LIB_STORE_NO_WAIT_READS_H_

#include "rocksdb/env.h"

namespace wirefold {

// While one exists, reads of this thread through NoWaitEnv's files end with Status::Incomplete
// where they would wait for the disk. They may be nested.
class NoWaitReads {
 public:
  NoWaitReads() { ++depth_; }
  ~NoWaitReads() { --depth_; }
  NoWaitReads(const NoWaitReads&) = delete;
  NoWaitReads& operator=(const NoWaitReads&) = delete;

  static bool IsOn() { return depth_ > 0; }

 private:
  static thread_local int depth_;
};

// RocksDB's own environment but for that; lives as long as the process.
rocksdb::Env* NoWaitEnv();

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_NO_WAIT_READS_H_
