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

absl::Status LookAhead(const StoredView& view, PreparedFile& prepared, StageClock* stages) {
  const StageScope store(stages, Stage::kStore);
  Outlook& outlook = prepared.outlook;
  // Read before the look-up: what is committed by now, the look-up sees.
  outlook.committed = view.committed.load(std::memory_order_acquire);
  absl::StatusOr<Store::Found> found =
      view.store.Lookup(prepared.article.identity, prepared.article.text_hash);
  if (!found.ok()) return found.status();
  outlook.found = *std::move(found);
  if (outlook.found.url.has_value()) {
    if (IsKnown(prepared)) return absl::OkStatus();  // seen before, and stays so
    absl::StatusOr<NewestRecord> newest = view.store.ReadNewest(*outlook.found.url);
    if (!newest.ok()) return newest.status();
    outlook.newest = *std::move(newest);
    outlook.follows_unrelated = FollowsUnrelatedText(prepared, *outlook.newest);
  } else {
    absl::Status minted = MintFreeId(view.store, prepared.article);
    if (!minted.ok()) return minted;
    if (outlook.found.text.has_value()) return absl::OkStatus();  // the exact tier answers
  }
  const StageScope candidates(stages, Stage::kCandidates);
  view.index.Post();  // so that whoever decides need not
  return FindAndCompare(view, prepared);
}

FindOptions FindOptionsOf(const StoredView& view, const PreparedFile& prepared) {
  return {.time_ms = prepared.article.id.TimeMs(),
          .window_ms = view.window_ms,
          .max_hits = kMaxCandidates};
}

namespace {

// The candidates that the index has now; nullopt: those of last time.
std::optional<std::vector<IndexHit>> FindNow(const StoredView& view, const PreparedFile& prepared,
                                             Outlook& outlook) {
  const FindOptions options = FindOptionsOf(view, prepared);
  if (outlook.compared) {
    const std::optional<std::vector<IndexHit>> later =
        view.index.FindSince(prepared.doc->sketch, options, outlook.index);
    if (later.has_value()) {
      if (later->empty()) return std::nullopt;
      std::vector<IndexHit> hits;
      for (const ScoredCandidate& candidate : outlook.candidates) hits.push_back(candidate.hit);
      hits.insert(hits.end(), outlook.unlike.begin(), outlook.unlike.end());
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

}  // namespace

absl::Status FindAndCompare(const StoredView& view, PreparedFile& prepared) {
  Outlook& outlook = prepared.outlook;
  if (!prepared.article.HasUsableText() || IsOutsideWindow(view, prepared)) {
    outlook.candidates.clear();
    outlook.unlike.clear();
    return absl::OkStatus();
  }
  std::optional<std::vector<IndexHit>> found = FindNow(view, prepared, outlook);
  const bool found_anew = found.has_value();
  if (!found_anew) {
    if (outlook.learnt == view.statistics.version()) return absl::OkStatus();
    found.emplace();
    for (const ScoredCandidate& candidate : outlook.candidates) found->push_back(candidate.hit);
  }
  const std::vector<IndexHit>& hits = *found;
  outlook.compared = true;
  std::vector<ScoredCandidate> known = std::move(outlook.candidates);
  const std::vector<IndexHit> known_unlike =
      found_anew ? std::exchange(outlook.unlike, {}) : std::vector<IndexHit>();
  std::vector<ScoredCandidate>& scored = outlook.candidates;
  scored = std::vector<ScoredCandidate>(hits.size());
  std::vector<Ulid> ids;
  std::vector<size_t> ids_at;
  for (size_t i = 0; i < hits.size(); ++i) {
    const auto same = std::find_if(known.begin(), known.end(), [&](const ScoredCandidate& one) {
      return one.hit.entry == hits[i].entry;
    });
    if (same != known.end()) {
      scored[i] = std::move(*same);
    } else if (std::ranges::any_of(
                   known_unlike, [&](const IndexHit& one) { return one.entry == hits[i].entry; })) {
      outlook.unlike.push_back(hits[i]);
    } else {
      ids.push_back(hits[i].id);
      ids_at.push_back(i);
    }
    scored[i].hit = hits[i];
  }
  // A posting is a hint: the article behind it may be gone.
  const auto drop_missing = [&] {
    std::erase_if(scored, [](const ScoredCandidate& one) { return one.doc == nullptr; });
  };
  if (!ids.empty()) {
    const auto ask = [&](std::span<const size_t> which) {
      std::vector<IndexHit> asked;
      for (const size_t i : which) asked.push_back(hits[ids_at[i]]);
      return view.index.Ask(prepared.doc->sketch, asked);
    };
    absl::StatusOr<std::vector<ComparisonSource::Found>> docs =
        view.source.GetLike(ids, prepared.doc->sketch, ask);
    if (!docs.ok()) return docs.status();
    for (size_t i = 0; i < ids.size(); ++i) {
      scored[ids_at[i]].doc = std::move((*docs)[i].doc);
      if ((*docs)[i].unlike) outlook.unlike.push_back(hits[ids_at[i]]);
    }
  } else if (outlook.learnt == view.statistics.version()) {
    drop_missing();
    return absl::OkStatus();
  }

  const StreamStatistics::View statistics(view.statistics);
  const bool stale = outlook.learnt != statistics.version();
  outlook.learnt = statistics.version();
  Comparer comparer(*prepared.doc, DayOf(prepared.article.id.TimeMs()), statistics);
  uint64_t compared = 0;
  const auto doc_at = [&](size_t n) {  // of those that are new
    return n < ids_at.size() ? scored[ids_at[n]].doc.get() : nullptr;
  };
  for (size_t i = 0, next = 0; i < scored.size(); ++i) {
    ScoredCandidate& candidate = scored[i];
    const bool is_new = next < ids_at.size() && ids_at[next] == i;
    if (is_new) ++next;
    Comparer::Prefetch(doc_at(next + Comparer::kSoon), doc_at(next + Comparer::kLater));
    if (candidate.doc == nullptr || !(is_new || (stale && candidate.verdict.rests_on_stream))) {
      continue;
    }
    candidate.verdict = comparer.Compare(*candidate.doc, DayOf(candidate.hit.id.TimeMs()));
    ++compared;
  }
  drop_missing();
  // What is told of a file that is no copy; here, so that deciding need not compare.
  const ScoredCandidate* const best = BestMatch(scored);
  if (best != nullptr && best->verdict.sampled) {
    scored[static_cast<size_t>(best - scored.data())].whole = WholeScores(prepared, *best);
  }
  view.comparisons.fetch_add(compared, std::memory_order_relaxed);
  return absl::OkStatus();
}

}  // namespace wirefold
