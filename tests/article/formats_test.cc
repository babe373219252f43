// What Normalize makes of files that are not dump files in UTF-8.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "lib/article/normalize.h"
#include "lib/base/clock.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/parse/document_splitter.h"
#include "tests/parse/packing.h"

namespace wirefold {
namespace {

absl::StatusOr<NormalizedArticle> Read(std::string_view bytes, Hints hints = {}) {
  return Normalize({.bytes = bytes, .source = "crawler", .hints = std::move(hints)});
}
Reason Refusal(std::string_view bytes) { return ReasonOf(Read(bytes).status()); }

std::vector<NormalizedArticle> ReadAll(std::string_view file, const std::string& url = {}) {
  DocumentSplitter splitter;
  splitter.Push(file);
  splitter.End();
  std::vector<NormalizedArticle> articles;
  while (auto document = splitter.Next()) {
    EXPECT_TRUE(document->error.ok()) << document->error;
    auto article = Read(document->bytes, {.url = document->url.empty() ? url : document->url,
                                          .observed_at_ms = document->observed_at_ms,
                                          .content_type = document->content_type});
    EXPECT_TRUE(article.ok()) << article.status();
    if (article.ok()) articles.push_back(*std::move(article));
  }
  return articles;
}

constexpr char kGbk[] =
    "\xB8\xDB\xCE\xF1\xBE\xD6\xB9\xAB\xB2\xBC\xC1\xCB\xC4\xEA\xB6\xC8\xB1\xA8\xB8\xE6";

TEST(Normalize, SaysWhatAFileWas) {
  const std::string dump = "<!--5-->\n[t](https://a.example/)\n------\n<p>x</p>";
  struct Case {
    std::string bytes;
    std::string_view format;
  };
  for (const Case& test :
       {Case{dump, "dump"}, Case{"<!doctype html><p>page</p>", "html"},
        Case{"<p>fragment</p>", "html-fragment"}, Case{"mere words", "text"},
        Case{"<?xml version='1.0'?><note>xml</note>", "xml"},
        Case{"<rss><channel><item><title>t</title></item></channel></rss>", "feed-item"},
        Case{Gzip(dump), "dump"}, Case{Zstd("mere words"), "text"}}) {
    const auto article = Read(test.bytes);
    ASSERT_TRUE(article.ok()) << article.status() << test.bytes;
    EXPECT_EQ(article->format, test.format);
    EXPECT_EQ(article->article.charset, "UTF-8");
    EXPECT_EQ(article->article.raw_bytes, test.bytes.size());
  }
}

TEST(Normalize, ReadsOtherCharsets) {
  const auto guessed = Read(std::string("<p>") + kGbk + "</p>");
  ASSERT_TRUE(guessed.ok()) << guessed.status();
  EXPECT_EQ(guessed->article.text, "港务局公布了年度报告");
  EXPECT_EQ(guessed->article.charset, "GBK");
  EXPECT_EQ(guessed->article.replaced_bytes, 0u);
  const auto dump = Read(std::string("[") + kGbk + "](https://a.example/)\n------\n<p>x</p>");
  EXPECT_EQ(dump->article.title, "港务局公布了年度报告");
  EXPECT_EQ(dump->format, "dump");
  // The same bytes, as the server declared them.
  const auto declared =
      Read("<p>\xE0\xF1</p>",
           {.url = {}, .observed_at_ms = {}, .content_type = "text/html; charset=windows-1251"});
  EXPECT_EQ(declared->article.text, "ас");
}

TEST(Normalize, LooksAtSoMuchOfAContentTypeAndNoMore) {
  const auto read = [](size_t bytes) {
    const std::string charset = "; charset=windows-1251";
    std::string type = "text/html; x=";
    type += std::string(bytes - type.size() - charset.size(), 'x') + charset;
    return Read("<p>\xE0\xF1</p>", {.url = {}, .observed_at_ms = {}, .content_type = type})
        ->article.text;
  };
  EXPECT_EQ(read(kMaxContentTypeBytes), "ас");
  EXPECT_NE(read(kMaxContentTypeBytes + 1), "ас");
}

TEST(Normalize, TheSameArticleInAnyCharsetAndPackingHasOneIdentity) {
  const std::string text = "港务局公布了年度报告，吞吐量比去年增加了百分之四，局长说。";
  const auto utf8 = Read("<p>" + text + "</p>");
  std::string utf16 = "\xFF\xFE";
  for (const char32_t c : U"<p>港务局公布了年度报告，吞吐量比去年增加了百分之四，局长说。</p>") {
    if (c == 0) continue;
    utf16 += static_cast<char>(c & 0xFF);
    utf16 += static_cast<char>(c >> 8);
  }
  for (const std::string& other : {utf16, Gzip("<p>" + text + "</p>"), Zstd(utf16), text}) {
    const auto article = Read(other);
    ASSERT_TRUE(article.ok()) << article.status();
    EXPECT_EQ(article->article.text, utf8->article.text);
    EXPECT_EQ(article->identity, utf8->identity);
    EXPECT_EQ(article->text_hash, utf8->text_hash);
  }
}

TEST(Normalize, ReadsPlainText) {
  const auto article = Read(
      "Harbour report\n\nBERGHAVEN (AP) - The harbour board said on Tuesday that traffic grew.\n\n"
      "The new quay will open in spring, it said.\n",
      {.url = "https://a.example/1",
       .observed_at_ms = 1598500800000,
       .content_type = "text/plain"});
  ASSERT_TRUE(article.ok()) << article.status();
  EXPECT_EQ(article->article.title, "Harbour report");
  EXPECT_EQ(article->article.text,
            "BERGHAVEN (AP) - The harbour board said on Tuesday that traffic grew.\n"
            "The new quay will open in spring, it said.");
  EXPECT_EQ(article->article.url, "https://a.example/1");
  EXPECT_TRUE(article->article.warnings.empty());
}

TEST(Normalize, ReadsAFeedsItemByItself) {
  const auto articles = ReadAll(ReadTestData("feeds/01-rss20.xml"));
  ASSERT_EQ(articles.size(), 2u);
  const CanonicalArticle& first = articles[0].article;
  EXPECT_EQ(articles[0].format, "feed-item");
  EXPECT_EQ(first.title, "Harbour & pier open");
  EXPECT_EQ(first.url, "https://news.example/harbour?a=1&b=2");
  EXPECT_EQ(first.text, "The new harbour opened on Saturday & all came.");
  EXPECT_EQ(first.authors, std::vector<std::string>{"Ada Fisher"});
  EXPECT_EQ(first.published_source, PublishedSource::kMetadata);
  EXPECT_EQ(FormatRfc3339(first.published_at_ms), "2024-06-01T06:00:00.000Z");
  ASSERT_EQ(first.images.size(), 1u);
  EXPECT_EQ(first.images[0].url, "https://news.example/harbour.jpg");
}

TEST(Normalize, ResolvesTheAddressOfAFeedsItemAndNeverTakesTheFeedsOwn) {
  const auto url = [](const std::string& root, const std::string& item, const std::string& hint) {
    const auto articles = ReadAll("<feed xmlns='http://www.w3.org/2005/Atom'" + root + "<entry" +
                                      item + "<title>Harbour</title></entry></feed>",
                                  hint);
    return articles.empty() ? "none" : articles[0].article.url;
  };
  EXPECT_EQ(url(" xml:base='https://a.example/b/'>", " xml:base='c/'><link href='d'/>", ""),
            "https://a.example/b/c/d");
  EXPECT_EQ(url(" xml:base='b/'>", "><link href='d'/>", "https://a.example/feed"),
            "https://a.example/b/d");
  EXPECT_EQ(url("><link href='https://a.example/'/>", "><link href='d'/>", ""),
            "https://a.example/d");
  EXPECT_EQ(url(">", ">", "https://a.example/feed"), "");
}

TEST(Normalize, RefusesWhatIsToBeSplitFirst) {
  EXPECT_EQ(Refusal(ReadTestData("feeds/01-rss20.xml")), Reason::kSeveralArticles);
  EXPECT_EQ(Refusal("WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"),
            Reason::kSeveralArticles);
  EXPECT_EQ(Refusal("<rss><channel></channel></rss>"), Reason::kNoContent);
  EXPECT_EQ(Refusal("<rss><channel><item></item></channel></rss>"), Reason::kFeedBroken);
}

TEST(Normalize, BoundsWhatAPackedFileUnpacksTo) {
  std::string file(kMaxDocumentBytes, ' ');
  for (size_t i = 0; i < file.size(); i += 16) file[i] = static_cast<char>('a' + i * i / 77 % 23);
  EXPECT_TRUE(Read(Gzip(file)).ok());
  EXPECT_EQ(Refusal(Gzip(file + "x")), Reason::kDocumentTooLarge);
  EXPECT_EQ(Refusal(Gzip(std::string(size_t{32} << 20, 'x'))), Reason::kArchiveRatio);
  EXPECT_EQ(Refusal(Gzip(file).substr(0, 1000)), Reason::kArchiveBroken);
  EXPECT_EQ(Refusal(Gzip("")), Reason::kEmptyFile);
  EXPECT_EQ(Refusal(Gzip(Gzip("twice"))), Reason::kNotText);
}

}  // namespace
}  // namespace wirefold
