// The floor: the least that a server can do which acknowledges files once they are safe, so that
// Wirefold's rate can be held against it on the machine at hand.
//
// It has the same protocol and the same kind of gRPC server as wirefoldd (callbacks, messages as
// bytes). Files wait in one WriteBatch, under a key that grows; a committer writes what has
// gathered in one synced write, and acknowledges it in the order of each stream. Nothing is parsed
// beyond the message. It also answers calls that read nothing: GetArticle with an empty message,
// BatchGetArticles with the bytes of a file.
//
// Example (a process of its own):
//   wirefold-bench floor-server --data-dir FOLDER
//
// Threads: RunFloorServer returns on SIGTERM; call it from main.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FLOOR_SERVER_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FLOOR_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "rocksdb/db.h"

namespace wirefold::bench {

struct FloorOptions {
  // Where files are stored. Empty: they are acknowledged and forgotten, the bare echo.
  std::string data_dir;
  // What BatchGetArticles answers: this file's bytes. Empty: nothing.
  std::string reply_file;
};

// Serves on a free port of 127.0.0.1, which it prints as wirefoldd does. Returns the exit code.
int RunFloorServer(const FloorOptions& options);

// An empty database made for such writes: no compression, no filters.
absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenFloorDb(const std::string& folder);

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FLOOR_SERVER_H_
