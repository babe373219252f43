// What the kernels of lib/ cost beside their plain twins (kernel_twins.h), over real files. Each
// figure is for one input: `ns` of the processor's time in the mean of a pass over all of them.
//
//   WIREFOLD_TEST_DATA=FOLDER build/release/tests/kernel_bench --benchmark_repetitions=3
//
// FOLDER holds news_zh/ with files of the dump format; one of eight is taken. kernel_twins_test
// holds that both give the same results.
#include <benchmark/benchmark.h>

#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/article/normalize.h"
#include "lib/dedup/coarse_sketch.h"
#include "lib/dedup/compare.h"
#include "lib/dedup/index.h"
#include "lib/dedup/passages.h"
#include "lib/dedup/postings.h"
#include "lib/dedup/rarity.h"
#include "lib/dedup/shingles.h"
#include "lib/dedup/sketch.h"
#include "lib/parse/dump_format.h"
#include "lib/parse/extract.h"
#include "lib/parse/html_blocks.h"
#include "lib/parse/html_tokenizer.h"
#include "lib/store/record_delta.h"
#include "lib/store/record_view.h"
#include "lib/store/records.h"
#include "lib/store/script_table.h"
#include "lib/text/language.h"
#include "lib/text/matching.h"
#include "lib/text/stored.h"
#include "lib/text/utf8.h"
#include "lib/url/canonicalize.h"
#include "tests/bench/kernel_twins.h"
#include "tests/bench/real_inputs.h"
#include "tests/text/matching_twin.h"

namespace wirefold {
namespace {

constexpr size_t kOneOf = 8;

// All that the kernels take, made once.
struct Inputs {
  std::vector<std::string> files;
  std::vector<std::string> bodies;  // HTML
  std::vector<std::string> urls;
  std::vector<std::string> texts;
  std::vector<std::string> matching;
  std::vector<Tokens> tokens;
  std::vector<Shingles> shingles;
  std::vector<std::vector<uint32_t>> unsorted;
  std::vector<std::pair<size_t, size_t>> pairs;  // a text and the next one
  std::vector<ComparisonDoc> docs;
  std::vector<uint64_t> keys;
  std::vector<std::string> records;
  std::vector<Sketch> sketches;
  std::vector<std::string> coarse;  // sketches
};

const Inputs& All() {
  static const auto inputs = [] {
    auto all = std::make_unique<Inputs>();
    for (size_t i = 0; i < RealFiles().size(); i += kOneOf) {
      const std::string& file = RealFiles()[i];
      const auto article = Normalize({.bytes = file, .source = {}, .hints = {}});
      if (!article.ok()) continue;
      all->files.push_back(file);
      const DumpFile dump = SplitDump(file);
      all->bodies.emplace_back(dump.body);
      all->urls.emplace_back(dump.url);
      all->texts.push_back(article->article.text);
      all->matching.push_back(article->matching_text);
      all->tokens.push_back(Tokenize(article->matching_text));
      all->shingles.push_back(MakeShingles(all->tokens.back()));
      std::vector<uint32_t> upper;
      for (const uint64_t hash : all->shingles.back().hashes) {
        upper.push_back(static_cast<uint32_t>(hash >> 32));
      }
      all->unsorted.push_back(std::move(upper));
      all->docs.push_back(MakeComparisonDoc(article->matching_text, {}));
      all->sketches.push_back(MakeSketch(all->shingles.back()));
      AppendCoarse(all->sketches.back(), all->coarse.emplace_back());
      for (const uint32_t anchor : all->sketches.back().anchors) {
        all->keys.push_back(PostingTable::KeyOf(PostingTable::Kind::kAnchor, anchor));
      }
      all->records.push_back(*EncodeRecord(*article, 1));
    }
    for (size_t i = 1; i < all->docs.size(); ++i) {
      all->pairs.emplace_back(i - 1, i);
    }
    return all;
  }();
  return *inputs;
}

// A kernel, named as in the table, and its twin; or a kernel alone.
template <typename List, typename Kernel>
void Add(const std::string& name, const List& inputs, Kernel kernel) {
  benchmark::RegisterBenchmark(name.c_str(), [&inputs, kernel](benchmark::State& state) {
    PerInput(state, inputs, kernel);
  })->Unit(benchmark::kMillisecond);
}
template <typename List, typename Kernel, typename Twin>
void Add(const std::string& name, const List& inputs, Kernel kernel, Twin twin) {
  Add(name, inputs, kernel);
  Add(name + "/plain", inputs, twin);
}

constexpr size_t kCap = 32;

// All texts in an index, and their shingles in a table of what is rare, ten texts a day.
template <typename Index>
const Index& IndexOf(const Inputs& all) {
  static const auto index = [&all] {
    auto made = std::make_unique<Index>();
    for (size_t i = 0; i < all.sketches.size(); ++i) {
      made->Add(Ulid::Make(1000, HashBytes128(std::to_string(i))), all.sketches[i]);
    }
    return made;
  }();
  return *index;
}
template <typename Table>
const Table& RarityOf(const Inputs& all) {
  static const auto table = [&all] {
    auto made = std::make_unique<Table>();
    for (size_t i = 0; i < all.shingles.size(); ++i) {
      const std::vector<uint32_t>& set = all.shingles[i].set;
      made->Learn(set, static_cast<uint32_t>(set.size()), static_cast<int64_t>(18'000 + i / 10));
      made->GrowIfDue();
    }
    return made;
  }();
  return *table;
}
template <typename Table>
uint64_t DaysOf(const Table& table, const Shingles& shingles) {
  uint64_t days = 0;
  const auto distinct = static_cast<uint32_t>(shingles.set.size());
  for (const uint32_t shingle : shingles.set) {
    if (RarityTable::UsesShingle(shingle, distinct)) days += table.Of(shingle, 18'100).days;
  }
  return days;
}

template <typename Table>
size_t AddPostings(const Inputs& all) {
  Table table;
  uint32_t entry = 0;
  for (const uint64_t key : all.keys) table.Add(key, entry++ / 48, kCap);
  return all.keys.size();
}

void AddAll() {
  const Inputs& all = All();
  Add("dump frame", all.files, [](const std::string& file) { return SplitDump(file); });
  Add("HTML tokens", all.bodies, [](const std::string& html) {
    HtmlTokenizer tokenizer(html);
    size_t tokens = 0;
    while (tokenizer.Next()) ++tokens;
    return tokens;
  });
  Add("HTML blocks", all.bodies, [](const std::string& html) { return ReadHtml(html); });
  Add("extraction, with the blocks", all.bodies, [](const std::string& html) {
    HtmlDocument document = ReadHtml(html);
    return Extract(document, std::nullopt);
  });
  Add("url, url_key, host, domain", all.urls,
      [](const std::string& url) { return CanonicalizeUrl(url); });
  Add(
      "UTF-8 check", all.files, [](const std::string& file) { return ValidUtf8Prefix(file); },
      [](const std::string& file) { return PlainUtf8Prefix(file); });
  Add(
      "stored text", all.texts, [](const std::string& text) { return StoredLine(text); },
      [](const std::string& text) { return PlainStoredLine(text); });
  static const MatchingTwin twin;
  Add(
      "matching text", all.texts, [](const std::string& text) { return ToMatching(text); },
      [](const std::string& text) { return twin(text); });
  Add("language", all.texts, [](const std::string& text) { return DetectLanguage(text); });
  Add(
      "tokens", all.matching, [](const std::string& text) { return Tokenize(text); },
      [](const std::string& text) { return PlainTokens(text); });
  Add(
      "shingles", all.tokens, [](const Tokens& tokens) { return MakeShingles(tokens); },
      [](const Tokens& tokens) { return PlainShingles(tokens); });
  Add(
      "sorted and distinct", all.unsorted,
      [](std::vector<uint32_t> values) {
        SortDistinct(values);
        return values;
      },
      [](std::vector<uint32_t> values) {
        PlainSortDistinct(values);
        return values;
      });
  Add(
      "signature and anchors", all.shingles,
      [](const Shingles& shingles) { return MakeSketch(shingles); },
      [](const Shingles& shingles) { return PlainSketch(shingles); });
  const auto set = [&all](size_t i) -> const std::vector<uint32_t>& { return all.shingles[i].set; };
  Add(
      "shared shingles", all.pairs,
      [set](const auto& pair) { return CountShared(set(pair.first), set(pair.second)); },
      [set](const auto& pair) { return PlainShared(set(pair.first), set(pair.second)); });
  Add(
      "comparison of two texts", all.pairs,
      [&all](const auto& pair) {
        return CompareTexts(all.docs[pair.first], all.docs[pair.second]);
      },
      [&all](const auto& pair) {
        return PlainScores(all.shingles[pair.first], all.shingles[pair.second]);
      });
  Add("two sketches", all.pairs, [&all](const auto& pair) {
    return ShareTooLittle(all.sketches[pair.first], all.sketches[pair.second]);
  });
  Add("a sketch and a coarse one", all.pairs, [&all](const auto& pair) {
    return CoarseProbe(all.sketches[pair.first]).SharesTooLittle(all.coarse[pair.second]);
  });
  static const std::vector<const Inputs*> once = {&all};
  Add(
      "postings, all of them added", once,
      [](const Inputs* inputs) { return AddPostings<PostingTable>(*inputs); },
      [](const Inputs* inputs) { return AddPostings<PlainPostings>(*inputs); });
  Add(
      "candidates", all.sketches,
      [&all](const Sketch& sketch) {
        return IndexOf<CandidateIndex>(all).Find(sketch, {.max_hits = 64}).size();
      },
      [&all](const Sketch& sketch) { return IndexOf<PlainIndex>(all).Find(sketch, 64).size(); });
  Add(
      "rarity of a text's shingles", all.shingles,
      [&all](const Shingles& shingles) { return DaysOf(RarityOf<RarityTable>(all), shingles); },
      [&all](const Shingles& shingles) { return DaysOf(RarityOf<PlainRarity>(all), shingles); });
  Add(
      "record viewed", all.records,
      [](const std::string& record) {
        RecordView view;
        return ViewRecord(record, view).ok();
      },
      [](const std::string& record) {
        StoredArticle article;
        return DecodeRecord(record, article).ok();
      });
  static const ScriptTable table = *ScriptTable::Make(ScriptTable::BytesOfThisBuild());
  static const Ulid id = Ulid::FirstAt(1);
  static const std::vector<std::pair<std::string, std::string>> deltas = [&all] {
    std::vector<std::pair<std::string, std::string>> made;
    DeltaPacker packer;
    for (const std::string& base : all.records) {
      std::string copy = base;
      copy[copy.size() / 2] ^= 1;
      made.emplace_back(packer.Pack(copy, {id, base}, id, table), base);
    }
    return made;
  }();
  Add("copy unpacked", deltas,
      [](const auto& delta) { return UnpackDelta(delta.first, delta.second, table)->size(); });
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  if (wirefold::RealFiles().empty()) {
    std::cerr << "kernel_bench: no files; set WIREFOLD_TEST_DATA to a folder that holds news_zh/\n";
    return 2;
  }
  wirefold::AddAll();
  std::cout << wirefold::All().files.size() << " files, " << wirefold::All().keys.size()
            << " postings\n";
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
