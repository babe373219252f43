#include "lib/parse/block_reason.h"

namespace wirefold {

std::string_view BlockReasonName(BlockReason reason) {
  switch (reason) {
    case BlockReason::kKept:
      return "kept";
    case BlockReason::kKeptForWant:
      return "kept_for_want";
    case BlockReason::kNoLetters:
      return "no_letters";
    case BlockReason::kDateLine:
      return "date_line";
    case BlockReason::kAuthorLine:
      return "author_line";
    case BlockReason::kContext:
      return "context";
    case BlockReason::kUrls:
      return "urls";
    case BlockReason::kLinks:
      return "links";
    case BlockReason::kLabel:
      return "label";
    case BlockReason::kBracketedNote:
      return "bracketed_note";
    case BlockReason::kTailLinks:
      return "tail_links";
    case BlockReason::kCopyright:
      return "copyright";
    case BlockReason::kTailNote:
      return "tail_note";
    case BlockReason::kGallery:
      return "gallery";
    case BlockReason::kOutsideMain:
      return "outside_main";
    case BlockReason::kTitle:
      return "title";
  }
  return "unknown";
}

}  // namespace wirefold
