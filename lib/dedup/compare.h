// Compare: whether two articles are the same story, decided by exact comparison of their texts.
//
// Example:
//   ComparisonDoc a = MakeComparisonDoc(text_a, {.host = "www.rfi.fr"});
//   ComparisonDoc b = MakeComparisonDoc(text_b, {.host = "cn.reuters.com"});
//   Comparer comparer(a, table);
//   Verdict verdict = comparer.Compare(b);      // is `a`, the newcomer, a copy of `b`?
//   if (verdict.relation != Relation::kNone) …
//
// The measure is containment of the shorter text (shared shingles / shingles of the shorter). Two
// outlets that share three fifths of an article share the article; two articles of one outlet share
// its boilerplate and its templates and must agree almost wholly. Two vetoes: articles of one
// outlet whose figures differ are instances of a template, and a short piece inside a long one that
// begins with something else is an item of a round-up. docs/architecture.md has the measurements.
// Paragraphs that are learnt to be boilerplate (boilerplate.h) count for nothing.
//
// Thread-safe: pure functions of their arguments and the table's version; a Comparer belongs to one
// thread. All in integers, the same on every machine.
#ifndef WIREFOLD_LIB_DEDUP_COMPARE_H_
#define WIREFOLD_LIB_DEDUP_COMPARE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dedup/boilerplate.h"
#include "lib/dedup/match.h"
#include "lib/dedup/shingles.h"

namespace wirefold {

// The parameters of the decision, in one place. Fitted on labelled pairs of real news; the version
// goes up with any change.
struct CompareRules {
  static constexpr uint32_t kVersion = 1;
  // Containment from which two articles of different hosts are one story.
  static constexpr uint32_t kContainmentAcrossHosts = 600'000;
  // … and two of one host.
  static constexpr uint32_t kContainmentSameHost = 900'000;
  // Of one host: from this share of figures on that the other has too, the two can be one story.
  static constexpr uint32_t kFiguresSameHost = 500'000;
  // Fewer figures than this say nothing.
  static constexpr uint32_t kMinFigures = 3;
  // A text shorter than this share of the other …
  static constexpr uint32_t kMinorPart = 250'000;
  // … is an item of it, not an excerpt, unless so much of the longer one's head is in it.
  static constexpr uint32_t kHeadCovered = 200'000;
  // Tokens of the head.
  static constexpr uint32_t kHeadTokens = 120;
  // Below this share of the longer text the shorter one is an excerpt.
  static constexpr uint32_t kExcerptLength = 750'000;
  // Not the same story, but worth naming.
  static constexpr uint32_t kRelated = 350'000;
};

// What is kept of an article to compare it.
struct ComparisonDoc {
  struct Paragraph {
    uint64_t key = 0;  // ParagraphKeys
    uint32_t end = 0;  // one past its last token
  };

  std::vector<uint32_t> shingles;  // in the order of the text, repeats included
  uint32_t distinct = 0;           // of them
  std::vector<Paragraph> paragraphs;
  std::vector<uint32_t> figures;  // number tokens, ascending, repeats kept
  uint64_t host = 0;              // hash of the host; 0 without one
  uint64_t domain = 0;            // DomainKey
  int shingle_length = kWordShingle;

  [[nodiscard]] size_t memory_bytes() const;
};

// Where an article comes from, as in CanonicalArticle.
struct Origin {
  std::string_view host{};
  std::string_view registrable_domain{};
  std::string_view source{};
};

// `matching_text` as in NormalizedArticle; `tokens` and `shingles` are its own.
ComparisonDoc MakeComparisonDoc(std::string_view matching_text, const Tokens& tokens,
                                const Shingles& shingles, const Origin& origin);
ComparisonDoc MakeComparisonDoc(std::string_view matching_text, const Origin& origin);

// What spoke against one story although the texts share enough.
enum class Veto : uint8_t { kNone, kFiguresDiffer, kMinorPart };

struct Verdict {
  Relation relation = Relation::kNone;
  Scores scores;
  Veto veto = Veto::kNone;
  bool related = false;           // not one story, and shares much
  bool same_domain = false;       // by DomainKey
  uint64_t learnt_state = 0;      // Comparer::LearntState of the two
  uint32_t threshold_ppm = 0;     // the containment that was asked for
  uint32_t figures_ppm = 0;       // share of the figures of the one with fewer
  uint32_t head_covered_ppm = 0;  // of the longer text
};

// Compares one newcomer with stored articles, one after the other.
class Comparer {
 public:
  // `incoming` and `table` must outlive the comparer; without a table nothing is boilerplate.
  Comparer(const ComparisonDoc& incoming, const BoilerplateTable* table);

  // How `incoming` relates to `stored`. Texts under kMinShingles have no relation here (the exact
  // tier finds them). scores.score_ppm is at least 500,000 exactly if there is a relation.
  Verdict Compare(const ComparisonDoc& stored);

  // Which paragraphs of the two the verdict would leave out, as one number: as long as it stays the
  // same, so does the verdict.
  [[nodiscard]] uint64_t LearntState(const ComparisonDoc& stored) const;

 private:
  struct Slot {
    uint32_t shingle = 0;  // 0: empty
    uint32_t seen_in = 0;  // the comparison that found it last
  };

  [[nodiscard]] Slot* Find(uint32_t shingle);

  const ComparisonDoc& incoming_;
  const BoilerplateTable* const table_;
  std::vector<bool> flags_;         // of incoming's paragraphs
  std::vector<uint32_t> shingles_;  // of incoming without boilerplate, where there is some
  uint32_t distinct_ = 0;
  std::vector<Slot> slots_;
  uint32_t comparison_ = 0;
};

// The same for a single pair.
Verdict Compare(const ComparisonDoc& incoming, const ComparisonDoc& stored,
                const BoilerplateTable* table = nullptr);

// A verdict in words, for people.
std::string Explain(const Verdict& verdict);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_COMPARE_H_
