// Options: what a run of wirefold-bench measures, and where.
//
// Example:
//   Options options;
//   options.folder = "/data/news";
//   options.rounds = 3;
//
// Threads: a value.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_OPTIONS_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_OPTIONS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "tests/bench/wirefold_bench/input_files.h"

namespace wirefold::bench {

struct Options {
  std::string folder;
  bool json = false;
  int streams = 4;
  int rounds = 5;
  size_t max_files = 0;  // 0: all
  Order order = Order::kPath;
  // Files that a stream sends ahead of their acknowledgements.
  size_t in_flight = 1024;
  // Of each part that is timed and not counted: light load, each read.
  double seconds = 5;
  double idle_seconds = 60;
  double light_rate = 200;   // files/s
  double paced_rate = 4000;  // reads/s
  std::string data_dir;      // temporary folders are made in it
  // Likewise, for the disk's share; empty: left out.
  std::string tmpfs = "/dev/shm";
  std::string wirefoldd;
  std::string compare;                    // another wirefoldd; empty: none
  std::vector<std::string> server_flags;  // for each wirefoldd
  std::string store;                      // a data folder to read from; empty: one is filled
  bool into_store = false;                // files may come into it, while it is read
  std::vector<std::string> only;          // parts; empty: all but idle

  bool Wants(const std::string& part) const {
    if (only.empty()) return part != "idle";
    for (const std::string& wanted : only) {
      if (wanted == part || wanted == "all") return true;
    }
    return false;
  }
};

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_OPTIONS_H_
