#include "lib/parse/html_blocks.h"

#include <gtest/gtest.h>

#include "lib/base/limits.h"

namespace wirefold {
namespace {

// The blocks' texts, joined with '|'.
std::string Texts(std::string_view html) {
  std::string out;
  for (const HtmlBlock& block : ReadHtml(html).blocks) {
    if (!out.empty()) out += '|';
    out += block.text;
  }
  return out;
}

TEST(ReadHtml, BlockElementsAndBreaksPartBlocks) {
  EXPECT_EQ(Texts("one<p>two <b>and</b>\n three<br>four<br/><br/>five</p>six<hr>seven"),
            "one|two and three|four|five|six|seven");
}

TEST(ReadHtml, IgnoresWhatIsNoText) {
  EXPECT_EQ(Texts("a<script>x</script><style>y</style><!-- z --><svg><text>t</text></svg>b"), "ab");
  EXPECT_EQ(Texts("<button>push</button>a<iframe><p>x</p></iframe>b<noscript>c</noscript>"), "ab");
}

TEST(ReadHtml, UnclosedButtonDoesNotSwallowTheArticle) {
  EXPECT_EQ(Texts("<button>push<p>one</p><svg><path><p>two</p>"), "one|two");
}

TEST(ReadHtml, SurvivesStrayAndMissingEndTags) {
  EXPECT_EQ(Texts("</div></p></aside>a<p>b<p>c</div></section>d<li>e<li>f"), "a|b|c|d|e|f");
  EXPECT_EQ(Texts("<divdata-article-list><p>a</p></div></div>b"), "a|b");
  EXPECT_EQ(Texts("<b><p>a</b>b</p>"), "ab");
}

TEST(ReadHtml, DecodesReferencesAndFoldsWhiteSpace) {
  EXPECT_EQ(Texts("<p>&ldquo;a&rdquo;&nbsp;\n &amp;lt;</p><p>&nbsp;</p>"), "“a” &lt;");
}

TEST(ReadHtml, RecordsWhereABlockStands) {
  const HtmlDocument document = ReadHtml(
      "<aside>a</aside><h2>b</h2><blockquote><ul><li>c</li></ul></blockquote><div class='related'>"
      "d</div><p style='display:none'>e</p>f");
  ASSERT_EQ(document.blocks.size(), 6u);
  EXPECT_EQ(document.blocks[0].context, kInAside);
  EXPECT_EQ(document.blocks[1].context, kInHeading);
  EXPECT_EQ(document.blocks[2].context, kInQuote | kInList);
  EXPECT_EQ(document.blocks[2].element, Element::kLi);
  EXPECT_EQ(document.blocks[3].context, kInPromotion);
  EXPECT_EQ(document.blocks[4].context, kInHidden);
  EXPECT_EQ(document.blocks[5].context, 0u);
}

TEST(ReadHtml, CountsLinkTextPerBlock) {
  const HtmlDocument document =
      ReadHtml("<p>ab <a href=/x>cd ef</a></p><p><a name=y>no</a></p><p><a href=/z>g</p><p>h</p>");
  ASSERT_EQ(document.blocks.size(), 4u);
  EXPECT_EQ(document.blocks[0].link_bytes, 4u);
  EXPECT_EQ(document.blocks[0].links, 1u);
  EXPECT_EQ(document.blocks[1].links, 0u);
  EXPECT_EQ(document.blocks[2].link_bytes, 1u);
  EXPECT_EQ(document.blocks[3].link_bytes, 0u);  // the paragraph's end closed it
  ASSERT_EQ(document.links.size(), 2u);
  EXPECT_EQ(document.links[0].text, "cd ef");
  EXPECT_EQ(document.links[1].block, 2u);
}

TEST(ReadHtml, CollectsImagesWithCaptions) {
  const HtmlDocument document = ReadHtml(
      "<img src=a.png alt='A &amp; B'><figure><img data-src=b.png src=blank.gif>"
      "<figcaption>See</figcaption></figure><img src='data:xx'><img width=1 src=t.gif>");
  ASSERT_EQ(document.images.size(), 2u);
  EXPECT_EQ(document.images[0].caption, "A & B");
  EXPECT_EQ(document.images[1].src, "b.png");
  EXPECT_EQ(document.images[1].caption, "See");
}

TEST(ReadHtml, CollectsDatesAndAuthorsOfTheHead) {
  const HtmlDocument document = ReadHtml(
      "<time dateTime='2020-10-03T00:00:00Z'>Oct 3rd</time><meta itemProp=author content='A. B.'>"
      "<meta property='article:published_time' content='2020-10-04'>"
      "<p>1<p>2<p>3<p>4<p>5<time datetime='2019-01-01'>x</time>");
  EXPECT_EQ(document.dates, (std::vector<std::string>{"2020-10-03T00:00:00Z", "2020-10-04"}));
  EXPECT_EQ(document.authors, std::vector<std::string>{"A. B."});
}

TEST(ReadHtml, NestsUpToItsLimitAndKeepsTextPastIt) {
  const auto nested = [](size_t depth) {
    std::string html;
    for (size_t i = 0; i < depth; ++i) html += "<div>";
    html += "deep";
    for (size_t i = 0; i < depth; ++i) html += "</div>";
    return ReadHtml(html + "<aside>a</aside>");
  };
  EXPECT_FALSE(nested(kMaxHtmlDepth - 1).truncated);
  const HtmlDocument past = nested(kMaxHtmlDepth);
  EXPECT_TRUE(past.truncated);
  ASSERT_EQ(past.blocks.size(), 2u);
  EXPECT_EQ(past.blocks[0].text, "deep");
  EXPECT_EQ(past.blocks[1].context, kInAside);
}

TEST(ReadHtml, KeepsBlocksImagesAndLinksUpToTheirLimits) {
  std::string blocks;
  for (size_t i = 0; i < kMaxBlocks; ++i) blocks += "<p>x";
  EXPECT_FALSE(ReadHtml(blocks).truncated);
  const HtmlDocument past = ReadHtml(blocks + "<p>x");
  EXPECT_TRUE(past.truncated);
  EXPECT_EQ(past.blocks.size(), kMaxBlocks);

  std::string images;
  for (size_t i = 0; i < kMaxImages; ++i) images += "<img src=a>";
  EXPECT_FALSE(ReadHtml(images).truncated);
  EXPECT_EQ(ReadHtml(images + "<img src=a>").images.size(), kMaxImages);
  EXPECT_TRUE(ReadHtml(images + "<img src=a>").truncated);

  std::string links;
  for (size_t i = 0; i < kMaxLinks; ++i) links += "<a href=a>";
  EXPECT_FALSE(ReadHtml(links).truncated);
  EXPECT_EQ(ReadHtml(links + "<a href=a>").links.size(), kMaxLinks);
  EXPECT_TRUE(ReadHtml(links + "<a href=a>").truncated);
}

TEST(ReadHtml, IsLinearInHostileInput) {
  for (const std::string part :
       {"<div>", "<b>", "</b></div>", "<a href=x>", "<p><b>", "<table><tr><td>", "<li>", "<svg>",
        "<b></p>", "<h1>", "&amp", "<button><p>"}) {
    std::string html;
    while (html.size() < 4'000'000) html += part;
    static_cast<void>(ReadHtml(html));
  }
  std::string attribute = "<p title=\"" + std::string(5 << 20, 'x') + "\">text</p>";
  EXPECT_EQ(Texts(attribute), "text");
}

}  // namespace
}  // namespace wirefold
