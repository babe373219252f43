// Versions: what a canonical article depends on beside its file: our rules, and the data of the
// libraries. The same bytes give the same article for one set of these.
//
// Example:
//   for (const auto& [name, version] : NormalizerVersions()) log(name, version);
//
// Thread-safe: a pure function.
#ifndef WIREFOLD_LIB_ARTICLE_VERSIONS_H_
#define WIREFOLD_LIB_ARTICLE_VERSIONS_H_

#include <map>
#include <string>

#include "lib/url/rules.h"

namespace wirefold {

// By name: "rules", "url_rules" (what they call themselves, and a hash of what they say), "icu",
// "unicode", "cld2", "han_table" (a hash of what OpenCC's dictionary was when the program was
// built), "public_suffix_list", "uchardet", "libxml2".
std::map<std::string, std::string> NormalizerVersions(
    const UrlRules& url_rules = UrlRules::BuiltIn());

}  // namespace wirefold

#endif  // WIREFOLD_LIB_ARTICLE_VERSIONS_H_
