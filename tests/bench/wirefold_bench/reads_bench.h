// What reading costs: GetArticle, BatchGetArticles, ListArticles and GetStory, alone and while
// files come in, and beside them calls that return as much and read nothing.
//
// Example:
//   absl::StatusOr<Json> reads = MeasureReads(files, options);
//   (*reads)["get_article"]["ratio"]
//
// One thread.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_READS_BENCH_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_READS_BENCH_H_

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tests/bench/wirefold_bench/input_files.h"
#include "tests/bench/wirefold_bench/options.h"

namespace wirefold::bench {

// Half of the files are stored first; the other half comes in, as fast as it is taken, under the
// reads that are measured "while_ingesting". Articles are drawn evenly from those stored first.
// With `options.store` they are drawn from it, evenly over its time, and files come in with
// `options.into_store` alone.
absl::StatusOr<nlohmann::ordered_json> MeasureReads(const InputFiles& files,
                                                    const Options& options);

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_READS_BENCH_H_
