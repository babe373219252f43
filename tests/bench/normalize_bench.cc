// What normalizing a file costs, whole and stage by stage, over real files in memory. `ns` is the
// processor's time for a file in the mean of a pass over all of them, `allocations` likewise.
//
//   WIREFOLD_TEST_DATA=FOLDER build/release/tests/normalize_bench --benchmark_repetitions=5
//
// FOLDER holds news_zh/ with files of the dump format. Each stage works on what the one before made
// of the file, so the stages add up to less than the whole: URLs, links, hashes and the title are
// in that alone.
#include <benchmark/benchmark.h>

#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/article/normalize.h"
#include "lib/article/open_document.h"
#include "lib/parse/dump_format.h"
#include "lib/parse/extract.h"
#include "lib/parse/html_blocks.h"
#include "lib/text/language.h"
#include "lib/text/matching.h"
#include "tests/bench/real_inputs.h"

namespace wirefold {
namespace {

// The texts that come out.
const std::vector<std::string>& Texts() {
  static const std::vector<std::string> texts = [] {
    std::vector<std::string> found;
    for (const std::string& file : RealFiles()) {
      absl::StatusOr<NormalizedArticle> article =
          Normalize({.bytes = file, .source = {}, .hints = {}});
      if (article.ok()) found.push_back(std::move(article->article.text));
    }
    return found;
  }();
  return texts;
}

void BM_Normalize(benchmark::State& state) {
  PerInput(state, RealFiles(), [](const std::string& file) {
    return Normalize({.bytes = file, .source = {}, .hints = {}});
  });
}
BENCHMARK(BM_Normalize)->Unit(benchmark::kMillisecond);

void BM_OpenDocument(benchmark::State& state) {
  PerInput(state, RealFiles(), [](const std::string& file) {
    DocumentStorage storage;
    return OpenDocument({.bytes = file, .source = {}, .hints = {}}, storage).ok();
  });
}
BENCHMARK(BM_OpenDocument)->Unit(benchmark::kMillisecond);

void BM_ReadHtml(benchmark::State& state) {
  PerInput(state, RealFiles(),
           [](const std::string& file) { return ReadHtml(SplitDump(file).body); });
}
BENCHMARK(BM_ReadHtml)->Unit(benchmark::kMillisecond);

void BM_ReadHtmlAndExtract(benchmark::State& state) {
  PerInput(state, RealFiles(), [](const std::string& file) {
    HtmlDocument document = ReadHtml(SplitDump(file).body);
    return Extract(document, std::nullopt);
  });
}
BENCHMARK(BM_ReadHtmlAndExtract)->Unit(benchmark::kMillisecond);

void BM_ToMatching(benchmark::State& state) {
  PerInput(state, Texts(), [](const std::string& text) { return ToMatching(text); });
}
BENCHMARK(BM_ToMatching)->Unit(benchmark::kMillisecond);

void BM_DetectLanguage(benchmark::State& state) {
  PerInput(state, Texts(), [](const std::string& text) { return DetectLanguage(text); });
}
BENCHMARK(BM_DetectLanguage)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  if (wirefold::RealFiles().empty()) {
    std::cerr << "normalize_bench: no files; set WIREFOLD_TEST_DATA to a folder that holds "
                 "news_zh/\n";
    return 2;
  }
  std::cout << wirefold::RealFiles().size() << " files\n";
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
