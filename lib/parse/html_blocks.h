// HtmlBlocks: an HTML fragment as the list of its text blocks, in reading order, with what a
// decision on each needs; and its images, links and machine-readable dates.
//
// Example:
//   HtmlDocument document = ReadHtml("<p>One<br>two</p><ul><li><a href='/x'>Three</a></ul>");
//   // document.blocks: "One", "two", and "Three" (in a list item, all of it a link)
//
// A block ends where a block-level element starts or ends and at <br>, since real files part
// paragraphs with it. Text is in stored form (lib/text/stored.h). Markup errors are survived as
// browsers do: end tags that nobody opened are passed over, missing ones are implied.
//
// Thread-safe: pure functions. Linear in the input; limits below cut off what is absurd.
#ifndef WIREFOLD_LIB_PARSE_HTML_BLOCKS_H_
#define WIREFOLD_LIB_PARSE_HTML_BLOCKS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/parse/html_elements.h"

namespace wirefold {

// Elements nested deeper keep their text, and lose what they say about it.
inline constexpr size_t kMaxHtmlDepth = 256;
// Blocks past this are cut off.
inline constexpr size_t kMaxBlocks = 50'000;
// An alternative text or a link's text is cut to this.
inline constexpr size_t kMaxLabelBytes = 2048;

// Where a block stands, a bit set.
enum BlockContext : uint32_t {
  kInCaption = 1 << 0,  // <figcaption>, <caption>, or a class that says so
  kInAside = 1 << 1,
  kInNav = 1 << 2,
  kInFooter = 1 << 3,
  kInQuote = 1 << 4,
  kInList = 1 << 5,
  kInTable = 1 << 6,
  kInHeading = 1 << 7,
  kInHeader = 1 << 8,
  kInForm = 1 << 9,
  kInHidden = 1 << 10,     // the hidden attribute or display:none
  kInPromotion = 1 << 11,  // class or id names it: related, share, newsletter, advert, …
  kInCopyright = 1 << 12,  // class or id says copyright or disclaimer
  kInByline = 1 << 13,     // class, rel or itemprop says author or byline
  kInTime = 1 << 14,       // within <time>
  kInComments = 1 << 15,   // class or id says comment, reply, …: what readers wrote
  kInUnlikely = 1 << 16,   // class, id or role names what is seldom a part of an article
  kInNegative = 1 << 17,   // likewise, more weakly: tells against a page's element
  kInLikely = 1 << 18,     // class or id says article, content, entry, …
};

struct HtmlBlock {
  std::string text;             // one line, never empty
  uint32_t link_bytes = 0;      // of text before folding, within <a href>
  uint32_t links = 0;           // <a href> that it holds
  uint32_t emphasis_bytes = 0;  // of text before folding, within <em>, <i> or <small>
  bool after_image = false;     // an image stands between it and what precedes it
  uint32_t context = 0;         // BlockContext
  uint32_t container = 0;       // index into HtmlDocument::containers: the innermost around it
  Element element = Element::kUnknown;  // the innermost block-level element
  size_t position = 0;                  // where its text starts in the input, in bytes
};

// An element that groups blocks. The first is the fragment itself.
struct HtmlContainer {
  uint32_t parent = 0;  // index; the first is its own
  Element element = Element::kUnknown;
  uint32_t context = 0;  // BlockContext that it adds to its parent's
};

struct HtmlImage {
  std::string src;
  std::string caption;  // alternative text, else the caption beside it
};

struct HtmlLink {
  std::string href;
  std::string text;
  uint32_t block = 0;  // the block that it stands in
};

struct HtmlDocument {
  std::vector<HtmlBlock> blocks;
  std::vector<HtmlContainer> containers;
  std::vector<HtmlImage> images;
  std::vector<HtmlLink> links;
  std::vector<std::string> dates;    // <time datetime>, itemprop and meta dates, as they stand
  std::vector<std::string> authors;  // itemprop and meta authors, as they stand
  bool truncated = false;            // a limit cut something off
};

// What an element says of the blocks in it by its name alone.
uint32_t ContextOfElement(Element element);

// `html` must be valid UTF-8.
HtmlDocument ReadHtml(std::string_view html);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_HTML_BLOCKS_H_
