// What the benchmarks over real files share: the files themselves, and a loop that says what one of
// them costs.
//
// Example:
//   void BM_Normalize(benchmark::State& state) {
//     PerInput(state, RealFiles(), [](const std::string& file) { return Normalize({.bytes = file});
//     });
//   }
//
// One thread.
#ifndef WIREFOLD_TESTS_BENCH_REAL_INPUTS_H_
#define WIREFOLD_TESTS_BENCH_REAL_INPUTS_H_

#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/bench/allocations.h"

namespace wirefold {

// The files below news_zh/ in the folder that WIREFOLD_TEST_DATA names, in the order of their
// paths; none if it names none.
inline const std::vector<std::string>& RealFiles() {
  static const std::vector<std::string> files = [] {
    std::vector<std::string> contents;
    const char* folder = std::getenv("WIREFOLD_TEST_DATA");
    if (folder == nullptr) return contents;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::filesystem::path(folder) / "news_zh")) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const std::filesystem::path& path : paths) {
      std::ifstream in(path, std::ios::binary);
      contents.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return contents;
  }();
  return files;
}

// The processor's time of this thread, which other work on the machine does not count into.
inline double CpuNs() {
  struct timespec now {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// One iteration is a pass over `inputs`; the counters `ns` and `allocations` are means for one of
// them.
template <typename Inputs, typename Function>
void PerInput(benchmark::State& state, const Inputs& inputs, Function function) {
  const uint64_t before = Allocations();
  const double start_ns = CpuNs();
  for (auto _ : state) {
    for (const auto& input : inputs) benchmark::DoNotOptimize(function(input));
  }
  const double elapsed_ns = CpuNs() - start_ns;
  const double calls = static_cast<double>(state.iterations()) * static_cast<double>(inputs.size());
  state.counters["ns"] = elapsed_ns / calls;
  state.counters["allocations"] = static_cast<double>(Allocations() - before) / calls;
}

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_REAL_INPUTS_H_
