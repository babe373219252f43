#include "lib/pipeline/decider.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "lib/base/limits.h"
#include "lib/store/records.h"
#include "lib/text/matching.h"

namespace wirefold {
namespace {

bool Contains(const std::vector<Hash128>& hashes, const Hash128& hash) {
  return std::find(hashes.begin(), hashes.end(), hash) != hashes.end();
}

// The representatives of other stories that share much, the best first.
std::vector<Ulid> RelatedTo(std::span<const ScoredCandidate> candidates, const Ulid& story,
                            const StoryTable& stories) {
  std::vector<ScoredCandidate> related;
  for (const ScoredCandidate& candidate : candidates) {
    const bool close = candidate.verdict.related || candidate.verdict.relation != Relation::kNone;
    if (close && stories.StoryOf(candidate.hit.id) != story) related.push_back(candidate);
  }
  std::sort(related.begin(), related.end(), BetterMatch);
  std::vector<Ulid> ids;
  for (const ScoredCandidate& candidate : related) {
    const Ulid id = stories.RepresentativeOf(stories.StoryOf(candidate.hit.id));
    if (ids.size() < Decider::kMaxRelated && std::ranges::find(ids, id) == ids.end()) {
      ids.push_back(id);
    }
  }
  return ids;
}

void SetScores(const PreparedFile& prepared, FileOutcome& outcome) {
  const ScoredCandidate* best = BestMatch(prepared.outlook.candidates);
  if (best == nullptr) return;
  outcome.compared = true;
  outcome.match.scores = WholeScores(prepared, *best);
}

Match ExactMatch(const TextOwner& owner) {
  return {Relation::kExact, owner.id, {1'000'000, 1'000'000, 1'000'000}};
}

// The outcome of a file whose URL is not known.
FileOutcome OutcomeOfNewUrl(const PreparedFile& prepared, const std::optional<TextOwner>& owner,
                            const StoryTable& stories) {
  FileOutcome outcome;
  outcome.warnings = prepared.article.article.warnings;
  outcome.id = prepared.article.id;
  if (owner.has_value()) {
    outcome.status = FileStatus::kDuplicate;
    outcome.match = ExactMatch(*owner);
    outcome.compared = true;
    outcome.story_id = owner->story_id;
  } else if (const ScoredCandidate* copy = BestCopy(prepared.outlook.candidates)) {
    outcome.status = FileStatus::kDuplicate;
    outcome.match = {copy->verdict.relation, copy->hit.id, copy->verdict.scores};
    outcome.compared = true;
    outcome.story_id = stories.StoryOf(copy->hit.id);
    outcome.related = RelatedTo(prepared.outlook.candidates, outcome.story_id, stories);
  } else {
    outcome.status = FileStatus::kNew;
    outcome.story_id = outcome.id;
    SetScores(prepared, outcome);
    outcome.related = RelatedTo(prepared.outlook.candidates, outcome.story_id, stories);
  }
  outcome.representative_id = stories.RepresentativeOf(outcome.story_id);
  return outcome;
}

// The outcome of a file whose URL is known.
FileOutcome OutcomeOfKnownUrl(const PreparedFile& prepared, const UrlState& state,
                              const StoryTable& stories) {
  FileOutcome outcome;
  outcome.warnings = prepared.article.article.warnings;
  outcome.id = state.id;
  outcome.story_id = state.story_id;
  outcome.representative_id = stories.RepresentativeOf(state.story_id);
  if (Contains(state.text_hashes, prepared.article.text_hash)) {
    outcome.status = FileStatus::kUnchanged;
  } else {
    outcome.status = FileStatus::kRevision;
    SetScores(prepared, outcome);
    outcome.related = RelatedTo(prepared.outlook.candidates, state.story_id, stories);
  }
  return outcome;
}

// The outcome of a file whose URL or text was deleted and is not wanted back.
FileOutcome OutcomeOfBlocked() {
  FileOutcome outcome;
  outcome.status = FileStatus::kRejected;
  outcome.reason = Reason::kRemoved;
  outcome.message =
      "an article with this URL or this text was deleted here and blocked from coming back";
  return outcome;
}

// The relation of the other side.
Relation Reversed(Relation relation) {
  if (relation == Relation::kExcerpt) return Relation::kExtended;
  if (relation == Relation::kExtended) return Relation::kExcerpt;
  return relation;
}

}  // namespace

FileOutcome RefusedOutcome(const absl::Status& refusal) {
  FileOutcome outcome;
  outcome.status = FileStatus::kRejected;
  outcome.reason = ReasonOf(refusal);
  outcome.message = std::string(refusal.message());
  return outcome;
}

FileOutcome Decider::Foresee(const PreparedFile& prepared) const {
  const Outlook& outlook = prepared.outlook;
  if (outlook.found.is_blocked && !IsKnown(prepared)) return OutcomeOfBlocked();
  FileOutcome outcome =
      outlook.found.url.has_value()
          ? OutcomeOfKnownUrl(prepared, *outlook.found.url, stories_)
          : OutcomeOfNewUrl(prepared,
                            prepared.article.HasUsableText() ? outlook.found.text : std::nullopt,
                            stories_);
  WarnOfWindow(prepared, outcome);
  return outcome;
}

absl::StatusOr<std::optional<KnownUrl>> Decider::FindUrl(PreparedFile& prepared) {
  Outlook& outlook = prepared.outlook;
  const NormalizedArticle& article = prepared.article;
  std::optional<KnownUrl> recent = overlay_.FindUrl(article.identity);
  if (!overlay_.Covers(outlook.committed)) {
    // The file waited so long that the overlay has forgotten what came after its look-up.
    outlook.committed = view_.committed.load(std::memory_order_acquire);
    absl::StatusOr<Store::Found> found = view_.store.Lookup(article.identity, article.text_hash);
    if (!found.ok()) return found.status();
    outlook.found = *std::move(found);
    outlook.newest.reset();
    if (!outlook.found.url.has_value() && !recent.has_value()) {
      if (absl::Status minted = MintFreeId(view_.store, prepared.article); !minted.ok()) {
        return minted;
      }
    }
  }
  KnownUrl known;
  if (recent.has_value()) {
    known = *std::move(recent);
  } else if (outlook.found.url.has_value()) {
    known.state = *outlook.found.url;
    if (outlook.newest.has_value()) known.newest = *outlook.newest;
  } else {
    return std::nullopt;
  }
  const bool revision = !Contains(known.state.text_hashes, article.text_hash);
  if (revision && known.newest.record == nullptr && outlook.newest.has_value() &&
      outlook.found.url == known.state) {
    known.newest = *outlook.newest;  // nothing has come since the look-up
  }
  if (revision && known.newest.record == nullptr) {
    // Committed, or the overlay would have it.
    absl::StatusOr<NewestRecord> newest = view_.store.ReadNewest(known.state);
    if (!newest.ok()) return newest.status();
    known.newest = *std::move(newest);
  }
  return known;
}

void Decider::Learn(PreparedFile& prepared, Mutation& mutation) {
  const NormalizedArticle& article = prepared.article;
  mutation.text_hash = article.text_hash;
  const ScoredCandidate* const copy = BestCopy(prepared.outlook.candidates);
  if (mutation.kind == Mutation::Kind::kNew) {
    mutation.learning = Learning::kFull;
  } else if (mutation.match.relation == Relation::kExact || copy == nullptr ||
             copy->verdict.same_domain) {
    mutation.learning = Learning::kShingles;
  } else {
    mutation.learning = Learning::kDomain;
  }
  prepared.learnt.learning = mutation.learning;
  const int64_t at_ms = prepared.learnt.at_ms;
  const bool is_believed = !prepared.learnt.ahead;
  learner_.Learn(sequence_, std::move(prepared.learnt));
  const StreamPosition& position = learner_.statistics().position();
  if (is_believed && position.has_value()) index_.Advance(at_ms, position.ms());
}

void Decider::WarnOfWindow(const PreparedFile& prepared, FileOutcome& outcome) const {
  if (outcome.status == FileStatus::kUnchanged || !IsOutsideWindow(view_, prepared)) return;
  outcome.warnings.push_back(Warning::kOutsideWindow);
}

void Decider::Expect(const PreparedFile& prepared) const {
  if (!prepared.error.ok() || !prepared.store_error.ok()) return;
  overlay_.Prefetch(prepared.article.identity, prepared.article.text_hash);
  index_.Prefetch(prepared.outlook.index);
}

absl::StatusOr<Decision> Decider::Decide(PreparedFile& prepared) {
  overlay_.Trim(view_.committed.load(std::memory_order_acquire));
  absl::StatusOr<std::optional<KnownUrl>> known = FindUrl(prepared);
  if (!known.ok()) return known.status();
  Decision decision;
  const bool is_known =
      known->has_value() && Contains((*known)->state.text_hashes, prepared.article.text_hash);
  if (prepared.outlook.found.is_blocked && !is_known) {
    decision.outcome = OutcomeOfBlocked();
    return decision;
  }
  if (known->has_value()) {
    if (!is_known) {
      if (absl::Status status = FindAndCompare(view_, prepared); !status.ok()) return status;
      decision.outcome = OutcomeOfKnownUrl(prepared, (*known)->state, stories_);
      WarnOfWindow(prepared, decision.outcome);
      const Outlook& outlook = prepared.outlook;
      const NewestRecord& newest = (*known)->newest;
      const bool is_seen = outlook.newest.has_value() && outlook.newest->record == newest.record;
      if (is_seen ? outlook.follows_unrelated : FollowsUnrelatedText(prepared, newest)) {
        decision.outcome.warnings.push_back(Warning::kUnrelatedText);
      }
      Revise(prepared, **std::move(known), decision);
    } else {
      decision.outcome = OutcomeOfKnownUrl(prepared, (*known)->state, stories_);
    }
    return decision;
  }
  if (absl::Status status = Admit(prepared, decision); !status.ok()) return status;
  return decision;
}

void Decider::Revise(PreparedFile& prepared, KnownUrl known, Decision& decision) {
  const NormalizedArticle& article = prepared.article;
  UrlState& state = known.state;
  Mutation mutation;
  mutation.kind = Mutation::Kind::kRevision;
  mutation.id = state.id;
  mutation.story_id = state.story_id;
  mutation.identity = article.identity;
  mutation.record = prepared.record;
  mutation.text_hash = article.text_hash;
  mutation.raw = prepared.raw;
  mutation.match = known.newest.match;
  // The order of revisions is that of time, then of the text's hash, whichever came first.
  const int64_t at_ms = article.id.TimeMs();
  mutation.becomes_newest =
      std::pair(at_ms, article.text_hash) > std::pair(state.newest_at_ms, state.newest_text_hash);
  mutation.older_at_ms = mutation.becomes_newest ? state.newest_at_ms : at_ms;
  mutation.older_text_hash = mutation.becomes_newest ? state.newest_text_hash : article.text_hash;
  state.text_hashes.push_back(article.text_hash);
  if (mutation.becomes_newest) {
    mutation.previous = known.newest.record;
    known.newest.record = prepared.record;
    state.newest_at_ms = at_ms;
    state.newest_text_hash = article.text_hash;
    // Whoever asks for the article's text gets this one from now on, indexed or not.
    Pin(state.id, prepared, /*revised=*/true, decision);
    // Of what others are compared with.
    const std::vector<Ulid> variants = stories_.VariantsOf(state.story_id);
    if (stories_.RepresentativeOf(state.story_id) == state.id ||
        std::ranges::find(variants, state.id) != variants.end()) {
      mutation.sketch = prepared.doc->sketch;
      index_.Add(state.id, prepared.doc->sketch, /*is_new=*/false, &prepared.outlook.index.keys);
    }
  }
  // Whose text it is, is settled by who had it first.
  if (article.HasUsableText() && overlay_.FindText(article.text_hash) == nullptr &&
      !prepared.outlook.found.text.has_value()) {
    mutation.new_text = article.text_hash;
  }
  mutation.url = state;
  decision.sequence = ++sequence_;
  overlay_.Put(decision.sequence, article.identity, std::move(known), mutation.new_text);
  decision.mutation = std::move(mutation);
}

absl::Status Decider::Admit(PreparedFile& prepared, Decision& decision) {
  const NormalizedArticle& article = prepared.article;
  std::optional<TextOwner> owner;
  if (article.HasUsableText()) {
    owner = prepared.outlook.found.text;
    if (const TextOwner* recent = overlay_.FindText(article.text_hash)) owner = *recent;
  }
  if (!owner.has_value()) {
    if (absl::Status status = FindAndCompare(view_, prepared); !status.ok()) return status;
  }
  decision.outcome = OutcomeOfNewUrl(prepared, owner, stories_);
  WarnOfWindow(prepared, decision.outcome);

  // Ahead of adding it, so that what is newer than all before is not taken for a wrong date.
  if (!prepared.learnt.ahead) index_.Advance(prepared.learnt.at_ms, std::nullopt);

  Mutation mutation;
  mutation.id = decision.outcome.id;
  mutation.story_id = decision.outcome.story_id;
  mutation.identity = article.identity;
  mutation.record = prepared.record;
  mutation.raw = prepared.raw;
  mutation.match = decision.outcome.match;
  mutation.url = {.id = mutation.id,
                  .story_id = mutation.story_id,
                  .newest_at_ms = mutation.id.TimeMs(),
                  .newest_text_hash = article.text_hash,
                  .text_hashes = {article.text_hash}};
  if (article.HasUsableText() && !owner.has_value()) mutation.new_text = article.text_hash;
  if (decision.outcome.status == FileStatus::kNew) {
    mutation.kind = Mutation::Kind::kNew;
    mutation.match = {};
    // Of what is older than the window nobody will look for it.
    if (mutation.id.TimeMs() >= index_.floor_ms()) mutation.sketch = prepared.doc->sketch;
    Index(mutation.id, prepared, decision);
  } else {
    mutation.kind = Mutation::Kind::kDuplicate;
    if (absl::Status status = ElectIfBetter(prepared, mutation, decision); !status.ok()) {
      return status;
    }
  }
  decision.sequence = ++sequence_;
  overlay_.Put(decision.sequence, article.identity,
               {mutation.url, {mutation.record, mutation.match}}, mutation.new_text);
  Learn(prepared, mutation);
  decision.mutation = std::move(mutation);
  return absl::OkStatus();
}

absl::Status Decider::ElectIfBetter(PreparedFile& prepared, Mutation& mutation,
                                    Decision& decision) {
  if (!prepared.article.HasUsableText()) return absl::OkStatus();
  const Ulid& story_id = mutation.story_id;
  const Ulid representative = stories_.RepresentativeOf(story_id);
  absl::StatusOr<std::vector<ComparisonSource::Doc>> docs =
      view_.source.Get(std::span(&representative, 1));
  if (!docs.ok()) return docs.status();
  const ComparisonSource::Doc& stored = docs->front();
  if (stored == nullptr ||
      !StandsBefore(prepared.doc->standing, mutation.id, stored->standing, representative)) {
    return absl::OkStatus();
  }
  Election election;
  election.story_id = story_id;
  election.from = representative;
  election.to = mutation.id;
  election.sketch = prepared.doc->sketch;
  election.from_match = {Reversed(mutation.match.relation), mutation.id, mutation.match.scores};
  if (mutation.match.matched_id != representative) {
    // It was matched with another of the story: the two have not been compared yet.
    const StreamStatistics::View statistics(view_.statistics);
    Comparer comparer(*stored, DayOf(representative.TimeMs()), statistics);
    const Verdict verdict = comparer.Compare(*prepared.doc, DayOf(mutation.id.TimeMs()));
    election.from_match.scores = verdict.scores;
    election.from_match.relation =
        verdict.relation == Relation::kNone ? Relation::kNear : verdict.relation;
  }
  stories_.SetRepresentative(story_id, mutation.id);
  stories_.AddVariant(story_id, representative);
  const std::vector<Ulid> variants = stories_.VariantsOf(story_id);
  if (variants.size() > kMaxVariants) {
    election.forgotten_variant = variants.front();
    index_.Remove(variants.front());
    stories_.Remove(variants.front());
  }
  Index(mutation.id, prepared, decision);
  decision.outcome.representative_id = mutation.id;
  mutation.election = std::move(election);
  return absl::OkStatus();
}

void Decider::Forget(const Removal& removal) {
  for (const Ulid& id : removal.ids) {
    index_.Remove(id);
    view_.source.Forget(id);
  }
  if (removal.election.has_value()) {
    const Election& election = *removal.election;
    index_.Add(election.to, election.sketch);
    view_.source.Forget(election.to);  // its sketch may be cached, of an older text
    stories_.SetRepresentative(removal.story_id, election.to);
  }
  const Ulid representative = stories_.RepresentativeOf(removal.story_id);
  for (const Ulid& id : removal.ids) stories_.Remove(id);
  if (std::ranges::find(removal.ids, representative) != removal.ids.end()) {
    stories_.RemoveStory(removal.story_id);
  }
  // Each has its event. What was looked up before knows of what is gone: it is looked up again.
  sequence_ += removal.ids.size();
  overlay_.Forget(sequence_);
}

void Decider::Pin(const Ulid& id, const PreparedFile& prepared, bool revised, Decision& decision) {
  view_.source.Pin(id, prepared.doc, revised);
  decision.pinned = true;
}

void Decider::Index(const Ulid& id, PreparedFile& prepared, Decision& decision) {
  if (prepared.article.HasUsableText()) Pin(id, prepared, /*revised=*/false, decision);
  index_.Add(id, prepared.doc->sketch, /*is_new=*/true, &prepared.outlook.index.keys);
}

}  // namespace wirefold
