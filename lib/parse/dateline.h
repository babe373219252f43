// Dateline: the head of an agency's text that says who reports from where and when.
//
// Example:
//   FindDateline("路透北京7月2日 - 中国央行…")       // "路透北京7月2日"
//   FindDateline("（中央社台北24日電）財政部…")      // "中央社台北24日電"
//   FindDateline("NEW YORK, Oct 19 - Stocks fell")  // "NEW YORK, Oct 19"
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_PARSE_DATELINE_H_
#define WIREFOLD_LIB_PARSE_DATELINE_H_

#include <cstddef>
#include <string_view>

namespace wirefold {

// A dateline is at most so long.
inline constexpr size_t kMaxDatelineBytes = 120;

// The dateline that `paragraph` (stored form) starts with, as a part of it and without the brackets
// or the dash around it; empty if there is none.
std::string_view FindDateline(std::string_view paragraph);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_DATELINE_H_
