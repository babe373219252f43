// What hostile files cost: each of tests/article/hostile_inputs.h at an eighth, a quarter, a half
// and all of its size, split and normalized. `ns_of_byte` is the processor's time for a byte of the
// file (for a bomb: for a byte of what is packed, which is refused before it is all unpacked);
// where the time is linear it does not grow from one size to the next.
//
//   build/release/tests/hostile_bench --benchmark_repetitions=3 --benchmark_report_aggregates_only
#include <benchmark/benchmark.h>

#include <string>

#include "lib/article/normalize.h"
#include "lib/parse/document_splitter.h"
#include "tests/article/hostile_inputs.h"
#include "tests/bench/real_inputs.h"

namespace wirefold {
namespace {

void Read(const std::string& file) {
  DocumentSplitter splitter;
  const auto take = [&] {
    while (const auto document = splitter.Next()) {
      if (!document->error.ok()) continue;
      benchmark::DoNotOptimize(Normalize({.bytes = document->bytes,
                                          .source = {},
                                          .hints = {.url = document->url,
                                                    .observed_at_ms = document->observed_at_ms,
                                                    .content_type = document->content_type}}));
    }
  };
  splitter.Push(file);
  take();
  splitter.End();
  take();
}

void BM_Hostile(benchmark::State& state, const HostileInput& input) {
  const std::string file = input.make(input.count * static_cast<size_t>(state.range(0)) / 8);
  const double start_ns = CpuNs();
  for (auto _ : state) Read(file);
  const double ns = (CpuNs() - start_ns) / static_cast<double>(state.iterations());
  state.counters["bytes"] = static_cast<double>(file.size());
  state.counters["ns_of_byte"] = ns / static_cast<double>(file.size());
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) {
  for (const wirefold::HostileInput& input : wirefold::HostileInputs()) {
    benchmark::RegisterBenchmark(std::string(input.name).c_str(), wirefold::BM_Hostile, input)
        ->RangeMultiplier(2)
        ->Range(1, 8)
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  wirefold::Read("<p>A first text opens the tables that all the others share.</p>");
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
