#include "lib/dedup/compare.h"

#include <algorithm>
#include <span>
#include <utility>

#include "lib/base/hash.h"
#include "lib/dedup/sketch.h"
#include "lib/text/matching.h"

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

// 0 to a million for any sum, half of it at 0: z / (1 + |z|) in place of the logistic function,
// which needs no floating point.
uint32_t ScoreOf(int64_t sum_ppm) {
  const int64_t magnitude = sum_ppm < 0 ? -sum_ppm : sum_ppm;
  const int64_t half = kOne / 2;
  return static_cast<uint32_t>(half + half * sum_ppm / (magnitude + kOne));
}

// Which positions (shingles in the order of the text) reach into no boilerplate paragraph; empty
// where all do.
std::vector<bool> OwnPositions(const ComparisonDoc& doc, const BoilerplateTable& table) {
  std::vector<bool> own;
  for (const ComparisonDoc::Paragraph& paragraph : doc.paragraphs) {
    table.Prefetch(doc.domain, paragraph.key);
  }
  const size_t reach = static_cast<size_t>(doc.shingle_length) - 1;
  uint32_t begin = 0;
  for (const ComparisonDoc::Paragraph& paragraph : doc.paragraphs) {
    if (table.IsBoilerplate(doc.domain, paragraph.key)) {
      if (own.empty()) own.assign(doc.shingles.size(), true);
      const size_t first = begin - std::min<size_t>(begin, reach);
      const size_t last = std::min<size_t>(paragraph.end, own.size());
      for (size_t i = first; i < last; ++i) own[i] = false;
    }
    begin = paragraph.end;
  }
  return own;
}

bool IsOwn(const std::vector<bool>& own, size_t position) { return own.empty() || own[position]; }

uint32_t CountDistinctOwn(const ComparisonDoc& doc, const std::vector<bool>& own) {
  if (own.empty()) return doc.distinct;
  std::vector<uint32_t> kept;
  for (size_t i = 0; i < doc.shingles.size(); ++i) {
    if (own[i]) kept.push_back(doc.shingles[i]);
  }
  SortDistinct(kept);
  return static_cast<uint32_t>(kept.size());
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

// Stretches of a text, and how many of them are shared.
struct Stretches {
  uint64_t all = 0;
  uint64_t shared = 0;
};
template <typename IsOwnAt, typename IsSharedAt>
Stretches CountStretches(size_t positions, const IsOwnAt& is_own, const IsSharedAt& is_shared) {
  Stretches stretches;
  for (size_t begin = 0; begin < positions; begin += CompareRules::kStretch) {
    const size_t end = std::min(positions, begin + CompareRules::kStretch);
    size_t own = 0;
    size_t shared = 0;
    for (size_t i = begin; i < end; ++i) {
      if (!is_own(i)) continue;
      ++own;
      shared += is_shared(i) ? 1 : 0;
    }
    if (own * 2 < CompareRules::kStretch) continue;
    ++stretches.all;
    stretches.shared += shared * 2 >= own ? 1 : 0;
  }
  return stretches;
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

uint64_t RateOf(uint32_t distinct) {
  return distinct > RarityTable::kSampledAbove ? RarityTable::kSampleRate : 1;
}

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
  if (sides.length_ppm >= Rules::kMinorPart) return Veto::kNone;
  const bool begins_with_itself = sides.has_titles && verdict.lead_ppm < Rules::kLeadCovered &&
                                  verdict.title_ppm < Rules::kTitleOfPart;
  return verdict.head_ppm < Rules::kHeadCovered || begins_with_itself ? Veto::kMinorPart
                                                                      : Veto::kNone;
}

}  // namespace

size_t ComparisonDoc::memory_bytes() const {
  return sizeof *this +
         (shingles.capacity() + set.capacity() + figures.capacity() + opening_figures.capacity() +
          title.capacity()) *
             sizeof(uint32_t) +
         paragraphs.capacity() * sizeof(Paragraph) + standing.dateline.capacity() +
         standing.edges.capacity();
}

ComparisonDoc MakeComparisonDoc(std::string_view matching_text, const Tokens& tokens,
                                const Shingles& shingles, const Origin& origin) {
  ComparisonDoc doc;
  doc.shingle_length = tokens.shingle_length();
  doc.shingles.reserve(shingles.hashes.size());
  for (const uint64_t hash : shingles.hashes) {
    doc.shingles.push_back(static_cast<uint32_t>(hash >> 32));
  }
  doc.set = shingles.set;
  doc.distinct = static_cast<uint32_t>(doc.set.size());
  doc.figures = tokens.figures;
  const auto opening_end = std::upper_bound(tokens.figure_ends.begin(), tokens.figure_ends.end(),
                                            CompareRules::kOpeningTokens);
  doc.opening_figures.assign(tokens.figures.begin(),
                             tokens.figures.begin() + (opening_end - tokens.figure_ends.begin()));
  std::sort(doc.opening_figures.begin(), doc.opening_figures.end());
  std::sort(doc.figures.begin(), doc.figures.end());
  doc.figures.shrink_to_fit();
  const std::vector<uint64_t> keys = ParagraphKeys(matching_text);
  const size_t paragraphs = std::min(keys.size(), tokens.paragraph_ends.size());
  doc.paragraphs.reserve(paragraphs);
  for (size_t i = 0; i < paragraphs; ++i) {
    doc.paragraphs.push_back({keys[i], tokens.paragraph_ends[i]});
  }
  doc.title = Tokenize(ToMatching(origin.title).text).tokens;
  std::sort(doc.title.begin(), doc.title.end());
  doc.title.shrink_to_fit();
  doc.domain = DomainKey(origin.registrable_domain, origin.host, origin.source);
  doc.standing = MakeStanding(matching_text, origin.publication);
  doc.has_domain = !origin.registrable_domain.empty() || !origin.host.empty();
  return doc;
}

ComparisonDoc MakeComparisonDoc(std::string_view matching_text, const Origin& origin) {
  const Tokens tokens = Tokenize(matching_text);
  return MakeComparisonDoc(matching_text, tokens, MakeShingles(tokens), origin);
}

Comparer::Comparer(const ComparisonDoc& incoming, int64_t day, const StreamStatistics::View& view)
    : incoming_(incoming), day_(day), view_(view) {}

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
  if (prepared_) return;
  prepared_ = true;
  own_ = OwnPositions(incoming_, view_.boilerplate());
  shared_.resize(incoming_.set.size());
  place_.resize(incoming_.shingles.size());
  for (size_t i = 0; i < incoming_.shingles.size(); ++i) {
    place_[i] = set_->PlaceOf(incoming_.shingles[i]);
    if (!IsOwn(own_, i)) continue;
    Shared& shared = shared_[place_[i]];
    own_distinct_ += shared.is_own ? 0 : 1;
    shared.is_own = true;
  }
}

void Comparer::LookUp() {
  if (looked_up_) return;
  looked_up_ = true;
  for (size_t i = 0; i < incoming_.shingles.size(); ++i) {
    const uint32_t shingle = incoming_.shingles[i];
    if (!IsOwn(own_, i) || !RarityTable::UsesShingle(shingle, incoming_.distinct)) continue;
    view_.rarity().Prefetch(shingle);
    looked_.push_back({.position = static_cast<uint32_t>(i)});
  }
  for (Looked& looked : looked_) {
    const RarityTable::Counts counts = view_.rarity().Of(incoming_.shingles[looked.position], day_);
    looked.rare = counts.days <= CompareRules::kRareDays;
    looked.days_since = std::max<int64_t>(counts.days_since, 0);
  }
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
  if (!set_.has_value()) set_.emplace(incoming_.set);
  const uint64_t shared = set_->CountIn(stored.set);
  verdict.scores.jaccard_ppm =
      Share(shared, uint64_t{incoming_.distinct} + stored.distinct - shared);
  verdict.scores.containment_ppm = Share(shared, std::min(incoming_.distinct, stored.distinct));
  if (verdict.scores.containment_ppm < Rules::kTooLittle) return verdict;

  Prepare();
  ++comparison_;
  verdict.rests_on_stream = true;
  const std::vector<bool> stored_own = OwnPositions(stored, view_.boilerplate());
  const uint32_t stored_distinct = CountDistinctOwn(stored, stored_own);
  // Which of the stored text's positions are shared with the newcomer's own part.
  std::vector<bool> stored_shared(stored.shingles.size());
  uint64_t stored_head = 0;
  uint64_t stored_lead = 0;
  const size_t head = Rules::kHeadTokens - static_cast<size_t>(stored.shingle_length) + 1;
  const size_t lead = Rules::kLeadTokens - static_cast<size_t>(stored.shingle_length) + 1;
  for (size_t i = 0; i < stored.shingles.size(); ++i) {
    const uint32_t place = set_->PlaceOf(stored.shingles[i]);
    if (place == ShingleSet::kNone) continue;
    Shared& here = shared_[place];
    here.seen_in = comparison_;
    if (IsOwn(stored_own, i)) here.own_in = comparison_;
    if (i < head) ++stored_head;
    if (i < lead) ++stored_lead;
    stored_shared[i] = here.is_own;
  }
  const auto shared_at = [&](size_t i) -> const Shared& { return shared_[place_[i]]; };

  const bool incoming_is_shorter = own_distinct_ <= stored_distinct;
  const Stretches stretches =
      incoming_is_shorter
          ? CountStretches(
                incoming_.shingles.size(), [&](size_t i) { return IsOwn(own_, i); },
                [&](size_t i) { return shared_at(i).own_in == comparison_; })
          : CountStretches(
                stored.shingles.size(), [&](size_t i) { return IsOwn(stored_own, i); },
                [&](size_t i) { return stored_shared[i]; });
  verdict.stretches_ppm = Share(2 * stretches.shared, 2 * stretches.all + 1);
  uint64_t incoming_head = 0;
  uint64_t incoming_lead = 0;
  const size_t incoming_size = std::min(incoming_.shingles.size(), head);
  for (size_t i = 0; i < incoming_size; ++i) {
    const bool is_shared = shared_at(i).seen_in == comparison_;
    incoming_head += is_shared ? 1 : 0;
    incoming_lead += is_shared && i < lead ? 1 : 0;
  }
  verdict.lead_ppm = incoming_is_shorter
                         ? Share(stored_lead, std::min(stored.shingles.size(), lead))
                         : Share(incoming_lead, std::min(incoming_.shingles.size(), lead));
  verdict.head_ppm = Share(stored_head, std::min(stored.shingles.size(), head));
  verdict.shorter_head_ppm = Share(incoming_head, incoming_size);
  if (!incoming_is_shorter) std::swap(verdict.head_ppm, verdict.shorter_head_ppm);
  verdict.title_ppm = Share(CountSharedRepeats(incoming_.title, stored.title),
                            std::max(incoming_.title.size(), stored.title.size()));
  verdict.figures_ppm = ShareOfFigures(incoming_.figures, stored.figures);
  verdict.opening_figures_ppm = ShareOfFigures(incoming_.opening_figures, stored.opening_figures);
  verdict.title_figures_differ = FiguresDiffer(incoming_.title, stored.title);

  const int64_t later = std::max(day_, day);
  const int64_t days_apart = std::min(later - std::min(day_, day), Rules::kMaxDaysApart);
  const auto weigh = [](int64_t weight, uint32_t ppm) { return weight * int64_t{ppm}; };
  const auto sum = [&](uint32_t rare_ppm, uint32_t fresh_ppm) {
    return (weigh(Rules::kIntercept, kOne) + weigh(Rules::kRare, rare_ppm) +
            weigh(Rules::kFresh, fresh_ppm) + weigh(Rules::kStretches, verdict.stretches_ppm) +
            weigh(Rules::kHead, verdict.head_ppm) +
            weigh(Rules::kSameDomain, same_outlet ? kOne : 0) +
            weigh(Rules::kTitle,
                  Share(uint64_t{verdict.title_ppm} * fresh_ppm, uint64_t{kOne} * kOne)) +
            weigh(Rules::kApart, Share(static_cast<uint64_t>(days_apart), Rules::kMaxDaysApart))) /
           1000;
  };
  // Each look-up is a cache miss, and what they say can only add so much.
  if (sum(kOne, kOne) < 0) {
    verdict.not_looked_up = true;
    verdict.rare_ppm = verdict.fresh_ppm = verdict.scores.containment_ppm;
  } else {
    LookUp();
    looked_there_.clear();
    for (size_t i = 0; i < stored.shingles.size(); ++i) {
      const uint32_t shingle = stored.shingles[i];
      if (!IsOwn(stored_own, i) || !RarityTable::UsesShingle(shingle, stored.distinct)) continue;
      view_.rarity().Prefetch(shingle);
      looked_there_.push_back(static_cast<uint32_t>(i));
    }
    const auto is_fresh = [&](int64_t days_since, int64_t from) {
      return from - days_since >= later - Rules::kFreshDays;
    };
    RareCounts theirs;
    for (const uint32_t i : looked_there_) {
      const RarityTable::Counts counts = view_.rarity().Of(stored.shingles[i], day);
      theirs.Add(counts.days <= Rules::kRareDays,
                 is_fresh(std::max<int64_t>(counts.days_since, 0), day), stored_shared[i]);
    }
    RareCounts ours;
    for (const Looked& looked : looked_) {
      ours.Add(looked.rare, is_fresh(looked.days_since, day_),
               shared_at(looked.position).own_in == comparison_);
    }
    const uint64_t our_rate = RateOf(incoming_.distinct);
    const uint64_t their_rate = RateOf(stored.distinct);
    verdict.rare_ppm = std::max(SmoothShare(ours.rare_shared, ours.rare, our_rate),
                                SmoothShare(theirs.rare_shared, theirs.rare, their_rate));
    verdict.fresh_ppm = std::max(SmoothShare(ours.fresh_shared, ours.fresh, our_rate),
                                 SmoothShare(theirs.fresh_shared, theirs.fresh, their_rate));
  }
  verdict.sum_ppm = sum(verdict.rare_ppm, verdict.fresh_ppm);
  verdict.scores.score_ppm = ScoreOf(verdict.sum_ppm);

  const Sides sides = {
      .same_outlet = same_outlet,
      .other_day = day != day_,
      .has_titles = !incoming_.title.empty() && !stored.title.empty(),
      .length_ppm =
          Share(std::min(own_distinct_, stored_distinct), std::max(own_distinct_, stored_distinct)),
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
