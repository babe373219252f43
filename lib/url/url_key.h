// UrlKey: a URL folded so that the spellings of one article's address become one. Lossy, for
// matching alone, never fetched.
//
// Example:
//   MakeUrlKey(*ParseUrl("http://www.rfi.fr//cn/%e4%b8%ad/?b=1&a=2#top"), UrlRules::BuiltIn());
//   // "rfi.fr/cn/%E4%B8%AD?a=2&b=1"
//
// Dropped: scheme, userinfo, the labels www, m, mobile and amp, the host's last dot, default ports,
// doubled and trailing slashes, an /amp segment at the end, index pages, parameters that the rules
// drop or fold, session IDs in the path, fragments other than #! routes. Unreserved characters are
// decoded, other escapes are in upper case, parameters are sorted by name. Path and query keep
// their case; what may be another page stays apart (other subdomains, editions, languages, ports).
//
// A key with "https://" in front is a URL whose key it is. It depends on this code and on the
// rules, not on libpsl's data. Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_URL_URL_KEY_H_
#define WIREFOLD_LIB_URL_URL_KEY_H_

#include <cstdint>
#include <string>

#include "lib/url/rules.h"
#include "lib/url/url.h"

namespace wirefold {

// Goes up whenever this code may give a URL another url_key under the same rules.
inline constexpr uint32_t kUrlKeyVersion = 1;

// `url` is http or https. Two URLs with the same canonical `url` have the same key.
std::string MakeUrlKey(const Url& url, const UrlRules& rules);

// What is kept of a fragment, in `url` as in `url_key`: a #! route, which names a page. "" for
// anything else.
std::string_view HashBangRoute(const Url& url);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_URL_KEY_H_
