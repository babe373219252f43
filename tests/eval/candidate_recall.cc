// candidate_recall: of pairs of files that are known to share much, how many the candidate step
// proposes.
//
// Usage: candidate_recall [--min-jaccard J] [--max-hits N] [--missed N] FOLDER ORDER PAIRS.tsv
//
// PAIRS has the columns file_a, file_b and jaccard, as news_zh_exact_pairs.tsv of the data does;
// pairs under --min-jaccard (0.6) are left out. The files of ORDER enter a CandidateIndex one after
// the other, every one as an article of its own, copies too; just before it enters, the later file
// of a pair asks the index as the pipeline would. The pair is found if the earlier file is among
// the at most 16 candidates. That is asked without a window, and with one of 30 days for the pairs
// that are at most 30 days apart.
//
// Each line leaves out more than the one before:
//
//   all               every pair of the table
//   as matched        without pairs whose own texts, as the service matches them (without what
//                     extraction drops), have fewer than 20 shingles or are less alike than that
//   not exact         and without pairs of one matching text, or of one URL key, which the pipeline
//                     answers before it asks for candidates
//
// "At any rank" is what there would be without the bound of 16. The index is fuller here than a
// pipeline's, which holds one article a story: a day's notices in forty instances are forty here.
// pair_scores says which labelled pairs the pipeline misses for want of a candidate.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lib/article/normalize.h"
#include "lib/base/hash.h"
#include "lib/dedup/index.h"
#include "lib/dedup/shingles.h"
#include "lib/dedup/sketch.h"
#include "lib/pipeline/pipeline.h"
#include "lib/pipeline/prepare.h"
#include "tests/eval/labelled_pairs.h"

namespace wirefold {
namespace {

// Of a file that a pair names.
struct Kept {
  Ulid id;
  bool is_indexed = false;
  Hash128 text_hash;
  std::string url_key;
  Sketch sketch;
  std::vector<uint32_t> shingles;  // distinct
};

struct Counts {
  size_t pairs = 0;
  size_t found = 0;
  size_t any_rank = 0;
};

double Recall(size_t found, size_t pairs) {
  return pairs == 0 ? 1 : static_cast<double>(found) / static_cast<double>(pairs);
}

void Print(const char* name, const Counts& counts) {
  std::printf("    %-12s %5zu of %5zu  %.4f   at any rank %5zu  %.4f\n", name, counts.found,
              counts.pairs, Recall(counts.found, counts.pairs), counts.any_rank,
              Recall(counts.any_rank, counts.pairs));
}

// Which pairs are counted; each implies the ones before it.
constexpr const char* kKinds[] = {"all", "as matched", "not exact"};

// One way to ask, over all pairs.
struct Asked {
  const char* name;
  int64_t window_ms;
  std::array<Counts, std::size(kKinds)> counts{};
};

double JaccardOf(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  const uint32_t shared = CountShared(a, b);
  const size_t united = a.size() + b.size() - shared;
  return united == 0 ? 0 : static_cast<double>(shared) / static_cast<double>(united);
}

bool IsAmong(const std::vector<IndexHit>& hits, const Ulid& id) {
  return std::any_of(hits.begin(), hits.end(), [&](const IndexHit& hit) { return hit.id == id; });
}

void Explain(const Kept& earlier, const Kept& later, const char* how, const LabelledPair& pair) {
  uint32_t bands = 0;
  for (int band = 0; band < kBands; ++band) {
    bands += BandKey(earlier.sketch.signature, band) == BandKey(later.sketch.signature, band);
  }
  std::printf(
      "  missed (%s): %s %s  J %s, of our own shingles %.3f (%zu and %zu); %u bands and %u "
      "anchors in common\n",
      how, pair.files[0].c_str(), pair.files[1].c_str(), pair.columns.at("jaccard").c_str(),
      JaccardOf(earlier.shingles, later.shingles), earlier.shingles.size(), later.shingles.size(),
      bands, CountShared(earlier.sketch.anchors, later.sketch.anchors));
}

struct Arguments {
  double min_jaccard = 0.6;
  size_t max_hits = kMaxCandidates;
  size_t missed = 20;
  std::string folder{};
  std::string order{};
  std::string pairs{};
};

int Run(const Arguments& arguments) {
  std::vector<LabelledPair> pairs;
  if (!ReadLabelledPairs(arguments.pairs, pairs)) {
    std::fprintf(stderr, "%s is no table with the columns file_a and file_b\n",
                 arguments.pairs.c_str());
    return 1;
  }
  std::multimap<std::string, const LabelledPair*> wanted;
  for (const LabelledPair& pair : pairs) {
    const auto jaccard = pair.columns.find("jaccard");
    if (jaccard == pair.columns.end()) {
      std::fprintf(stderr, "%s has no column jaccard\n", arguments.pairs.c_str());
      return 1;
    }
    if (std::strtod(jaccard->second.c_str(), nullptr) < arguments.min_jaccard) continue;
    for (const std::string& file : pair.files) wanted.emplace(file, &pair);
  }

  CandidateIndex index;
  std::map<std::string, Kept> kept;
  Asked asked[] = {{"no window", 0},
                   {"30 days, pairs at most 30 days apart", 30 * int64_t{86'400'000}}};
  size_t explained = 0;
  for (const std::string& name : ReadLines(arguments.order)) {
    const std::optional<std::string> bytes = ReadBytes(arguments.folder + "/" + name);
    if (!bytes.has_value()) {
      std::fprintf(stderr, "%s is not in %s\n", name.c_str(), arguments.folder.c_str());
      return 1;
    }
    const auto [first, last] = wanted.equal_range(name);
    Kept file;
    const absl::StatusOr<NormalizedArticle> article =
        Normalize({.bytes = *bytes, .source = {}, .hints = {}});
    if (article.ok() && article->HasUsableText()) {
      // By its path: no two files may have one ID here.
      file.id = Ulid::Make(article->id.TimeMs(), HashBytes128(name));
      Shingles shingles = MakeShingles(article->matching_text);
      file.sketch = MakeSketch(shingles);
      file.is_indexed = file.sketch.shingles >= kMinShingles;
      if (first != last) {
        file.shingles = std::move(shingles.set);
        file.text_hash = article->text_hash;
        file.url_key = article->article.url_key;
      }
    }
    for (Asked& way : asked) {
      if (first == last) break;
      FindOptions options{.time_ms = file.id.TimeMs(), .window_ms = way.window_ms};
      options.max_hits = arguments.max_hits;
      const std::vector<IndexHit> hits = index.Find(file.sketch, options);
      options.max_hits = SIZE_MAX;
      const std::vector<IndexHit> all_hits = index.Find(file.sketch, options);
      for (auto pair = first; pair != last; ++pair) {
        const auto& files = pair->second->files;
        const auto earlier = kept.find(files[0] == name ? files[1] : files[0]);
        if (earlier == kept.end()) continue;
        const Kept& other = earlier->second;
        if (way.window_ms != 0 && std::abs(other.id.TimeMs() - file.id.TimeMs()) > way.window_ms) {
          continue;
        }
        const bool is_indexed = file.is_indexed && other.is_indexed;
        const bool alike =
            is_indexed && JaccardOf(file.shingles, other.shingles) >= arguments.min_jaccard;
        const bool exact = other.text_hash == file.text_hash ||
                           (!file.url_key.empty() && other.url_key == file.url_key);
        const bool is_found = IsAmong(hits, other.id);
        const bool any_rank = is_found || IsAmong(all_hits, other.id);
        const bool counted[] = {true, alike, alike && !exact};
        for (size_t kind = 0; kind < way.counts.size(); ++kind) {
          if (!counted[kind]) continue;
          Counts& counts = way.counts[kind];
          ++counts.pairs;
          counts.found += is_found ? 1 : 0;
          counts.any_rank += any_rank ? 1 : 0;
        }
        if (is_found || way.window_ms != 0 || explained++ >= arguments.missed) continue;
        Explain(other, file,
                !is_indexed ? "under 20 shingles"
                : !alike    ? "alike in what is dropped"
                : any_rank  ? "at a later rank"
                : exact     ? "not proposed, exact"
                            : "not proposed",
                *pair->second);
      }
    }
    if (file.is_indexed) index.Add(file.id, file.sketch);
    if (first != last) kept.emplace(name, std::move(file));
  }
  std::printf("%zu articles in the index, %zu pairs of Jaccard %.2f and more\n",
              static_cast<size_t>(index.stats().articles), wanted.size() / 2,
              arguments.min_jaccard);
  for (const Asked& way : asked) {
    std::printf("  %s\n", way.name);
    for (size_t kind = 0; kind < way.counts.size(); ++kind) Print(kKinds[kind], way.counts[kind]);
  }
  return 0;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Of pairs of files that share much, how many the candidate step proposes.");
  app.add_option("--min-jaccard", arguments.min_jaccard);
  app.add_option("--max-hits", arguments.max_hits);
  app.add_option("--missed", arguments.missed, "Lists at most so many that are missed");
  app.add_option("FOLDER", arguments.folder)->required();
  app.add_option("ORDER", arguments.order)->required();
  app.add_option("PAIRS", arguments.pairs)->required();
  CLI11_PARSE(app, argc, argv);
  return Run(arguments);
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) { return wirefold::Main(argc, argv); }
