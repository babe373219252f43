// Feed: RSS (0.9x, 2.0 and, as RDF, 1.0) and Atom (1.0 and the draft 0.3), as articles to be.
//
// Example:
//   absl::StatusOr<Feed> feed = ReadFeed(bytes, {.content_type = "application/rss+xml"});
//   for (const FeedItem& item : feed->items) {
//     if (item.error.ok()) Use(item.link, item.title, item.body_html);
//   }
//
// Real feeds are malformed. So the text is decoded (lib/parse/charset.h), its items are found first
// (feed_split.h) and each is repaired (xml_repair.h) and parsed for itself, by libxml2's SAX2
// interface without network, without entities and with bounded depth: an item that can't be read is
// an error item, and the others are delivered.
//
// What is taken, in this order where an item has several:
//   link       <link rel="alternate" href> (Atom; no rel is alternate), <link> (RSS), <guid> that
//   is
//              no isPermaLink="false" and an http(s) URL, <id> likewise
//   published  <published>, <pubDate>, <issued>, <dc:date>, <dcterms:created>, then what tells of a
//              change alone: <updated>, <modified>, <dcterms:modified>
//   body       <content:encoded>, Atom's <content>, <xhtml:body>, <description>, <summary>; the
//   first
//              that is not empty
//   authors    <author> (Atom: its <name>; RSS: the name in "mail (name)"), <dc:creator>, and
//   without
//              those <itunes:author>
//   title      <title>, else <media:title>
//   images     <enclosure>, <media:content>, <media:thumbnail> and <link rel="enclosure"> that are
//              images, <itunes:image>, <image>
// URLs are as they stand, trimmed: relative ones are the caller's to resolve, against `base` of the
// item, and that against `base` of the feed.
//
// Thread-safe: pure functions, linear. Memory: the decoded text and the items.
#ifndef WIREFOLD_LIB_PARSE_FEED_H_
#define WIREFOLD_LIB_PARSE_FEED_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/limits.h"
#include "lib/parse/feed_split.h"

namespace wirefold {

// A feed, packed out and before it is decoded.
inline constexpr size_t kMaxFeedBytes = size_t{64} << 20;
// An item, as it stands in the feed.
inline constexpr size_t kMaxFeedItemBytes = kMaxDocumentBytes;
// What a feed says of itself, its items taken out: so much of it is read.
inline constexpr size_t kMaxFeedHeadBytes = size_t{1} << 20;
// Of an item, each: authors, categories, images, enclosures; further ones are left out.
inline constexpr size_t kMaxFeedValues = 64;
// Each of those, an id and a language; longer ones are left out.
inline constexpr size_t kMaxFeedValueBytes = 1024;

struct FeedItem {
  absl::Status error;  // not OK: an error item, of which only index and offset are set
  size_t index = 0;    // counts items from 0
  size_t offset = 0;   // of the item's start tag in the decoded text
  std::string title;   // plain text, one line
  std::string link;
  std::string base;      // xml:base of the item, or of its body
  std::string id;        // guid or Atom's id
  std::string language;  // xml:lang or dc:language
  std::optional<int64_t> published_ms;
  bool published_is_update = false;  // it is the time of a change
  std::vector<std::string> authors;
  std::string body_html;
  std::vector<std::string> images;
  std::vector<std::string> enclosures;  // what is no image
  std::vector<std::string> categories;
};

struct Feed {
  FeedKind kind = FeedKind::kRss;
  std::string title;
  std::string link;
  std::string base;  // xml:base of the root
  std::string language;
  std::string_view charset;     // as DecodeText says
  uint64_t replaced_bytes = 0;  // likewise
  std::vector<FeedItem> items;
  bool cut = false;  // it has more than kMaxFeedItems
};

struct FeedHints {
  std::string_view content_type = {};  // a Content-Type header's value; may be empty
};

// Reads a feed. kFeedBroken if it is none, kDocumentTooLarge past kMaxFeedBytes, kNotText,
// kNormalizeFailed (no memory). An item over kMaxFeedItemBytes is an error item of
// kDocumentTooLarge, one nested deeper than kMaxFeedDepth or without title, link and body of
// kFeedBroken.
[[nodiscard]] absl::StatusOr<Feed> ReadFeed(std::string_view bytes, const FeedHints& hints = {});

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_FEED_H_
