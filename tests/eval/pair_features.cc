// pair_features: the figures by which labelled pairs of files are told to be one story, as the
// pipeline would have them; what fit_weights.py fits on.
//
// Usage: pair_features FOLDER ORDER LABELS.tsv…
//
// ORDER names the files of FOLDER, one a line, as they would come in; LABELS have the columns
// file_a and file_b, and label and conf where there are labels (eval_pairs.py of the data says
// which). Every file is learnt from when it comes. When the second file of a pair comes it is
// compared with the first, and one line of tab-separated values is printed: label, conf, the two
// domains, then the figures of the verdict in millionths, days apart, and the shorter text's share
// of the longer.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "lib/article/normalize.h"
#include "lib/dedup/compare.h"

namespace wirefold {
namespace {

constexpr int64_t kDayMs = 86'400'000;

struct Pair {
  std::string label = "D";
  std::string conf = "h";
  std::string files[2];
};

struct File {
  ComparisonDoc doc;
  int64_t day = 0;
  std::string domain;
};

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> fields;
  std::stringstream stream(line);
  for (std::string field; std::getline(stream, field, '\t');) fields.push_back(field);
  return fields;
}

bool ReadPairs(const char* path, std::vector<Pair>& pairs) {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) return false;
  std::map<std::string, size_t> columns;
  for (const std::string& name : Split(line)) columns.emplace(name, columns.size());
  if (!columns.contains("file_a") || !columns.contains("file_b")) return false;
  while (std::getline(in, line)) {
    const std::vector<std::string> fields = Split(line);
    const auto field = [&](const char* name, const std::string& otherwise) {
      const auto column = columns.find(name);
      return column != columns.end() && column->second < fields.size() ? fields[column->second]
                                                                       : otherwise;
    };
    pairs.push_back(
        {field("label", "D"), field("conf", "h"), {field("file_a", ""), field("file_b", "")}});
  }
  return true;
}

bool ReadFile(const std::string& path, File& file) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const absl::StatusOr<NormalizedArticle> normalized =
      Normalize({.bytes = bytes, .source = {}, .hints = {}});
  if (!normalized.ok()) return false;
  const CanonicalArticle& article = normalized->article;
  file.doc = MakeComparisonDoc(normalized->matching_text,
                               {article.host, article.registrable_domain, {}, article.title});
  file.day = normalized->id.TimeMs() / kDayMs;
  file.domain = article.registrable_domain.empty() ? article.host : article.registrable_domain;
  return true;
}

void Print(const Pair& pair, const File& stored, const File& incoming,
           const StreamStatistics& statistics) {
  const StreamStatistics::View view(statistics);
  const Verdict verdict =
      Comparer(incoming.doc, incoming.day, view).Compare(stored.doc, stored.day);
  const double shorter = std::min(stored.doc.distinct, incoming.doc.distinct);
  const double longer = std::max({stored.doc.distinct, incoming.doc.distinct, 1u});
  std::printf("%s\t%s\t%s\t%s\t%u\t%u\t%u\t%u\t%u\t%d\t%lld\t%u\t%.0f\t%u\t%u\t%d\n",
              pair.label.c_str(), pair.conf.c_str(), stored.domain.c_str(), incoming.domain.c_str(),
              verdict.rare_ppm, verdict.fresh_ppm, verdict.stretches_ppm, verdict.head_ppm,
              verdict.title_ppm, verdict.same_domain ? 1 : 0,
              static_cast<long long>(std::abs(incoming.day - stored.day)), verdict.figures_ppm,
              1e6 * shorter / longer, verdict.scores.jaccard_ppm, verdict.scores.containment_ppm,
              verdict.relation == Relation::kNone ? 0 : 1);
}

int Main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: pair_features FOLDER ORDER LABELS.tsv...\n");
    return 2;
  }
  std::vector<Pair> pairs;
  for (int i = 3; i < argc; ++i) {
    if (!ReadPairs(argv[i], pairs)) {
      std::fprintf(stderr, "%s is no table with the columns file_a and file_b\n", argv[i]);
      return 1;
    }
  }
  std::multimap<std::string, const Pair*> wanted;
  for (const Pair& pair : pairs) {
    for (const std::string& file : pair.files) wanted.emplace(file, &pair);
  }
  std::ifstream order(argv[2]);
  StreamStatistics statistics;
  std::map<std::string, File> kept;
  for (std::string name; std::getline(order, name);) {
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
