#include "lib/pipeline/checked_candidates.h"

#include <algorithm>
#include <string>
#include <utility>

#include "lib/dedup/compare.h"
#include "lib/dedup/passages.h"
#include "lib/dedup/sketch.h"

namespace wirefold {

std::vector<CheckedCandidate> DescribeCandidates(const Store& store, const PreparedFile& prepared) {
  std::vector<const ScoredCandidate*> best;
  for (const ScoredCandidate& candidate : prepared.outlook.candidates) best.push_back(&candidate);
  std::ranges::stable_sort(best, [](const ScoredCandidate* a, const ScoredCandidate* b) {
    return a->verdict.scores.score_ppm > b->verdict.scores.score_ppm;
  });
  if (best.size() > kMaxCheckedCandidates) best.resize(kMaxCheckedCandidates);
  std::vector<Ulid> ids;
  for (const ScoredCandidate* candidate : best) ids.push_back(candidate->hit.id);
  const auto texts = store.GetComparisonTexts(ids);
  const PassageFinder passages(prepared.article.article.text);
  std::vector<CheckedCandidate> described;
  for (size_t i = 0; i < best.size(); ++i) {
    const ScoredCandidate& candidate = *best[i];
    CheckedCandidate checked;
    checked.id = ids[i];
    if (texts.ok() && (*texts)[i].has_value()) {
      checked.title = (*texts)[i]->title;
      checked.passages = passages.Compare((*texts)[i]->text);
    }
    checked.bands = candidate.hit.bands;
    checked.anchors = candidate.hit.anchors_shared;
    Verdict verdict = candidate.verdict;
    verdict.scores = WholeScores(prepared, candidate);
    checked.reason = ReasonInWords(verdict);
    checked.match = {verdict.relation, ids[i], verdict.scores};
    checked.explanation = "found by " + std::to_string(candidate.hit.bands) + " of " +
                          std::to_string(kBands) + " bands and " +
                          std::to_string(candidate.hit.anchors_shared) + " anchors; " +
                          Explain(verdict);
    described.push_back(std::move(checked));
  }
  return described;
}

}  // namespace wirefold
