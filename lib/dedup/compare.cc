#include "lib/dedup/compare.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <span>
#include <utility>

#include "lib/base/hash.h"
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

// Half a million at the threshold, a million at full containment.
uint32_t ScoreOf(uint32_t containment, uint32_t threshold) {
  if (containment < threshold) {
    return static_cast<uint32_t>(uint64_t{containment} * (kOne / 2 - 1) / threshold);
  }
  return kOne / 2 +
         static_cast<uint32_t>(uint64_t{containment - threshold} * (kOne / 2) / (kOne - threshold));
}

// Which paragraphs of `doc` are boilerplate; empty where none is.
std::vector<bool> Flags(const ComparisonDoc& doc, const BoilerplateTable* table) {
  if (table == nullptr || doc.paragraphs.empty()) return {};
  std::vector<uint64_t> keys;
  keys.reserve(doc.paragraphs.size());
  for (const ComparisonDoc::Paragraph& paragraph : doc.paragraphs) keys.push_back(paragraph.key);
  std::vector<bool> flags = table->AreBoilerplate(doc.domain, keys);
  if (std::find(flags.begin(), flags.end(), true) == flags.end()) flags.clear();
  return flags;
}

// The shingles of `doc` that reach into no flagged paragraph.
std::vector<uint32_t> WithoutFlagged(const ComparisonDoc& doc, const std::vector<bool>& flags) {
  std::vector<uint32_t> kept;
  kept.reserve(doc.shingles.size());
  const size_t reach = static_cast<size_t>(doc.shingle_length) - 1;
  size_t next = 0;  // the first shingle not looked at
  uint32_t begin = 0;
  for (size_t p = 0; p < doc.paragraphs.size(); ++p) {
    const uint32_t end = doc.paragraphs[p].end;
    if (flags[p]) {
      const size_t before = std::min(doc.shingles.size(), begin - std::min<size_t>(begin, reach));
      for (; next < before; ++next) kept.push_back(doc.shingles[next]);
      next = std::max<size_t>(next, end);
    }
    begin = end;
  }
  for (; next < doc.shingles.size(); ++next) kept.push_back(doc.shingles[next]);
  return kept;
}

uint32_t CountDistinct(std::vector<uint32_t> shingles) {
  SortDistinct(shingles);
  return static_cast<uint32_t>(shingles.size());
}

uint64_t DigestOf(const std::vector<bool>& flags, uint64_t seed) {
  uint64_t digest = seed;
  for (size_t i = 0; i < flags.size(); ++i) {
    if (flags[i]) digest = (digest ^ (i + 1)) * 0x9E3779B97F4A7C15u;
  }
  return digest;
}

}  // namespace

size_t ComparisonDoc::memory_bytes() const {
  return sizeof *this + (shingles.capacity() + figures.capacity()) * sizeof(uint32_t) +
         paragraphs.capacity() * sizeof(Paragraph);
}

ComparisonDoc MakeComparisonDoc(std::string_view matching_text, const Tokens& tokens,
                                const Shingles& shingles, const Origin& origin) {
  ComparisonDoc doc;
  doc.shingle_length = tokens.shingle_length();
  doc.shingles.reserve(shingles.hashes.size());
  for (const uint64_t hash : shingles.hashes) {
    doc.shingles.push_back(static_cast<uint32_t>(hash >> 32));
  }
  doc.distinct = static_cast<uint32_t>(shingles.set.size());
  for (const Token token : tokens.tokens) {
    if (IsNumberToken(token)) doc.figures.push_back(token);
  }
  std::sort(doc.figures.begin(), doc.figures.end());
  doc.figures.shrink_to_fit();
  const std::vector<uint64_t> keys = ParagraphKeys(matching_text);
  const size_t paragraphs = std::min(keys.size(), tokens.paragraph_ends.size());
  doc.paragraphs.reserve(paragraphs);
  for (size_t i = 0; i < paragraphs; ++i) {
    doc.paragraphs.push_back({keys[i], tokens.paragraph_ends[i]});
  }
  doc.host = origin.host.empty() ? 0 : HashBytes64(origin.host) | 1;
  doc.domain = DomainKey(origin.registrable_domain, origin.host, origin.source);
  return doc;
}

ComparisonDoc MakeComparisonDoc(std::string_view matching_text, const Origin& origin) {
  const Tokens tokens = Tokenize(matching_text);
  return MakeComparisonDoc(matching_text, tokens, MakeShingles(tokens), origin);
}

Comparer::Comparer(const ComparisonDoc& incoming, const BoilerplateTable* table)
    : incoming_(incoming),
      table_(table),
      flags_(Flags(incoming, table)),
      distinct_(incoming.distinct) {
  if (!flags_.empty()) shingles_ = WithoutFlagged(incoming, flags_);
  const std::vector<uint32_t>& shingles = flags_.empty() ? incoming_.shingles : shingles_;
  slots_.resize(std::bit_ceil(2 * shingles.size() + 2));
  if (!flags_.empty()) distinct_ = 0;
  for (const uint32_t shingle : shingles) {
    Slot* const slot = Find(shingle);
    if (slot->shingle == 0 && !flags_.empty()) ++distinct_;
    slot->shingle = std::max(shingle, 1u);
  }
}

// The slot that holds the shingle, or the empty one where it belongs.
Comparer::Slot* Comparer::Find(uint32_t shingle) {
  const uint32_t wanted = std::max(shingle, 1u);  // 0 marks what is empty
  const size_t mask = slots_.size() - 1;
  for (size_t at = wanted & mask;; at = (at + 1) & mask) {
    if (slots_[at].shingle == wanted || slots_[at].shingle == 0) return &slots_[at];
  }
}

uint64_t Comparer::LearntState(const ComparisonDoc& stored) const {
  return DigestOf(Flags(stored, table_), DigestOf(flags_, 1));
}

Verdict Comparer::Compare(const ComparisonDoc& stored) {
  using Rules = CompareRules;
  Verdict verdict;
  const std::vector<bool> stored_flags = Flags(stored, table_);
  std::vector<uint32_t> kept;
  verdict.learnt_state = DigestOf(stored_flags, DigestOf(flags_, 1));
  uint32_t stored_distinct = stored.distinct;
  if (!stored_flags.empty()) {
    kept = WithoutFlagged(stored, stored_flags);
    stored_distinct = CountDistinct(kept);
  }
  const std::vector<uint32_t>& theirs = stored_flags.empty() ? stored.shingles : kept;
  const std::vector<uint32_t>& ours = flags_.empty() ? incoming_.shingles : shingles_;
  const bool same_host = incoming_.host != 0 && incoming_.host == stored.host;
  verdict.same_domain = incoming_.domain == stored.domain;
  verdict.threshold_ppm = same_host ? Rules::kContainmentSameHost : Rules::kContainmentAcrossHosts;
  // Shingles of different length have nothing in common.
  if (std::min(distinct_, stored_distinct) < kMinShingles ||
      incoming_.shingle_length != stored.shingle_length) {
    return verdict;
  }
  const bool incoming_is_shorter = distinct_ <= stored_distinct;
  const uint32_t fewer = std::min(distinct_, stored_distinct);
  const uint32_t more = std::max(distinct_, stored_distinct);

  // The head of a text: the shingles of its first tokens.
  const size_t head_shingles =
      static_cast<size_t>(Rules::kHeadTokens) - static_cast<size_t>(stored.shingle_length) + 1;
  ++comparison_;
  uint64_t shared = 0;
  uint64_t head_shared = 0;
  for (size_t i = 0; i < theirs.size(); ++i) {
    Slot* const slot = Find(theirs[i]);
    if (slot->shingle == 0) continue;
    if (i < head_shingles) ++head_shared;
    shared += slot->seen_in != comparison_;
    slot->seen_in = comparison_;
  }
  size_t head_size = std::min(theirs.size(), head_shingles);
  if (!incoming_is_shorter) {
    head_size = std::min(ours.size(), head_shingles);
    head_shared = 0;
    for (size_t i = 0; i < head_size; ++i) {
      head_shared += Find(ours[i])->seen_in == comparison_;
    }
  }
  verdict.scores.jaccard_ppm = Share(shared, uint64_t{fewer} + more - shared);
  verdict.scores.containment_ppm = Share(shared, fewer);
  verdict.scores.score_ppm = ScoreOf(verdict.scores.containment_ppm, verdict.threshold_ppm);

  const size_t fewer_figures = std::min(incoming_.figures.size(), stored.figures.size());
  verdict.figures_ppm =
      fewer_figures < Rules::kMinFigures
          ? kOne
          : Share(CountSharedRepeats(incoming_.figures, stored.figures), fewer_figures);
  verdict.head_covered_ppm = Share(head_shared, head_size);
  const uint32_t length_ppm = Share(fewer, more);

  if (verdict.scores.containment_ppm >= verdict.threshold_ppm) {
    if (same_host && verdict.figures_ppm < Rules::kFiguresSameHost) {
      verdict.veto = Veto::kFiguresDiffer;
    } else if (length_ppm < Rules::kMinorPart && verdict.head_covered_ppm < Rules::kHeadCovered) {
      verdict.veto = Veto::kMinorPart;
    } else if (length_ppm >= Rules::kExcerptLength) {
      verdict.relation = Relation::kNear;
    } else {
      verdict.relation = incoming_is_shorter ? Relation::kExcerpt : Relation::kExtended;
    }
    if (verdict.veto != Veto::kNone) {
      verdict.scores.score_ppm = std::min(verdict.scores.score_ppm, kOne / 2 - 1);
    }
  }
  verdict.related =
      verdict.relation == Relation::kNone && verdict.scores.containment_ppm >= Rules::kRelated;
  return verdict;
}

Verdict Compare(const ComparisonDoc& incoming, const ComparisonDoc& stored,
                const BoilerplateTable* table) {
  return Comparer(incoming, table).Compare(stored);
}

std::string Explain(const Verdict& verdict) {
  char out[256];
  const auto percent = [](uint32_t ppm) { return ppm / 1e4; };
  std::snprintf(out, sizeof out, "%.1f %% of the shorter text is shared (%.1f %% asked for)",
                percent(verdict.scores.containment_ppm), percent(verdict.threshold_ppm));
  std::string text = out;
  if (verdict.veto == Veto::kFiguresDiffer) {
    std::snprintf(out, sizeof out,
                  "; not a copy: of one host, and only %.1f %% of the figures agree (a template)",
                  percent(verdict.figures_ppm));
    text += out;
  } else if (verdict.veto == Veto::kMinorPart) {
    std::snprintf(
        out, sizeof out,
        "; not a copy: a minor part of the longer text, whose beginning is %.1f %% shared",
        percent(verdict.head_covered_ppm));
    text += out;
  }
  return text;
}

}  // namespace wirefold
