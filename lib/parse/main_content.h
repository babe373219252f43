// MainContent: which blocks of a whole page belong to the part of it that holds the article.
//
// Example:
//   MainContent main = FindMainContent(document, shapes);
//   // main.blocks[i]: block i is within the article's element, or beside it and like it
//
// The idea is that of Arc90's Readability and its descendant in Firefox (Readability.js): an
// element earns points for the paragraphs in it, by their length and their commas, and passes half
// of them on to its parent and less to what stands above; class names and elements add or take
// away; the share of its text that is links takes away. The best one is the article, together with
// its siblings that have points or prose enough. Containers here are elements that group blocks,
// and lengths of scripts without spaces count twice.
//
// Thread-safe: pure functions. Linear in blocks and containers.
#ifndef WIREFOLD_LIB_PARSE_MAIN_CONTENT_H_
#define WIREFOLD_LIB_PARSE_MAIN_CONTENT_H_

#include <cstdint>
#include <vector>

#include "lib/parse/block_shape.h"
#include "lib/parse/html_blocks.h"

namespace wirefold {

struct MainContent {
  std::vector<bool> blocks;  // per block of the document; all true if no element stands out
  uint32_t container = 0;    // the article's element; 0 if none stands out
};

// `shapes` are those of `document`'s blocks.
MainContent FindMainContent(const HtmlDocument& document, const std::vector<BlockShape>& shapes);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_MAIN_CONTENT_H_
