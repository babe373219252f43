// What Normalize makes of what a page, a feed or a server says beside the text.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lib/article/normalize.h"
#include "lib/base/limits.h"

namespace wirefold {
namespace {

CanonicalArticle Read(const std::string& bytes, Hints hints = {}) {
  auto article = Normalize({.bytes = bytes, .source = "", .hints = std::move(hints)});
  EXPECT_TRUE(article.ok()) << article.status() << bytes;
  return article.ok() ? article->article : CanonicalArticle();
}

std::string Page(const std::string& head, const std::string& body = "") {
  return "<!doctype html><html><head><meta charset=utf-8>" + head + "</head><body>" + body +
         "</body></html>";
}

constexpr char kBody[] =
    "<article><p>The harbour board published its yearly report on Thursday and said that traffic "
    "had grown by four per cent, more than ever before, as <a href='ships?id=1'>more ships</a> "
    "came in from abroad.</p><img src='quay.jpg' alt='Quay'></article>";

struct BaseCase {
  std::string head;
  std::string folder;  // that the page's link and image come to lie in
  std::string page_url = "https://news.example/2024/06/report.html";
};

TEST(Normalize, ResolvesWhatAPageNamesAgainstItsBase) {
  const BaseCase kCases[] = {
      {"", "https://news.example/2024/06/"},
      {"<base href='https://cdn.example/x/y'>", "https://cdn.example/x/"},
      {"<base href='/archive/'>", "https://news.example/archive/"},
      {"<base href='../05/'>", "https://news.example/2024/05/"},
      {"<base href='//cdn.example/a&amp;b/'>", "https://cdn.example/a&b/"},
      {"<base target=_blank><base href='/one/'><base href='/two/'>", "https://news.example/one/"},
      // The first one counts, whatever it says; a data: or javascript: URL, and none, is the
      // page's.
      {"<base href='data:text/html,x'><base href='/two/'>", "https://news.example/2024/06/"},
      {"<base href='JavaScript:void(0)'>", "https://news.example/2024/06/"},
      {"<base href='https://[bad/'><base href='/two/'>", "https://news.example/2024/06/"},
      {"<base href=''>", "https://news.example/2024/06/"},
      // A page of which it is not known where it was.
      {"<base href='https://news.example/a/'>", "https://news.example/a/", ""},
  };
  for (const BaseCase& c : kCases) {
    const CanonicalArticle article = Read(Page(c.head, kBody), {.url = c.page_url});
    EXPECT_EQ(article.url, c.page_url) << c.head;
    EXPECT_EQ(article.images, (std::vector<Image>{{c.folder + "quay.jpg", "Quay"}})) << c.head;
    EXPECT_EQ(article.links, (std::vector<Link>{{c.folder + "ships?id=1", "more ships"}}))
        << c.head;
  }
  // Nothing can be fetched from a base that is no web address.
  const CanonicalArticle file =
      Read(Page("<base href='file:///srv/'>", kBody), {.url = "https://a.example/"});
  EXPECT_TRUE(file.images.empty());
  EXPECT_TRUE(file.links.empty());
}

TEST(Normalize, ResolvesThePagesOwnAddressAgainstItsBaseAndItsLinksAgainstWhereItWas) {
  const Hints hints{.url = "https://news.example/print?id=7"};
  EXPECT_EQ(
      Read(Page("<base href='/2024/'><link rel=canonical href='report.html'>", kBody), hints).url,
      "https://news.example/2024/report.html");
  // An address on another domain is not believed, by way of a base neither.
  EXPECT_EQ(
      Read(Page("<base href='https://x.test/'><link rel=canonical href='a.html'>", kBody), hints)
          .url,
      "https://news.example/print?id=7");
  // The address that a page gives itself is not what its links are relative to.
  const CanonicalArticle article =
      Read(Page("<link rel=canonical href='/2024/06/report.html'>", kBody), hints);
  EXPECT_EQ(article.url, "https://news.example/2024/06/report.html");
  EXPECT_EQ(article.images[0].url, "https://news.example/quay.jpg");
}

TEST(Normalize, ResolvesThePageOfADumpFileAgainstItsBase) {
  const CanonicalArticle article =
      Read("<!--5-->\n[t](https://news.example/2024/r.html)\n------\n\n" +
           Page("<base href='/b/'>", kBody));
  EXPECT_EQ(article.url, "https://news.example/2024/r.html");
  EXPECT_EQ(article.images[0].url, "https://news.example/b/quay.jpg");
}

TEST(Normalize, ResolvesWhatAFeedsItemNamesAgainstItsXmlBase) {
  const auto image = [](const std::string& root, const std::string& entry) {
    const CanonicalArticle article = Read(
        "<feed xmlns='http://www.w3.org/2005/Atom'" + root + "><entry" + entry +
        "><title>Harbour</title><link href='https://news.example/2024/r.html'/>"
        "<content type='html'>&lt;p>Text&lt;/p>&lt;img src='quay.jpg'></content></entry></feed>");
    return article.images.empty() ? "none" : article.images[0].url;
  };
  EXPECT_EQ(image("", ""), "https://news.example/2024/quay.jpg");
  EXPECT_EQ(image(" xml:base='https://cdn.example/'", ""), "https://cdn.example/quay.jpg");
  EXPECT_EQ(image(" xml:base='https://cdn.example/'", " xml:base='a/'"),
            "https://cdn.example/a/quay.jpg");
}

constexpr char kChinese[] =
    "<article><p>港务局星期四公布了年度报告，吞吐量比去年增加了百分之四，局长说，新码头将在明年"
    "春天投入使用，来自国外的船只也会更多。</p></article>";

TEST(Normalize, AWrongLangOfAChinesePageDoesNotWin) {
  for (const char* lang : {"en", "en-US", "zh-TW", "ja", "ko"}) {
    const CanonicalArticle article =
        Read("<html lang='" + std::string(lang) + "'><body>" + kChinese + "</body></html>",
             {.content_language = lang});
    EXPECT_EQ(article.language, "zh-Hans") << lang;
    EXPECT_EQ(article.script, Script::kHans) << lang;
  }
}

TEST(Normalize, TakesTheLanguageThatIsDeclaredWhereTheTextLeavesItOpen) {
  const std::string title = "<title>Harbour</title>";
  const std::string html = "<html lang=en-GB>";
  const std::string meta = "<meta http-equiv=content-language content=nl>";
  const auto language = [](const std::string& page, const std::string& header) {
    return Read(page, {.url = "https://a.example/1", .content_language = header}).language;
  };
  EXPECT_EQ(language("<html>" + title, ""), "und");
  EXPECT_EQ(language("<html>" + title, "de-AT"), "de");
  EXPECT_EQ(language("<html>" + meta + title, "de"), "nl");
  EXPECT_EQ(language(html + meta + title, "de"), "en");
  // What is no language, several of them, or one that is not written so is passed over.
  EXPECT_EQ(language("<html lang=zh-CN>" + title, "de, fr"), "und");
  EXPECT_EQ(language("<html lang=english>" + title, "de"), "de");
  // Files that declare nothing themselves.
  EXPECT_EQ(language("Harbour", "de"), "de");
  EXPECT_EQ(language("<p>Harbour</p>", "de"), "de");
}

TEST(Normalize, TakesTheLanguageOfAFeedWhereItsItemLeavesItOpen) {
  const auto language = [](const std::string& feed, const std::string& item) {
    return Read("<feed xmlns='http://www.w3.org/2005/Atom'" + feed + "><entry" + item +
                    "><title>Harbour</title><link href='https://a.example/1'/></entry></feed>",
                {.content_language = "de"})
        .language;
  };
  EXPECT_EQ(language("", ""), "de");
  EXPECT_EQ(language(" xml:lang='nl'", ""), "nl");
  EXPECT_EQ(language(" xml:lang='nl'", " xml:lang='en'"), "en");
  EXPECT_EQ(Read("<rss><channel><language>pt-br</language><item><title>Porto</title>"
                 "<link>https://a.example/1</link></item></channel></rss>")
                .language,
            "pt");
}

TEST(Normalize, KeepsTheScriptOfChineseRight) {
  const auto read = [](const std::string& lang, const std::string& title) {
    const CanonicalArticle article = Read("<html lang='" + lang + "'><title>" + title + "</title>",
                                          {.url = "https://a.example/1"});
    return article.language + (article.script == Script::kHans   ? " Hans"
                               : article.script == Script::kHant ? " Hant"
                                                                 : "");
  };
  EXPECT_EQ(read("zh-HK", "天下大同"), "zh-Hant Hant");
  EXPECT_EQ(read("zh-cn", "天下大同"), "zh-Hans Hans");
  EXPECT_EQ(read("", "天下大同"), "zh");
  EXPECT_EQ(read("zh-CN", "國泰民安"), "zh-Hant Hant");
  EXPECT_EQ(read("zh-TW", "国泰民安"), "zh-Hans Hans");
}

TEST(Normalize, WarnsOfAFileThatIsNotWhole) {
  EXPECT_EQ(
      Read(kBody, {.url = "https://a.example/1", .observed_at_ms = 5, .truncated = true}).warnings,
      std::vector<Warning>{Warning::kNotWhole});
}

TEST(Normalize, CountsWhatWasReplacedInAFeedThatIsSentAsItIs) {
  const CanonicalArticle article =
      Read("<rss><channel><item><title>港口星期四 \xFF\xFE 开放</title></item></channel></rss>");
  EXPECT_EQ(article.charset, "UTF-8");
  EXPECT_EQ(article.replaced_bytes, 2U);
  EXPECT_NE(std::find(article.warnings.begin(), article.warnings.end(), Warning::kInvalidUtf8),
            article.warnings.end());
}

}  // namespace
}  // namespace wirefold
