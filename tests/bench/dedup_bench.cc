// What finding copies costs a file, step by step, over real files: the sketch, the comparison
// document, the candidates, the comparisons, and the decision that only one thread can take.
//
//   WIREFOLD_TEST_DATA=FOLDER build/release/tests/dedup_bench [IN_FLIGHT [WINDOW_DAYS [FILES]]]
//
// FOLDER holds news_zh/ with files of the dump format; WINDOW_DAYS is 0 (all) unless given, and
// FILES takes the first so many alone. They go through in the order of their time, on one thread,
// with a real store in a temporary folder: IN_FLIGHT files (64) look ahead before the first of them
// is decided, as beside other threads, and are committed as one group. Then, with all of them in
// the index, each is sought again, and compared with what is found, itself left out. Every figure
// is the processor's time of this thread in microseconds.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/clock.h"
#include "lib/dedup/compare.h"
#include "lib/dedup/index.h"
#include "lib/dedup/shingles.h"
#include "lib/dedup/sketch.h"
#include "lib/pipeline/decider.h"
#include "lib/pipeline/learner.h"
#include "lib/pipeline/prepare.h"
#include "lib/pipeline/story_table.h"
#include "tests/bench/real_inputs.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

class Figures {
 public:
  explicit Figures(const char* name) : name_(name) {}

  // Calls `function` and notes what it took.
  template <typename Function>
  auto Time(Function function) {
    const double start = CpuNs();
    auto result = function();
    us_.push_back((CpuNs() - start) / 1e3);
    return result;
  }

  void Note(double us) { us_.push_back(us); }
  [[nodiscard]] double LastUs() const { return us_.back(); }

  void Print() {
    if (us_.empty()) return;
    std::sort(us_.begin(), us_.end());
    double sum = 0;
    for (const double us : us_) sum += us;
    const auto at = [&](double share) {
      return us_[static_cast<size_t>(share * static_cast<double>(us_.size() - 1))];
    };
    std::printf("%-44s %9zu %9.2f %9.2f %9.2f %9.2f %11.2f\n", name_, us_.size(),
                sum / static_cast<double>(us_.size()), at(0.5), at(0.99), at(0.999), us_.back());
  }
  [[nodiscard]] double Mean() const {
    double sum = 0;
    for (const double us : us_) sum += us;
    return us_.empty() ? 0 : sum / static_cast<double>(us_.size());
  }

 private:
  const char* name_;
  std::vector<double> us_;
};

// The indexes of the files in the order of their time, then of their paths.
std::vector<size_t> InOrderOfTime() {
  std::vector<std::pair<int64_t, size_t>> order;
  for (size_t i = 0; i < RealFiles().size(); ++i) {
    const PreparedFile prepared =
        PrepareFile({.bytes = RealFiles()[i]}, UrlRules::BuiltIn(), /*now_ms=*/0);
    if (prepared.error.ok()) order.emplace_back(prepared.article.id.TimeMs(), i);
  }
  std::sort(order.begin(), order.end());
  std::vector<size_t> indexes;
  for (const auto& [time_ms, index] : order) indexes.push_back(index);
  return indexes;
}

int Main(size_t in_flight, int64_t window_days, size_t files_at_most) {
  std::vector<size_t> order = InOrderOfTime();
  order.resize(std::min(order.size(), files_at_most));
  const testing::TempFolder folder;
  const std::unique_ptr<RocksDbStore> store =
      testing::OpenOrDie(testing::OptionsFor(folder.path()));
  const SystemClock clock;
  CandidateIndex index(window_days * 86'400'000);
  ComparisonSource source(*store, size_t{1} << 30);
  Learner learner(*store, {.window_days = window_days});
  if (!learner.Recall().ok()) return 1;
  learner.Start();
  std::atomic<uint64_t> committed = 0;
  std::atomic<uint64_t> comparisons = 0;
  const StoredView view{*store,
                        index,
                        source,
                        learner.statistics(),
                        committed,
                        comparisons,
                        window_days * 86'400'000};
  StoryTable stories;
  Decider decider(view, index, stories, learner);

  Figures sketch("sketch: tokens, shingles, signature, anchors");
  Figures document("comparison document");
  Figures look_ahead("look ahead (store, candidates, comparison)");
  Figures decide("decide (the one serial part)");
  // With nearly all of them in the index; of its learning there is as much as its share.
  Figures decide_last("… the last quarter of the files");
  for (size_t begin = 0; begin < order.size(); begin += in_flight) {
    const size_t end = std::min(order.size(), begin + in_flight);
    std::vector<PreparedFile> files;
    for (size_t i = begin; i < end; ++i) {
      files.push_back(
          PrepareFile({.bytes = RealFiles()[order[i]]}, UrlRules::BuiltIn(), clock.NowMs()));
      PreparedFile& file = files.back();
      const absl::Status looked = look_ahead.Time([&] {
        PreparedFile* const looked_at = &file;
        LookAhead(view, {&looked_at, 1});
        return file.store_error;
      });
      if (!looked.ok()) return 1;
    }
    std::vector<Mutation> mutations;
    std::vector<Ulid> pinned;
    for (size_t i = 0; i < files.size(); ++i) {
      PreparedFile& file = files[i];
      const auto decide_one = [&] {
        if (i == 0) decider.Expect(file);
        if (i + 1 < files.size()) decider.Expect(files[i + 1]);
        return decider.Decide(file);
      };
      absl::StatusOr<Decision> decision = decide.Time(decide_one);
      if (begin + i >= order.size() / 4 * 3) decide_last.Note(decide.LastUs());
      if (!decision.ok()) return 1;
      if (decision->pinned) pinned.push_back(decision->outcome.id);
      if (decision->mutation.has_value()) mutations.push_back(*std::move(decision->mutation));
    }
    if (!mutations.empty() && !store->Commit(mutations).ok()) return 1;
    committed += mutations.size();
    learner.Committed(committed);
    for (const Ulid& id : pinned) source.Unpin(id);
  }

  Figures find("find candidates");
  Figures compare_file("compare with all candidates of a file");
  uint64_t candidates = 0;
  for (const size_t i : order) {
    const PreparedFile file = PrepareFile({.bytes = RealFiles()[i]}, UrlRules::BuiltIn(), 0);
    const NormalizedArticle& article = file.article;
    const CanonicalArticle& shown = article.article;
    const auto made = sketch.Time([&] {
      const Tokens tokens = Tokenize(article.matching_text);
      const Shingles shingles = MakeShingles(tokens);
      return MakeSketch(shingles);
    });
    benchmark::DoNotOptimize(made);
    const Tokens tokens = Tokenize(article.matching_text);
    const Shingles shingles = MakeShingles(tokens);
    benchmark::DoNotOptimize(document.Time([&] {
      return MakeComparisonDoc(article.matching_text, tokens, shingles,
                               {shown.host, shown.registrable_domain, shown.source, shown.title});
    }));
    const std::vector<IndexHit> hits = find.Time([&] {
      return index.Find(file.doc->sketch, {.time_ms = article.id.TimeMs(),
                                           .window_ms = view.window_ms,
                                           .max_hits = kMaxCandidates});
    });
    std::vector<Ulid> ids;
    for (const IndexHit& hit : hits) {
      if (hit.id != article.id) ids.push_back(hit.id);
    }
    const auto docs = source.Get(ids);
    if (!docs.ok()) return 1;
    const StreamStatistics::View statistics(learner.statistics());
    const int64_t day = DayOf(article.id.TimeMs());
    compare_file.Time([&] {
      Comparer comparer(*file.doc, day, statistics);
      const auto doc_at = [&](size_t c) { return c < ids.size() ? (*docs)[c].get() : nullptr; };
      for (size_t c = 0; c < ids.size(); ++c) {
        Comparer::Prefetch(doc_at(c + Comparer::kSoon), doc_at(c + Comparer::kLater));
        if ((*docs)[c] == nullptr) continue;
        benchmark::DoNotOptimize(comparer.Compare(*(*docs)[c], DayOf(ids[c].TimeMs())));
      }
      return 0;
    });
    candidates += ids.size();
  }

  const IndexStats stats = index.stats();
  std::printf("%zu files, %zu in flight, window of %lld days (0: all)\n\n", order.size(), in_flight,
              static_cast<long long>(window_days));
  std::printf("%-44s %9s %9s %9s %9s %9s %11s\n", "microseconds", "times", "mean", "p50", "p99",
              "p99.9", "max");
  for (Figures* figures :
       {&sketch, &document, &look_ahead, &find, &compare_file, &decide, &decide_last}) {
    figures->Print();
  }
  std::printf("\ndeciding alone would cap the rate at %.0f files/s\n", 1e6 / decide.Mean());
  std::printf(
      "%.2f candidates a file, %.2f microseconds each\n",
      static_cast<double>(candidates) / static_cast<double>(order.size()),
      compare_file.Mean() * static_cast<double>(order.size()) / static_cast<double>(candidates));
  std::printf("%llu articles in the index, %.0f bytes each\n",
              static_cast<unsigned long long>(stats.articles),
              static_cast<double>(stats.memory_bytes) / static_cast<double>(stats.articles));
  return 0;
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) {
  if (wirefold::RealFiles().empty()) {
    std::fprintf(stderr,
                 "dedup_bench: no files; set WIREFOLD_TEST_DATA to a folder that holds "
                 "news_zh/\n");
    return 2;
  }
  const long long in_flight = argc > 1 ? std::atoll(argv[1]) : 64;
  const long long window_days = argc > 2 ? std::atoll(argv[2]) : 0;
  const long long files = argc > 3 ? std::atoll(argv[3]) : 0;
  return wirefold::Main(static_cast<size_t>(std::max(in_flight, 1LL)), window_days,
                        files > 0 ? static_cast<size_t>(files) : SIZE_MAX);
}
