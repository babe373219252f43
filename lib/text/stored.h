// Stored text: the form in which titles and paragraphs are kept and shown.
//
// Example:
//   StoredLine("  Caf\u0065\u0301 \n noir\u200B ")   // "Café noir"
//
// NFC; every run of white space is one U+0020, none at either end; control characters, zero-width
// characters and noncharacters are gone. Of more than kMaxCombiningRun characters in a row that may
// combine with what precedes them the first are kept: putting n marks into canonical order takes
// time in n^2, and a file of 8 MiB of them would take hours (UAX #15, section 13, draws the same
// line for streams). Idempotent. Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_TEXT_STORED_H_
#define WIREFOLD_LIB_TEXT_STORED_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace wirefold {

// The longest run of combining characters that is kept. No language writes more than a few.
inline constexpr size_t kMaxCombiningRun = 30;

// One line out of `utf8`, which must be valid UTF-8; line breaks are white space.
std::string StoredLine(std::string_view utf8);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_TEXT_STORED_H_
