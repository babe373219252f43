// FeedSplit: where the items of a feed lie in its text, found without believing that it is
// well-formed: one broken item must not take the others with it.
//
// Example:
//   std::optional<FeedParts> parts = SplitFeed(text);
//   for (const FeedPart& item : parts->items) Use(text.substr(item.begin, item.end - item.begin));
//
// Thread-safe: pure functions, linear.
#ifndef WIREFOLD_LIB_PARSE_FEED_SPLIT_H_
#define WIREFOLD_LIB_PARSE_FEED_SPLIT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace wirefold {

// Further items of a feed are left out.
inline constexpr size_t kMaxFeedItems = 100'000;

enum class FeedKind : uint8_t { kRss, kRdf, kAtom };

struct FeedPart {
  size_t begin = 0;
  size_t end = 0;
};

struct FeedParts {
  FeedKind kind = FeedKind::kRss;
  FeedPart root;                // the root's start tag
  std::vector<FeedPart> items;  // from <item> or <entry> to behind its end tag
  std::vector<FeedPart> rest;   // what lies behind the root's tag and between items
  bool cut = false;             // there were more than kMaxFeedItems
};

// Nothing if `text` has no <rss>, <feed> or <rdf:RDF> in its first kFormatProbeBytes; what stands
// ahead of it is passed over. An item that does not end ends where the next one starts, or where
// the feed does.
std::optional<FeedParts> SplitFeed(std::string_view text);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_FEED_SPLIT_H_
