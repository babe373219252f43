// Versions of the data that the text forms and the language depend on.
//
// Thread-safe: a pure function.
#ifndef WIREFOLD_LIB_TEXT_VERSIONS_H_
#define WIREFOLD_LIB_TEXT_VERSIONS_H_

#include <map>
#include <string>

namespace wirefold {

// "icu", "unicode", "cld2" and "han_table" (a hash of the table made from OpenCC's dictionary).
std::map<std::string, std::string> TextDataVersions();

}  // namespace wirefold

#endif  // WIREFOLD_LIB_TEXT_VERSIONS_H_
