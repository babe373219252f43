// Finding a file's candidates and comparing it with them: FindAndCompare of prepare.h.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "lib/pipeline/learner.h"
#include "lib/pipeline/prepare.h"

namespace wirefold {
namespace {

// All that were found last time, and those that came `later`, the most promising first.
std::vector<IndexHit> KnownHits(const Outlook& outlook, std::vector<IndexHit> later) {
  std::vector<IndexHit> hits = std::move(later);
  for (const ScoredCandidate& candidate : outlook.candidates) hits.push_back(candidate.hit);
  hits.insert(hits.end(), outlook.unlike.begin(), outlook.unlike.end());
  hits.insert(hits.end(), outlook.more_of_template.begin(), outlook.more_of_template.end());
  std::sort(hits.begin(), hits.end(), MorePromising);
  return hits;
}

// The candidates that the index has now; nullopt: those of last time.
std::optional<std::vector<IndexHit>> FindNow(const StoredView& view, const PreparedFile& prepared,
                                             Outlook& outlook) {
  const FindOptions options = FindOptionsOf(view, prepared);
  if (outlook.compared) {
    std::optional<std::vector<IndexHit>> later =
        view.index.FindSince(prepared.doc->sketch, options, outlook.index);
    if (later.has_value()) {
      if (later->empty()) return std::nullopt;
      std::vector<IndexHit> hits = KnownHits(outlook, *std::move(later));
      hits.erase(
          std::unique(hits.begin(), hits.end(),
                      [](const IndexHit& a, const IndexHit& b) { return a.entry == b.entry; }),
          hits.end());
      if (hits.size() > kMaxCandidates) hits.resize(kMaxCandidates);
      return hits;
    }
  }
  return view.index.Find(prepared.doc->sketch, options, &outlook.index);
}

// Compares a file with its candidates, as far as what is known of them does not hold any more.
class CandidateComparison {
 public:
  // `hits`: all of them, the most promising first. What `prepared.outlook` says is taken over.
  CandidateComparison(const StoredView& view, PreparedFile& prepared, std::vector<IndexHit> hits)
      : view_(view),
        prepared_(prepared),
        hits_(std::move(hits)),
        scored_(hits_.size()),
        unlike_(hits_.size()) {
    Outlook& outlook = prepared_.outlook;
    for (size_t i = 0; i < hits_.size(); ++i) {
      const uint64_t entry = hits_[i].entry;
      const auto known =
          std::ranges::find_if(outlook.candidates, [&](const ScoredCandidate& candidate) {
            return candidate.doc != nullptr && candidate.hit.entry == entry;
          });
      if (known != outlook.candidates.end()) scored_[i] = std::move(*known);
      unlike_[i] =
          std::ranges::find(outlook.unlike, entry, &IndexHit::entry) != outlook.unlike.end();
      scored_[i].hit = hits_[i];
    }
  }

  // Fills in `prepared.outlook`. An error is the store's.
  absl::Status Run() {
    size_t wanted = std::min(kTellTemplate, hits_.size());
    absl::Status read = Read(0, wanted);
    if (!read.ok()) return read;
    Compare(wanted);
    if (wanted < hits_.size() && !IsTemplate()) {
      if (read = Read(wanted, hits_.size()); !read.ok()) return read;
      // By what is learnt now, the first too, so that they may tell of one after all.
      Compare(hits_.size());
      if (!IsTemplate()) wanted = hits_.size();
    }
    Settle(wanted);
    return absl::OkStatus();
  }

 private:
  // The documents of those from `begin` to `end`, which are like the file by their sketches.
  absl::Status Read(size_t begin, size_t end) {
    std::vector<Ulid> ids;
    std::vector<size_t> places;
    for (size_t i = begin; i < end; ++i) {
      if (scored_[i].doc != nullptr || unlike_[i]) continue;
      ids.push_back(hits_[i].id);
      places.push_back(i);
    }
    if (ids.empty()) return absl::OkStatus();
    const Sketch& sketch = prepared_.doc->sketch;
    const auto ask = [&](std::span<const size_t> which) {
      std::vector<IndexHit> asked;
      for (const size_t i : which) asked.push_back(hits_[places[i]]);
      return view_.index.Ask(sketch, asked);
    };
    absl::StatusOr<std::vector<ComparisonSource::Found>> docs =
        view_.source.GetLike(ids, sketch, ask);
    if (!docs.ok()) return docs.status();
    for (size_t i = 0; i < places.size(); ++i) {
      scored_[places[i]].doc = std::move((*docs)[i].doc);
      unlike_[places[i]] = (*docs)[i].unlike;
    }
    return absl::OkStatus();
  }

  // Those before `end`, by one version of the statistics.
  void Compare(size_t end) {
    std::vector<ScoredCandidate*> due;
    const StreamStatistics::View statistics(view_.statistics);
    const uint64_t version = statistics.version();
    prepared_.outlook.learnt = version;
    for (ScoredCandidate& candidate : std::span(scored_).first(end)) {
      if (candidate.doc == nullptr) continue;
      if (!candidate.learnt.has_value() ||
          (candidate.verdict.rests_on_stream && candidate.learnt != version)) {
        due.push_back(&candidate);
      }
      candidate.learnt = version;
    }
    Comparer comparer(*prepared_.doc, DayOf(prepared_.article.id.TimeMs()), statistics);
    const auto doc_at = [&](size_t n) { return n < due.size() ? due[n]->doc.get() : nullptr; };
    for (size_t n = 0; n < due.size(); ++n) {
      Comparer::Prefetch(doc_at(n + Comparer::kSoon), doc_at(n + Comparer::kLater));
      due[n]->verdict = comparer.Compare(*due[n]->doc, DayOf(due[n]->hit.id.TimeMs()));
    }
    view_.comparisons.fetch_add(due.size(), std::memory_order_relaxed);
  }

  // Whether the first tell of a template.
  [[nodiscard]] bool IsTemplate() const {
    return prepared_.doc->has_domain && hits_.size() > kTellTemplate &&
           std::ranges::all_of(
               std::span(scored_).first(kTellTemplate), [](const ScoredCandidate& candidate) {
                 const Verdict& verdict = candidate.verdict;
                 return candidate.doc != nullptr && verdict.same_domain &&
                        verdict.rests_on_stream && verdict.relation == Relation::kNone;
               });
  }

  // The first so many are what the file was compared with.
  void Settle(size_t wanted) {
    Outlook& outlook = prepared_.outlook;
    outlook.more_of_template.assign(hits_.begin() + static_cast<std::ptrdiff_t>(wanted),
                                    hits_.end());
    outlook.unlike.clear();
    std::vector<ScoredCandidate>& candidates = outlook.candidates;
    candidates.clear();
    for (size_t i = 0; i < wanted; ++i) {
      // A posting is a hint: the article behind it may be gone.
      if (scored_[i].doc == nullptr) {
        outlook.unlike.push_back(hits_[i]);
      } else {
        candidates.push_back(std::move(scored_[i]));
      }
    }
    // What is told of a file that is no copy; here, so that deciding need not compare.
    const ScoredCandidate* const best = BestMatch(candidates);
    if (best != nullptr && best->verdict.sampled) {
      candidates[static_cast<size_t>(best - candidates.data())].whole =
          WholeScores(prepared_, *best);
    }
  }

  const StoredView& view_;
  PreparedFile& prepared_;
  const std::vector<IndexHit> hits_;
  std::vector<ScoredCandidate> scored_;  // by their places in hits_
  std::vector<bool> unlike_;
};

}  // namespace

absl::Status FindAndCompare(const StoredView& view, PreparedFile& prepared) {
  Outlook& outlook = prepared.outlook;
  if (!prepared.article.HasUsableText() || IsOutsideWindow(view, prepared)) {
    outlook.candidates.clear();
    outlook.unlike.clear();
    outlook.more_of_template.clear();
    return absl::OkStatus();
  }
  std::optional<std::vector<IndexHit>> hits = FindNow(view, prepared, outlook);
  if (!hits.has_value()) {
    if (outlook.learnt == view.statistics.version()) return absl::OkStatus();
    hits = KnownHits(outlook, {});
  }
  outlook.compared = true;
  return CandidateComparison(view, prepared, *std::move(hits)).Run();
}

}  // namespace wirefold
