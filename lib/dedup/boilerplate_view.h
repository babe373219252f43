// BoilerplateView: an article's text as a reader sees it: without the paragraphs at its edges that
// are learnt to be boilerplate.
//
// Example:
//   TextView view = LeaveOutBoilerplate(article.text, domain, table);
//   // view.text, and what was left out ahead of it and behind it
//
// The longer a paragraph, the more articles must share it: a background paragraph that an outlet
// puts under some articles of one story is worth reading, what stands under hundreds is not.
//
// Nothing stored changes: the view is made when an article is read, and another day's table may
// make another one. Thread-safe: a pure function of its arguments and the table's version.
#ifndef WIREFOLD_LIB_DEDUP_BOILERPLATE_VIEW_H_
#define WIREFOLD_LIB_DEDUP_BOILERPLATE_VIEW_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dedup/boilerplate.h"

namespace wirefold {

// The part of a text that is left: [begin, end). All of it where nothing is left out.
struct TextEdges {
  size_t begin = 0;
  size_t end = 0;
};

struct TextView {
  std::string text;                   // paragraphs, separated by '\n'
  std::vector<std::string> left_out;  // paragraphs, in the order of the text
};

// A paragraph of so many letters needs one article more.
inline constexpr uint32_t kLettersPerArticle = 8;

// `text` is a stored text, `domain` its article's DomainKey. A text that would lose every paragraph
// stays whole: an article that says nothing of its own still says something.
TextEdges BoilerplateEdges(std::string_view text, uint64_t domain, const BoilerplateTable& table);
// Calls `visit` with each paragraph that the edges leave out, in order.
template <typename Visit>
void ForEachLeftOut(std::string_view text, const TextEdges& edges, Visit visit) {
  for (std::string_view part : {text.substr(0, edges.begin), text.substr(edges.end)}) {
    while (!part.empty()) {
      const size_t line = std::min(part.find('\n'), part.size());
      if (line > 0) visit(part.substr(0, line));
      part.remove_prefix(std::min(line + 1, part.size()));
    }
  }
}
// The view that the edges make of a text.
TextView ViewWithin(std::string_view text, const TextEdges& edges);
// Both at once.
TextView LeaveOutBoilerplate(std::string_view text, uint64_t domain, const BoilerplateTable& table);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_BOILERPLATE_VIEW_H_
