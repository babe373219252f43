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

}  // namespace wirefold
