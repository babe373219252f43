// StageShares: to which stage each part of a daemon's CPU time belongs. What the daemon says of its
// pipeline's stages (AdminService.GetStats) and what the kernel says of its other threads, which
// have one purpose each, together with a rest give the process's time.
//
// Example:
//   const std::map<std::string, double> seconds =
//       StageSeconds(stats, usage.thread_cpu_s, usage.cpu_s);
//   seconds.at("parse") / usage.cpu_s;
//
// Thread-safe: a pure function.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_STAGE_SHARES_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_STAGE_SHARES_H_

#include <map>
#include <string>

#include "wirefold/v1/admin.pb.h"

namespace wirefold::bench {

// CPU seconds by stage: parse, url, text, sketch, candidates, decide, store (with RocksDB's own
// threads), transport (gRPC's threads and what writes acknowledgements), other (queues, locks and
// what no one of these has; less than nothing where the estimates of the others were too high).
// They add up to `total_s`. `threads` are CPU seconds by the threads' names.
std::map<std::string, double> StageSeconds(const v1::Stats& stats,
                                           const std::map<std::string, double>& threads,
                                           double total_s);

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_STAGE_SHARES_H_
