#include "lib/parse/document_splitter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "tests/parse/packing.h"

namespace wirefold {
namespace {

struct Result {
  std::vector<SplitDocument> documents;
  bool holds_many = false;
};

Result Split(std::string_view file, SplitHints hints = {}, size_t chunk = size_t{1} << 18) {
  DocumentSplitter splitter(std::move(hints));
  Result result;
  const auto take = [&] {
    while (auto document = splitter.Next()) {
      EXPECT_EQ(document->item, result.documents.size());
      result.documents.push_back(*std::move(document));
    }
  };
  for (size_t pos = 0; pos < file.size(); pos += chunk) {
    splitter.Push(file.substr(pos, chunk));
    take();
  }
  splitter.End();
  take();
  EXPECT_FALSE(splitter.Next().has_value());
  result.holds_many = splitter.holds_many();
  return result;
}

// "url reason-or-size@offset", a line a document.
std::string Lines(const Result& result) {
  std::string lines;
  for (const SplitDocument& document : result.documents) {
    lines += document.url + ' ' +
             (document.error.ok() ? std::to_string(document.bytes.size())
                                  : std::string(ReasonName(ReasonOf(document.error)))) +
             '@' + std::to_string(document.offset) + '\n';
  }
  return lines;
}

std::string Record(const std::string& url, const std::string& body,
                   const std::string& type = "text/html") {
  const std::string block = "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n\r\n" + body;
  return "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: " + url +
         "\r\nWARC-Date: 2024-06-01T08:00:00Z\r\nContent-Length: " + std::to_string(block.size()) +
         "\r\n\r\n" + block + "\r\n\r\n";
}
constexpr char kInfo[] = "WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 2\r\n\r\nx\n\r\n\r\n";

std::string Feed(size_t items) {
  std::string feed = "<rss version='2.0'><channel><title>T</title>";
  for (size_t i = 0; i < items; ++i) {
    feed += "<item><title>N" + std::to_string(i) + "</title></item>";
  }
  return feed + "</channel></rss>";
}

TEST(DocumentSplitter, AFileThatIsOneDocumentComesThroughAsItIs) {
  const std::string latin1 = "caf\xE9 au lait";
  const std::string big(300'000, 'x');
  for (const std::string& file :
       {std::string(), std::string("mere words"), ReadTestData("articles/01-original.txt"),
        std::string("<html><p>a page"), latin1, std::string("%PDF-1.4"), big}) {
    for (const size_t chunk : {size_t{1}, size_t{7}, size_t{1} << 18}) {
      if (chunk == 1 && file.size() > 10'000) continue;
      const Result result = Split(file, {}, chunk);
      ASSERT_EQ(result.documents.size(), 1U);
      EXPECT_TRUE(result.documents[0].error.ok());
      EXPECT_EQ(result.documents[0].bytes, file);
      EXPECT_EQ(result.documents[0].offset, 0U);
      EXPECT_FALSE(result.documents[0].observed_at_ms.has_value());
      EXPECT_FALSE(result.holds_many);
    }
  }
}

TEST(DocumentSplitter, PackedFilesAreUnpacked) {
  const std::string page = "<html><p>" + std::string(200'000, 'x');
  for (const std::string& file : {Gzip(page), Zstd(page), Gzip("") + Gzip(page)}) {
    for (const size_t chunk : {size_t{3}, size_t{1} << 18}) {
      const Result result = Split(file, {}, chunk);
      ASSERT_EQ(result.documents.size(), 1U);
      EXPECT_EQ(result.documents[0].bytes, page) << result.documents[0].error;
      EXPECT_FALSE(result.holds_many);
    }
  }
}

TEST(DocumentSplitter, DamagedAndHostileArchivesAreErrors) {
  std::string noise;
  for (int i = 0; i < 60'000; ++i) noise += std::to_string(i * 7919 % 10'007);
  const std::string packed = Gzip(noise);
  EXPECT_EQ(Lines(Split(packed.substr(0, packed.size() / 2))), " ARCHIVE_BROKEN@0\n");
  std::string damaged = packed;
  damaged[damaged.size() - 6] ^= 1;
  EXPECT_EQ(Lines(Split(damaged)), " ARCHIVE_BROKEN@0\n");
  const std::string bomb = Gzip(std::string(size_t{64} << 20, ' '));
  EXPECT_EQ(Lines(Split(bomb)), " ARCHIVE_RATIO@0\n");
  EXPECT_EQ(Lines(Split(Zstd(std::string(size_t{64} << 20, ' ')))), " ARCHIVE_RATIO@0\n");
}

TEST(DocumentSplitter, HoldsTheLimitOfDocuments) {
  std::string file(kMaxDocumentBytes, 'x');
  EXPECT_EQ(Lines(Split(file)), " 8388608@0\n");
  for (size_t i = 0; i < file.size(); ++i) file[i] = static_cast<char>('a' + i * i % 23 % 7);
  EXPECT_EQ(Lines(Split(Gzip(file))), " 8388608@0\n");
  file += 'x';
  EXPECT_EQ(Lines(Split(file)), " DOCUMENT_TOO_LARGE@0\n");
  EXPECT_EQ(Lines(Split(file, {}, 999'999)), " DOCUMENT_TOO_LARGE@0\n");
}

TEST(DocumentSplitter, GivesTheRecordsOfAWarcFile) {
  const std::string a = Record("http://a.example/1", "<p>one");
  const std::string b = Record("http://a.example/2", "plain", "text/plain; charset=gbk");
  const std::string file = kInfo + a + b;
  const size_t first = sizeof(kInfo) - 1;
  for (const size_t chunk : {size_t{1}, size_t{100}, size_t{1} << 18}) {
    const Result result = Split(file, {}, chunk);
    EXPECT_TRUE(result.holds_many);
    EXPECT_EQ(Lines(result), "http://a.example/1 6@" + std::to_string(first) +
                                 "\nhttp://a.example/2 5@" + std::to_string(first + a.size()) +
                                 "\n");
    EXPECT_EQ(result.documents[0].bytes, "<p>one");
    EXPECT_EQ(FormatRfc3339(*result.documents[0].observed_at_ms), "2024-06-01T08:00:00.000Z");
    EXPECT_EQ(result.documents[1].content_type, "text/plain; charset=gbk");
  }
}

TEST(DocumentSplitter, PassesOnTheLanguageOfARecordAndWhetherItIsWhole) {
  const auto with = [](std::string record, const std::string& http, const std::string& warc) {
    const size_t length = record.find("Content-Length: ") + 16;
    const size_t end = record.find("\r\n", length);
    const size_t bytes = std::stoul(record.substr(length, end - length)) + http.size();
    record.replace(length, end - length, std::to_string(bytes));
    record.insert(record.find("Content-Type: "), http);
    return record.insert(record.find("WARC-Type: "), warc);
  };
  const std::string language(kMaxLanguageTagBytes + 1, 'x');
  const std::string feed =
      "<rss><channel><item><title>a</title></item><item><title>b</title></item></channel></rss>";
  const Result result =
      Split(with(Record("a", "<p>one"), "Content-Language: zh-TW\r\n", "") +
            with(Record("b", "<p>two"), "Content-Language: " + language + "\r\n",
                 "WARC-Truncated: length\r\n") +
            with(Record("c", "<p>three"), "Content-Length: 9\r\n", "") +
            with(Record("d", feed), "Content-Language: en\r\n", "WARC-Truncated: time\r\n"));
  ASSERT_EQ(result.documents.size(), 5U) << Lines(result);
  EXPECT_EQ(result.documents[0].content_language, "zh-TW");
  EXPECT_FALSE(result.documents[0].truncated);
  EXPECT_EQ(result.documents[1].content_language, language.substr(1));
  EXPECT_TRUE(result.documents[1].truncated);
  EXPECT_TRUE(result.documents[2].truncated);
  // Of a feed that was cut off the last item may not be whole.
  EXPECT_EQ(result.documents[3].content_language, "en");
  EXPECT_FALSE(result.documents[3].truncated);
  EXPECT_TRUE(result.documents[4].truncated);
}

TEST(DocumentSplitter, OffsetsInACompressedWarcFileAreItsMembers) {
  std::string file = Gzip(kInfo);
  std::string lines;
  // Past the probe, so that what follows it is read too.
  for (int i = 0; file.size() < 3 * kSplitterProbeBytes; ++i) {
    std::string body = "<p>";
    for (int j = 0; j < 3000; ++j) body += static_cast<char>('a' + (i * 31 + j * j * 17) % 26);
    lines +=
        "http://a.example/" + std::to_string(i) + " 3003@" + std::to_string(file.size()) + "\n";
    file += Gzip(Record("http://a.example/" + std::to_string(i), body));
  }
  for (const size_t chunk : {size_t{997}, size_t{1} << 18}) {
    EXPECT_EQ(Lines(Split(file, {}, chunk)), lines);
  }
}

TEST(DocumentSplitter, ABrokenRecordDoesNotTakeTheOthersWithIt) {
  std::string lying = Record("http://a.example/lie", "<p>short");
  lying.replace(lying.find("Content-Length: "), 18, "Content-Length: 99");
  const std::string file =
      Record("http://a.example/1", "<p>one") + lying + Record("http://a.example/2", "<p>two");
  const Result result = Split(file);
  ASSERT_EQ(result.documents.size(), 3U) << Lines(result);
  EXPECT_EQ(ReasonOf(result.documents[1].error), Reason::kRecordBroken);
  EXPECT_EQ(result.documents[2].url, "http://a.example/2");
}

TEST(DocumentSplitter, GivesTheItemsOfAFeed) {
  const std::string feed = ReadTestData("feeds/01-rss20.xml");
  for (const std::string& file : {feed, Gzip(feed), Zstd(feed)}) {
    const Result result = Split(file);
    EXPECT_TRUE(result.holds_many);
    ASSERT_EQ(result.documents.size(), 2U);
    for (const SplitDocument& document : result.documents) {
      EXPECT_TRUE(document.error.ok());
      EXPECT_EQ(feed.substr(document.offset, 6), "<item>");
      EXPECT_EQ(ReadFeed(document.bytes)->items.size(), 1U);
      EXPECT_EQ(document.content_type, "application/atom+xml");
    }
    EXPECT_EQ(ReadFeed(result.documents[1].bytes)->items[0].link, "https://news.example/ferry");
  }
}

TEST(DocumentSplitter, ABrokenItemDoesNotTakeTheOthersWithIt) {
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "<a>";
  const Result result = Split("<rss><channel><item><title>One</title></item><item>" + deep +
                              "</item><item/><item><title>Two</title></item></channel></rss>");
  ASSERT_EQ(result.documents.size(), 4U);
  EXPECT_TRUE(result.documents[0].error.ok());
  EXPECT_EQ(ReasonOf(result.documents[1].error), Reason::kFeedBroken);
  EXPECT_EQ(ReasonOf(result.documents[2].error), Reason::kFeedBroken);
  EXPECT_TRUE(result.documents[3].error.ok());
}

TEST(DocumentSplitter, AFeedInAWarcFileGivesItsItems) {
  const std::string first = Record("http://a.example/feed", Feed(3), "application/rss+xml");
  const Result result = Split(first + Record("http://a.example/1", "<p>one"));
  ASSERT_EQ(result.documents.size(), 4U);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(result.documents[i].url, "http://a.example/feed");
    EXPECT_EQ(result.documents[i].offset, 0U);
    EXPECT_TRUE(result.documents[i].observed_at_ms.has_value());
    EXPECT_EQ(ReadFeed(result.documents[i].bytes)->items[0].title, "N" + std::to_string(i));
  }
  EXPECT_EQ(result.documents[3].offset, first.size());
}

TEST(DocumentSplitter, AFileOfManyThatHoldsNoneSaysSo) {
  EXPECT_EQ(Lines(Split(kInfo)), " NO_CONTENT@0\n");
  EXPECT_EQ(Lines(Split(Feed(0))), " NO_CONTENT@0\n");
}

TEST(DocumentSplitter, FeedsMayBeLargerThanDocuments) {
  std::string feed = "<rss><channel>";
  while (feed.size() <= kMaxDocumentBytes) {
    feed += "<item><title>T</title><description>" + std::string(size_t{1} << 20, 'x') +
            "</description></item>";
  }
  EXPECT_EQ(Split(feed + "</channel></rss>").documents.size(), 8U);
  feed.resize(kMaxFeedBytes, ' ');
  EXPECT_EQ(Split(feed).documents.size(), 8U);
  EXPECT_EQ(Lines(Split(feed + " ")), " DOCUMENT_TOO_LARGE@0\n");
}

TEST(DocumentSplitter, HintsAreCleanAndANameStandsInForAContentType) {
  const auto type = [](SplitHints hints) {
    return Split("x", std::move(hints)).documents[0].content_type;
  };
  EXPECT_EQ(type({}), "");
  EXPECT_EQ(type({.content_type = {}, .name = "a/b.HTML"}), "text/html");
  EXPECT_EQ(type({.content_type = {}, .name = "b.htm.gz"}), "text/html");
  EXPECT_EQ(type({.content_type = {}, .name = "b.txt"}), "");
  EXPECT_EQ(type({.content_type = "text/plain", .name = "b.html"}), "text/plain");
  EXPECT_EQ(type({.content_type = "text/\xFFplain\r\n", .name = {}}), "text/plain");
  EXPECT_EQ(type({.content_type = std::string(kMaxContentTypeBytes + 1, 'x'), .name = {}}).size(),
            kMaxContentTypeBytes);
  EXPECT_EQ(Split(Record("http://a.example/\xD0\xC2", "<p>one")).documents[0].url,
            "http://a.example/%D0%C2");
  EXPECT_EQ(Split(Record("http://a.example/新", "<p>one")).documents[0].url, "http://a.example/新");
}

}  // namespace
}  // namespace wirefold
