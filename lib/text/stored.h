// Stored text: the form in which titles and paragraphs are kept and shown.
//
// Example:
//   StoredLine("  Caf\u0065\u0301 \n noir\u200B ")   // "Café noir"
//
// NFC; every run of white space is one U+0020, none at either end; control characters, zero-width
// characters and noncharacters are gone. Idempotent. Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_TEXT_STORED_H_
#define WIREFOLD_LIB_TEXT_STORED_H_

#include <string>
#include <string_view>

namespace wirefold {

// One line out of `utf8`, which must be valid UTF-8; line breaks are white space.
std::string StoredLine(std::string_view utf8);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_TEXT_STORED_H_
