// What a daemon costs that has nothing to do: CPU, memory over time, and memory for streams that
// are open and send nothing.
//
// Example:
//   absl::StatusOr<Json> idle = MeasureIdle(files, options);
//   (*idle)["cpu_share"]
//
// One thread.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_IDLE_BENCH_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_IDLE_BENCH_H_

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tests/bench/wirefold_bench/input_files.h"
#include "tests/bench/wirefold_bench/options.h"

namespace wirefold::bench {

// After all files were stored and what follows on that has ended, for `options.idle_seconds`.
absl::StatusOr<nlohmann::ordered_json> MeasureIdle(const InputFiles& files, const Options& options);

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_IDLE_BENCH_H_
