#include "lib/pipeline/prepare.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "lib/article/identity.h"
#include "lib/article/normalize.h"
#include "lib/dedup/shingles.h"
#include "lib/pipeline/learner.h"

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

PreparedFile PrepareFile(const IncomingFile& file, const UrlRules& url_rules, int64_t now_ms) {
  PreparedFile prepared;
  absl::StatusOr<NormalizedArticle> article =
      Normalize({.bytes = file.bytes, .source = file.source, .hints = file.hints}, url_rules);
  if (!article.ok()) {
    prepared.error = article.status();
    return prepared;
  }
  prepared.article = *std::move(article);
  const Tokens tokens = Tokenize(prepared.article.matching_text);
  const Shingles shingles = MakeShingles(tokens);
  if (prepared.article.HasUsableText()) prepared.sketch = MakeSketch(shingles);
  prepared.doc = std::make_shared<const ComparisonDoc>(MakeComparisonDoc(
      prepared.article.matching_text, tokens, shingles, OriginOf(prepared.article.article)));
  prepared.ingested_at_ms = now_ms;
  prepared.record = EncodeRecord(prepared.article, now_ms);
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

bool IsKnown(const PreparedFile& prepared) {
  const std::optional<UrlState>& url = prepared.outlook.found.url;
  return url.has_value() && std::find(url->text_hashes.begin(), url->text_hashes.end(),
                                      prepared.article.text_hash) != url->text_hashes.end();
}

absl::Status LookAhead(const StoredView& view, PreparedFile& prepared) {
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
  } else {
    absl::Status minted = MintFreeId(view.store, prepared.article);
    if (!minted.ok()) return minted;
    if (outlook.found.text.has_value()) return absl::OkStatus();  // the exact tier answers
  }
  outlook.first_entry = view.index.next_entry();
  outlook.learnt = view.statistics.version();
  absl::StatusOr<std::vector<ScoredCandidate>> candidates = FindAndCompare(view, prepared, 0);
  if (!candidates.ok()) return candidates.status();
  outlook.candidates = *std::move(candidates);
  outlook.compared = true;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ScoredCandidate>> FindAndCompare(const StoredView& view,
                                                            const PreparedFile& prepared,
                                                            uint32_t first_entry) {
  std::vector<ScoredCandidate> scored;
  if (!prepared.article.HasUsableText()) return scored;
  const std::vector<IndexHit> hits =
      view.index.Find(prepared.sketch, {.time_ms = prepared.article.id.TimeMs(),
                                        .window_ms = view.window_ms,
                                        .first_entry = first_entry,
                                        .max_hits = kMaxCandidates});
  if (hits.empty()) return scored;
  std::vector<Ulid> ids;
  ids.reserve(hits.size());
  for (const IndexHit& hit : hits) ids.push_back(hit.id);
  const absl::StatusOr<std::vector<ComparisonSource::Doc>> found = view.source.Get(ids);
  if (!found.ok()) return found.status();
  const std::vector<ComparisonSource::Doc>& docs = *found;
  scored.reserve(hits.size());
  const StreamStatistics::View statistics(view.statistics);
  Comparer comparer(*prepared.doc, DayOf(prepared.article.id.TimeMs()), statistics);
  for (size_t i = 0; i < hits.size(); ++i) {
    // A posting is a hint: the article behind it may be gone.
    if (docs[i] == nullptr) continue;
    scored.push_back({hits[i], comparer.Compare(*docs[i], DayOf(hits[i].id.TimeMs())), docs[i]});
  }
  view.comparisons.fetch_add(scored.size(), std::memory_order_relaxed);
  return scored;
}

}  // namespace wirefold
