// The bare writer: the files' bytes into RocksDB in synced groups, on one thread, without gRPC.
// What a store can take at most.
//
// Example:
//   absl::StatusOr<WriterResult> written = WriteBare(files, folder, /*group_files=*/256);
//
// One thread; the CPU time is that of the whole process.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FLOOR_WRITER_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FLOOR_WRITER_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/wirefold_bench/input_files.h"

namespace wirefold::bench {

struct WriterResult {
  double seconds = 0;
  double cpu_s = 0;
};

// Into an empty `folder`. UNAVAILABLE with RocksDB's words if it can't be written.
absl::StatusOr<WriterResult> WriteBare(const InputFiles& files, const std::string& folder,
                                       size_t group_files);

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FLOOR_WRITER_H_
