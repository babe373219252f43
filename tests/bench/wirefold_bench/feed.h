// Feed: sends files over ingest streams, as crawlers do, and times the acknowledgements. The client
// library (client/ingest_stream.h) does the sending, whichever server answers.
//
// Example:
//   absl::StatusOr<FeedResult> fed = Feed(files, {.address = server.address(), .streams = 4});
//   fed->files / fed->seconds;
//
// Thread-safe: each call has its own connections and threads.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FEED_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FEED_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/wirefold_bench/input_files.h"

namespace wirefold::bench {

struct FeedOptions {
  std::string address;
  int streams = 4;          // each with a connection of its own; the files go round
  size_t in_flight = 1024;  // files of each stream
  double rate = 0;          // files/s in all, evenly; 0: as fast as they are taken
  size_t first = 0;         // files from this one on
  size_t count = SIZE_MAX;
  const std::atomic<bool>* stop = nullptr;  // set: no further files are sent; borrowed
};

struct FeedResult {
  double seconds = 0;  // from the first file to the last acknowledgement
  uint64_t files = 0;
  uint64_t bytes = 0;
  uint64_t rejected = 0;
  double client_cpu_s = 0;  // of this process meanwhile
  // From handing a file to the client library to its acknowledgement.
  std::vector<double> acknowledgement_ms;
  std::vector<std::string> ids;  // of what was taken
};

// Connections are made before the clock starts. The error that ended a stream, if one did.
absl::StatusOr<FeedResult> Feed(const InputFiles& files, const FeedOptions& options);

// CPU seconds of this process so far.
double OwnCpu();

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FEED_H_
