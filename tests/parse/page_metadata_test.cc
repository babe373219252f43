#include "lib/parse/page_metadata.h"

#include <gtest/gtest.h>

#include "lib/parse/json_ld.h"

namespace wirefold {
namespace {

std::string Page(const std::string& head, const std::string& body = "") {
  return "<!DOCTYPE html><html><head>" + head + "</head><body>" + body + "</body></html>";
}

TEST(IsHtmlPage, LooksAtTheFirstTag) {
  for (const char* page :
       {"<!doctype html><p>x", "\n <!-- saved --> <HTML lang=en>", "<head><title>",
        "<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'>", "<body class=a>"}) {
    EXPECT_TRUE(IsHtmlPage(page)) << page;
  }
  for (const char* other : {"", "<div><html>", "text <html>", "<header>x</header>", "<!-- open",
                            "[title](https://a.example)\n------\n<html>", "<htmlx>"}) {
    EXPECT_FALSE(IsHtmlPage(other)) << other;
  }
  EXPECT_TRUE(IsHtmlPage(std::string(kMaxPageStartBytes - 6, ' ') + "<html>"));
  EXPECT_FALSE(IsHtmlPage(std::string(kMaxPageStartBytes, ' ') + "<html>"));
}

TEST(ReadPageMetadata, TakesTheTitleFromTheMostTrustedPlace) {
  const std::string element = "<title>Harbour report - Site</title>";
  const std::string twitter = "<meta name=twitter:title content='Of twitter'>";
  const std::string og = "<meta property='og:title' content='Of &quot;og&quot;'>";
  const std::string json =
      "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"Of "
      "JSON\"}</script>";
  EXPECT_EQ(ReadPageMetadata(Page(element)).title, "Harbour report - Site");
  EXPECT_EQ(ReadPageMetadata(Page(element + twitter)).title, "Of twitter");
  EXPECT_EQ(ReadPageMetadata(Page(element + twitter + og)).title, "Of \"og\"");
  const PageMetadata page = ReadPageMetadata(Page(element + twitter + og, json));
  EXPECT_EQ(page.title, "Of JSON");
  EXPECT_EQ(page.title_source, MetadataSource::kJsonLd);
  EXPECT_EQ(ReadPageMetadata(Page("", "<h1>Only <i>this</i></h1>")).title, "Only this");
  EXPECT_EQ(ReadPageMetadata(Page("", "<h1>a</h1><h1>b</h1>")).title, "");
}

TEST(ReadPageMetadata, TakesTheHeadingOutOfAWindowsTitle) {
  EXPECT_EQ(ReadPageMetadata(Page("<title>The harbour report: news of today</title>",
                                  "<h1>The harbour report</h1>"))
                .title,
            "The harbour report");
  EXPECT_EQ(ReadPageMetadata(Page("<title>Report</title>", "<h1>R</h1>")).title, "Report");
  EXPECT_EQ(
      ReadPageMetadata(Page("<title>The harbour has published its report – My Site</title>")).title,
      "The harbour has published its report");
  EXPECT_EQ(ReadPageMetadata(Page("<title>Sea – Land</title>")).title, "Sea – Land");
}

TEST(ReadPageMetadata, ReadsUrlDateAuthorsSiteAndLanguage) {
  const PageMetadata page = ReadPageMetadata(
      "<html lang='zh-TW'><head><link rel='canonical' href='https://a.example/x?a=1&amp;b=2'>"
      "<meta property=og:url content='https://a.example/other'>"
      "<meta property=og:site_name content='港口网'>"
      "<meta property=article:published_time content='2020-08-27T03:27:28Z'>"
      "<meta name=author content='林某某'></head><body><time datetime=2019-01-01>x</time>");
  EXPECT_EQ(page.canonical_url, "https://a.example/x?a=1&b=2");
  EXPECT_EQ(page.site_name, "港口网");
  EXPECT_EQ(page.published, "2020-08-27T03:27:28Z");
  EXPECT_EQ(page.published_source, MetadataSource::kMeta);
  EXPECT_EQ(page.authors, std::vector<std::string>{"林某某"});
  EXPECT_EQ(page.languages, std::vector<std::string>{"zh-TW"});
  const PageMetadata time = ReadPageMetadata(Page("", "<time datetime='2019-01-01'>x</time>"));
  EXPECT_EQ(time.published, "2019-01-01");
  EXPECT_EQ(time.published_source, MetadataSource::kTime);
  const PageMetadata none = ReadPageMetadata(Page(""));
  EXPECT_EQ(none.published_source, MetadataSource::kNone);
  EXPECT_EQ(none.title_source, MetadataSource::kNone);
}

TEST(ReadPageMetadata, KeepsAllThatSpeaksOfTheLanguageTheMostTrustedFirst) {
  EXPECT_EQ(ReadPageMetadata("<html xml:lang=c lang=b><head><meta property=og:locale content=e>"
                             "<meta http-equiv='Content-Language' content=d>"
                             "<script type=application/ld+json>"
                             "{\"@type\":\"Article\",\"inLanguage\":\"f\"}</script>")
                .languages,
            (std::vector<std::string>{"b", "c", "d", "e", "f"}));
  EXPECT_TRUE(ReadPageMetadata(Page("")).languages.empty());
}

TEST(ReadPageMetadata, TakesTheFirstBaseThatHasAnHref) {
  EXPECT_EQ(
      ReadPageMetadata(Page("<base target=_top><base href='/a/?x=1&amp;y=2'><base href=/b>")).base,
      "/a/?x=1&y=2");
  EXPECT_EQ(ReadPageMetadata(Page("", "<BASE HREF=/late>")).base, "/late");
  EXPECT_EQ(ReadPageMetadata(Page("<base href=''><base href=/b>")).base, "");
  EXPECT_EQ(ReadPageMetadata(Page("<!-- <base href=/a> --><script>'<base href=/b>'</script>")).base,
            "");
  const std::string longest(kMaxBaseBytes, 'x');
  EXPECT_EQ(ReadPageMetadata(Page("<base href=" + longest + ">")).base, longest);
  EXPECT_EQ(ReadPageMetadata(Page("<base href=x" + longest + "><base href=/b>")).base, "");
}

TEST(ReadPageMetadata, AProfilesAddressIsNoAuthor) {
  EXPECT_TRUE(ReadPageMetadata(Page("<meta property=article:author content='https://s.example/u'>"))
                  .authors.empty());
}

TEST(ReadPageMetadata, BoundsWhatItKeeps) {
  std::string head;
  for (size_t i = 0; i <= kMaxPageAuthors; ++i)
    head += "<meta name=author content=a" + std::to_string(i) + ">";
  EXPECT_EQ(ReadPageMetadata(Page(head)).authors.size(), kMaxPageAuthors);
  const std::string longest(kMaxMetadataBytes, 'x');
  EXPECT_EQ(ReadPageMetadata(Page("<title>" + longest + "</title>")).title, longest);
  EXPECT_EQ(ReadPageMetadata(Page("<title>" + longest + "y</title>")).title, longest);
  const std::string script = "<script type=application/ld+json>{}</script>";
  const std::string last =
      "<script type=application/ld+json>{\"@type\":\"Article\",\"headline\":\"h\"}</script>";
  std::string scripts;
  for (size_t i = 1; i < kMaxJsonLdScripts; ++i) scripts += script;
  EXPECT_EQ(ReadPageMetadata(Page(scripts + last)).title, "h");
  EXPECT_EQ(ReadPageMetadata(Page(scripts + script + last)).title, "");
}

TEST(ReadPageMetadata, LooksAtTheFirstHeadings) {
  const std::string title = "<title>The harbour report: of today</title>";
  const std::string heading = "<h2>The harbour report</h2>";
  std::string others;
  for (size_t i = 1; i < kMaxPageHeadings; ++i) others += "<h2>x</h2>";
  EXPECT_EQ(ReadPageMetadata(Page(title, others + heading)).title, "The harbour report");
  EXPECT_EQ(ReadPageMetadata(Page(title, others + "<h2>x</h2>" + heading)).title,
            "The harbour report: of today");
}

TEST(ReadJsonLd, FindsTheArticle) {
  const struct {
    std::string_view json;
    std::string_view headline;
  } kCases[] = {
      {R"({"@type":"Article","headline":"h"})", "h"},
      {R"({"@type":["Thing","NewsArticle"],"headline":"h"})", "h"},
      {R"([{"@type":"Person"},{"@type":"BlogPosting","headline":"h"}])", "h"},
      {R"({"@graph":[{"@type":"WebPage"},{"@type":"Report","headline":"h"}]})", "h"},
      {R"({"@type":"WebPage","mainEntity":{"@type":"Article","headline":"h"}})", "h"},
      {"<!-- {\"@type\":\"Article\",\"headline\":\"a\nb\"} -->", "a b"},
      {"//<![CDATA[\n[{\"@type\":\"Article\",\"headline\":\"h\"}]\n//]]>", "h"},
      {R"({"@type":"Organization","headline":"h"})", ""},
      {R"({"@type":"Article","headline":5})", ""},
      {R"({"@type":"Article","headline":"h")", ""},
      {"", ""},
      {"}{", ""},
      {"null", ""},
      {"<![CDATA[", ""},
  };
  for (const auto& c : kCases) EXPECT_EQ(ReadJsonLd(c.json).headline, c.headline) << c.json;
}

TEST(ReadJsonLd, ReadsItsMembers) {
  const JsonLdArticle article = ReadJsonLd(
      R"({"@type":"NewsArticle","headline":"h","name":"n","datePublished":"2020-08-27",
          "author":[{"name":"A"},"B",{"x":1},[["C"]]],"publisher":{"name":"P"},"url":"u",
          "inLanguage":"en","articleBody":"b"})");
  EXPECT_TRUE(article.found);
  EXPECT_EQ(article.name, "n");
  EXPECT_EQ(article.published, "2020-08-27");
  EXPECT_EQ(article.authors, (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(article.site_name, "P");
  EXPECT_EQ(article.url, "u");
  EXPECT_EQ(article.language, "en");
  EXPECT_EQ(article.body, "b");
}

TEST(ReadJsonLd, HoldsItsLimits) {
  const auto nested = [](int depth) {
    return std::string(static_cast<size_t>(depth) - 1, '[') +
           R"({"@type":"Article","headline":"h"})" +
           std::string(static_cast<size_t>(depth) - 1, ']');
  };
  EXPECT_EQ(ReadJsonLd(nested(kMaxJsonLdDepth)).headline, "h");
  EXPECT_EQ(ReadJsonLd(nested(kMaxJsonLdDepth + 1)).headline, "");
  EXPECT_FALSE(ReadJsonLd(nested(500'000)).found);
  const std::string article = R"({"@type":"Article","headline":"h"})";
  EXPECT_TRUE(ReadJsonLd(article + std::string(kMaxJsonLdBytes - article.size(), ' ')).found);
  EXPECT_FALSE(ReadJsonLd(article + std::string(kMaxJsonLdBytes + 1 - article.size(), ' ')).found);
}

}  // namespace
}  // namespace wirefold
