// Matching text: what is compared, never shown. Two spellings of one text have one matching text.
//
// Example:
//   MatchingText m = ToMatching("（中央社台北２４日電）Café Noir，3.14");
//   // m.text == "中央社台北24日电café noir 314"
//
// NFKC_Casefold (Unicode 15.0, section 3.13, toNFKC_Casefold), then traditional to simplified Han
// one character at a time, then letters and digits alone (general categories L* and N*). '\n'
// stays between paragraphs that are not empty. Between two characters of scripts that use spaces,
// one ' ' stands for whatever parted the words; '.' and ',' between two digits and an apostrophe
// between two letters part nothing (Unicode Standard Annex 29, WB6 to WB12). Marks and format
// characters part nothing.
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_TEXT_MATCHING_H_
#define WIREFOLD_LIB_TEXT_MATCHING_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/hash.h"

namespace wirefold {

struct MatchingText {
  std::string text;      // UTF-8
  uint32_t letters = 0;  // letters and digits in it
};

// `utf8` must be valid UTF-8; it need not be NFC. Linear: a table look-up a character, ICU only
// around characters that combine or expand.
MatchingText ToMatching(std::string_view utf8);

// XXH3-128 of `matching` without its ' ' and '\n'.
Hash128 HashMatching(std::string_view matching, uint64_t seed = 0);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_TEXT_MATCHING_H_
