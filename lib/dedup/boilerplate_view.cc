#include "lib/dedup/boilerplate_view.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "lib/text/matching.h"

namespace wirefold {
namespace {

enum class Kind : uint8_t { kNoLetters, kBoilerplate, kOwn };

Kind KindOf(std::string_view paragraph, uint64_t domain, const BoilerplateTable& table) {
  const MatchingText matching = ToMatching(paragraph);
  const std::vector<uint64_t> keys = ParagraphKeys(matching.text);
  if (keys.empty()) return Kind::kNoLetters;
  const uint32_t articles =
      std::max(BoilerplateTable::kDomainArticles, matching.letters / kLettersPerArticle);
  return table.IsBoilerplate(domain, keys.front(), articles) ? Kind::kBoilerplate : Kind::kOwn;
}

}  // namespace

TextEdges BoilerplateEdges(std::string_view text, uint64_t domain, const BoilerplateTable& table) {
  // Paragraphs without letters go with the boilerplate at their edge.
  TextEdges edges{0, text.size()};
  size_t own = 0;  // where the first paragraph of its own begins
  bool found = false;
  for (size_t at = 0;;) {
    if (at == text.size()) return {0, text.size()};  // nothing of its own
    const size_t line = std::min(text.find('\n', at), text.size());
    const Kind kind = KindOf(text.substr(at, line - at), domain, table);
    if (kind == Kind::kBoilerplate) found = true;
    if (kind == Kind::kOwn) {
      if (found) edges.begin = at;
      own = at;
      break;
    }
    at = std::min(line + 1, text.size());
  }
  // There is a paragraph of its own, so this ends.
  found = false;
  for (size_t at = text.size();;) {
    const size_t line = text.rfind('\n', at == 0 ? 0 : at - 1);
    const size_t start =
        line == std::string_view::npos || line < edges.begin ? edges.begin : line + 1;
    const Kind kind =
        start <= own ? Kind::kOwn : KindOf(text.substr(start, at - start), domain, table);
    if (kind == Kind::kBoilerplate) found = true;
    if (kind == Kind::kOwn) {
      if (found) edges.end = at;
      break;
    }
    at = line;
  }
  return edges;
}

TextView ViewWithin(std::string_view text, const TextEdges& edges) {
  TextView view;
  view.text = std::string(text.substr(edges.begin, edges.end - edges.begin));
  ForEachLeftOut(text, edges,
                 [&](std::string_view paragraph) { view.left_out.emplace_back(paragraph); });
  return view;
}

TextView LeaveOutBoilerplate(std::string_view text, uint64_t domain,
                             const BoilerplateTable& table) {
  return ViewWithin(text, BoilerplateEdges(text, domain, table));
}

}  // namespace wirefold
