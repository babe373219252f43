#include "lib/pipeline/prepare.h"

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "lib/article/identity.h"
#include "lib/article/normalize.h"
#include "lib/base/limits.h"
#include "lib/dedup/shingles.h"
#include "lib/pipeline/learner.h"
#include "lib/store/records.h"
#include "lib/text/matching.h"

namespace wirefold {

namespace {

Origin OriginOf(const CanonicalArticle& article) {
  const bool has_published_at = article.published_source == PublishedSource::kMetadata ||
                                article.published_source == PublishedSource::kDateLine;
  return {article.host,
          article.registrable_domain,
          article.source,
          article.title,
          {article.dateline, article.observed_at_ms, article.published_at_ms, has_published_at}};
}

}  // namespace

PreparedFile PrepareFile(const IncomingFile& file, const UrlRules& url_rules, int64_t now_ms,
                         StageClock* stages) {
  PreparedFile prepared;
  absl::StatusOr<NormalizedArticle> article = Normalize(
      {.bytes = file.bytes, .source = file.source, .hints = file.hints}, url_rules, stages);
  if (!article.ok()) {
    prepared.error = article.status();
    return prepared;
  }
  prepared.article = *std::move(article);
  const StageScope sketch(stages, Stage::kSketch);
  const Tokens tokens = Tokenize(prepared.article.matching_text);
  const Shingles shingles = MakeShingles(tokens);
  ComparisonDoc doc = MakeComparisonDoc(prepared.article.matching_text, tokens, shingles,
                                        OriginOf(prepared.article.article));
  if (prepared.article.HasUsableText()) doc.sketch = MakeSketch(shingles);
  prepared.doc = std::make_shared<const ComparisonDoc>(std::move(doc));
  prepared.ingested_at_ms = now_ms;
  {
    const StageScope store(stages, Stage::kStore);
    prepared.record = EncodeRecord(prepared.article, now_ms);
  }
  prepared.learnt =
      MakeLearntArticle(LearntAtMs(prepared.article.id, now_ms), now_ms, *prepared.doc);
  return prepared;
}

absl::Status MintFreeId(const Store& store, NormalizedArticle& article) {
  for (;;) {
    const absl::StatusOr<bool> taken = store.IsTaken(article.id);
    if (!taken.ok()) return taken.status();
    if (!*taken) return absl::OkStatus();
    article.id = Ulid::Make(article.id.TimeMs(), NextIdentity(article.id));
  }
}

bool IsOutsideWindow(const StoredView& view, const PreparedFile& prepared) {
  return prepared.article.id.TimeMs() < view.index.floor_ms();
}

namespace {

bool BetterCopy(const ScoredCandidate& a, const ScoredCandidate& b) {
  return std::tuple(b.verdict.scores.jaccard_ppm, b.verdict.scores.score_ppm, a.hit.id) <
         std::tuple(a.verdict.scores.jaccard_ppm, a.verdict.scores.score_ppm, b.hit.id);
}

}  // namespace

bool BetterMatch(const ScoredCandidate& a, const ScoredCandidate& b) {
  return std::tuple(b.verdict.scores.score_ppm, b.verdict.scores.jaccard_ppm, a.hit.id) <
         std::tuple(a.verdict.scores.score_ppm, a.verdict.scores.jaccard_ppm, b.hit.id);
}

const ScoredCandidate* BestCopy(std::span<const ScoredCandidate> candidates) {
  const ScoredCandidate* best = nullptr;
  for (const ScoredCandidate& candidate : candidates) {
    if (candidate.verdict.relation == Relation::kNone) continue;
    if (best == nullptr || BetterCopy(candidate, *best)) best = &candidate;
  }
  return best;
}

const ScoredCandidate* BestMatch(std::span<const ScoredCandidate> candidates) {
  const auto best = std::ranges::min_element(candidates, BetterMatch);
  return best == candidates.end() ? nullptr : &*best;
}

Scores WholeScores(const PreparedFile& prepared, const ScoredCandidate& candidate) {
  Scores scores = candidate.verdict.scores;
  if (!candidate.verdict.sampled) return scores;
  if (candidate.whole.has_value()) return *candidate.whole;
  const Scores whole = CompareTexts(*prepared.doc, *candidate.doc);
  scores.jaccard_ppm = whole.jaccard_ppm;
  scores.containment_ppm = whole.containment_ppm;
  return scores;
}

bool IsKnown(const PreparedFile& prepared) {
  const std::optional<UrlState>& url = prepared.outlook.found.url;
  return url.has_value() && std::find(url->text_hashes.begin(), url->text_hashes.end(),
                                      prepared.article.text_hash) != url->text_hashes.end();
}

bool FollowsUnrelatedText(const PreparedFile& prepared, const NewestRecord& newest) {
  if (!prepared.article.HasUsableText()) return false;
  const absl::StatusOr<RecordFields> fields = PeekRecord(*newest.record);
  if (!fields.ok()) return false;  // whoever reads it next says so
  const MatchingText matching = ToMatching(fields->text);
  if (matching.letters < kMinMatchingLetters) return false;
  return AreUnrelated(CompareTexts(*prepared.doc, MakeComparisonDoc(matching.text, {})));
}

namespace {

// What the store has of the file's URL, once its look-up is there. Whether candidates are wanted:
// not where what was looked up answers already.
absl::StatusOr<bool> ReadStored(const StoredView& view, PreparedFile& prepared) {
  Outlook& outlook = prepared.outlook;
  if (outlook.found.url.has_value()) {
    if (IsKnown(prepared)) return false;  // seen before, and stays so
    absl::StatusOr<NewestRecord> newest = view.store.ReadNewest(*outlook.found.url);
    // Deleted since the look-up, which is then made again.
    if (ReasonOf(newest.status()) == Reason::kNotFound) return true;
    if (!newest.ok()) return newest.status();
    outlook.newest = *std::move(newest);
    outlook.follows_unrelated = FollowsUnrelatedText(prepared, *outlook.newest);
    return true;
  }
  if (absl::Status minted = MintFreeId(view.store, prepared.article); !minted.ok()) return minted;
  return !outlook.found.text.has_value();  // or the exact tier answers
}

}  // namespace

void LookAhead(const StoredView& view, std::span<PreparedFile* const> files, StageClock* stages) {
  std::vector<PreparedFile*> wanted;
  {
    const StageScope store(stages, Stage::kStore);
    std::vector<PreparedFile*> usable;
    std::vector<Store::Sought> sought;
    for (PreparedFile* const file : files) {
      if (!file->error.ok()) continue;
      usable.push_back(file);
      sought.push_back({file->article.identity, file->article.text_hash});
    }
    if (usable.empty()) return;
    // Read before the look-up: what is committed by now, the look-up sees.
    const uint64_t committed = view.committed.load(std::memory_order_acquire);
    absl::StatusOr<std::vector<Store::Found>> found = view.store.LookupAll(sought);
    for (size_t i = 0; i < usable.size(); ++i) {
      PreparedFile& file = *usable[i];
      if (!found.ok()) {
        file.store_error = found.status();
        continue;
      }
      file.outlook.committed = committed;
      file.outlook.found = std::move((*found)[i]);
      const absl::StatusOr<bool> wants_candidates = ReadStored(view, file);
      if (!wants_candidates.ok()) {
        file.store_error = wants_candidates.status();
      } else if (*wants_candidates) {
        wanted.push_back(&file);
      }
    }
  }
  if (wanted.empty()) return;
  const StageScope candidates(stages, Stage::kCandidates);
  view.index.Post();  // so that whoever decides need not
  for (PreparedFile* const file : wanted) file->store_error = FindAndCompare(view, *file);
}

FindOptions FindOptionsOf(const StoredView& view, const PreparedFile& prepared) {
  return {.time_ms = prepared.article.id.TimeMs(),
          .window_ms = view.window_ms,
          .max_hits = kMaxCandidates};
}

namespace {

// All that were found last time, the most promising first.
std::vector<IndexHit> KnownHits(const Outlook& outlook) {
  std::vector<IndexHit> hits;
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
    const std::optional<std::vector<IndexHit>> later =
        view.index.FindSince(prepared.doc->sketch, options, outlook.index);
    if (later.has_value()) {
      if (later->empty()) return std::nullopt;
      std::vector<IndexHit> hits = KnownHits(outlook);
      hits.insert(hits.end(), later->begin(), later->end());
      std::sort(hits.begin(), hits.end(), MorePromising);
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
    hits = KnownHits(outlook);
  }
  outlook.compared = true;
  return CandidateComparison(view, prepared, *std::move(hits)).Run();
}

}  // namespace wirefold
