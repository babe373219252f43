// What URLs cost: parsing, both canonical forms, and the registrable domain, over the URLs of real
// files. Each figure is per URL: `ns` of the processor's time in the mean of a pass over all of
// them, `allocations` likewise.
//
//   WIREFOLD_TEST_DATA=FOLDER build/release/tests/url_bench --benchmark_repetitions=9
//
// FOLDER holds news_zh/ with files of the dump format; WIREFOLD_BENCH_URLS=FILE, one URL a line,
// stands in for it.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "lib/parse/dump_format.h"
#include "lib/url/canonicalize.h"
#include "lib/url/public_suffix.h"
#include "lib/url/url.h"
#include "lib/url/url_key.h"
#include "tests/bench/real_inputs.h"

namespace wirefold {
namespace {

std::vector<std::string> ReadUrls() {
  std::vector<std::string> urls;
  if (const char* path = std::getenv("WIREFOLD_BENCH_URLS"); path != nullptr) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      if (CanonicalizeUrl(line).ok()) urls.push_back(line);
    }
    return urls;
  }
  for (const std::string& file : RealFiles()) {
    const std::string_view url = SplitDump(file).url;
    if (CanonicalizeUrl(url).ok()) urls.emplace_back(url);
  }
  return urls;
}

const std::vector<std::string>& RealUrls() {
  static const std::vector<std::string> urls = ReadUrls();
  return urls;
}

std::vector<Url> ParsedUrls() {
  std::vector<Url> parsed;
  for (const std::string& url : RealUrls()) parsed.push_back(*ParseUrl(url));
  return parsed;
}

void BM_ParseUrl(benchmark::State& state) {
  PerInput(state, RealUrls(), [](const std::string& url) { return ParseUrl(url); });
}
BENCHMARK(BM_ParseUrl)->Unit(benchmark::kMillisecond);

void BM_CanonicalUrlOnly(benchmark::State& state) {
  PerInput(state, RealUrls(), [](const std::string& url) { return CanonicalUrlOnly(url); });
}
BENCHMARK(BM_CanonicalUrlOnly)->Unit(benchmark::kMillisecond);

void BM_MakeUrlKey(benchmark::State& state) {
  const UrlRules& rules = UrlRules::BuiltIn();
  PerInput(state, ParsedUrls(), [&rules](const Url& url) { return MakeUrlKey(url, rules); });
}
BENCHMARK(BM_MakeUrlKey)->Unit(benchmark::kMillisecond);

void BM_RegistrableDomain(benchmark::State& state) {
  std::vector<std::string> hosts;
  for (const std::string& url : RealUrls()) hosts.emplace_back(ParseUrl(url)->host());
  PerInput(state, hosts, [](const std::string& host) { return RegistrableDomain(host); });
}
BENCHMARK(BM_RegistrableDomain)->Unit(benchmark::kMillisecond);

void BM_CanonicalizeUrl(benchmark::State& state) {
  PerInput(state, RealUrls(), [](const std::string& url) { return CanonicalizeUrl(url); });
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
