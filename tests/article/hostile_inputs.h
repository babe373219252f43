// Hostile inputs: files whose reading would take quadratic time, a deep stack or much memory if it
// were done the obvious way. The test says what becomes of each, the benchmark that the time that
// this takes grows as the file does.
//
// Example:
//   for (const HostileInput& input : HostileInputs()) Use(input.make(input.count));
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_TESTS_ARTICLE_HOSTILE_INPUTS_H_
#define WIREFOLD_TESTS_ARTICLE_HOSTILE_INPUTS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/parse/packing.h"

namespace wirefold {

struct HostileInput {
  std::string_view name;
  size_t count;  // of what the name says, where it is at its worst within the limits
  std::function<std::string(size_t count)> make;
};

inline std::string Times(size_t count, std::string_view part) {
  std::string text;
  text.reserve(count * part.size());
  for (size_t i = 0; i < count; ++i) text += part;
  return text;
}

// A WARC record whose Content-Length is `length`, or is missing if that is empty.
inline std::string LyingRecord(std::string_view name, std::string_view length) {
  std::string record = "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://a.example/";
  record.append(name).append("\r\nContent-Type: text/html\r\n");
  if (!length.empty()) record.append("Content-Length: ").append(length).append("\r\n");
  return record + "\r\n<p>0123456\r\n\r\n";  // ten bytes
}

// Records with wrong lengths, and an honest one behind each.
inline std::string LyingRecords(size_t count, std::string_view length) {
  std::string file;
  for (size_t i = 0; i < count; ++i) {
    file += LyingRecord("lie", length) + LyingRecord("good", "10");
  }
  return file;
}

inline std::string Bomb(size_t mebibytes, std::string (*pack)(std::string_view)) {
  return pack("<p>" + std::string(mebibytes << 20, 'x'));
}

using MakeHostile = std::function<std::string(size_t)>;
inline const std::string kHostilePage = "<!doctype html><title>Title</title><p>Kept.</p>";
inline const std::string kHostileItem = "<rss><channel><item><title>One</title></item><item>";

inline MakeHostile Repeated(std::string_view part, const std::string& head = kHostilePage) {
  return [part, head](size_t count) { return head + Times(count, part); };
}
inline MakeHostile Lying(std::string_view length) {
  return [length](size_t count) { return LyingRecords(count, length); };
}

inline const std::vector<HostileInput>& HostileInputs() {
  constexpr size_t kMany = 1'000'000;
  static const std::vector<HostileInput> inputs = {
      // Markup.
      {"nested blocks", 100'000,
       [](size_t n) { return kHostilePage + Times(n, "<div>") + "deep" + Times(n, "</div>"); }},
      {"unclosed blocks", kMany, Repeated("<div>x")},
      {"unclosed inline elements", kMany, Repeated("<b>x")},
      {"end tags that match nothing", kMany,
       [](size_t n) { return kHostilePage + Times(200, "<b>") + Times(n, "</i>x"); }},
      {"misnested elements", kMany / 2, Repeated("<b><p>x</b></p>")},
      {"tables in tables", 500'000, Repeated("<table><tr><td>x")},
      {"links in links", 300'000, Repeated("<a href=http://a.b/c>x")},
      {"tiny blocks", kMany, Repeated("<p>a</p>")},
      {"entities", kMany, Repeated("&eacute;", "<p>")},
      {"entities that are none", kMany, Repeated("&notan", kHostilePage + "<p>")},
      {"entities beyond Unicode", 500'000, Repeated("&#x11ffffffff;", kHostilePage + "<p>")},
      {"unclosed comments", kMany, Repeated("<!--")},
      {"comments closed wrongly", kMany, Repeated("<!--->")},
      {"CDATA sections in HTML", 800'000, Repeated("<![CDATA[")},
      {"unclosed tags", kMany, Repeated("<p a='")},
      {"a tag of many attributes", 500'000,
       [](size_t n) { return kHostilePage + "<p " + Times(n, "a=1 b='2' ") + ">text</p>"; }},
      {"a long attribute", size_t{5} << 20,
       [](size_t n) { return kHostilePage + "<p title=\"" + std::string(n, 'x') + "\">text</p>"; }},
      {"a long class", size_t{5} << 20,
       [](size_t n) {
         return kHostilePage + "<p class=\"" + Times(n / 8, "related ") + "\">text</p>";
       }},
      // Metadata.
      {"a long title element", (size_t{8} << 20) - 100,
       [](size_t n) { return "<!doctype html><title>" + std::string(n, 'x') + "</title><p>text"; }},
      {"a long title in the link line", (size_t{8} << 20) - 100,
       [](size_t n) {
         return "<!--5-->\n[" + std::string(n, 'x') + "](https://a.example/b)\n------\n<p>text";
       }},
      {"a link line of brackets", size_t{4} << 20,
       [](size_t n) {
         return "<!--5-->\n[" + Times(n / 2, "](") + "](https://a.example/b)\n------\n<p>text";
       }},
      {"a meta tag of many names", 500'000,
       [](size_t n) {
         return "<!doctype html><meta name='" + Times(n, "author ") + "' content='" +
                std::string(8 * n, ':') + "'><title>Title</title><p>Kept.</p>";
       }},
      {"headings", 500'000, Repeated("<h1>x</h1>")},
      {"nested JSON-LD", 500'000,
       [](size_t n) {
         return kHostilePage + "<script type='application/ld+json'>{\"a\":" + Times(n, "[") +
                Times(n, "]") + "}</script>";
       }},
      {"nested JSON-LD behind comments", 500'000,
       [](size_t n) {
         return kHostilePage + "<script type='application/ld+json'>{/*\"*/\"a\":" + Times(n, "[") +
                Times(n, "]") + "}</script>";
       }},
      {"scripts of JSON-LD", 150'000,
       Repeated("<script type='application/ld+json'>{\"a\":1}</script>")},
      // Text.
      {"a long line", size_t{8} << 20, [](size_t n) { return std::string(n, 'x'); }},
      {"a long line of words", size_t{4} << 20, [](size_t n) { return Times(n / 2, "x "); }},
      {"a long line of Chinese", size_t{6} << 20, [](size_t n) { return Times(n / 3, "\u4E2D"); }},
      {"short lines", kMany, [](size_t n) { return Times(n, "a b\n"); }},
      {"marks out of order", kMany,
       [](size_t n) { return "<p>Kept, a" + Times(n, "\u0301\u0316"); }},
      {"white space", size_t{8} << 20,
       [](size_t n) { return "x" + std::string(n - 2, ' ') + "x"; }},
      // Feeds.
      {"unclosed elements in a feed", 100'000, Repeated("<a>", kHostileItem)},
      {"unclosed items", 20'000, Repeated("<item><title>x", "<rss><channel>")},
      {"unclosed comments in a feed", kMany, Repeated("<!--", kHostileItem)},
      {"unclosed CDATA sections in a feed", kMany, Repeated("<![CDATA[", kHostileItem)},
      {"a long title in a feed", size_t{8} << 20,
       [](size_t n) {
         return "<rss><channel><item><title>" + std::string(n - 100, 'x') + "</title></item>";
       }},
      {"a long attribute in a feed", size_t{5} << 20,
       [](size_t n) {
         return kHostileItem + "<title>Two</title><enclosure url='" + std::string(n, 'x') +
                "'/></item>";
       }},
      {"entities in a feed", kMany,
       Repeated("&amp;", kHostileItem + "<title>Two</title><description>")},
      // Archives. A count is a mebibyte of what is packed, or a record.
      {"a gzip bomb", 256, [](size_t n) { return Bomb(n, &Gzip); }},
      {"a zstd bomb", 256, [](size_t n) { return Bomb(n, &Zstd); }},
      {"empty gzip members", 400'000, [](size_t n) { return Times(n, Gzip("")); }},
      {"empty zstd frames", 800'000, [](size_t n) { return Times(n, Zstd("")); }},
      {"records that say too much", 20'000, Lying("500")},
      {"records that say far too much", 20'000, Lying("8000000")},
      {"records that say too little", 20'000, Lying("3")},
      {"records of a negative length", 20'000, Lying("-1")},
      {"records of 2^63 bytes", 20'000, Lying("9223372036854775808")},
      {"records of 2^64 bytes", 20'000, Lying("18446744073709551616")},
      {"records without a length", 20'000, Lying("")},
      {"chunks of a byte", 500'000,
       [](size_t n) {
         const std::string body =
             "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
             "Transfer-Encoding: chunked\r\n\r\n" +
             Times(n, "1\r\nx\r\n") + "0\r\n\r\n";
         return "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\n"
                "Content-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body + "\r\n\r\n";
       }},
  };
  return inputs;
}

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_ARTICLE_HOSTILE_INPUTS_H_
