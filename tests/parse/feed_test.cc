#include "lib/parse/feed.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/base/clock.h"
#include "lib/base/reason.h"
#include "lib/parse/feed_elements.h"
#include "lib/parse/xml_repair.h"
#include "tests/parse/packing.h"

namespace wirefold {
namespace {

Feed Read(std::string_view bytes) {
  absl::StatusOr<Feed> feed = ReadFeed(bytes);
  EXPECT_TRUE(feed.ok()) << feed.status();
  return feed.ok() ? *std::move(feed) : Feed();
}

std::string Date(const FeedItem& item) {
  return item.published_ms.has_value() ? FormatRfc3339(*item.published_ms) : "none";
}

Reason ReasonOfItem(const FeedItem& item) { return ReasonOf(item.error); }

using Strings = std::vector<std::string>;

TEST(ReadFeed, ReadsRss20) {
  const std::string text = ReadTestData("feeds/01-rss20.xml");
  const Feed feed = Read(text);
  EXPECT_EQ(feed.kind, FeedKind::kRss);
  EXPECT_EQ(feed.title, "Harbour News");
  EXPECT_EQ(feed.link, "https://news.example/");
  EXPECT_EQ(feed.language, "en-gb");
  ASSERT_EQ(feed.items.size(), 2U);
  const FeedItem& first = feed.items[0];
  EXPECT_EQ(first.title, "Harbour & pier open");
  EXPECT_EQ(first.link, "https://news.example/harbour?a=1&b=2");
  EXPECT_EQ(first.id, "harbour-1");
  EXPECT_EQ(Date(first), "2024-06-01T06:00:00.000Z");
  EXPECT_EQ(first.authors, Strings{"Ada Fisher"});
  EXPECT_EQ(first.categories, (Strings{"Local", "Sea & ships"}));
  EXPECT_EQ(first.body_html, "<p>The new harbour <b>opened</b> on Saturday &amp; all came.</p>");
  EXPECT_EQ(first.images, Strings{"https://news.example/harbour.jpg"});
  EXPECT_EQ(first.enclosures, Strings{"https://news.example/harbour.mp3"});
  EXPECT_EQ(text.substr(first.offset, 6), "<item>");
  const FeedItem& second = feed.items[1];
  EXPECT_EQ(second.index, 1U);
  EXPECT_EQ(second.link, "https://news.example/ferry");
  EXPECT_EQ(Date(second), "2024-06-01T04:30:00.000Z");
  EXPECT_EQ(second.authors, Strings{"Ben Rower"});
  EXPECT_EQ(second.body_html, "<p>The ferry came <i>late</i>.</p>");
  EXPECT_EQ(text.substr(second.offset, 6), "<item>");
}

TEST(ReadFeed, ReadsRss091) {
  const Feed feed = Read(ReadTestData("feeds/02-rss091.xml"));
  EXPECT_EQ(feed.title, "Old Times");
  EXPECT_EQ(feed.link, "http://old.example/");
  ASSERT_EQ(feed.items.size(), 2U);
  EXPECT_EQ(feed.items[0].body_html, "One\u00A0line.");
  EXPECT_EQ(feed.items[1].title, "Second");
}

TEST(ReadFeed, ReadsRdf) {
  const Feed feed = Read(ReadTestData("feeds/03-rdf.xml"));
  EXPECT_EQ(feed.kind, FeedKind::kRdf);
  EXPECT_EQ(feed.title, "港ニュース");
  EXPECT_EQ(feed.language, "ja");
  ASSERT_EQ(feed.items.size(), 1U);
  EXPECT_EQ(feed.items[0].title, "港が開く");
  EXPECT_EQ(feed.items[0].link, "https://ja.example/1");
  EXPECT_EQ(Date(feed.items[0]), "2024-06-01T08:00:00.000Z");
  EXPECT_EQ(feed.items[0].authors, Strings{"山田花子"});
  EXPECT_EQ(feed.items[0].categories, Strings{"地域"});
}

TEST(ReadFeed, ReadsAtom) {
  const Feed feed = Read(ReadTestData("feeds/04-atom.xml"));
  EXPECT_EQ(feed.kind, FeedKind::kAtom);
  EXPECT_EQ(feed.title, "Hafen & Meer");
  EXPECT_EQ(feed.link, "https://de.example/");
  EXPECT_EQ(feed.base, "https://de.example/news/");
  EXPECT_EQ(feed.language, "de");
  ASSERT_EQ(feed.items.size(), 3U);
  const FeedItem& first = feed.items[0];
  EXPECT_EQ(first.title, "Der Hafen öffnet");
  EXPECT_EQ(first.link, "hafen.html");
  EXPECT_EQ(first.base, "2024/");
  EXPECT_EQ(Date(first), "2024-06-01T08:00:00.500Z");
  EXPECT_FALSE(first.published_is_update);
  EXPECT_EQ(first.authors, (Strings{"Clara Kahn", "Dirk Boot"}));
  EXPECT_EQ(first.categories, Strings{"Lokales"});
  EXPECT_EQ(first.images, Strings{"hafen.png"});
  EXPECT_EQ(first.body_html, "<div><p>Der Hafen &lt;neu&gt; ist <br>offen.</p></div>");
  const FeedItem& second = feed.items[1];
  EXPECT_EQ(second.title, "Text <b> & more");
  EXPECT_EQ(second.link, "https://de.example/2");
  EXPECT_EQ(second.body_html, "1 &lt; 2 &amp; 3");
  EXPECT_TRUE(second.published_is_update);
  EXPECT_EQ(Date(second), "2024-06-03T06:00:00.000Z");
  EXPECT_EQ(feed.items[2].title, "Fett & mehr");
  EXPECT_EQ(feed.items[2].body_html, "<p>Drei</p>");
}

TEST(ReadFeed, ReadsTheAtomDraft) {
  const Feed feed = Read(ReadTestData("feeds/05-atom03.xml"));
  ASSERT_EQ(feed.items.size(), 1U);
  EXPECT_EQ(feed.items[0].body_html, "<p>Escaped.</p>");
  EXPECT_EQ(Date(feed.items[0]), "2004-05-06T07:08:09.000Z");
}

TEST(ReadFeed, ReadsMediaExtensions) {
  const Feed feed = Read(ReadTestData("feeds/06-media.xml"));
  ASSERT_EQ(feed.items.size(), 1U);
  const FeedItem& item = feed.items[0];
  EXPECT_EQ(item.title, "Only a media title");
  EXPECT_EQ(item.link, "/relative/1");
  EXPECT_EQ(item.images, (Strings{"https://p.example/1.jpg", "https://p.example/t.jpg",
                                  "https://p.example/i.png"}));
  EXPECT_EQ(item.enclosures, Strings{"https://p.example/1.mp4"});
  EXPECT_EQ(item.authors, Strings{"Studio"});
  EXPECT_EQ(item.body_html, "Body text");
}

TEST(ReadFeed, SurvivesMalformedFeeds) {
  const Feed feed = Read(ReadTestData("feeds/07-malformed.xml"));
  EXPECT_EQ(feed.title, "Broken & Sons");
  ASSERT_EQ(feed.items.size(), 3U);
  EXPECT_EQ(feed.items[0].title, "Fish & chips \u00A0— 3 < 4");
  EXPECT_EQ(feed.items[0].link, "https://b.example/?a=1&copy=2&b=3");
  EXPECT_EQ(feed.items[0].body_html,
            "<p class=\"lead\">One<br>two <img src=\"x.png\" alt=\"a &amp; b\"></p>");
  EXPECT_EQ(Date(feed.items[0]), "2024-06-01T08:00:00.000Z");
  EXPECT_EQ(feed.items[1].title, "Not closed");
  EXPECT_EQ(feed.items[1].link, "https://b.example/2");
  EXPECT_EQ(feed.items[2].link, "https://b.example/3");
}

TEST(ReadFeed, ReadsOtherCharsets) {
  const Feed gb = Read(ReadTestData("feeds/08-gb2312.xml"));
  EXPECT_EQ(gb.charset, "GBK");
  EXPECT_EQ(gb.title, "南湾新闻");
  ASSERT_EQ(gb.items.size(), 1U);
  EXPECT_EQ(gb.items[0].body_html, "<p>南湾老茶厂的两座厂房将改建为木工作坊。</p>");
  EXPECT_EQ(gb.items[0].authors, Strings{"陈晓"});
  const Feed wide = Read(ReadTestData("feeds/09-utf16.xml"));
  EXPECT_EQ(wide.charset, "UTF-16LE");
  ASSERT_EQ(wide.items.size(), 1U);
  EXPECT_EQ(wide.items[0].title, "港口开放");
}

TEST(ReadFeed, CountsTheBytesThatItsCharsetDoesNotHave) {
  EXPECT_EQ(Read(ReadTestData("feeds/08-gb2312.xml")).replaced_bytes, 0U);
  EXPECT_EQ(
      Read("<rss><channel><item><title>港口星期四 \xFF\xFE 开放</title></item></channel></rss>")
          .replaced_bytes,
      2U);
}

TEST(ReadFeed, ExpandsNoEntitiesOfADocument) {
  const Feed feed = Read(ReadTestData("feeds/10-prefixed-entities.xml"));
  EXPECT_EQ(feed.title, "Prefixed");
  ASSERT_EQ(feed.items.size(), 3U);
  EXPECT_EQ(feed.items[0].title, "Bomb &c; and &x;");
  EXPECT_EQ(feed.items[0].body_html, "&amp;c;");
  EXPECT_EQ(ReasonOfItem(feed.items[1]), Reason::kFeedBroken);
  EXPECT_EQ(ReasonOfItem(feed.items[2]), Reason::kFeedBroken);
}

TEST(ReadFeed, RefusesWhatIsNoFeed) {
  for (const char* text : {"", "text", "<html></html>", "<rss", "<?xml version='1.0'?><urlset/>"}) {
    EXPECT_EQ(ReasonOf(ReadFeed(text).status()), Reason::kFeedBroken) << text;
  }
  EXPECT_EQ(ReasonOf(ReadFeed(std::string(100, '\0')).status()), Reason::kNotText);
  EXPECT_EQ(Read("<rss/>").items.size(), 0U);
}

TEST(ReadFeed, MakesADeepNestAnErrorItem) {
  std::string nest;
  for (int i = 0; i < 100'000; ++i) nest += "<a>";
  const Feed feed = Read("<rss><channel><title>T</title><item><title>deep</title><description>" +
                         nest + "</description></item><item><title>good</title></item>");
  ASSERT_EQ(feed.items.size(), 2U);
  EXPECT_EQ(ReasonOfItem(feed.items[0]), Reason::kFeedBroken);
  EXPECT_EQ(feed.items[1].title, "good");
  EXPECT_EQ(Read("<rss>" + nest).items.size(), 0U);
}

TEST(ReadFeed, SurvivesALongAttribute) {
  const std::string value(5 << 20, 'x');
  const Feed feed = Read("<rss><channel><item><title>t</title><enclosure url='" + value +
                         "' type='image/png'/><link>http://a.example/</link></item>");
  ASSERT_EQ(feed.items.size(), 1U);
  EXPECT_EQ(feed.items[0].link, "http://a.example/");
  EXPECT_EQ(feed.items[0].images.size(), 0U);
}

std::string ItemOf(size_t bytes) {
  const std::string open = "<item><title>t</title><description>";
  const std::string close = "</description></item>";
  return open + std::string(bytes - open.size() - close.size(), 'x') + close;
}

TEST(ReadFeed, HoldsTheLimitOfAnItem) {
  const Feed feed = Read("<rss><channel>" + ItemOf(kMaxFeedItemBytes) +
                         ItemOf(kMaxFeedItemBytes + 1) + ItemOf(100));
  ASSERT_EQ(feed.items.size(), 3U);
  EXPECT_TRUE(feed.items[0].error.ok());
  EXPECT_EQ(ReasonOfItem(feed.items[1]), Reason::kDocumentTooLarge);
  EXPECT_TRUE(feed.items[2].error.ok());
}

TEST(ReadFeed, HoldsTheLimitOfAFeed) {
  std::string text = "<rss><channel><title>t</title>";
  text.resize(kMaxFeedBytes, ' ');
  EXPECT_EQ(Read(text).title, "t");
  EXPECT_EQ(ReasonOf(ReadFeed(text + " ").status()), Reason::kDocumentTooLarge);
}

TEST(ReadFeed, HoldsTheLimitOfItems) {
  std::string text = "<rss><channel>";
  for (size_t i = 0; i < kMaxFeedItems; ++i) text += "<item/>";
  EXPECT_FALSE(Read(text).cut);
  const Feed past = Read(text + "<item/>");
  EXPECT_TRUE(past.cut);
  EXPECT_EQ(past.items.size(), kMaxFeedItems);
}

TEST(ReadFeed, HoldsTheLimitsOfValues) {
  std::string item = "<item><title>t</title>";
  for (size_t i = 0; i <= kMaxFeedValues; ++i) {
    item += "<category>c" + std::to_string(i) + "</category>";
  }
  item += "<author>" + std::string(kMaxFeedValueBytes, 'a') + "</author><author>" +
          std::string(kMaxFeedValueBytes + 1, 'b') + "</author></item>";
  const Feed feed = Read("<rss><channel>" + item);
  ASSERT_EQ(feed.items.size(), 1U);
  EXPECT_EQ(feed.items[0].categories.size(), kMaxFeedValues);
  EXPECT_EQ(feed.items[0].authors.size(), 1U);
}

TEST(ReadFeed, HoldsTheLimitOfItsHead) {
  const std::string filler(kMaxFeedHeadBytes - 100, ' ');
  EXPECT_EQ(Read("<rss><channel>" + filler + "<title>t</title><item/>").title, "t");
  EXPECT_EQ(
      Read("<rss><channel>" + filler + std::string(100, ' ') + "<title>t</title><item/>").title,
      "");
}

TEST(ReadFeedElements, HoldsTheLimitOfElements) {
  std::string document = "<a>";
  for (size_t i = 0; i <= kMaxFeedElements; ++i) document += "<b/>";
  EXPECT_EQ(ReadFeedElements(document + "</a>", 2)->size(), kMaxFeedElements);
}

TEST(SplitFeed, KeepsItemsApart) {
  const std::string text =
      "<rss><channel><!-- <item>no</item> --><item>1</item><item>2<item>3</item><items/>"
      "<item><![CDATA[</item>]]></item></channel><item>after</item></rss>";
  const auto parts = SplitFeed(text);
  ASSERT_TRUE(parts.has_value());
  Strings items;
  for (const FeedPart& part : parts->items) {
    items.push_back(text.substr(part.begin, part.end - part.begin));
  }
  EXPECT_EQ(items, (Strings{"<item>1</item>", "<item>2", "<item>3</item>",
                            "<item><![CDATA[</item>]]></item>", "<item>after</item>"}));
}

TEST(SplitFeed, StaysLinearOnWhatDoesNotEnd) {
  for (const std::string piece :
       {"<!--", "<![CDATA[", "<?", "<item", "</item", "<item>", "<", "<!x", "<item '"}) {
    std::string text = "<rss><channel>";
    while (text.size() < 2'000'000) text += piece;
    EXPECT_TRUE(SplitFeed(text).has_value()) << piece;
  }
}

}  // namespace
}  // namespace wirefold
