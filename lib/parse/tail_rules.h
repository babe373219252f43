// Tail rules: what stands behind an article and is not it: rows of links, copyright lines, notes of
// the editors and how to reach them; and, wherever they stand, galleries of pictures, which other
// articles share, and notes to the reader, in brackets with a link.
//
// Example:
//   DropNotes(set);
//   DropTail(set, /*links_are_boilerplate=*/true);
//
// Thread-safe: pure functions on one page's blocks. Linear.
#ifndef WIREFOLD_LIB_PARSE_TAIL_RULES_H_
#define WIREFOLD_LIB_PARSE_TAIL_RULES_H_

#include "lib/parse/block_set.h"

namespace wirefold {

// Drops notes in brackets that hold a link or an address, and lines that open with ©.
void DropNotes(BlockSet& set);

// Drops captions: short texts in italics or small print right behind an image, in an element of
// their own that is no paragraph, on a page that is not all so.
void DropCaptions(BlockSet& set);

// Drops three or more pictures with one text each, right under a heading, with that, which are less
// than half of the page, or stand behind or within an article of several paragraphs.
void DropGallery(BlockSet& set);

// Drops, from the page's end upwards to its last paragraph: rows of links (if links are boilerplate
// on this page), paragraphs with a mail address or a URL at their end, paragraphs all in
// italics or small print on a page that is not, and what stands behind a rule of signs ("=====").
void DropTail(BlockSet& set, bool links_are_boilerplate);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_TAIL_RULES_H_
