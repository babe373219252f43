// ArticleKey: the article that a request names by ID or URL, and the size of the page it asks for.
//
// Example:
//   absl::StatusOr<Ulid> id = IdOf(request, store, url_rules);
//
// Thread-safe: pure but for reading the store.
#ifndef WIREFOLD_SERVER_ARTICLE_KEY_H_
#define WIREFOLD_SERVER_ARTICLE_KEY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "lib/article/identity.h"
#include "lib/base/hash.h"
#include "lib/base/reason.h"
#include "lib/base/ulid.h"
#include "lib/store/store.h"
#include "lib/url/canonicalize.h"
#include "lib/url/rules.h"

namespace wirefold {

// `Request` has the oneof `key` of `id` and `url`. kInvalidArgument if neither is set, kInvalidId,
// kInvalidUrl and its kin; kNotFound for a URL that no article has. An ID is not looked up.
template <typename Request>
absl::StatusOr<Ulid> IdOf(const Request& request, const Store& store, const UrlRules& url_rules) {
  switch (request.key_case()) {
    case Request::kId:
      return Ulid::Parse(request.id());
    case Request::kUrl: {
      const absl::StatusOr<CanonicalUrl> url = CanonicalizeUrl(request.url(), {}, url_rules);
      if (!url.ok()) return url.status();
      const absl::StatusOr<StoredArticle> stored =
          store.GetByIdentity(IdentityOfUrlKey(url->url_key));
      if (!stored.ok()) return stored.status();
      return stored->id;
    }
    case Request::KEY_NOT_SET:
      break;
  }
  return Reject(Reason::kInvalidArgument, "no article is named; set id or url");
}

// What a request's text_hash names; unset for an empty one. kInvalidArgument for one that is none.
absl::StatusOr<std::optional<Hash128>> ParseTextHash(const std::string& text);

// kInvalidArgument for a negative one.
absl::StatusOr<size_t> PageSize(int32_t asked);

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_ARTICLE_KEY_H_
