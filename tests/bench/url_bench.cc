// What URLs cost: parsing, both canonical forms, and the registrable domain, over the URLs of real
// files. Each figure is per URL: `ns` of the processor's time in the mean of a pass over all of
// them, `allocations` likewise.
//
//   WIREFOLD_TEST_DATA=FOLDER build/release/tests/url_bench --benchmark_repetitions=9
//
// FOLDER holds news_zh/ with files of the dump format; WIREFOLD_BENCH_URLS=FILE, one URL a line,
// stands in for it.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "lib/parse/dump_format.h"
#include "lib/url/canonicalize.h"
#include "lib/url/public_suffix.h"
#include "lib/url/url.h"
#include "lib/url/url_key.h"
#include "tests/bench/allocations.h"

namespace wirefold {
namespace {

std::vector<std::string> UrlsOfFiles(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> urls;
  for (const std::filesystem::path& path : paths) {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const DumpFile file = SplitDump(bytes);
    if (CanonicalizeUrl(file.url).ok()) urls.emplace_back(file.url);
  }
  return urls;
}

std::vector<std::string> ReadUrls() {
  std::vector<std::string> urls;
  if (const char* path = std::getenv("WIREFOLD_BENCH_URLS"); path != nullptr) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      if (CanonicalizeUrl(line).ok()) urls.push_back(line);
    }
  } else if (const char* folder = std::getenv("WIREFOLD_TEST_DATA"); folder != nullptr) {
    urls = UrlsOfFiles(std::filesystem::path(folder) / "news_zh");
  }
  return urls;
}

const std::vector<std::string>& RealUrls() {
  static const std::vector<std::string> urls = ReadUrls();
  return urls;
}

// Of this thread, which other work on the machine does not count into.
double CpuNs() {
  struct timespec now {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// One iteration is a pass over `inputs`.
template <typename Inputs, typename Function>
void PerUrl(benchmark::State& state, const Inputs& inputs, Function function) {
  const uint64_t before = Allocations();
  const double start_ns = CpuNs();
  for (auto _ : state) {
    for (const auto& input : inputs) benchmark::DoNotOptimize(function(input));
  }
  const double elapsed_ns = CpuNs() - start_ns;
  const double urls = static_cast<double>(state.iterations()) * static_cast<double>(inputs.size());
  state.counters["ns"] = elapsed_ns / urls;
  state.counters["allocations"] = static_cast<double>(Allocations() - before) / urls;
}

std::vector<Url> ParsedUrls() {
  std::vector<Url> parsed;
  for (const std::string& url : RealUrls()) parsed.push_back(*ParseUrl(url));
  return parsed;
}

void BM_ParseUrl(benchmark::State& state) {
  PerUrl(state, RealUrls(), [](const std::string& url) { return ParseUrl(url); });
}
BENCHMARK(BM_ParseUrl)->Unit(benchmark::kMillisecond);

void BM_CanonicalUrlOnly(benchmark::State& state) {
  PerUrl(state, RealUrls(), [](const std::string& url) { return CanonicalUrlOnly(url); });
}
BENCHMARK(BM_CanonicalUrlOnly)->Unit(benchmark::kMillisecond);

void BM_MakeUrlKey(benchmark::State& state) {
  const UrlRules& rules = UrlRules::BuiltIn();
  PerUrl(state, ParsedUrls(), [&rules](const Url& url) { return MakeUrlKey(url, rules); });
}
BENCHMARK(BM_MakeUrlKey)->Unit(benchmark::kMillisecond);

void BM_RegistrableDomain(benchmark::State& state) {
  std::vector<std::string> hosts;
  for (const std::string& url : RealUrls()) hosts.emplace_back(ParseUrl(url)->host());
  PerUrl(state, hosts, [](const std::string& host) { return RegistrableDomain(host); });
}
BENCHMARK(BM_RegistrableDomain)->Unit(benchmark::kMillisecond);

void BM_CanonicalizeUrl(benchmark::State& state) {
  PerUrl(state, RealUrls(), [](const std::string& url) { return CanonicalizeUrl(url); });
}
BENCHMARK(BM_CanonicalizeUrl)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  if (wirefold::RealUrls().empty()) {
    std::cerr << "url_bench: no URLs; set WIREFOLD_TEST_DATA to a folder that holds news_zh/, or "
                 "WIREFOLD_BENCH_URLS to a file with one URL a line\n";
    return 2;
  }
  std::cout << wirefold::RealUrls().size() << " URLs\n";
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
