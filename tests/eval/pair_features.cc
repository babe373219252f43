// pair_features: the figures by which labelled pairs of files are told to be one story, as the
// pipeline would have them; what fit_weights.py fits on.
//
// Usage: pair_features FOLDER ORDER LABELS.tsv…
//
// ORDER names the files of FOLDER, one a line, as they would come in; LABELS are tables of pairs
// (labelled_pairs.h). Every file is learnt from when it comes. When the second file of a pair comes
// it is compared with the first, and one line of tab-separated values is printed: label, conf, the
// two domains, then the figures of the verdict (rare, fresh, stretches, head, title) in millionths,
// one outlet or not, days apart, figures shared, the shorter text's share of the longer, Jaccard,
// containment, whether the two are one story, the score, and whether the titles have figures and
// share none, and the share of the openings' figures.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/article/normalize.h"
#include "lib/dedup/compare.h"
#include "tests/eval/labelled_pairs.h"

namespace wirefold {
namespace {

constexpr int64_t kDayMs = 86'400'000;

struct File {
  ComparisonDoc doc;
  int64_t day = 0;
  std::string domain;
};

bool ReadFile(const std::string& path, File& file) {
  const std::optional<std::string> bytes = ReadBytes(path);
  if (!bytes.has_value()) return false;
  const absl::StatusOr<NormalizedArticle> normalized =
      Normalize({.bytes = *bytes, .source = {}, .hints = {}});
  if (!normalized.ok()) return false;
  const CanonicalArticle& article = normalized->article;
  file.doc = MakeComparisonDoc(normalized->matching_text,
                               {article.host, article.registrable_domain, {}, article.title});
  file.day = normalized->id.TimeMs() / kDayMs;
  file.domain = article.registrable_domain.empty() ? article.host : article.registrable_domain;
  return true;
}

void Print(const LabelledPair& pair, const File& stored, const File& incoming,
           const StreamStatistics& statistics) {
  const StreamStatistics::View view(statistics);
  const Verdict verdict =
      Comparer(incoming.doc, incoming.day, view, Measuring::kAll).Compare(stored.doc, stored.day);
  const double shorter = std::min(stored.doc.distinct, incoming.doc.distinct);
  const double longer = std::max({stored.doc.distinct, incoming.doc.distinct, 1u});
  std::printf("%c\t%s\t%s\t%s\t%u\t%u\t%u\t%u\t%u\t%d\t%lld\t%u\t%.0f\t%u\t%u\t%d\t%u\t%d\t%u\n",
              pair.label, pair.conf.c_str(), stored.domain.c_str(), incoming.domain.c_str(),
              verdict.rare_ppm, verdict.fresh_ppm, verdict.stretches_ppm, verdict.head_ppm,
              verdict.title_ppm, verdict.same_domain ? 1 : 0,
              static_cast<long long>(std::abs(incoming.day - stored.day)), verdict.figures_ppm,
              1e6 * shorter / longer, verdict.scores.jaccard_ppm, verdict.scores.containment_ppm,
              verdict.relation == Relation::kNone ? 0 : 1, verdict.scores.score_ppm,
              verdict.title_figures_differ ? 1 : 0, verdict.opening_figures_ppm);
}

int Main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: pair_features FOLDER ORDER LABELS.tsv...\n");
    return 2;
  }
  std::vector<LabelledPair> pairs;
  for (int i = 3; i < argc; ++i) {
    if (!ReadLabelledPairs(argv[i], pairs)) {
      std::fprintf(stderr, "%s is no table with the columns file_a and file_b\n", argv[i]);
      return 1;
    }
  }
  std::multimap<std::string, const LabelledPair*> wanted;
  for (const LabelledPair& pair : pairs) {
    for (const std::string& file : pair.files) wanted.emplace(file, &pair);
  }
  StreamStatistics statistics;
  std::map<std::string, File> kept;
  for (const std::string& name : ReadLines(argv[2])) {
    File file;
    if (!ReadFile(std::string(argv[1]) + "/" + name, file)) continue;
    LearntArticle article;
    article.domain = file.doc.domain;
    article.day = file.day;
    for (const auto& paragraph : file.doc.paragraphs) article.paragraphs.push_back(paragraph.key);
    article.shingles = file.doc.shingles;
    article.distinct = file.doc.distinct;
    const auto [first, last] = wanted.equal_range(name);
    for (auto pair = first; pair != last; ++pair) {
      const auto& files = pair->second->files;
      const auto other = kept.find(files[0] == name ? files[1] : files[0]);
      if (other != kept.end()) Print(*pair->second, other->second, file, statistics);
    }
    if (first != last) kept.emplace(name, std::move(file));
    statistics.Learn(std::move(article));
  }
  return 0;
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) { return wirefold::Main(argc, argv); }
