// FeedItem as a document: one item of a feed, taken out of it, in a form that says all that the
// feed said of it and can be read by itself.
//
// Example:
//   absl::StatusOr<std::string> document = WriteFeedItem(feed, feed.items[0]);
//   ReadFeed(*document)->items[0]      // the same item
//
// The form is an Atom feed (RFC 4287) in UTF-8 with that one entry: <feed xml:base> with the feed's
// <title> and <link>, and <entry xml:base xml:lang> with <title type="text">, <link
// rel="alternate">, <id>, <published> or <updated>, <author>, <category>, <link rel="enclosure">
// (type "image/*" for images) and <content type="html">. What changes from one fetch of a feed to
// the next, and is no part of the item, is not in it: the same item gives the same bytes.
//
// Thread-safe: a pure function, linear.
#ifndef WIREFOLD_LIB_PARSE_FEED_ITEM_H_
#define WIREFOLD_LIB_PARSE_FEED_ITEM_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/parse/feed.h"

namespace wirefold {

// `item`, whose error must be OK, as ReadFeed gave it. kDocumentTooLarge if the document has more
// than kMaxDocumentBytes.
[[nodiscard]] absl::StatusOr<std::string> WriteFeedItem(const Feed& feed, const FeedItem& item);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_FEED_ITEM_H_
