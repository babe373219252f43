// ShareLink: buttons that pass an article on, told from links that lead somewhere.
//
// Example:
//   const absl::StatusOr<Url> link = ParseUrl(
//       "https://www.facebook.com/dialog/share?redirect_uri=https%3A%2F%2Fwww.rfi.fr%2Fcn%2F%25E4");
//   IsShareLink(*link, {.url_key = "rfi.fr/cn/%E4", .title = "…"}, UrlRules::BuiltIn());   // true
//
// Such a link carries a URL in its query or its fragment, percent-encoded once or, where that URL
// had escapes of its own, twice. It is a share link when
//   - that URL is the article's own, by its key, with or without its scheme,
//   - or the article's title goes with it (the URL is then a short one, which nobody can tell),
//   - or the last names of its path or the first of its host say what it does (sharer.php, intent,
//     submit), and it carries the title, or any URL under a name that such buttons use (url, u,
//     text).
// A link that carries another page's URL and none of these is a redirector or a quotation, and
// leads somewhere.
//
// Thread-safe: pure functions. At most a dozen passes over the link for each
// parameter's text, and the title sought in each.
#ifndef WIREFOLD_LIB_URL_SHARE_LINK_H_
#define WIREFOLD_LIB_URL_SHARE_LINK_H_

#include <string_view>

#include "lib/url/rules.h"
#include "lib/url/url.h"

namespace wirefold {

// What is known of the article that the link stands in.
struct SharedArticle {
  std::string_view url_key;  // "" if it has no URL
  std::string_view title;
};

// Shorter titles, in bytes, prove nothing.
inline constexpr size_t kMinSharedTitleBytes = 12;

[[nodiscard]] bool IsShareLink(const Url& link, const SharedArticle& article,
                               const UrlRules& rules);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_SHARE_LINK_H_
