// pair_scores: how well the whole pipeline tells which of labelled pairs of files are one story,
// and where it is wrong.
//
// Usage: pair_scores [--window-days N] [--seed N] [--wrong N] [--passages] [--outcomes FILE]
//                    FOLDER ORDER LABELS.tsv…
//
// ORDER names the files of FOLDER, one a line, as they come in: one stream, into the service's own
// pipeline over a store in a temporary folder. LABELS are tables of pairs (labelled_pairs.h).
//
//   --window-days N   as wirefoldd's option: 30 unless told, 0 for all
//   --seed N          files come in in a shuffled order, the same for the same N
//   --wrong N         lists at most so many wrong pairs of each table (all unless told)
//   --passages        shows of wrong pairs what both say and what each says alone
//   --outcomes FILE   writes a line a file, {"path","outcome","relation","story_id"}, much as
//                     `wirefold ingest --json` would
//
// A pair is merged if both files have the same story. Precision and recall are of D (to be merged)
// against T and R (not to be). The other labels are counted alone: U should be merged, G should
// not. A file that was refused is in no story. After each group stand the pairs that are merged, of
// all, by label.
//
//   DATA=…/wirefold-data      # the unpacked real files
//   python3 -c 'import json,sys; print("\n".join(f for _, f in sorted((r["epoch_ms"], r["file"])
//     for r in map(json.loads, open(sys.argv[1])))))' $DATA/news_zh_manifest.jsonl > order_zh
//   build/release/tests/pair_scores $DATA/news_zh order_zh $DATA/gold_pairs.tsv
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/article/normalize.h"
#include "lib/dedup/compare.h"
#include "tests/eval/fed_pipeline.h"
#include "tests/eval/labelled_pairs.h"

namespace wirefold {
namespace {

struct Arguments {
  int64_t window_days = 30;
  std::optional<uint64_t> seed{};
  size_t wrong = SIZE_MAX;
  bool passages = false;
  std::string outcomes{};
  std::string folder{};
  std::string order{};
  std::vector<std::string> labels{};
};

// What is known of a file that a pair names.
struct File {
  ComparisonDoc doc;
  std::string title;
  std::string host;
  Script script = Script::kUnknown;
};

// What Pipeline::Check said of the later file of a pair, just before it came in.
struct Checked {
  std::vector<CheckedCandidate> candidates;
};

constexpr std::string_view kLabels = "DUGTR";

struct Tally {
  std::array<uint32_t, kLabels.size()> all{};
  std::array<uint32_t, kLabels.size()> merged{};

  void Add(char label, bool is_merged) {
    const size_t i = kLabels.find(label);
    if (i == std::string_view::npos) return;
    ++all[i];
    merged[i] += is_merged ? 1 : 0;
  }
  [[nodiscard]] std::string Counts() const {
    std::string out;
    for (size_t i = 0; i < kLabels.size(); ++i) {
      if (all[i] == 0) continue;
      out += "  " + std::string(1, kLabels[i]) + " " + std::to_string(merged[i]) + "/" +
             std::to_string(all[i]);
    }
    return out;
  }
  [[nodiscard]] std::string Figures() const {
    if (all[0] == 0) return std::string(43, ' ');  // nothing to find: counts alone
    const auto share = [](double part, double whole) { return whole == 0 ? 0 : part / whole; };
    const double right = merged[0];
    const double wrong = merged[3] + merged[4];
    const double precision = share(right, right + wrong);
    const double recall = share(right, all[0]);
    char out[80];
    std::snprintf(out, sizeof out, "precision %.4f  recall %.4f  F1 %.4f", precision, recall,
                  share(2 * precision * recall, precision + recall));
    return out;
  }
};

const char* StatusName(FileStatus status) {
  switch (status) {
    case FileStatus::kNew:
      return "NEW";
    case FileStatus::kDuplicate:
      return "DUPLICATE";
    case FileStatus::kRevision:
      return "REVISION";
    case FileStatus::kUnchanged:
      return "UNCHANGED";
    case FileStatus::kRejected:
      break;
  }
  return "REJECTED";
}

const char* RelationName(Relation relation) {
  switch (relation) {
    case Relation::kExact:
      return "EXACT";
    case Relation::kNear:
      return "NEAR";
    case Relation::kExcerpt:
      return "EXCERPT";
    case Relation::kExtended:
      return "EXTENDED";
    case Relation::kNone:
      break;
  }
  return "";
}

std::string Answer(const FileOutcome& outcome) {
  return outcome.status == FileStatus::kDuplicate ? RelationName(outcome.match.relation)
                                                  : StatusName(outcome.status);
}

std::string ScriptsOf(Script a, Script b) {
  const auto is = [&](Script one, Script other) {
    return (a == one && b == other) || (a == other && b == one);
  };
  if (is(Script::kHans, Script::kHans)) return "Hans, both";
  if (is(Script::kHant, Script::kHant)) return "Hant, both";
  if (is(Script::kHans, Script::kHant)) return "Hans and Hant";
  if (is(Script::kLatin, Script::kLatin)) return "Latin, both";
  return "other";
}

std::string LengthBand(uint32_t shingles) {
  constexpr uint32_t kBounds[] = {20, 150, 300, 600, 1200, 2400};
  uint32_t from = 0;
  for (const uint32_t bound : kBounds) {
    char out[40];
    std::snprintf(out, sizeof out, "%4u to %u", from, bound - 1);
    if (shingles < bound) return out;
    from = bound;
  }
  return "2400 and more";
}

class Evaluation {
 public:
  explicit Evaluation(Arguments arguments) : arguments_(std::move(arguments)) {}

  int Run() {
    for (const std::string& path : arguments_.labels) {
      tables_.emplace_back();
      if (!ReadLabelledPairs(path, tables_.back())) {
        std::fprintf(stderr, "%s is no table with the columns file_a and file_b\n", path.c_str());
        return 1;
      }
    }
    order_ = ReadLines(arguments_.order);
    if (arguments_.seed.has_value()) Shuffle(*arguments_.seed, order_);
    for (size_t i = 0; i < order_.size(); ++i) place_.emplace(order_[i], i);
    std::set<std::string> later;
    for (const std::vector<LabelledPair>& table : tables_) {
      for (const LabelledPair& pair : table) {
        if (Names(pair)) later.insert(pair.files[LaterOf(pair)]);
      }
    }
    if (!Feed(later)) return 1;
    for (size_t i = 0; i < tables_.size(); ++i) Report(arguments_.labels[i], tables_[i]);
    return WriteOutcomes() ? 0 : 1;
  }

 private:
  // Whether both files come in.
  bool Names(const LabelledPair& pair) const {
    return place_.contains(pair.files[0]) && place_.contains(pair.files[1]);
  }
  int LaterOf(const LabelledPair& pair) const {
    return place_.at(pair.files[0]) > place_.at(pair.files[1]) ? 0 : 1;
  }

  bool Feed(const std::set<std::string>& later) {
    const std::unique_ptr<FedPipeline> fed = FedPipeline::Open(arguments_.window_days);
    outcomes_.resize(order_.size());
    for (size_t i = 0; i < order_.size(); ++i) {
      std::optional<std::string> bytes = ReadBytes(arguments_.folder + "/" + order_[i]);
      if (!bytes.has_value()) {
        std::fprintf(stderr, "%s is not in %s\n", order_[i].c_str(), arguments_.folder.c_str());
        return false;
      }
      if (later.contains(order_[i])) {
        fed->Wait();
        checked_[order_[i]].candidates = fed->pipeline().Check({.bytes = *bytes}).candidates;
      }
      fed->Submit({.bytes = *std::move(bytes)},
                  [this, i](const FileOutcome& o) { outcomes_[i] = o; });
    }
    fed->Wait();
    for (size_t i = 0; i < order_.size(); ++i) {
      if (!outcomes_[i].id.IsZero()) file_of_.emplace(outcomes_[i].id, order_[i]);
    }
    return true;
  }

  const File& Read(const std::string& path) {
    const auto [at, is_new] = files_.try_emplace(path);
    File& file = at->second;
    if (!is_new) return file;
    const std::string bytes = ReadBytes(arguments_.folder + "/" + path).value_or("");
    absl::StatusOr<NormalizedArticle> normalized =
        Normalize({.bytes = bytes, .source = {}, .hints = {}});
    if (!normalized.ok()) return file;
    CanonicalArticle& article = normalized->article;
    file.doc = MakeComparisonDoc(normalized->matching_text,
                                 {.host = article.host,
                                  .registrable_domain = article.registrable_domain,
                                  .source = article.source,
                                  .title = article.title});
    file.title = article.title;
    file.host = article.host;
    file.script = article.script;
    return file;
  }

  const FileOutcome& OutcomeOf(const std::string& path) const { return outcomes_[place_.at(path)]; }

  bool IsMerged(const LabelledPair& pair) const {
    const Ulid& story = OutcomeOf(pair.files[0]).story_id;
    return !story.IsZero() && story == OutcomeOf(pair.files[1]).story_id;
  }

  void Report(const std::string& path, const std::vector<LabelledPair>& table) {
    std::map<std::string, Tally> totals;
    std::map<std::string, Tally> scripts;
    std::map<std::string, Tally> lengths;
    std::map<std::string, Tally> outlets;
    std::map<std::string, Tally> relations;
    std::vector<const LabelledPair*> wrong;
    size_t missing = 0;
    for (const LabelledPair& pair : table) {
      if (!Names(pair)) {
        ++missing;
        continue;
      }
      const bool merged = IsMerged(pair);
      const File& a = Read(pair.files[0]);
      const File& b = Read(pair.files[1]);
      const auto add = [&](std::map<std::string, Tally>& group, const std::string& name) {
        group[name].Add(pair.label, merged);
      };
      const uint32_t shorter = std::min(a.doc.distinct, b.doc.distinct);
      add(totals, "all");
      if (pair.has_conf && pair.conf == "h") add(totals, "sure");
      add(totals,
          shorter < kShort ? "shorter text: under 150 shingles" : "shorter text: 150 shingles on");
      add(scripts, ScriptsOf(a.script, b.script));
      add(lengths, LengthBand(shorter));
      add(outlets, a.doc.domain == b.doc.domain ? "one outlet" : "across outlets");
      add(relations, merged ? Answer(OutcomeOf(pair.files[LaterOf(pair)])) : "apart");
      const bool should_be = pair.label == 'D' || pair.label == 'U';
      if (merged != should_be && kLabels.find(pair.label) != std::string_view::npos) {
        wrong.push_back(&pair);
      }
    }
    const std::string name = path.substr(path.rfind('/') + 1);
    std::printf("%s: %zu pairs, %zu of files that did not come in\n", name.c_str(), table.size(),
                missing);
    Print("", totals);
    Print("by script", scripts);
    Print("by distinct shingles of the shorter text", lengths);
    Print("by outlet", outlets);
    std::printf("  by what the later file was answered (merged / all merged)\n");
    const Tally& all = totals["all"];
    for (auto& [answer, tally] : relations) {
      if (answer == "apart") continue;
      tally.all = all.merged;
      std::printf("    %-32s %s\n", answer.c_str(), tally.Counts().c_str());
    }
    std::printf("  wrong: %zu pairs (U and G among them)\n", wrong.size());
    for (size_t i = 0; i < wrong.size() && i < arguments_.wrong; ++i) PrintWrong(*wrong[i]);
    std::printf("\n");
  }

  static void Print(const char* heading, const std::map<std::string, Tally>& group) {
    if (*heading != '\0') std::printf("  %s\n", heading);
    for (const auto& [name, tally] : group) {
      std::printf("    %-32s %s %s\n", name.c_str(), tally.Figures().c_str(),
                  tally.Counts().c_str());
    }
  }

  void PrintWrong(const LabelledPair& pair) {
    const int later = LaterOf(pair);
    const std::string* const paths[2] = {&pair.files[1 - later], &pair.files[later]};
    const Scores scores = Compare(Read(*paths[1]).doc, Read(*paths[0]).doc).scores;
    std::printf("  %c %s, %s  J %.3f  C %.3f\n", pair.label, pair.conf.c_str(),
                IsMerged(pair) ? "merged" : "apart", scores.jaccard_ppm / 1e6,
                scores.containment_ppm / 1e6);
    for (const std::string* path : paths) {
      const File& file = Read(*path);
      const FileOutcome& outcome = OutcomeOf(*path);
      std::printf("      %s  %s  %s\n        %s", path->c_str(), file.host.c_str(),
                  file.title.c_str(), Answer(outcome).c_str());
      const auto story = file_of_.find(outcome.story_id);
      if (story != file_of_.end() && story->second != *path) {
        std::printf(" in the story of %s", story->second.c_str());
      }
      std::printf("\n");
    }
    const Ulid& wanted = OutcomeOf(*paths[0]).story_id;
    const Checked& checked = checked_[*paths[1]];
    const auto candidate =
        std::find_if(checked.candidates.begin(), checked.candidates.end(),
                     [&](const CheckedCandidate& each) { return each.id == wanted; });
    if (candidate == checked.candidates.end()) {
      std::printf("        the earlier one's story was not among %zu candidates\n",
                  checked.candidates.size());
    } else {
      std::printf("        compared with the earlier one's story: score %.3f, %s\n",
                  candidate->match.scores.score_ppm / 1e6, candidate->explanation.c_str());
      if (arguments_.passages) PrintPassages(candidate->passages);
    }
    const auto note = pair.columns.find("note");
    if (note != pair.columns.end() && !note->second.empty()) {
      std::printf("        the judge: %s\n", note->second.c_str());
    }
  }

  static void PrintPassages(const Passages& passages) {
    const auto print = [](const char* who, const std::string& passage) {
      std::string line = passage;
      std::replace(line.begin(), line.end(), '\n', ' ');
      std::printf("        %-6s %s\n", who, line.c_str());
    };
    for (const SharedPassage& passage : passages.shared) print("both", passage.ours);
    for (const std::string& passage : passages.only_ours) print("later", passage);
    for (const std::string& passage : passages.only_theirs) print("story", passage);
  }

  bool WriteOutcomes() const {
    if (arguments_.outcomes.empty()) return true;
    std::ofstream out(arguments_.outcomes);
    for (size_t i = 0; i < order_.size(); ++i) {
      const FileOutcome& outcome = outcomes_[i];
      const bool stored = outcome.status != FileStatus::kRejected;
      out << "{\"path\":\"" << order_[i] << "\",\"outcome\":\"" << StatusName(outcome.status)
          << "\",\"relation\":\"" << RelationName(outcome.match.relation)
          << "\",\"story_id\":" << (stored ? '"' + outcome.story_id.ToString() + '"' : "null")
          << "}\n";
    }
    out.close();
    if (!out) std::fprintf(stderr, "%s can't be written\n", arguments_.outcomes.c_str());
    return static_cast<bool>(out);
  }

  // Shingles under which a text is short: quoted apart.
  static constexpr uint32_t kShort = 150;

  const Arguments arguments_;
  std::vector<std::vector<LabelledPair>> tables_;
  std::vector<std::string> order_;
  std::map<std::string, size_t> place_;  // in order_
  std::vector<FileOutcome> outcomes_;    // by place; written by the pipeline's thread
  std::map<std::string, Checked> checked_;
  std::map<std::string, File> files_;
  std::map<Ulid, std::string> file_of_;
};

int Main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("How well the whole pipeline tells which labelled pairs of files are one story.");
  app.add_option("--window-days", arguments.window_days)->check(CLI::NonNegativeNumber);
  app.add_option("--seed", arguments.seed);
  app.add_option("--wrong", arguments.wrong);
  app.add_flag("--passages", arguments.passages);
  app.add_option("--outcomes", arguments.outcomes);
  app.add_option("FOLDER", arguments.folder)->required();
  app.add_option("ORDER", arguments.order)->required();
  app.add_option("LABELS", arguments.labels)->required();
  CLI11_PARSE(app, argc, argv);
  return Evaluation(std::move(arguments)).Run();
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) { return wirefold::Main(argc, argv); }
