#include <cstdio>
#include <map>
#include "tests/eval/corpus_figures.h"
#include "tests/eval/labelled_pairs.h"
using namespace wirefold;
int main(int argc, char** argv) {
  std::vector<LabelledPair> pairs;
  for (int i = 3; i < argc; ++i) ReadLabelledPairs(argv[i], pairs);
  std::map<std::string, std::vector<uint32_t>> kept;
  for (auto& p : pairs)
    for (auto& f : p.files) kept[f];
  CorpusFigures fig;
  for (auto& n : ReadLines(argv[2])) {
    auto b = ReadBytes(std::string(argv[1]) + "/" + n);
    if (!b) continue;
    auto s = fig.Add(*b);
    auto it = kept.find(n);
    if (it != kept.end() && s) it->second = *s;
  }
  fig.Print(stdout);
  PairSpread sp;
  for (auto& p : pairs) {
    if (p.label != 'D') continue;
    auto c = p.columns.find("same_url");
    if (c != p.columns.end() && c->second == "1") continue;
    sp.Add(kept[p.files[0]], kept[p.files[1]]);
  }
  printf("pairs %zu\nJ%s\nC%s\n", sp.jaccard.total(), sp.jaccard.ToString().c_str(),
         sp.containment.ToString().c_str());
}
