// Extract: from the blocks of a page to the article: its paragraphs, and what was held to be
// boilerplate, its date, authors and dateline.
//
// Example:
//   ExtractedArticle article = Extract(ReadHtml(body), observed_ms);
//   // article.paragraphs: what a reader should see; article.dropped: the rest
//
// The rules are about form (links, lists, place, class names of common style sheets), not about
// hosts. A rule that would drop most of a page is not applied: there are pages that are nothing but
// a list of links, and it is the article. Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_PARSE_EXTRACT_H_
#define WIREFOLD_LIB_PARSE_EXTRACT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/parse/block_reason.h"
#include "lib/parse/html_blocks.h"

namespace wirefold {

struct ExtractedArticle {
  std::vector<std::string> paragraphs;  // stored form, each one line, none empty
  std::vector<std::string> dropped;     // likewise, in reading order
  std::vector<bool> kept;               // per block of the document
  std::vector<BlockReason> reasons;     // likewise: why it was kept or dropped
  std::vector<std::string> authors;
  std::string dateline;
  std::optional<int64_t> metadata_date_ms;  // a machine-readable date
  std::optional<int64_t> date_line_ms;      // a visible date line at the head
};

// One block of a page and what became of it, for people who ask.
struct ExplainedBlock {
  BlockReason reason = BlockReason::kKept;
  std::string text;
};

struct ExtractOptions {
  std::optional<int64_t> observed_ms = {};  // helps to read ambiguous dates
  // The document is a whole page: the part that holds the article is sought first
  // (lib/parse/main_content.h), and headings that repeat `title` are no part of the text.
  bool whole_page = false;
  std::string_view title = {};
};

// Takes the document's blocks apart. Their texts move into the result.
ExtractedArticle Extract(HtmlDocument& document, const ExtractOptions& options);
inline ExtractedArticle Extract(HtmlDocument& document, std::optional<int64_t> observed_ms) {
  return Extract(document, ExtractOptions{.observed_ms = observed_ms});
}

// The blocks behind `article`, which is as Extract gave it, in reading order.
std::vector<ExplainedBlock> Explain(const ExtractedArticle& article);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_EXTRACT_H_
