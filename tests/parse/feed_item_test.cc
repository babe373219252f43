#include "lib/parse/feed_item.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "lib/base/reason.h"
#include "tests/parse/packing.h"

namespace wirefold {
namespace {

void ExpectSame(const Feed& feed, const FeedItem& item) {
  const absl::StatusOr<std::string> document = WriteFeedItem(feed, item);
  ASSERT_TRUE(document.ok()) << document.status();
  const absl::StatusOr<Feed> again = ReadFeed(*document);
  ASSERT_TRUE(again.ok()) << again.status() << *document;
  EXPECT_EQ(again->title, feed.title);
  EXPECT_EQ(again->link, feed.link);
  EXPECT_EQ(again->base, feed.base);
  ASSERT_EQ(again->items.size(), 1U) << *document;
  const FeedItem& same = again->items[0];
  EXPECT_TRUE(same.error.ok()) << same.error;
  EXPECT_EQ(same.title, item.title);
  EXPECT_EQ(same.link, item.link);
  EXPECT_EQ(same.base, item.base);
  EXPECT_EQ(same.published_ms, item.published_ms);
  EXPECT_EQ(same.published_is_update, item.published_is_update);
  EXPECT_EQ(same.authors, item.authors);
  EXPECT_EQ(same.categories, item.categories);
  EXPECT_EQ(same.images, item.images);
  EXPECT_EQ(same.enclosures, item.enclosures);
  EXPECT_EQ(same.body_html, item.body_html);
  if (!item.link.empty()) {
    EXPECT_EQ(same.id, item.id);
  }
}

TEST(WriteFeedItem, IsReadBackAsTheSameItem) {
  size_t items = 0;
  for (const char* name : {"01-rss20", "02-rss091", "03-rdf", "04-atom", "05-atom03", "06-media",
                           "07-malformed", "08-gb2312", "09-utf16", "10-prefixed-entities"}) {
    const absl::StatusOr<Feed> feed = ReadFeed(ReadTestData(std::string("feeds/") + name + ".xml"));
    ASSERT_TRUE(feed.ok()) << name;
    for (const FeedItem& item : feed->items) {
      if (!item.error.ok()) continue;
      SCOPED_TRACE(std::string(name) + " " + item.title);
      ExpectSame(*feed, item);
      ++items;
    }
  }
  EXPECT_GE(items, 15U);
}

TEST(WriteFeedItem, KeepsMarkupThatLooksLikeItsOwn) {
  Feed feed;
  feed.title = "A <b> & \"c\" ]]> d";
  FeedItem item;
  item.title = "</title><entry>&amp; ]]>";
  item.link = "https://a.example/?x=1&y=\"2\"";
  item.id = "urn:x<y";
  item.body_html = "<p>a ]]> b ]]]]>> c</p></content></entry><!-- x <![CDATA[ y ]]>";
  item.authors = {"A <a@b.example> & Son"};
  const absl::StatusOr<std::string> document = WriteFeedItem(feed, item);
  const absl::StatusOr<Feed> again = ReadFeed(*document);
  ASSERT_TRUE(again.ok());
  ASSERT_EQ(again->items.size(), 1U) << *document;
  EXPECT_EQ(again->items[0].title, item.title);
  EXPECT_EQ(again->items[0].link, item.link);
  EXPECT_EQ(again->items[0].body_html, item.body_html);
}

TEST(WriteFeedItem, AnIdIsNoLink) {
  FeedItem item;
  item.title = "No link";
  item.id = "https://a.example/guid-and-no-permalink";
  const absl::StatusOr<Feed> again = ReadFeed(*WriteFeedItem(Feed(), item));
  EXPECT_EQ(again->items[0].link, "");
}

TEST(WriteFeedItem, HoldsTheLimitOfDocuments) {
  FeedItem item;
  item.body_html = "x";
  const size_t frame = WriteFeedItem(Feed(), item)->size() - 1;
  item.body_html.assign(kMaxDocumentBytes - frame, 'x');
  EXPECT_EQ(WriteFeedItem(Feed(), item)->size(), kMaxDocumentBytes);
  item.body_html += 'x';
  EXPECT_EQ(ReasonOf(WriteFeedItem(Feed(), item).status()), Reason::kDocumentTooLarge);
}

}  // namespace
}  // namespace wirefold
