// Compare: whether two articles are the same story, decided by exact comparison of their texts.
//
// Example:
//   ComparisonDoc a = MakeComparisonDoc(text_a, {.host = "www.rfi.fr", .title = "…"});
//   ComparisonDoc b = MakeComparisonDoc(text_b, {.host = "cn.reuters.com", .title = "…"});
//   const StreamStatistics::View view(statistics);
//   Comparer comparer(a, day_a, view);
//   Verdict verdict = comparer.Compare(b, day_b);      // is `a`, the newcomer, a copy of `b`?
//   if (verdict.relation != Relation::kNone) …
//
// Seven figures are weighed (a logistic regression, CompareRules): how much of what is rare in
// either text is shared; the same of what the stream has first shown within days; how many
// stretches of the shorter text are in the other; how much of the longer text's beginning is;
// whether one outlet published both; how alike the titles are, as far as the text is new (a series
// has one title for ever); how many days lie between them. Paragraphs that are learnt to be
// boilerplate count for nothing in the first three. Three vetoes: articles of one outlet whose
// figures differ, or on another day those of openings that are alike but for them, are instances of
// a template; articles of one outlet with other openings under other titles have a gallery or
// background in common; and a short piece inside a long one that begins with something else is an
// item of a round-up. A sample of the shingles tells most texts that share too little.
// docs/deduplication.md has the measurements and how the weights were fitted.
//
// Thread-safe: pure functions of their arguments and the view's version; a Comparer belongs to one
// thread. All in integers, the same on every machine.
#ifndef WIREFOLD_LIB_DEDUP_COMPARE_H_
#define WIREFOLD_LIB_DEDUP_COMPARE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dedup/doc_facts.h"
#include "lib/dedup/election.h"
#include "lib/dedup/match.h"
#include "lib/dedup/shingle_set.h"
#include "lib/dedup/shingles.h"
#include "lib/dedup/sketch.h"
#include "lib/dedup/stream_statistics.h"

namespace wirefold {

// The parameters of the decision, in one place. The weights are fitted on labelled pairs of real
// news by tests/eval/fit_weights.py; the version goes up with any change.
struct CompareRules {
  static constexpr uint32_t kVersion = 8;

  // Thousandths. Two articles are one story from a sum of 0 on; each figure is 0 to 1.
  static constexpr int64_t kIntercept = -5749;
  static constexpr int64_t kRare = 2692;
  static constexpr int64_t kFresh = 2078;
  static constexpr int64_t kStretches = 2913;
  static constexpr int64_t kHead = 1537;
  static constexpr int64_t kSameDomain = -293;
  static constexpr int64_t kTitle = 2567;  // of the titles' likeness times what is fresh
  static constexpr int64_t kApart = -751;  // of the days between them, kMaxDaysApart at most
  static constexpr int64_t kMaxDaysApart = 30;

  // A shingle is rare that at most so many days of the stream have shown …
  static constexpr uint32_t kRareDays = 2;
  // … and fresh that the stream has shown first at most so many days before the later of the two.
  static constexpr int64_t kFreshDays = 3;
  // Shingles that neither text has are added to either's, so that few don't tell as much as many.
  static constexpr uint32_t kPriorShingles = 5;
  // Shingles of a stretch; it is shared from the half of them on.
  static constexpr size_t kStretch = 16;
  // Tokens of the head.
  static constexpr size_t kHeadTokens = 120;

  // Of one outlet: from this share of figures on that the other has too, the two can be one story.
  static constexpr uint32_t kFiguresSameDomain = 500'000;
  // … where both titles have figures, share none, and are this much alike but for that …
  static constexpr uint32_t kTitleOfTemplate = 600'000;
  // … it takes this share: a notice may repeat yesterday's figures beside today's.
  static constexpr uint32_t kFiguresOfTemplate = 750'000;
  // … and so it does on another day, where of the figures among the first so many tokens less than
  // this share is shared and not all others are: another day's notice that repeats earlier ones.
  static constexpr uint32_t kOpeningTokens = 80;
  static constexpr uint32_t kOpeningFiguresOtherDay = 500'000;
  static constexpr uint32_t kFiguresOtherDay = 950'000;
  // Fewer figures than this say nothing; but one fewer do where none of them is shared and titles
  // are alike but for theirs, as above.
  static constexpr uint32_t kMinFigures = 3;
  // Of one outlet: with less than this of the longer one's head and of the titles shared the two
  // are not one story. An outlet that takes up its article again keeps the opening or the title.
  static constexpr uint32_t kOpeningSameDomain = 30'000;
  static constexpr uint32_t kTitleSameDomain = 500'000;
  // … or with less than this of either head, if not the titles but less than this containment is.
  static constexpr uint32_t kFreshOpening = 350'000;
  static constexpr uint32_t kFreshContainment = 800'000;
  // Of one outlet on another day: an opening like the other's with at least one other figure is
  // another day's notice up to this containment, unless the titles are nearly the same.
  static constexpr uint32_t kNoticeContainment = 920'000;
  static constexpr uint32_t kNoticeOpening = 300'000;
  static constexpr uint32_t kNoticeTitle = 900'000;
  // Of one outlet: a text shorter than this share of the other, under another title, is an item of
  // it, wherever it stands.
  static constexpr uint32_t kItemLength = 166'667;
  static constexpr uint32_t kItemTitle = 350'000;
  // A text shorter than this share of the other …
  static constexpr uint32_t kMinorPart = 250'000;
  // … is an item of it, not an excerpt, unless so much of the longer one's head is in it …
  static constexpr uint32_t kHeadCovered = 200'000;
  // … and of its first tokens or of the titles so much: a round-up begins with itself.
  static constexpr size_t kLeadTokens = 40;
  static constexpr uint32_t kLeadCovered = 300'000;
  static constexpr uint32_t kTitleOfPart = 200'000;
  // With titles that share less than this a text shorter than half of the other is an item of it as
  // well, unless so much of the longer one's first tokens is in it; and one below kItemLength is
  // one wherever it stands: a round-up may begin with it.
  static constexpr uint32_t kTitleOfItem = 100'000;
  static constexpr uint32_t kHalfLength = 500'000;
  // Below this share of the longer text the shorter one is an excerpt.
  static constexpr uint32_t kExcerptLength = 750'000;
  // Below this containment two texts are not one story, whatever the stream has taught: of the
  // labelled copies the least has 412'000.
  static constexpr uint32_t kTooLittle = 250'000;
  // So many shingles of the shorter text, or so many, tell of most pairs that they share less.
  static constexpr std::array<uint32_t, 2> kSampled = {64, 256};
  // Below this the text that a URL has now has nothing to do with the one that it had.
  static constexpr uint32_t kUnrelated = 100'000;
  // Not the same story, but worth naming.
  static constexpr uint32_t kRelated = 350'000;
};

// What is kept of an article to compare it.
struct ComparisonDoc {
  struct Paragraph {
    uint64_t key = 0;  // ParagraphKeys
    uint32_t end = 0;  // one past its last token
  };

  // First what ends most comparisons, in one line of the processor's cache.
  std::vector<uint32_t> set;  // of the shingles: ascending, each once
  uint32_t distinct = 0;      // how many those are
  int shingle_length = kWordShingle;
  uint64_t domain = 0;             // DomainKey
  bool has_domain = false;         // a registrable domain or a host, not a source alone
  std::vector<uint32_t> shingles;  // in the order of the text, repeats included
  std::vector<Paragraph> paragraphs;
  std::vector<uint32_t> figures;          // Tokens::figures, ascending, repeats kept
  std::vector<uint32_t> opening_figures;  // those of the first CompareRules::kOpeningTokens
  std::vector<uint32_t> title;            // its tokens, ascending, repeats kept
  Standing standing;
  DocFactsMemo facts;
  Sketch sketch;  // where it is known; else none of its shingles are

  // With the facts that it will keep.
  [[nodiscard]] size_t memory_bytes() const;
};

// What goes with a text, as in CanonicalArticle.
struct Origin {
  std::string_view host{};
  std::string_view registrable_domain{};
  std::string_view source{};
  std::string_view title{};
  Publication publication{};
};

// `matching_text` as in NormalizedArticle; `tokens` and `shingles` are its own.
ComparisonDoc MakeComparisonDoc(std::string_view matching_text, const Tokens& tokens,
                                const Shingles& shingles, const Origin& origin);
ComparisonDoc MakeComparisonDoc(std::string_view matching_text, const Origin& origin);

// What spoke against one story although the texts share enough.
enum class Veto : uint8_t { kNone, kFiguresDiffer, kOtherOpening, kMinorPart };

struct Verdict {
  Relation relation = Relation::kNone;
  Scores scores;
  Veto veto = Veto::kNone;
  bool related = false;      // not one story, and shares much
  bool same_domain = false;  // by DomainKey
  // The scores are of a sample, which says that too little is shared; CompareTexts has the others.
  bool sampled = false;
  // Whether what the stream has taught had a part in it; else it stays as it is.
  bool rests_on_stream = false;
  // Stretches and heads were not compared, since with what is rare and what is new it would make no
  // copy if all of them were shared: the containment stands for them.
  bool places_not_compared = false;
  // The figures that are weighed, in millionths.
  uint32_t rare_ppm = 0;
  uint32_t fresh_ppm = 0;
  uint32_t stretches_ppm = 0;
  uint32_t head_ppm = 0;          // of the longer text
  uint32_t shorter_head_ppm = 0;  // not weighed
  uint32_t lead_ppm = 0;          // of the longer text's first kLeadTokens; not weighed
  uint32_t title_ppm = 0;
  int64_t sum_ppm = 0;                // of them, by their weights; the intercept included
  uint32_t figures_ppm = 0;           // share of the figures of the text with fewer, or see
                                      // CompareRules::kMinFigures
  uint32_t opening_figures_ppm = 0;   // the same of the texts' openings
  bool title_figures_differ = false;  // both titles have figures and share none
};

// How much of a verdict is worked out.
enum class Measuring : uint8_t {
  kEnough,  // what decides
  kAll,     // each figure of texts that are no sample, for who fits the weights
};

// Compares one newcomer with stored articles, one after the other.
class Comparer {
 public:
  // `incoming` and `view` must outlive the comparer. `day`: of its time, days since 1970.
  Comparer(const ComparisonDoc& incoming, int64_t day, const StreamStatistics::View& view,
           Measuring measuring = Measuring::kEnough);

  // Has the processor fetch what Compare will read first of two texts that come soon: kSoon and
  // kLater comparisons from now. Null: none.
  static constexpr size_t kSoon = 2;
  static constexpr size_t kLater = 6;
  static void Prefetch(const ComparisonDoc* soon, const ComparisonDoc* later);

  // How `incoming` relates to `stored`. Texts under kMinShingles have no relation here (the exact
  // tier finds them). Jaccard and containment are of the whole texts; score_ppm is at least 500,000
  // exactly if there is a relation.
  Verdict Compare(const ComparisonDoc& stored, int64_t day);

 private:
  // Of a distinct shingle of the newcomer.
  struct Shared {
    uint32_t seen_in = 0;         // the comparison that found it last
    uint32_t boilerplate_in = 0;  // … where nothing but boilerplate has it
    bool is_boilerplate = false;  // nothing but boilerplate has it here
  };
  // What the newcomer is compared with.
  struct Other {
    const ComparisonDoc& doc;
    int64_t day;
    const DocFacts& facts;
  };

  // Whether the texts may share enough, by a sample of their shingles, which `scores` are of if
  // not.
  bool MayBeCopy(const ComparisonDoc& stored, Scores& scores) const;
  // What is needed for candidates that share enough; most newcomers have none.
  void Prepare();
  void MeasureRare(const Other& other, Verdict& verdict) const;
  void MeasurePlaces(const Other& other, bool incoming_is_shorter, Verdict& verdict) const;

  // Whether a shingle of the newcomer is in the other too, outside of boilerplate.
  [[nodiscard]] bool IsOwnThere(uint32_t place) const {
    return shared_[place].seen_in == comparison_ && shared_[place].boilerplate_in != comparison_;
  }
  // Whether a shingle of the other, with its place in the newcomer's set, is in the newcomer too,
  // outside of boilerplate.
  [[nodiscard]] bool IsOwnHere(uint32_t place) const {
    return place != ShingleSet::kNone && !shared_[place].is_boilerplate;
  }

  const ComparisonDoc& incoming_;
  const int64_t day_;
  const StreamStatistics::View& view_;
  const Measuring measuring_;
  // Once they are needed.
  std::optional<ShingleSet> set_;  // of incoming
  std::vector<Shared> shared_;     // by the places in the set
  std::shared_ptr<const DocFacts> facts_;
  std::vector<uint32_t> known_places_;  // in the set, of what is known of facts_
  uint32_t comparison_ = 0;
};

// The same for a single pair of one day, with nothing learnt.
Verdict Compare(const ComparisonDoc& incoming, const ComparisonDoc& stored);

// Jaccard and containment of the two texts alone, of any length; no score.
Scores CompareTexts(const ComparisonDoc& a, const ComparisonDoc& b);

// Whether two texts with these figures have next to nothing in common.
inline bool AreUnrelated(const Scores& scores) {
  return scores.containment_ppm < CompareRules::kUnrelated;
}

// Why it is a copy or not, in one phrase for people.
std::string ReasonInWords(const Verdict& verdict);

// The figures of a verdict in words, for people.
std::string Explain(const Verdict& verdict);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_COMPARE_H_
