// BlockReason: why a block of a page is part of the article or not, for people who ask.
//
// Example:
//   ExtractedArticle article = Extract(document, observed_ms);
//   for (size_t i = 0; i < article.reasons.size(); ++i) {
//     log(BlockReasonName(article.reasons[i]), texts[i]);   // "kept", "links", "tail_note", …
//   }
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_PARSE_BLOCK_REASON_H_
#define WIREFOLD_LIB_PARSE_BLOCK_REASON_H_

#include <cstdint>
#include <string_view>

namespace wirefold {

enum class BlockReason : uint8_t {
  kKept,           // a part of the article
  kKeptForWant,    // boilerplate by the rules, kept because the page has nothing else
  kNoLetters,      // a row of dashes, bullets or the like
  kDateLine,       // the article's date; published_at says it
  kAuthorLine,     // its author's name; authors says it
  kContext,        // stands in an aside, a menu, a footer, a caption, a promotion, …
  kUrls,           // mostly visible addresses, or a label with one
  kLinks,          // (almost) nothing but links
  kLabel,          // the heading of what was dropped
  kBracketedNote,  // a note to the reader: in brackets, with a link or an address
  kTailLinks,      // a row of links behind the last paragraph
  kCopyright,      // a copyright line
  kTailNote,       // behind the last paragraph: contacts, an editor's note set apart
  kGallery,        // one of the pictures with a text that were put behind the article
  kOutsideMain,    // not in the part of the page that holds the article
  kTitle,          // repeats the page's title
};

// In lower case with underscores: "kept", "outside_main".
std::string_view BlockReasonName(BlockReason reason);

inline bool IsKept(BlockReason reason) { return reason <= BlockReason::kKeptForWant; }

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_BLOCK_REASON_H_
