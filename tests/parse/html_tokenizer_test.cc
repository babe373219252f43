#include "lib/parse/html_tokenizer.h"

#include <gtest/gtest.h>

#include <string>

namespace wirefold {
namespace {

// The tokens in one line: "T(text) R(raw) S(name a=b) E(name)".
std::string Tokens(std::string_view html) {
  HtmlTokenizer tokens(html);
  std::string out;
  const auto add = [&out](const char* kind, std::string_view value) {
    out.append(kind).append("(").append(value).append(")");
  };
  while (tokens.Next()) {
    if (!out.empty()) out += ' ';
    switch (tokens.kind()) {
      case HtmlTokenizer::Kind::kText:
        add("T", tokens.text());
        break;
      case HtmlTokenizer::Kind::kRawText:
        add("R", tokens.text());
        break;
      case HtmlTokenizer::Kind::kStartTag:
        out.append("S(").append(tokens.name());
        for (const auto& attribute : tokens.attributes()) {
          out.append(" ").append(attribute.name).append("=").append(attribute.value);
        }
        out.append(")");
        break;
      case HtmlTokenizer::Kind::kEndTag:
        add("E", tokens.name());
        break;
    }
  }
  return out;
}

TEST(HtmlTokenizer, ReadsTagsAttributesAndText) {
  EXPECT_EQ(Tokens("a<p class=\"x y\" id='z' hidden data-n=5>b</P >c"),
            "T(a) S(p class=x y id=z hidden= data-n=5) T(b) E(P) T(c)");
  EXPECT_EQ(Tokens("<br/><img src=/a/b.png/>"), "S(br) S(img src=/a/b.png/)");
  EXPECT_EQ(Tokens("<a title=\"1 > 2\">x</a>"), "S(a title=1 > 2) T(x) E(a)");
}

TEST(HtmlTokenizer, LessThanSignsMayBeText) { EXPECT_EQ(Tokens("1 < 2 <3 <"), "T(1 < 2 <3 <)"); }

TEST(HtmlTokenizer, PassesOverCommentsDoctypesAndCdata) {
  EXPECT_EQ(Tokens("a<!-- <p> -->b<!DOCTYPE html>c<?xml ?>d<![CDATA[<p>x</p>]]>e</>f"),
            "T(a) T(b) T(c) T(d) T(e) T(f)");
  EXPECT_EQ(Tokens("<!-->a<!--->b<!--x--!>c<!--x"), "T(a) T(b) T(c)");
  EXPECT_EQ(Tokens("<![CDATA[ a>b"), "T(b)");
}

TEST(HtmlTokenizer, RawTextEndsWithItsOwnEndTag) {
  EXPECT_EQ(Tokens("<script>a<b</p></scripts></SCRIPT>x"),
            "S(script) R(a<b</p></scripts>) E(SCRIPT) T(x)");
  EXPECT_EQ(Tokens("<style></style>x"), "S(style) E(style) T(x)");
  EXPECT_EQ(Tokens("<script>a"), "S(script) R(a)");
}

TEST(HtmlTokenizer, AScriptEndsWhereBrowsersEndIt) {
  EXPECT_EQ(Tokens("<script><!--<script></script>x--></script>y"),
            "S(script) R(<!--<script></script>x-->) E(script) T(y)");
  EXPECT_EQ(Tokens("<script><!--<Script ></SCRIPT/>x</script>y"),
            "S(script) R(<!--<Script ></SCRIPT/>x) E(script) T(y)");
  EXPECT_EQ(Tokens("<script><!--</script>y"), "S(script) R(<!--) E(script) T(y)");
  EXPECT_EQ(Tokens("<script><!--<scripty></script>y"), "S(script) R(<!--<scripty>) E(script) T(y)");
  EXPECT_EQ(Tokens("<script><script></script>y"), "S(script) R(<script>) E(script) T(y)");
  // The comment's own dashes may end it.
  EXPECT_EQ(Tokens("<script><!--><script></script>y"), "S(script) R(<!--><script>) E(script) T(y)");
  EXPECT_EQ(Tokens("<script><!--<script></script>"), "S(script) R(<!--<script></script>)");
}

TEST(HtmlTokenizer, TakesJoinedNamesApart) {
  EXPECT_EQ(Tokens("<divdata-article-list>x</div>"), "S(div data-article-list=) T(x) E(div)");
  EXPECT_EQ(Tokens("<asidedata-org-name=\"\">"), "S(aside data-org-name=)");
  EXPECT_EQ(Tokens("<divclass=\"ad \" id=1>"), "S(div class=ad  id=1)");
  EXPECT_EQ(Tokens("<dividend>"), "S(dividend)");
}

TEST(HtmlTokenizer, ATagThatDoesNotEndIsNone) {
  EXPECT_EQ(Tokens("a<p class=\"x"), "T(a)");
  EXPECT_EQ(Tokens("a<p"), "T(a)");
}

TEST(HtmlTokenizer, KeepsAttributesUpToItsLimit) {
  std::string html = "<p";
  for (size_t i = 0; i <= HtmlTokenizer::kMaxAttributes; ++i) html += " a" + std::to_string(i);
  html += '>';
  HtmlTokenizer tokens(html);
  ASSERT_TRUE(tokens.Next());
  EXPECT_EQ(tokens.attributes().size(), HtmlTokenizer::kMaxAttributes);
  EXPECT_TRUE(tokens.Has("a63"));
  EXPECT_FALSE(tokens.Has("a64"));
}

TEST(HtmlTokenizer, IsLinearInHostileInput) {
  for (const std::string part : {"<![CDATA[", "<!--", "</", "<", "<a b='", "<script>",
                                 "<script><!--<script>-", "&", "<p "}) {
    std::string html;
    while (html.size() < 4'000'000) html += part;
    HtmlTokenizer tokens(html);
    while (tokens.Next()) {
    }
  }
}

}  // namespace
}  // namespace wirefold
