// Identity: what an article is known by, as one hash: its url_key; without a URL its matching text;
// without a text either, its raw bytes. Three seeds keep the three apart.
//
// Example:
//   Hash128 identity = IdentityOfUrlKey("example.org/story/1");
//   store.GetByIdentity(identity);
//
// Stored: `urls` is keyed by it and IDs are minted from it, so it never changes. Thread-safe: pure
// functions.
#ifndef WIREFOLD_LIB_ARTICLE_IDENTITY_H_
#define WIREFOLD_LIB_ARTICLE_IDENTITY_H_

#include <string_view>

#include "lib/base/hash.h"
#include "lib/base/ulid.h"

namespace wirefold {

Hash128 IdentityOfUrlKey(std::string_view url_key);
// `matching_text` as in NormalizedArticle; its separators don't count.
Hash128 IdentityOfText(std::string_view matching_text);
Hash128 IdentityOfBytes(std::string_view raw_bytes);

// What an ID is minted from in place of an identity whose ID `taken` is another article's. That can
// be only where the rules that make keys have changed since that article came.
Hash128 NextIdentity(const Ulid& taken);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_ARTICLE_IDENTITY_H_
