#include "lib/parse/http_message.h"

#include <gtest/gtest.h>

#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "tests/parse/packing.h"

namespace wirefold {
namespace {

std::string Body(const HttpHead& head, std::string_view raw) {
  const auto body = ReadHttpBody(head, raw);
  if (!body.ok()) return std::string(ReasonName(ReasonOf(body.status())));
  return body->bytes + (body->truncated ? "|cut" : "");
}

TEST(ReadHttpHead, ReadsStatusAndFields) {
  const std::string message =
      "HTTP/1.1 206 Partial\r\nContent-Type:  text/html;\r\n\tcharset=gbk\r\ncontent-type: x\r\n"
      "Content-Encoding: GZIP\r\nno field\r\nTransfer-Encoding: gzip, Chunked\r\n\r\nbody";
  const auto head = ReadHttpHead(message);
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->status, 206);
  EXPECT_EQ(head->content_type, "text/html; charset=gbk");
  EXPECT_EQ(head->content_encoding, "gzip");
  EXPECT_TRUE(head->chunked);
  EXPECT_EQ(message.substr(head->bytes), "body");
}

TEST(ReadHttpHead, PassesOverInterimResponsesAndReadsBareLineFeeds) {
  const auto head = ReadHttpHead("HTTP/1.1 103 Hints\n\nHTTP/2 200\nA: b\n\nbody");
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->status, 200);
}

TEST(ReadHttpHead, RefusesWhatIsNone) {
  for (const char* message :
       {"", "HTTP/1.1", "HTTP/1.1 200 OK\r\n", "<p>\r\n\r\n", "HTTP/1.1 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 100 Go\r\n\r\n"}) {
    EXPECT_EQ(ReasonOf(ReadHttpHead(message).status()), Reason::kRecordBroken) << message;
  }
}

TEST(ReadHttpHead, HoldsItsLimit) {
  std::string head = "HTTP/1.1 200 OK\r\nA: ";
  head += std::string(kMaxHttpHeadBytes - head.size() - 4, 'x') + "\r\n\r\n";
  EXPECT_TRUE(ReadHttpHead(head).ok());
  head.insert(20, "x");
  EXPECT_FALSE(ReadHttpHead(head).ok());
}

struct Case {
  const char* raw;
  const char* body;
};

TEST(ReadHttpBody, JoinsChunks) {
  constexpr Case kCases[] = {
      {"3\r\nabc\r\n0\r\n\r\n", "abc"},
      {"3;x=y\r\nabc\r\n02\r\nde\r\n0\r\nTrailer: x\r\n\r\n", "abcde"},
      {"3\nabc\n0\n\n", "abc"},
      {"3 \r\nabc\r\n0\r\n", "abc"},
      {"0\r\n\r\n", ""},
      {"3\r\nabc\r\n", "abc|cut"},
      {"3\r\nabc\r\n5\r\nde", "abcde|cut"},
      {"5\r\nab", "ab|cut"},
      {"8000000000000000\r\nab", "ab|cut"},
      {"fffffffffffffffffffff\r\nab", "ab|cut"},
      {"3\r\nabc\r\nxyz", "abcxyz|cut"},
      {"3\r\nabc\r\n2\r\ndefg", "abcdefg|cut"},
      // Joined already:
      {"<p>abc", "<p>abc"},
      {"add\r\nsome more text here", "some more text here|cut"},
      {"a\r\nsome more text here", "a\r\nsome more text here"},
      {"", ""},
  };
  for (const Case& c : kCases) EXPECT_EQ(Body({.chunked = true}, c.raw), c.body) << c.raw;
}

TEST(ReadHttpHead, ReadsLengthAndLanguage) {
  const auto head = ReadHttpHead(
      "HTTP/1.1 200 OK\r\nContent-Length: x\r\nContent-length: 12\r\nContent-Length: 13\r\n"
      "Content-Language: zh-TW\r\ncontent-language: en\r\n\r\n");
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->content_length, 12U);
  EXPECT_EQ(head->content_language, "zh-TW,en");
}

TEST(ReadHttpBody, ABodyShorterThanItsLengthIsCut) {
  EXPECT_EQ(Body({.content_length = 3}, "abc"), "abc");
  EXPECT_EQ(Body({.content_length = 4}, "abc"), "abc|cut");
  EXPECT_EQ(Body({.content_length = 2}, "abc"), "abc");
  EXPECT_EQ(Body({.content_length = ReadLength("99999999999999999999999")}, "abc"), "abc|cut");
  // The length is of what was sent: packed, or in chunks; what was stored may be neither.
  EXPECT_EQ(Body({.content_encoding = "gzip", .content_length = 99}, "<p>abc"), "<p>abc");
  EXPECT_EQ(Body({.content_length = 99, .chunked = true}, "3\r\nabc\r\n0\r\n\r\n"), "abc");
}

TEST(ReadLength, IsANumberOfBytesAndNothingElse) {
  EXPECT_EQ(ReadLength("0"), 0U);
  EXPECT_EQ(ReadLength("18446744073709551615"), ~uint64_t{0});
  EXPECT_EQ(ReadLength("18446744073709551616"), ~uint64_t{0});
  for (const char* none : {"", "-1", "+1", "1 2", "0x1", "1.5"}) {
    EXPECT_EQ(ReadLength(none), std::nullopt) << none;
  }
}

TEST(ReadHttpBody, UndoesContentEncodings) {
  const std::string page = "<p>The page.</p>";
  EXPECT_EQ(Body({.content_encoding = "gzip"}, Gzip(page)), page);
  EXPECT_EQ(Body({.content_encoding = "x-gzip"}, Gzip(page)), page);
  EXPECT_EQ(Body({.content_encoding = "deflate"}, Deflate(page, 15)), page);
  EXPECT_EQ(Body({.content_encoding = "deflate"}, Deflate(page, -15)), page);
  EXPECT_EQ(Body({.content_encoding = "zstd"}, Zstd(page)), page);
  EXPECT_EQ(Body({.content_encoding = "deflate, gzip"}, Gzip(Deflate(page, 15))), page);
  EXPECT_EQ(Body({.content_encoding = "identity"}, page), page);
  const std::string packed = Gzip(page);
  const std::string chunks = "4\r\n" + packed.substr(0, 4) + "\r\n" + "ff\r\n" + packed.substr(4);
  EXPECT_EQ(Body({.content_encoding = "gzip", .chunked = true}, chunks), page + "|cut");
}

TEST(ReadHttpBody, TakesABodyThatWasStoredDecoded) {
  for (const char* encoding : {"gzip", "deflate", "zstd", "br"}) {
    EXPECT_EQ(Body({.content_encoding = encoding}, "<p>The page.</p>"), "<p>The page.</p>");
    EXPECT_EQ(Body({.content_encoding = encoding}, ""), "");
  }
}

TEST(ReadHttpBody, RefusesWhatItCannotDecode) {
  EXPECT_EQ(Body({.content_encoding = "br"}, "\x0b\x02\x80\x01\x02\x03"), "UNSUPPORTED_ENCODING");
  EXPECT_EQ(Body({.content_encoding = "gzip"}, "\x0b\x02\x80\x01\x02\x03"), "ARCHIVE_BROKEN");
  EXPECT_EQ(Body({.content_encoding = "gzip"}, Gzip("abc").substr(0, 12)), "ARCHIVE_BROKEN");
  EXPECT_EQ(Body({.content_encoding = "gzip"}, Gzip(std::string(kMaxDocumentBytes + 1, 'x'))),
            "DOCUMENT_TOO_LARGE");
  EXPECT_EQ(Body({.content_encoding = "gzip"}, Gzip(std::string(kMaxDocumentBytes, 'x'))).size(),
            kMaxDocumentBytes);
  EXPECT_EQ(Body({}, std::string(kMaxDocumentBytes + 1, 'x')), "DOCUMENT_TOO_LARGE");
  std::string nested = "<p>";
  for (size_t i = 0; i <= kMaxContentEncodings; ++i) nested = Gzip(nested);
  EXPECT_EQ(Body({.content_encoding = "gzip,gzip,gzip,gzip"}, nested), "UNSUPPORTED_ENCODING");
}

TEST(MediaType, IsLowerCaseWithoutParameters) {
  EXPECT_EQ(MediaType(" Text/HTML ; charset=x"), "text/html");
  EXPECT_EQ(MediaType(""), "");
}

}  // namespace
}  // namespace wirefold
