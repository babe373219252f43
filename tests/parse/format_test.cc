#include "lib/parse/format.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/parse/packing.h"

namespace wirefold {
namespace {

std::string Name(std::string_view bytes, const FormatHints& hints = {}) {
  return std::string(FormatName(RecognizeFormat(bytes, hints)));
}

struct Case {
  const char* text;
  const char* name;
};

TEST(RecognizeFormat, GoesByContent) {
  constexpr Case kCases[] = {
      {"", "empty"},
      {" \r\n\t", "empty"},
      {"<!--1693908902000-->\n[t](https://a.example/)\n------\n\n<p>x", "dump"},
      {"<!--1693908902000-->\n<!doctype html><html>", "dump"},
      {"[t](https://a.example/)\n---\n<rss>", "dump"},
      {"[t](https://a.example/)\nno rule", "dump"},
      {"<!--1693908902000--><?xml version='1.0'?><rss>", "dump"},
      {"\xEF\xBB\xBF<!--1-->\nWARC/1.0", "dump"},
      {"<!doctype html><title>x</title>", "html"},
      {"<!-- saved --><HTML lang=zh>", "html"},
      {"\n\n<body>x", "html"},
      {"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html xmlns='y'>", "html"},
      {"<p>one</p>", "html-fragment"},
      {"text with <b>tags</b>", "html-fragment"},
      {"2 < 3 and nothing more", "text"},
      {"plain", "text"},
      {"<?xml version='1.0'?><rss version='2.0'>", "feed"},
      {"\xEF\xBB\xBF\n<feed xmlns='http://www.w3.org/2005/Atom'>", "feed"},
      {"<!-- x --><rdf:RDF xmlns='http://purl.org/rss/1.0/'>", "feed"},
      {"Warning: line 3 <br />\n<?xml version='1.0'?><rss>", "feed"},
      {"A feed starts with <rss> and holds items.", "text"},
      {"<?xml version='1.0'?><urlset>", "xml"},
      {"WARC/1.0\r\nWARC-Type: warcinfo", "warc"},
      {"WARC/x is no version", "text"},
      {"\x1F\x8B\x08rest", "gzip"},
      {"\x28\xB5\x2F\xFDrest", "zstd"},
      {"%PDF-1.7", "binary"},
      {"\x89PNG\r\n\x1A\n\x01\x02\x03\x04\x05\x06\x07", "binary"},
      {"\xD0\xC2\xCE\xC5 in GBK", "text"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Name(c.text), c.name) << c.text;
  EXPECT_EQ(Name(std::string(100, '\0')), "binary");
}

TEST(RecognizeFormat, ReadsUtf16) {
  std::string page = "\xFF\xFE";
  for (const char c : std::string("<!doctype html>")) page += std::string(1, c) + '\0';
  EXPECT_EQ(Name(page), "html");
  EXPECT_EQ(Name(std::string_view(page).substr(2)), "html");
  std::string dump;
  for (const char c : std::string("<!--12-->\n")) dump += std::string(1, '\0') + c;
  EXPECT_EQ(Name(dump), "dump");
}

TEST(RecognizeFormat, AsksHintsWhereContentLeavesItOpen) {
  EXPECT_EQ(Name("text with <b>tags</b>", {.content_type = "text/plain; charset=x"}), "text");
  EXPECT_EQ(Name("plain", {.content_type = "text/html"}), "html-fragment");
  EXPECT_EQ(Name("plain", {.name = "a.HTML"}), "html-fragment");
  EXPECT_EQ(Name("notice: x\n<rss>", {.content_type = "application/rss+xml"}), "feed");
  EXPECT_EQ(Name("<!--12-->\n<p>", {.content_type = "application/rss+xml", .name = "a.warc"}),
            "dump");
}

TEST(RecognizeFormat, LooksForTagsUpToItsLimit) {
  const std::string tag = "<p>";
  EXPECT_EQ(Name(std::string(kFormatProbeBytes - tag.size(), 'x') + tag), "html-fragment");
  EXPECT_EQ(Name(std::string(kFormatProbeBytes, 'x') + tag), "text");
}

TEST(RecognizeFormat, TakesNoExampleFileOfTheDumpFormatForAnythingElse) {
  size_t files = 0;
  for (const char* folder : {"articles", "feeds", "warc"}) {
    for (const auto& entry : std::filesystem::directory_iterator(
             std::string(WIREFOLD_SOURCE_DIR "/tests/testdata/") + folder)) {
      const std::string name = std::string(folder) + "/" + entry.path().filename().string();
      const std::string expected = std::string_view(folder) == "articles" ? "dump"
                                   : std::string_view(folder) == "feeds"  ? "feed"
                                                                          : "warc";
      EXPECT_EQ(Name(ReadTestData(name)), expected) << name;
      ++files;
    }
  }
  EXPECT_GE(files, 23U);
}

}  // namespace
}  // namespace wirefold
