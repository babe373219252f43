// The files of a folder, in memory.
//
// Example:
//   absl::StatusOr<InputFiles> files = LoadFiles("/data/news", /*max_files=*/0, Order::kTime);
//
// Thread-safe: pure functions; a loaded InputFiles is only read.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_INPUT_FILES_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_INPUT_FILES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace wirefold::bench {

struct InputFiles {
  std::vector<std::string> contents;
  uint64_t bytes = 0;
};

enum class Order {
  kPath,
  kTime,  // as crawlers send them: by the "<!--MILLISECONDS-->" that a file begins with, then by
          // path
};

// All regular files below `folder` in that order, or the first `max_files` of them (0: all).
// NOT_FOUND if there are none; INVALID_ARGUMENT if one can't be read.
absl::StatusOr<InputFiles> LoadFiles(const std::string& folder, size_t max_files, Order order);

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_INPUT_FILES_H_
