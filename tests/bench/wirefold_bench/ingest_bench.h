// What ingesting costs: the floor, Wirefold, and what shows that the floor is one, by turns.
//
// Example:
//   absl::StatusOr<Json> ingest = MeasureIngest(files, options);
//   (*ingest)["ratio"]
//
// One thread.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_INGEST_BENCH_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_INGEST_BENCH_H_

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tests/bench/wirefold_bench/input_files.h"
#include "tests/bench/wirefold_bench/options.h"

namespace wirefold::bench {

using Json = nlohmann::ordered_json;

// Each of `options.rounds` rounds runs every subject once over all files, in a fresh folder. The
// figures are medians over the rounds, and beside the rates and the ratios all values stand.
absl::StatusOr<Json> MeasureIngest(const InputFiles& files, const Options& options);

// p50 and p99 of acknowledgement at `options.light_rate` files a second on one stream, of both.
absl::StatusOr<Json> MeasureLight(const InputFiles& files, const Options& options);

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_INGEST_BENCH_H_
