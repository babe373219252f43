// Link rules: blocks that lead elsewhere instead of telling something: lists of related pieces,
// "Watch here: https://…", a mirror's footer; and the labels over them.
//
// Example:
//   BlockSet set(document);
//   const bool urls = DropUrlBlocks(set);
//   const bool links = DropLinkBlocks(set);
//   DropLabels(set);
//
// Thread-safe: pure functions on one page's blocks. Linear.
#ifndef WIREFOLD_LIB_PARSE_LINK_RULES_H_
#define WIREFOLD_LIB_PARSE_LINK_RULES_H_

#include "lib/parse/block_set.h"

namespace wirefold {

// A block this short may be the label of what follows it ("Related:"), in characters.
inline constexpr size_t kMaxLabelCharacters = 30;

// Drops paragraphs that are mostly visible URLs, groups that are so as a whole (a mirror's footer
// is a label and two URLs), and a label with a URL. Whether any was dropped.
bool DropUrlBlocks(BlockSet& set);

// Drops paragraphs and list items that are (almost) nothing but a link, and a label with a link,
// unless they are most of the page: there are pages that are nothing but links, and they are the
// article. False in that case.
bool DropLinkBlocks(BlockSet& set);

// Drops "Related:" and the heading over what was dropped; at the page's end any short line over it.
void DropLabels(BlockSet& set);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_LINK_RULES_H_
