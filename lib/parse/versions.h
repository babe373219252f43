// Versions of the libraries that what is read of a file depends on.
//
// Example:
//   ParseLibraryVersions().at("uchardet")   // "0.0.7"
//
// Thread-safe: a pure function.
#ifndef WIREFOLD_LIB_PARSE_VERSIONS_H_
#define WIREFOLD_LIB_PARSE_VERSIONS_H_

#include <map>
#include <string>

namespace wirefold {

// By name: "uchardet" (guesses charsets; as it was when the program was built), "libxml2" (reads
// feeds).
std::map<std::string, std::string> ParseLibraryVersions();

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_VERSIONS_H_
