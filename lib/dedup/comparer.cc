// The comparison of two texts: Comparer, Compare and CompareTexts of compare.h.
#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "lib/base/prefetch.h"
#include "lib/dedup/compare.h"
#include "lib/dedup/sketch.h"

namespace wirefold {
namespace {

constexpr uint32_t kOne = 1'000'000;

// part / whole in millionths, 0 for an empty whole.
uint32_t Share(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<uint32_t>(part * kOne / whole);
}

// How many values two ascending sequences share, repeats counted.
uint32_t CountSharedRepeats(std::span<const uint32_t> a, std::span<const uint32_t> b) {
  uint32_t shared = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j])
      ++shared, ++i, ++j;
    else if (a[i] < b[j])
      ++i;
    else
      ++j;
  }
  return shared;
}

// The figures among a title's ascending tokens, which stand at its end.
std::span<const uint32_t> FiguresOf(std::span<const uint32_t> title) {
  return title.subspan(
      static_cast<size_t>(std::partition_point(title.begin(), title.end(),
                                               [](Token token) { return !IsNumberToken(token); }) -
                          title.begin()));
}

bool FiguresDiffer(std::span<const uint32_t> title_a, std::span<const uint32_t> title_b) {
  const std::span<const uint32_t> a = FiguresOf(title_a);
  const std::span<const uint32_t> b = FiguresOf(title_b);
  return !a.empty() && !b.empty() && CountSharedRepeats(a, b) == 0;
}

// Of the figures of the text with fewer: how many the other has. All where there are too few.
uint32_t ShareOfFigures(std::span<const uint32_t> a, std::span<const uint32_t> b) {
  const size_t fewer = std::min(a.size(), b.size());
  return fewer < CompareRules::kMinFigures ? kOne : Share(CountSharedRepeats(a, b), fewer);
}

// Whether two texts with few figures, under titles that are alike but for theirs, share none.
bool FewFiguresDiffer(const ComparisonDoc& a, const ComparisonDoc& b) {
  constexpr size_t kMin = CompareRules::kMinFigures;
  const size_t fewer = std::min(a.figures.size(), b.figures.size());
  return fewer + 1 == kMin && CountSharedRepeats(a.figures, b.figures) == 0;
}

// 0 to a million for any sum, half of it at 0: z / (1 + |z|) in place of the logistic function,
// which needs no floating point.
uint32_t ScoreOf(int64_t sum_ppm) {
  const int64_t magnitude = sum_ppm < 0 ? -sum_ppm : sum_ppm;
  const int64_t half = kOne / 2;
  return static_cast<uint32_t>(half + half * sum_ppm / (magnitude + kOne));
}

// shared / (all + kPriorShingles), where one of `rate` shingles was counted.
uint32_t SmoothShare(uint64_t shared, uint64_t all, uint64_t rate) {
  return Share(shared * rate, all * rate + CompareRules::kPriorShingles);
}

// The values of an ascending set of hashes that are no smaller than `from`.
std::span<const uint32_t> ValuesFrom(std::span<const uint32_t> set, uint32_t from) {
  // Hashes are spread evenly, so they begin near where their share of the set does.
  size_t begin = set.size() - static_cast<size_t>(uint64_t{set.size()} * ~from >> 32);
  while (begin > 0 && set[begin - 1] >= from) --begin;
  while (begin < set.size() && set[begin] < from) ++begin;
  return set.subspan(begin);
}

// The share of a text's stretches that are shared, as it is weighed.
uint32_t ShareOfStretches(uint64_t shared, uint64_t all) { return Share(2 * shared, 2 * all + 1); }

template <typename IsSharedAt>
uint32_t CompareStretches(const ComparisonDoc& doc, const DocFacts& facts,
                          const IsSharedAt& is_shared) {
  constexpr size_t kStretch = CompareRules::kStretch;
  struct Stretch {
    uint8_t own = 0;
    uint8_t shared = 0;
  };
  static_assert(kStretch <= UINT8_MAX);
  std::vector<Stretch> stretches((doc.shingles.size() + kStretch - 1) / kStretch);
  facts.ForOwn(doc.shingles.size(), [&](size_t i) {
    Stretch& stretch = stretches[i / kStretch];
    ++stretch.own;
    stretch.shared = static_cast<uint8_t>(stretch.shared + (is_shared(i) ? 1 : 0));
  });
  uint64_t all = 0;
  uint64_t shared = 0;
  for (const Stretch& stretch : stretches) {
    if (stretch.own * 2u < kStretch) continue;
    ++all;
    shared += stretch.shared * 2 >= stretch.own ? 1 : 0;
  }
  return ShareOfStretches(shared, all);
}

// What CompareStretches says at most of a text that shares so many distinct shingles.
uint32_t StretchesAtMost(const ComparisonDoc& doc, const DocFacts& facts, uint64_t shared) {
  if (!facts.boilerplate.empty()) return kOne;
  constexpr size_t kHalf = CompareRules::kStretch / 2;
  const size_t positions = doc.shingles.size();
  const uint64_t all =
      positions / CompareRules::kStretch + (positions % CompareRules::kStretch >= kHalf ? 1 : 0);
  // Half of each is shared, but of the last, which may be shorter; and some may be repeats.
  const uint64_t most = (shared + positions - doc.distinct) / kHalf + 1;
  return ShareOfStretches(std::min(all, most), all);
}

// How much of a text's beginning is shared.
struct Beginning {
  uint32_t head_ppm = 0;
  uint32_t lead_ppm = 0;
};
template <typename IsSharedAt>
Beginning CountBeginning(size_t positions, size_t head, size_t lead, const IsSharedAt& is_shared) {
  const size_t head_end = std::min(positions, head);
  const size_t lead_end = std::min(positions, lead);
  uint64_t in_head = 0;
  uint64_t in_lead = 0;
  for (size_t i = 0; i < head_end; ++i) {
    const bool here = is_shared(i);
    in_head += here ? 1 : 0;
    in_lead += here && i < lead_end ? 1 : 0;
  }
  return {Share(in_head, head_end), Share(in_lead, lead_end)};
}

// How many shingles were looked up on one side, and how many of them are shared.
struct RareCounts {
  uint64_t rare = 0;
  uint64_t rare_shared = 0;
  uint64_t fresh = 0;
  uint64_t fresh_shared = 0;

  void Add(bool is_rare, bool is_fresh, bool is_shared) {
    rare += is_rare ? 1 : 0;
    rare_shared += is_rare && is_shared ? 1 : 0;
    fresh += is_fresh ? 1 : 0;
    fresh_shared += is_fresh && is_shared ? 1 : 0;
  }
};

// What the two texts are to each other, beside what they share.
struct Sides {
  bool same_outlet = false;
  bool other_day = false;
  bool has_titles = false;
  uint32_t length_ppm = 0;  // of the shorter one in the longer one's, boilerplate left out
};

// What speaks against one story of two texts that share enough.
Veto VetoOf(const Verdict& verdict, const Sides& sides) {
  using Rules = CompareRules;
  const uint32_t containment = verdict.scores.containment_ppm;
  const uint32_t less_of_heads = std::min(verdict.head_ppm, verdict.shorter_head_ppm);
  if (sides.same_outlet) {
    uint32_t figures_needed = Rules::kFiguresSameDomain;
    if (verdict.title_figures_differ && verdict.title_ppm >= Rules::kTitleOfTemplate) {
      figures_needed = Rules::kFiguresOfTemplate;
    }
    if (sides.other_day && verdict.opening_figures_ppm < Rules::kOpeningFiguresOtherDay) {
      figures_needed = Rules::kFiguresOtherDay;
    }
    const bool is_notice = sides.other_day && containment < Rules::kNoticeContainment &&
                           verdict.opening_figures_ppm < kOne &&
                           less_of_heads >= Rules::kNoticeOpening &&
                           verdict.title_ppm < Rules::kNoticeTitle;
    if (is_notice || verdict.figures_ppm < figures_needed) return Veto::kFiguresDiffer;
    const bool has_fresh_opening =
        verdict.head_ppm < Rules::kOpeningSameDomain ||
        (containment < Rules::kFreshContainment && less_of_heads < Rules::kFreshOpening);
    if (sides.has_titles && has_fresh_opening && verdict.title_ppm < Rules::kTitleSameDomain) {
      return Veto::kOtherOpening;
    }
    if (sides.has_titles && sides.length_ppm < Rules::kItemLength &&
        verdict.title_ppm < Rules::kItemTitle) {
      return Veto::kMinorPart;
    }
  }
  if (sides.has_titles && verdict.title_ppm < Rules::kTitleOfItem &&
      (sides.length_ppm < Rules::kItemLength ||
       (sides.length_ppm < Rules::kHalfLength && verdict.lead_ppm < Rules::kLeadCovered))) {
    return Veto::kMinorPart;
  }
  if (sides.length_ppm >= Rules::kMinorPart) return Veto::kNone;
  const bool begins_with_itself = sides.has_titles && verdict.lead_ppm < Rules::kLeadCovered &&
                                  verdict.title_ppm < Rules::kTitleOfPart;
  return verdict.head_ppm < Rules::kHeadCovered || begins_with_itself ? Veto::kMinorPart
                                                                      : Veto::kNone;
}

}  // namespace

Comparer::Comparer(const ComparisonDoc& incoming, int64_t day, const StreamStatistics::View& view,
                   Measuring measuring)
    : incoming_(incoming), day_(day), view_(view), measuring_(measuring) {}

void Comparer::Prefetch(const ComparisonDoc* soon, const ComparisonDoc* later) {
  if (later != nullptr) PrefetchRead(later);
  if (soon == nullptr || soon->set.empty()) return;
  // What MayBeCopy reads first.
  constexpr size_t kLine = 64 / sizeof(uint32_t);
  const size_t size = soon->set.size();
  const size_t wanted = std::min<size_t>(size, CompareRules::kSampled[0] + kLine);
  for (size_t back = 1; back <= wanted; back += kLine) PrefetchRead(&soon->set[size - back]);
}

bool Comparer::MayBeCopy(const ComparisonDoc& stored, Scores& scores) const {
  const uint32_t distinct = std::min(incoming_.distinct, stored.distinct);
  for (const uint32_t wanted : CompareRules::kSampled) {
    const uint32_t rate = distinct / wanted;
    if (rate < 2) return true;
    // The largest hashes: the smallest are anchors, which candidates are found by.
    const uint32_t from = ~(~uint32_t{0} / rate);
    const std::span<const uint32_t> ours = ValuesFrom(incoming_.set, from);
    const std::span<const uint32_t> theirs = ValuesFrom(stored.set, from);
    const auto fewer =
        static_cast<int64_t>(incoming_.distinct < stored.distinct ? ours.size() : theirs.size());
    const int64_t shared = CountShared(ours, theirs);
    // Three standard deviations below what kTooLittle would make of so many.
    static_assert(CompareRules::kTooLittle * 4 == kOne);
    const int64_t missing = fewer - 4 * shared;
    if (missing <= 0 || missing * missing <= 27 * fewer) continue;
    const auto found = static_cast<uint64_t>(shared);
    scores.jaccard_ppm = Share(found, ours.size() + theirs.size() - found);
    scores.containment_ppm = Share(found, static_cast<uint64_t>(fewer));
    return false;
  }
  return true;
}

void Comparer::Prepare() {
  if (set_.has_value()) return;
  set_.emplace(incoming_.set);
  shared_.resize(incoming_.set.size());
  facts_ = incoming_.facts.Of(incoming_, day_, view_);
  for (const uint32_t shingle : facts_->alone) {
    shared_[set_->PlaceOf(shingle)].is_boilerplate = true;
  }
  known_places_.reserve(facts_->known.size());
  for (const DocFacts::Known& known : facts_->known) {
    known_places_.push_back(set_->PlaceOf(known.shingle));
  }
}

// What is rare and what is new in either text, and how much of it is shared.
void Comparer::MeasureRare(const Other& other, Verdict& verdict) const {
  using Rules = CompareRules;
  const ComparisonDoc& stored = other.doc;
  const int64_t fresh_from = std::max(day_, other.day) - Rules::kFreshDays;
  const auto add = [&](const DocFacts::Known& known, int64_t day, bool is_shared,
                       RareCounts& counts) {
    counts.Add(known.rare != 0, std::min<int64_t>(known.first_day, day) >= fresh_from, is_shared);
  };
  RareCounts theirs;
  for (const DocFacts::Known& known : other.facts.known) {
    add(known, other.day, IsOwnHere(set_->PlaceOf(known.shingle)), theirs);
  }
  RareCounts ours;
  for (size_t i = 0; i < known_places_.size(); ++i) {
    add(facts_->known[i], day_, IsOwnThere(known_places_[i]), ours);
  }
  const uint64_t our_rate = RarityTable::RateOf(incoming_.distinct);
  const uint64_t their_rate = RarityTable::RateOf(stored.distinct);
  verdict.rare_ppm = std::max(SmoothShare(ours.rare_shared, ours.rare, our_rate),
                              SmoothShare(theirs.rare_shared, theirs.rare, their_rate));
  verdict.fresh_ppm = std::max(SmoothShare(ours.fresh_shared, ours.fresh, our_rate),
                               SmoothShare(theirs.fresh_shared, theirs.fresh, their_rate));
}

// Which stretches are shared, and how the two texts begin.
void Comparer::MeasurePlaces(const Other& other, bool incoming_is_shorter, Verdict& verdict) const {
  using Rules = CompareRules;
  const ComparisonDoc& stored = other.doc;
  verdict.stretches_ppm =
      incoming_is_shorter
          ? CompareStretches(
                incoming_, *facts_,
                [&](size_t i) { return IsOwnThere(set_->PlaceOf(incoming_.shingles[i])); })
          : CompareStretches(stored, other.facts, [&](size_t i) {
              return IsOwnHere(set_->PlaceOf(stored.shingles[i]));
            });

  const size_t head = Rules::kHeadTokens - static_cast<size_t>(stored.shingle_length) + 1;
  const size_t lead = Rules::kLeadTokens - static_cast<size_t>(stored.shingle_length) + 1;
  const Beginning here = CountBeginning(incoming_.shingles.size(), head, lead, [&](size_t i) {
    return shared_[set_->PlaceOf(incoming_.shingles[i])].seen_in == comparison_;
  });
  const Beginning there = CountBeginning(stored.shingles.size(), head, lead, [&](size_t i) {
    return set_->PlaceOf(stored.shingles[i]) != ShingleSet::kNone;
  });
  verdict.lead_ppm = incoming_is_shorter ? there.lead_ppm : here.lead_ppm;
  verdict.head_ppm = incoming_is_shorter ? there.head_ppm : here.head_ppm;
  verdict.shorter_head_ppm = incoming_is_shorter ? here.head_ppm : there.head_ppm;
}

Verdict Comparer::Compare(const ComparisonDoc& stored, int64_t day) {
  using Rules = CompareRules;
  Verdict verdict;
  verdict.same_domain = incoming_.domain == stored.domain;
  const bool same_outlet = verdict.same_domain && incoming_.has_domain;
  // Shingles of different length have nothing in common.
  if (std::min(incoming_.distinct, stored.distinct) < kMinShingles ||
      incoming_.shingle_length != stored.shingle_length) {
    return verdict;
  }
  verdict.sum_ppm = Rules::kIntercept * 1000;
  verdict.scores.score_ppm = ScoreOf(verdict.sum_ppm);
  // Most candidates end here, or at the next step.
  if (!MayBeCopy(stored, verdict.scores)) {
    verdict.sampled = true;
    return verdict;
  }
  const uint64_t shared = CountShared(incoming_.set, stored.set);
  verdict.scores.jaccard_ppm =
      Share(shared, uint64_t{incoming_.distinct} + stored.distinct - shared);
  verdict.scores.containment_ppm = Share(shared, std::min(incoming_.distinct, stored.distinct));
  if (verdict.scores.containment_ppm < Rules::kTooLittle) return verdict;

  verdict.rests_on_stream = true;
  Prepare();
  ++comparison_;
  set_->ForShared(stored.set, [this](uint32_t place) { shared_[place].seen_in = comparison_; });
  const std::shared_ptr<const DocFacts> facts = stored.facts.Of(stored, day, view_);
  const Other other = {stored, day, *facts};
  for (const uint32_t shingle : facts->alone) {
    const uint32_t place = set_->PlaceOf(shingle);
    if (place != ShingleSet::kNone) shared_[place].boilerplate_in = comparison_;
  }
  verdict.title_ppm = Share(CountSharedRepeats(incoming_.title, stored.title),
                            std::max(incoming_.title.size(), stored.title.size()));
  verdict.figures_ppm = ShareOfFigures(incoming_.figures, stored.figures);
  verdict.opening_figures_ppm = ShareOfFigures(incoming_.opening_figures, stored.opening_figures);
  verdict.title_figures_differ = FiguresDiffer(incoming_.title, stored.title);
  if (verdict.title_figures_differ && verdict.title_ppm >= Rules::kTitleOfTemplate &&
      FewFiguresDiffer(incoming_, stored)) {
    verdict.figures_ppm = 0;
  }

  const auto own_distinct = [](const ComparisonDoc& doc, const DocFacts& known) {
    return doc.distinct - static_cast<uint32_t>(known.alone.size());
  };
  const uint32_t incoming_distinct = own_distinct(incoming_, *facts_);
  const uint32_t stored_distinct = own_distinct(stored, *facts);
  const bool incoming_is_shorter = incoming_distinct <= stored_distinct;
  const int64_t days_apart =
      std::min(std::max(day_, day) - std::min(day_, day), Rules::kMaxDaysApart);
  const auto weigh = [](int64_t weight, uint32_t ppm) { return weight * int64_t{ppm}; };
  const auto sum = [&](uint32_t stretches_ppm, uint32_t head_ppm) {
    return (weigh(Rules::kIntercept, kOne) + weigh(Rules::kRare, verdict.rare_ppm) +
            weigh(Rules::kFresh, verdict.fresh_ppm) + weigh(Rules::kStretches, stretches_ppm) +
            weigh(Rules::kHead, head_ppm) + weigh(Rules::kSameDomain, same_outlet ? kOne : 0) +
            weigh(Rules::kTitle,
                  Share(uint64_t{verdict.title_ppm} * verdict.fresh_ppm, uint64_t{kOne} * kOne)) +
            weigh(Rules::kApart, Share(static_cast<uint64_t>(days_apart), Rules::kMaxDaysApart))) /
           1000;
  };
  MeasureRare(other, verdict);
  const uint32_t stretches_at_most = incoming_is_shorter
                                         ? StretchesAtMost(incoming_, *facts_, shared)
                                         : StretchesAtMost(stored, *facts, shared);
  if (measuring_ == Measuring::kEnough && sum(stretches_at_most, kOne) < 0) {
    // Wherever it stands what is shared makes no copy.
    verdict.places_not_compared = true;
    verdict.stretches_ppm = std::min(stretches_at_most, verdict.scores.containment_ppm);
    verdict.head_ppm = verdict.scores.containment_ppm;
  } else {
    MeasurePlaces(other, incoming_is_shorter, verdict);
  }
  verdict.sum_ppm = sum(verdict.stretches_ppm, verdict.head_ppm);
  verdict.scores.score_ppm = ScoreOf(verdict.sum_ppm);

  const Sides sides = {
      .same_outlet = same_outlet,
      .other_day = day != day_,
      .has_titles = !incoming_.title.empty() && !stored.title.empty(),
      .length_ppm = Share(std::min(incoming_distinct, stored_distinct),
                          std::max(incoming_distinct, stored_distinct)),
  };
  if (verdict.sum_ppm >= 0) verdict.veto = VetoOf(verdict, sides);
  if (verdict.veto != Veto::kNone) {
    verdict.scores.score_ppm = kOne / 2 - 1;
  } else if (verdict.sum_ppm >= 0 && sides.length_ppm >= Rules::kExcerptLength) {
    verdict.relation = Relation::kNear;
  } else if (verdict.sum_ppm >= 0) {
    verdict.relation = incoming_is_shorter ? Relation::kExcerpt : Relation::kExtended;
  }
  verdict.related =
      verdict.relation == Relation::kNone && verdict.scores.containment_ppm >= Rules::kRelated;
  return verdict;
}

Verdict Compare(const ComparisonDoc& incoming, const ComparisonDoc& stored) {
  const StreamStatistics nothing({.boilerplate_entries = 1, .rarity_entries = 1});
  const StreamStatistics::View view(nothing);
  return Comparer(incoming, 0, view).Compare(stored, 0);
}

Scores CompareTexts(const ComparisonDoc& a, const ComparisonDoc& b) {
  Scores scores;
  if (a.shingle_length != b.shingle_length || a.distinct == 0 || b.distinct == 0) return scores;
  const uint64_t shared = CountShared(a.set, b.set);
  scores.jaccard_ppm = Share(shared, uint64_t{a.distinct} + b.distinct - shared);
  scores.containment_ppm = Share(shared, std::min(a.distinct, b.distinct));
  return scores;
}

}  // namespace wirefold
