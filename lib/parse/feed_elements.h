// FeedElements: what one item of a feed, or its head, holds, element by element; feed.h says which
// of it is taken.
//
// Thread-safe: pure functions. Only feed.cc uses this.
#ifndef WIREFOLD_LIB_PARSE_FEED_ELEMENTS_H_
#define WIREFOLD_LIB_PARSE_FEED_ELEMENTS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace wirefold {

enum class FeedNamespace : uint8_t {
  kFeed,
  kDublinCore,
  kContent,
  kMedia,
  kItunes,
  kXhtml,
  kOther
};

// Of an item or of a head; further ones are left out.
inline constexpr size_t kMaxFeedElements = 4096;

struct FeedElement {
  FeedNamespace space = FeedNamespace::kFeed;
  std::string name;  // local, in lower case
  // Attributes without a namespace, and xml:base and xml:lang; names in lower case.
  std::map<std::string, std::string> attributes;
  std::string text;        // of the element and all within it
  std::string markup;      // what it holds as HTML; empty if it holds no element
  std::string child_name;  // the text of a <name> or <url> within it

  [[nodiscard]] std::string_view Attribute(const std::string& attribute) const;
};

// Reads `document`, which is well-formed, and returns the elements that lie `depth` deep (the root
// lies at 1), and media:content and media:thumbnail deeper down. kNormalizeFailed if libxml2 has no
// memory.
[[nodiscard]] absl::StatusOr<std::vector<FeedElement>> ReadFeedElements(std::string_view document,
                                                                        int depth);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_FEED_ELEMENTS_H_
