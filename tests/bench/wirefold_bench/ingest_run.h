// One pass of the files through one server, and what it cost.
//
// Example:
//   absl::StatusOr<IngestRun> run = RunIngest({.kind = SubjectKind::kFloor, …}, files, options);
//
// One thread.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_INGEST_RUN_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_INGEST_RUN_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/wirefold_bench/input_files.h"
#include "tests/bench/wirefold_bench/options.h"

namespace wirefold::bench {

enum class SubjectKind {
  kWirefold,
  kFloor,
  kEcho,    // gRPC alone
  kWriter,  // RocksDB alone
};

// What is measured, and where its folders are made.
struct Subject {
  std::string name;
  SubjectKind kind = SubjectKind::kFloor;
  std::string base;
  std::string wirefoldd{};  // of kWirefold
};

struct IngestRun {
  double files_per_s = 0;
  double mb_per_s = 0;  // millions of bytes
  double server_cpu_us_per_file = 0;
  double client_cpu_us_per_file = 0;
  double peak_memory_bytes = 0;
  double disk_bytes_per_file = 0;     // as the kernel counts what goes to a disk
  double written_bytes_per_file = 0;  // as the server hands it to the kernel
  double acknowledgement_p50_ms = 0;
  double acknowledgement_p99_ms = 0;
  double rejected = 0;
  std::map<std::string, double> stage_us_per_file;  // of kWirefold: stage_shares.h
};

absl::StatusOr<IngestRun> RunIngest(const Subject& subject, const InputFiles& files,
                                    const Options& options);

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_INGEST_RUN_H_
