#include "lib/dedup/compare.h"

#include <algorithm>
#include <utility>

#include "lib/base/hash.h"
#include "lib/dedup/sketch.h"
#include "lib/text/matching.h"

namespace wirefold {
size_t ComparisonDoc::memory_bytes() const {
  return sizeof *this +
         (shingles.capacity() + set.capacity() + figures.capacity() + opening_figures.capacity() +
          title.capacity() + sketch.anchors.capacity()) *
             sizeof(uint32_t) +
         paragraphs.capacity() * sizeof(Paragraph) + standing.dateline.capacity() +
         standing.edges.capacity() + DocFactsMemo::MemoryBytes(*this);
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

}  // namespace wirefold
