#include "lib/dedup/compare.h"

#include <algorithm>
#include <cstdio>
#include <span>

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

}  // namespace

size_t ComparisonDoc::memory_bytes() const {
  return sizeof *this +
         (shingles.capacity() + head.capacity() + figures.capacity()) * sizeof(uint32_t);
}

ComparisonDoc MakeComparisonDoc(const Tokens& tokens, Shingles&& shingles, std::string_view host) {
  ComparisonDoc doc;
  doc.shingle_length = tokens.shingle_length();
  const size_t length = static_cast<size_t>(doc.shingle_length);
  const size_t head_tokens = CompareRules::kHeadTokens;
  for (size_t i = 0; i < shingles.hashes.size() && i + length <= head_tokens; ++i) {
    doc.head.push_back(static_cast<uint32_t>(shingles.hashes[i] >> 32));
  }
  SortDistinct(doc.head);
  doc.shingles = std::move(shingles.set);
  for (const Token token : tokens.tokens) {
    if (IsNumberToken(token)) doc.figures.push_back(token);
  }
  std::sort(doc.figures.begin(), doc.figures.end());
  doc.figures.shrink_to_fit();
  doc.host = host.empty() ? 0 : HashBytes64(host) | 1;
  return doc;
}

ComparisonDoc MakeComparisonDoc(std::string_view matching_text, std::string_view host) {
  const Tokens tokens = Tokenize(matching_text);
  return MakeComparisonDoc(tokens, MakeShingles(tokens), host);
}

Verdict Compare(const ComparisonDoc& incoming, const ComparisonDoc& stored) {
  using Rules = CompareRules;
  Verdict verdict;
  const bool incoming_is_shorter = incoming.shingles.size() <= stored.shingles.size();
  const ComparisonDoc& shorter = incoming_is_shorter ? incoming : stored;
  const ComparisonDoc& longer = incoming_is_shorter ? stored : incoming;
  const bool same_host = incoming.host != 0 && incoming.host == stored.host;
  verdict.threshold_ppm = same_host ? Rules::kContainmentSameHost : Rules::kContainmentAcrossHosts;
  // Shingles of different length have nothing in common.
  if (shorter.shingles.size() < kMinShingles || shorter.shingle_length != longer.shingle_length) {
    return verdict;
  }
  const uint64_t shared = CountShared(shorter.shingles, longer.shingles);
  verdict.scores.jaccard_ppm =
      Share(shared, shorter.shingles.size() + longer.shingles.size() - shared);
  verdict.scores.containment_ppm = Share(shared, shorter.shingles.size());
  verdict.scores.score_ppm = ScoreOf(verdict.scores.containment_ppm, verdict.threshold_ppm);

  const size_t fewer_figures = std::min(shorter.figures.size(), longer.figures.size());
  verdict.figures_ppm =
      fewer_figures < Rules::kMinFigures
          ? kOne
          : Share(CountSharedRepeats(shorter.figures, longer.figures), fewer_figures);
  verdict.head_covered_ppm = Share(CountShared(longer.head, shorter.shingles), longer.head.size());
  const uint32_t length_ppm = Share(shorter.shingles.size(), longer.shingles.size());

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
