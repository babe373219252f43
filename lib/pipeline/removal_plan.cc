#include "lib/pipeline/removal_plan.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "lib/dedup/election.h"
#include "lib/dedup/shingles.h"
#include "lib/dedup/sketch.h"
#include "lib/text/matching.h"

namespace wirefold {
namespace {

constexpr size_t kPage = 1000;

absl::StatusOr<std::vector<Ulid>> CopiesOf(const Store& store, const Ulid& story_id) {
  std::vector<Ulid> ids;
  std::optional<Ulid> after;
  do {
    const absl::StatusOr<SightingPage> page = store.ListSightings(story_id, after, kPage);
    if (!page.ok()) return page.status();
    for (const StoredArticle& copy : page->sightings) ids.push_back(copy.id);
    after = page->next_after;
  } while (after.has_value());
  return ids;
}

absl::StatusOr<Election> ElectFrom(const Store& store, ComparisonSource& source,
                                   std::span<const Ulid> copies) {
  copies = copies.first(std::min(copies.size(), kMaxElected));
  const absl::StatusOr<std::vector<ComparisonSource::Doc>> docs = source.Get(copies);
  if (!docs.ok()) return docs.status();
  size_t best = 0;
  for (size_t i = 1; i < copies.size(); ++i) {
    const ComparisonSource::Doc& candidate = (*docs)[i];
    const ComparisonSource::Doc& leader = (*docs)[best];
    if (candidate == nullptr) continue;
    if (leader == nullptr ||
        StandsBefore(candidate->standing, copies[i], leader->standing, copies[best])) {
      best = i;
    }
  }
  Election election;
  election.to = copies[best];
  const auto texts = store.GetComparisonTexts(copies.subspan(best, 1));
  if (!texts.ok()) return texts.status();
  if (texts->front().has_value()) {
    const MatchingText matching = ToMatching(texts->front()->text);
    election.sketch = MakeSketch(MakeShingles(Tokenize(matching.text)));
  }
  return election;
}

}  // namespace

absl::StatusOr<Removal> PlanRemoval(const Store& store, ComparisonSource& source,
                                    const DeleteRequest& request, int64_t now_ms) {
  const absl::StatusOr<StoredArticle> article = store.GetArticle(request.id);
  if (!article.ok()) return article.status();
  Removal removal;
  removal.story_id = article->story_id;
  removal.block = request.block;
  removal.at_ms = now_ms;
  removal.ids = {article->id};
  const bool is_representative = article->id == article->representative_id;
  if (!request.whole_story && !is_representative) return removal;
  const absl::StatusOr<std::vector<Ulid>> copies = CopiesOf(store, removal.story_id);
  if (!copies.ok()) return copies.status();
  if (request.whole_story) {
    removal.ids = *copies;
    removal.ids.push_back(article->representative_id);
  } else if (!copies->empty()) {
    absl::StatusOr<Election> election = ElectFrom(store, source, *copies);
    if (!election.ok()) return election.status();
    election->story_id = removal.story_id;
    election->from = article->id;
    removal.election = *std::move(election);
  }
  return removal;
}

}  // namespace wirefold
