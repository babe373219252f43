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

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dedup/boilerplate.h"

namespace wirefold {

struct TextView {
  std::string text;                   // paragraphs, separated by '\n'
  std::vector<std::string> left_out;  // paragraphs, in the order of the text
};

// A paragraph of so many letters needs one article more.
inline constexpr uint32_t kLettersPerArticle = 8;

// `text` is a stored text, `domain` its article's DomainKey. A text that would lose every paragraph
// stays whole: an article that says nothing of its own still says something.
TextView LeaveOutBoilerplate(std::string text, uint64_t domain, const BoilerplateTable& table);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_BOILERPLATE_VIEW_H_
