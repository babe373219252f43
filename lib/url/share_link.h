// ShareLink: buttons that pass an article on, told from links that lead somewhere.
//
// Example:
//   const absl::StatusOr<Url> link = ParseUrl(
//       "https://www.facebook.com/dialog/share?redirect_uri=https%3A%2F%2Fwww.rfi.fr%2Fcn%2F%25E4");
//   IsShareLink(*link, {.url_key = "rfi.fr/cn/%E4", .title = "…"}, UrlRules::BuiltIn());   // true
//
// Such a link carries a URL in its query, percent-encoded once or, where that URL had escapes of
// its own, twice. It is a share link when that URL is the article's own, by its key; when the
// article's title goes with it (the URL is then a short one, which nobody can tell); or when a name
// in its path or host says what it does (sharer.php, intent, submit). A link that carries another
// page's URL and none of these is a redirector or a quotation, and leads somewhere.
//
// Thread-safe: pure functions. Linear in the link's length.
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
