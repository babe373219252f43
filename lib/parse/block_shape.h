// BlockShape: what the rules of extraction ask of a block's text, computed once per block.
//
// Example:
//   BlockShape shape = ShapeOf(block);
//   if (shape.link_share >= 0.9) ...   // (almost) nothing but a link
//
// Thread-safe: pure functions. Linear in the text.
#ifndef WIREFOLD_LIB_PARSE_BLOCK_SHAPE_H_
#define WIREFOLD_LIB_PARSE_BLOCK_SHAPE_H_

#include <cstddef>
#include <string_view>

#include "lib/parse/html_blocks.h"

namespace wirefold {

struct BlockShape {
  size_t characters = 0;      // that are not white space
  size_t letters = 0;         // letters and digits
  size_t weight = 0;          // characters, those of scripts without spaces (3 bytes) twice
  size_t commas = 0;          // commas of any script, and full stops of Chinese and Japanese
  double link_share = 0;      // of the bytes that are not white space
  double url_share = 0;       // of the same, in visible URLs
  double emphasis_share = 0;  // of the same, within <em>, <i> or <small>
};

BlockShape ShapeOf(const HtmlBlock& block);

// Bytes of visible URLs: "http(s)://…", "www.…" and "host.tld/path", up to white space or a
// non-ASCII character.
size_t UrlBytes(std::string_view text);

// Whether it ends as a label does ("Related:").
bool EndsWithColon(std::string_view text);

// Whether its last character ends a sentence in some script.
bool EndsSentence(std::string_view text);

// Whether it stands in one pair of brackets as a whole.
bool IsBracketed(std::string_view text);

// Whether it names an address of electronic mail.
bool HasMailAddress(std::string_view text);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_BLOCK_SHAPE_H_
