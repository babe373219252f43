// PlainText: text without markup as paragraphs, in the form that HTML comes in, so that the same
// rules find its dateline, its byline and its boilerplate.
//
// Example:
//   PlainText text = ReadPlainText("Harbour report\n\nThe harbour board said on Tuesday …\n");
//   // text.title: "Harbour report"; text.document.blocks: one, the sentence
//
// Paragraphs are parted by empty lines, and by line ends too unless a line was plainly wrapped: the
// longest line has kMinWrapColumns to kMaxWrapColumns columns, and the next line is not indented
// and its first word did not fit behind this one. (Files with one line a paragraph have longer
// lines.)
//
// The first line is the title if it looks like one: a paragraph by itself of at most
// kMaxTitleColumns columns, not closed as sentences are, and a longer paragraph follows it.
//
// Thread-safe: pure functions. Linear.
#ifndef WIREFOLD_LIB_PARSE_PLAIN_TEXT_H_
#define WIREFOLD_LIB_PARSE_PLAIN_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "lib/parse/html_blocks.h"

namespace wirefold {

// Columns as a terminal counts them, roughly: Han, kana and Hangul take two.
inline constexpr size_t kMinWrapColumns = 40;
inline constexpr size_t kMaxWrapColumns = 100;
inline constexpr size_t kMaxTitleColumns = 120;

struct PlainText {
  std::string title;      // stored form; empty if the first line does not look like one
  HtmlDocument document;  // a block a paragraph, the title left out; at most kMaxBlocks
};

// `text` must be valid UTF-8; line ends may be LF, CRLF and CR.
PlainText ReadPlainText(std::string_view text);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_PLAIN_TEXT_H_
