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

TextView LeaveOutBoilerplate(std::string text, uint64_t domain, const BoilerplateTable& table) {
  const std::string_view all = text;
  // What is left: [begin, end). Paragraphs without letters go with the boilerplate at their edge.
  size_t begin = 0;
  bool found = false;
  for (size_t at = 0;;) {
    if (at == all.size()) return {std::move(text), {}};  // nothing of its own
    const size_t line = std::min(all.find('\n', at), all.size());
    const Kind kind = KindOf(all.substr(at, line - at), domain, table);
    if (kind == Kind::kBoilerplate) found = true;
    if (kind == Kind::kOwn) {
      if (found) begin = at;
      break;
    }
    at = std::min(line + 1, all.size());
  }
  // There is a paragraph of its own, so this ends.
  size_t end = all.size();
  found = false;
  for (size_t at = all.size();;) {
    const size_t line = all.rfind('\n', at == 0 ? 0 : at - 1);
    const size_t start = line == std::string_view::npos || line < begin ? begin : line + 1;
    const Kind kind = KindOf(all.substr(start, at - start), domain, table);
    if (kind == Kind::kBoilerplate) found = true;
    if (kind == Kind::kOwn) {
      if (found) end = at;
      break;
    }
    at = line;
  }
  TextView view;
  const auto leave_out = [&](std::string_view part) {
    while (!part.empty()) {
      const size_t line = std::min(part.find('\n'), part.size());
      if (line > 0) view.left_out.emplace_back(part.substr(0, line));
      part.remove_prefix(std::min(line + 1, part.size()));
    }
  };
  leave_out(all.substr(0, begin));
  leave_out(all.substr(end));
  if (view.left_out.empty()) {
    view.text = std::move(text);
  } else {
    view.text = std::string(all.substr(begin, end - begin));
  }
  return view;
}

}  // namespace wirefold
