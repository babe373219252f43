// rarity_precision: what the rarity table forgets when more comes than it has room for.
//
// Usage: rarity_precision [--window-days N] [--articles N --seed N] [FOLDER ORDER]
//
// The files of FOLDER in ORDER, or so many synthetic ones, go through a table that has room for all
// that the window ever shows at once, and through tables with a first, a tenth and a hundredth of
// that room (rounded down to a power of two): load 1, 10, 100. Before each article is learnt, every
// shingle of it that tables are asked about is looked up in all of them. Printed is for each load
//
//   precision   of those that the table takes for rare (CompareRules::kRareDays), how many are
//   common      of those that are not rare, how many the table knows to be so
//
// Forgetting takes a shingle for rarer than it is, never for more common; so no rare one is missed.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/article/normalize.h"
#include "lib/dedup/compare.h"
#include "lib/dedup/rarity.h"
#include "lib/dedup/shingles.h"
#include "tests/bench/synth/stream.h"
#include "tests/eval/labelled_pairs.h"

namespace wirefold {
namespace {

constexpr int64_t kDayMs = 86'400'000;
// Room for all, of what this machine's memory holds: 2 GiB.
constexpr size_t kAllEntries = size_t{1} << 28;

struct Text {
  int64_t day = 0;
  uint32_t distinct = 0;
  std::vector<uint32_t> used;  // shingles that tables count
};

// Nothing of what Normalize refuses or what is too short to compare.
void AddText(std::string_view bytes, std::vector<Text>& texts) {
  const absl::StatusOr<NormalizedArticle> article =
      Normalize({.bytes = bytes, .source = {}, .hints = {}});
  if (!article.ok() || !article->HasUsableText()) return;
  const Shingles shingles = MakeShingles(article->matching_text);
  Text text{article->id.TimeMs() / kDayMs, static_cast<uint32_t>(shingles.set.size()), {}};
  for (const uint32_t shingle : shingles.set) {
    if (RarityTable::UsesShingle(shingle, text.distinct)) text.used.push_back(shingle);
  }
  texts.push_back(std::move(text));
}

bool AddSynthetic(const SynthOptions& options, std::vector<Text>& texts) {
  const auto corpus = SynthCorpus::Make(options);
  if (!corpus.ok()) {
    std::fprintf(stderr, "%s\n", corpus.status().ToString().c_str());
    return false;
  }
  SynthStream stream(**corpus, 0, (*corpus)->size());
  while (const std::optional<SynthFile> file = stream.Next()) AddText(file->bytes, texts);
  return true;
}

// Calls before(text) ahead of learning each.
template <typename Before>
void Stream(const std::vector<Text>& texts, std::vector<RarityTable*> tables, Before before) {
  int64_t day = INT64_MIN;
  for (const Text& text : texts) {
    if (text.day > day) {
      day = text.day;
      for (RarityTable* table : tables) table->Advance(day);
    }
    before(text);
    for (RarityTable* table : tables) {
      table->Learn(text.used, text.distinct, text.day);
      table->GrowIfDue();
    }
  }
}

struct Figures {
  uint64_t said_rare = 0;
  uint64_t rare = 0;  // of those
  uint64_t common = 0;
  uint64_t known_common = 0;  // of those
};

double Share(uint64_t part, uint64_t whole) {
  return whole == 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
}

int Run(const std::vector<Text>& texts, int64_t window_days) {
  RarityTable all(kAllEntries, window_days);
  size_t most = 0;
  Stream(texts, {&all}, [&](const Text&) { most = std::max(most, all.size()); });
  std::printf("%zu texts, at most %zu shingles in the table at once\n", texts.size(), most);
  std::printf("%8s %12s %10s %10s\n", "load", "entries", "precision", "common");
  for (const size_t load : {size_t{1}, size_t{10}, size_t{100}}) {
    const size_t entries = std::bit_floor(std::max<size_t>(most / load, 1));
    RarityTable whole(kAllEntries, window_days);
    RarityTable table(entries, window_days);
    Figures figures;
    Stream(texts, {&whole, &table}, [&](const Text& text) {
      for (const uint32_t shingle : text.used) {
        const bool is_rare = whole.Of(shingle, text.day).days <= CompareRules::kRareDays;
        const bool said_rare = table.Of(shingle, text.day).days <= CompareRules::kRareDays;
        figures.said_rare += said_rare ? 1 : 0;
        figures.rare += said_rare && is_rare ? 1 : 0;
        figures.common += is_rare ? 0 : 1;
        figures.known_common += !is_rare && !said_rare ? 1 : 0;
      }
    });
    std::printf("%8.1f %12zu %10.4f %10.4f\n",
                static_cast<double>(most) / static_cast<double>(entries), entries,
                Share(figures.rare, figures.said_rare),
                Share(figures.known_common, figures.common));
  }
  return 0;
}

int Main(int argc, char** argv) {
  int64_t window_days = 30;
  SynthOptions synth;
  synth.articles = 100'000;
  std::vector<std::string> real;
  CLI::App app("What the rarity table forgets when more comes than it has room for.");
  app.add_option("--window-days", window_days);
  app.add_option("--articles", synth.articles, "Synthetic ones, without FOLDER");
  app.add_option("--seed", synth.seed);
  app.add_option("FOLDER ORDER", real)->expected(0, 2);
  CLI11_PARSE(app, argc, argv);
  std::vector<Text> texts;
  if (real.size() == 2) {
    for (const std::string& name : ReadLines(real[1])) {
      const std::optional<std::string> bytes = ReadBytes(real[0] + "/" + name);
      if (!bytes.has_value()) {
        std::fprintf(stderr, "%s is not in %s\n", name.c_str(), real[0].c_str());
        return 1;
      }
      AddText(*bytes, texts);
    }
  } else if (real.empty()) {
    if (!AddSynthetic(synth, texts)) return 1;
  } else {
    std::fprintf(stderr, "a FOLDER goes with an ORDER, a list of its files\n");
    return 1;
  }
  return Run(texts, window_days);
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) { return wirefold::Main(argc, argv); }
