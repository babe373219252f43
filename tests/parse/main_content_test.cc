// Whole pages through Extract: which part of a page is the article.
#include "lib/parse/main_content.h"

#include <gtest/gtest.h>

#include "lib/parse/extract.h"

namespace wirefold {
namespace {

const std::string kParagraph =
    "<p>The harbour board said on Tuesday that traffic, which had fallen for three years, grew by "
    "four per cent, and that the new quay would open in spring, if the weather allows it.</p>";
const std::string kLinks =
    "<ul><li><a href=/1>The old quay and its people</a><li><a href=/2>A hundred years of fog</a>"
    "<li><a href=/3>Where the ferries went</a></ul>";

std::vector<std::string> Reasons(const std::string& body, std::string_view title = "") {
  HtmlDocument document = ReadHtml("<!doctype html><html><body class='home sidebar'>" + body);
  const ExtractedArticle article = Extract(document, {.whole_page = true, .title = title});
  std::vector<std::string> names;
  for (const BlockReason reason : article.reasons) names.emplace_back(BlockReasonName(reason));
  return names;
}

using Names = std::vector<std::string>;

TEST(FindMainContent, FindsTheElementWithTheProse) {
  EXPECT_EQ(Reasons("<div class=top><p>Sign in</p></div><div id=c>" + kParagraph + kParagraph +
                    "</div><div><p>All rights are ours.</p></div>"),
            (Names{"outside_main", "kept", "kept", "outside_main"}));
}

TEST(FindMainContent, JoinsSiblingsThatAreLikeIt) {
  EXPECT_EQ(Reasons("<div><div>" + kParagraph + kParagraph + "</div><div>" + kParagraph +
                    "</div><div>Menu</div></div>"),
            (Names{"kept", "kept", "kept", "outside_main"}));
}

TEST(FindMainContent, ParagraphsBesideItAreOfIt) {
  EXPECT_EQ(Reasons("<div>" + kParagraph + "<div>" + kParagraph + kParagraph + kParagraph +
                    "</div></div>"),
            (Names{"kept", "kept", "kept", "kept"}));
}

TEST(FindMainContent, CommentsAndListsOfLinksLose) {
  const std::string comments = "<div class=comments><div>" + kParagraph + kParagraph + kParagraph +
                               kParagraph + "</div></div>";
  EXPECT_EQ(Reasons("<div class=entry>" + kParagraph + kParagraph + "</div>" + comments),
            (Names{"kept", "kept", "context", "context", "context", "context"}));
  EXPECT_EQ(Reasons("<div>" + kParagraph + kParagraph + kLinks + "</div>"),
            (Names{"kept", "kept", "links", "links", "links"}));
}

TEST(FindMainContent, AFramesNameSaysNothing) {
  EXPECT_EQ(Reasons("<div class='layout sidebar'><div>" + kParagraph + kParagraph + "</div></div>"),
            (Names{"kept", "kept"}));
  EXPECT_EQ(Reasons("<div class='content with-sidebar'>" + kParagraph + kParagraph + "</div>"),
            (Names{"kept", "kept"}));
}

TEST(FindMainContent, HeadingsThatRepeatTheTitleAreNoText) {
  EXPECT_EQ(Reasons("<div><h1>Harbour Report</h1>" + kParagraph + "<h2>Weather</h2>" + kParagraph +
                        "</div>",
                    "Harbour report"),
            (Names{"title", "kept", "kept", "kept"}));
}

TEST(FindMainContent, AnEmptyPageHasNone) {
  EXPECT_TRUE(Reasons("").empty());
  HtmlDocument empty = ReadHtml("");
  EXPECT_EQ(FindMainContent(empty, {}).container, 0u);
}

TEST(FindMainContent, IsLinearInHostilePages) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<div><p>one, two, three, four, five, six, seven";
  EXPECT_FALSE(Reasons(deep).empty());
  std::string flat;
  for (int i = 0; i < 50'000; ++i)
    flat += "<div class=post><p>one, two, three, four, five, six</div>";
  EXPECT_FALSE(Reasons(flat).empty());
}

}  // namespace
}  // namespace wirefold
