// pair_spread: sets synthetic articles beside real ones, by what the deduplicator sees of them.
//
// Usage: pair_spread [--seed N] [--mix NAME=WEIGHT,…] [--articles N] [FOLDER ORDER LABELS.tsv…]
//
// Prints how long files and texts are, how much two stories of one host share, how much of a text
// the stream has shown before, and how alike pairs are (Jaccard similarity and containment of the
// shorter, shares of pairs by tenths): first of the files of FOLDER in ORDER with the pairs of
// LABELS that are the same article again (label D, or a table without labels) under two URLs, then
// of synthetic files with every copy under a URL of its own beside its original, then by how much
// the shares differ at most. Without FOLDER the synthetic ones alone.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tests/bench/synth/stream.h"
#include "tests/eval/corpus_figures.h"
#include "tests/eval/labelled_pairs.h"

namespace wirefold {
namespace {

using Set = std::vector<uint32_t>;

void PrintSpread(const char* name, const PairSpread& spread) {
  std::printf("  %s: %zu pairs\n    Jaccard    %s\n    containment%s\n", name,
              spread.jaccard.total(), spread.jaccard.ToString().c_str(),
              spread.containment.ToString().c_str());
}

bool ReadReal(const std::vector<std::string>& arguments, PairSpread& spread) {
  std::vector<LabelledPair> pairs;
  for (size_t i = 2; i < arguments.size(); ++i) {
    if (ReadLabelledPairs(arguments[i], pairs)) continue;
    std::fprintf(stderr, "%s is no table with the columns file_a and file_b\n",
                 arguments[i].c_str());
    return false;
  }
  std::map<std::string, Set> kept;
  for (const LabelledPair& pair : pairs) {
    for (const std::string& file : pair.files) kept[file];
  }
  CorpusFigures figures;
  for (const std::string& name : ReadLines(arguments[1])) {
    const std::optional<std::string> bytes = ReadBytes(arguments[0] + "/" + name);
    if (!bytes.has_value()) {
      std::fprintf(stderr, "%s is not in %s\n", name.c_str(), arguments[0].c_str());
      return false;
    }
    std::optional<Set> set = figures.Add(*bytes);
    const auto wanted = kept.find(name);
    if (wanted != kept.end() && set.has_value()) wanted->second = *std::move(set);
  }
  for (const LabelledPair& pair : pairs) {
    const auto same_url = pair.columns.find("same_url");
    if (pair.label != 'D' || (same_url != pair.columns.end() && same_url->second == "1")) continue;
    spread.Add(kept[pair.files[0]], kept[pair.files[1]]);
  }
  std::printf("real\n");
  figures.Print(stdout);
  PrintSpread("labelled pairs", spread);
  return true;
}

void ReadSynthetic(const SynthCorpus& corpus, PairSpread& spread) {
  CorpusFigures figures;
  std::unordered_map<uint64_t, Set> originals;
  std::map<SynthKind, PairSpread> kinds;
  SynthStream stream(corpus, 0, corpus.size());
  while (const std::optional<SynthFile> file = stream.Next()) {
    std::optional<Set> set = figures.Add(file->bytes);
    if (!set.has_value()) continue;
    const SynthTruth& truth = file->truth;
    if (truth.original.has_value() && !HasUrlOfOriginal(truth.kind)) {
      const Set& original = originals[*truth.original];
      spread.Add(original, *set);
      kinds[truth.kind].Add(original, *set);
    } else if (truth.kind == SynthKind::kArticle && corpus.plan().HasCopies(truth.story)) {
      originals[truth.file] = *std::move(set);
    }
  }
  std::printf("synthetic\n");
  figures.Print(stdout);
  PrintSpread("copies", spread);
  for (const auto& [kind, of_kind] : kinds) {
    PrintSpread(std::string(KindName(kind)).c_str(), of_kind);
  }
}

int Main(int argc, char** argv) {
  SynthOptions options{.articles = 50'000};
  std::string mix;
  std::vector<std::string> real;
  CLI::App app("Sets synthetic articles beside real ones.");
  app.add_option("--seed", options.seed);
  app.add_option("--mix", mix, "As of wirefold-synth");
  app.add_option("--articles", options.articles, "Synthetic files");
  app.add_option("REAL", real, "FOLDER ORDER LABELS.tsv...");
  CLI11_PARSE(app, argc, argv);
  const absl::StatusOr<SynthMix> parsed = ParseMix(mix);
  PairSpread of_real;
  if (!parsed.ok()) {
    std::fprintf(stderr, "%s\n", parsed.status().ToString().c_str());
    return 1;
  }
  if (!real.empty() && (real.size() < 3 || !ReadReal(real, of_real))) return 1;
  options.mix = *parsed;
  const auto corpus = SynthCorpus::Make(options);
  if (!corpus.ok()) {
    std::fprintf(stderr, "%s\n", corpus.status().ToString().c_str());
    return 1;
  }
  PairSpread of_synthetic;
  ReadSynthetic(**corpus, of_synthetic);
  if (real.empty()) return 0;
  std::printf("largest difference of a share: Jaccard %.3f, containment %.3f\n",
              of_real.jaccard.Distance(of_synthetic.jaccard),
              of_real.containment.Distance(of_synthetic.containment));
  return 0;
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) { return wirefold::Main(argc, argv); }
