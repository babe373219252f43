// The command's arguments, and what it does without a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "client/command/lines.h"
#include "lib/base/limits.h"
#include "tests/client/command_fixture.h"

namespace wirefold {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST_F(CommandTest, NamesAnUnknownCommandAndThoseThereAre) {
  for (const char* word : {"bogus", "--bogus", "Stats"}) {
    const Ran ran = Run(word);
    EXPECT_EQ(ran.exit_code, 1) << word;
    EXPECT_THAT(ran.err, HasSubstr("\"" + std::string(word) + "\""));
    EXPECT_THAT(ran.err, HasSubstr("ingest, get, list"));
  }
  EXPECT_THAT(Run("bogus stats").err, HasSubstr("bogus"));
  EXPECT_THAT(Run("stats bogus").err, HasSubstr("bogus"));
  EXPECT_THAT(Run("--connect-timeout 5").err, HasSubstr("subcommand is required"));
}

TEST_F(CommandTest, TakesTimesAtTheirLimitsAndSaysWhatToWriteInPlaceOfAnyOther) {
  Write("f", "1");
  struct Option {
    std::string before;
    std::string after;
    std::string min;
    std::string max;
  };
  for (const Option& option : {Option{"--connect-timeout=", " stats", "0.1", "3600"},
                               Option{"ingest --retry-timeout=", " f", "0", "86400"},
                               Option{"health --wait=", "", "0", "86400"}}) {
    for (const std::string& good : {option.min, option.max, std::string("2.5")}) {
      const Ran ran = Run(option.before + good + option.after);
      EXPECT_EQ(ran.exit_code, 0) << option.before << good << ran.err;
    }
    for (const std::string bad :
         {"nan", "-nan", "inf", "-inf", "-1", "x", "5s", "1e400", "86400.001"}) {
      const Ran ran = Run(option.before + bad + option.after);
      EXPECT_EQ(ran.exit_code, 1) << option.before << bad;
      EXPECT_THAT(ran.err, HasSubstr("write seconds from " + option.min + " to " + option.max));
    }
  }
  for (const char* bad : {"0", "0.099", "3600.001"}) {
    EXPECT_EQ(Run(std::string("--connect-timeout=") + bad + " stats").exit_code, 1) << bad;
  }
}

TEST_F(CommandTest, NamesTheLineOfAListThatIsNoPath) {
  Write("f", "1");
  const Ran ran = Run("ingest --json --files-from -", "f\n" + std::string(5000, 'x') + "\nf\n");
  EXPECT_EQ(ran.exit_code, 2);
  const std::vector<json> lines = Lines(ran.out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1]["path"], "--files-from:2");
  EXPECT_EQ(lines[1]["reason"], "UNREADABLE");
  EXPECT_EQ(lines[2]["outcome"], "UNCHANGED");
  EXPECT_THAT(ran.err, HasSubstr("line 2 of the list has more than 4095 bytes"));
}

TEST_F(CommandTest, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(Run("").exit_code, 1);
  EXPECT_EQ(Run("ingest").exit_code, 1);
  EXPECT_EQ(Run("ingest --streams 0 x").exit_code, 1);
  EXPECT_EQ(Run("list --from yesterday").exit_code, 1);
  EXPECT_EQ(Run("--help").exit_code, 0);
  EXPECT_THAT(Run("--version").out, StartsWith("wirefold "));
}

TEST_F(CommandTest, NormalizesWithoutAServer) {
  server_.Stop();
  Write("d/a.txt",
        "<!--1693908902000-->\n[T (1)](https://www.example.com/a)\n------\n\n<p>Hello, world.</p>");
  Write("d/b.txt", "");
  const Ran ran = Run("normalize --json d missing");
  EXPECT_EQ(ran.exit_code, 2);
  const std::vector<json> lines = Lines(ran.out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0]["format"], "dump");
  EXPECT_EQ(lines[0]["url_key"], "example.com/a");
  EXPECT_THAT(lines[0]["text"].get<std::string>(), HasSubstr("Hello, world."));
  EXPECT_TRUE(lines[0]["error"].is_null());
  EXPECT_THAT(lines[1]["error"].get<std::string>(), StartsWith("EMPTY_FILE: "));
  EXPECT_TRUE(lines[1]["authors"].is_null());
  EXPECT_THAT(lines[2]["error"].get<std::string>(), StartsWith("UNREADABLE: "));
  EXPECT_EQ(lines[0].size(), 17U);
}

TEST_F(CommandTest, ExplainsWhatBecameOfEachBlock) {
  server_.Stop();
  Write("page.html", "<p>The harbour board published its report.</p><p>====</p>");
  EXPECT_THAT(Run("normalize --explain page.html").out,
              HasSubstr("kept\tThe harbour board published its report.\nno_letters\t====\n"));
  const std::vector<json> lines = Lines(Run("normalize --explain --json page.html").out);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["blocks"][1]["reason"], "no_letters");
  EXPECT_EQ(lines[0]["blocks"][1]["text"], "====");
}

TEST_F(CommandTest, NormalizesWithTheHintsThatIngestTakes) {
  server_.Stop();
  Write("page.html", "<p>\xE0\xF1</p><img src=a.jpg>");
  const Ran ran =
      Run("normalize --json - --url https://example.com/x/ --observed-time 2023-09-05T10:15:02Z "
          "--content-type 'text/html; charset=windows-1251'",
          "<p>\xE0\xF1</p><img src=a.jpg>");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const json line = Lines(ran.out).at(0);
  EXPECT_EQ(line["url"], "https://example.com/x/");
  EXPECT_EQ(line["published_at"], "2023-09-05T10:15:02.000Z");
  EXPECT_EQ(line["text"], "ас");
  EXPECT_EQ(line["images"][0]["url"], "https://example.com/x/a.jpg");
  EXPECT_EQ(line["charset"], "windows-1251");
  EXPECT_EQ(line["warnings"], json::array({"NO_USABLE_TEXT"}));
  // What the file says goes first.
  Write("dump.txt", "<!--1693908902000-->\n[T](https://www.example.com/a)\n------\n\n<p>x</p>");
  const Ran own =
      Run("normalize --json dump.txt --url https://b.example/ --observed-time 2024-01-01");
  EXPECT_EQ(Lines(own.out).at(0)["url"], "https://www.example.com/a");
  EXPECT_EQ(Lines(own.out).at(0)["published_at"], "2023-09-05T10:15:02.000Z");
}

TEST_F(CommandTest, RefusesHintsThatAreNoneOrOfSeveralFiles) {
  server_.Stop();
  Write("d/a", "text");
  for (const char* arguments :
       {"d --url https://example.com/", "d/a d/a --observed-time 2024-01-01",
        "--files-from list --url https://example.com/"}) {
    const Ran ran = Run(std::string("normalize ") + arguments);
    EXPECT_EQ(ran.exit_code, 1) << arguments;
    EXPECT_THAT(ran.err, HasSubstr("--url and --observed-time are of one file")) << arguments;
    EXPECT_EQ(ran.out, "");
  }
  const Ran time = Run("normalize d/a --observed-time yesterday");
  EXPECT_EQ(time.exit_code, 1);
  EXPECT_THAT(time.err, HasSubstr("\"yesterday\" is no time; write it as 2023-09-05T10:15:02Z"));
  const Ran url = Run("normalize --json d/a --url nonsense");
  EXPECT_EQ(url.exit_code, 2);
  EXPECT_THAT(Lines(url.out).at(0)["error"].get<std::string>(), StartsWith("INVALID_URL: "));
  EXPECT_EQ(Run("normalize d/a --url '\xFF'").exit_code, 1);
}

std::string CutRecord(const std::string& url) {
  const std::string block = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>The harbour is";
  return "WARC/1.0\r\nWARC-Type: response\r\nWARC-Truncated: length\r\nWARC-Target-URI: " + url +
         "\r\nWARC-Date: 2024-06-01T08:00:00Z\r\nContent-Length: " + std::to_string(block.size()) +
         "\r\n\r\n" + block + "\r\n\r\n";
}

TEST_F(CommandTest, WarnsOfRecordsThatAreNotWholeAndTakesThemAllTheSame) {
  std::string whole = CutRecord("https://a.example/0");
  whole.erase(whole.find("WARC-Truncated"), sizeof("WARC-Truncated: length\r\n") - 1);
  std::string file = whole;
  for (int i = 1; i <= 22; ++i) file += CutRecord("https://a.example/" + std::to_string(i));
  Write("cut.warc", file);
  for (const char* command : {"ingest --json cut.warc", "normalize --json cut.warc"}) {
    const Ran ran = Run(command);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(Lines(ran.out).size(), 23U);
    EXPECT_THAT(ran.err, Not(HasSubstr("item 0:")));
    EXPECT_THAT(ran.err, HasSubstr("wirefold: cut.warc item 1: the archive holds only a part of "
                                   "this document (NOT_WHOLE)\n"));
    // 20 one by one, the others as a number.
    EXPECT_THAT(ran.err, HasSubstr("cut.warc item 20: "));
    EXPECT_THAT(ran.err, Not(HasSubstr("item 21:")));
    EXPECT_THAT(ran.err, HasSubstr("wirefold: 2 more documents are not whole (NOT_WHOLE)\n"));
  }
  const std::vector<v1::IngestRequest> requests = server_.requests();
  ASSERT_EQ(requests.size(), 23U);
  EXPECT_FALSE(requests[0].truncated());
  EXPECT_TRUE(requests[1].truncated());
  const Ran explained = Run("normalize --explain cut.warc");
  EXPECT_THAT(explained.out,
              HasSubstr("charset\tUTF-8\nwarning\tNO_USABLE_TEXT\nwarning\tNOT_WHOLE\n"));
  EXPECT_EQ(Lines(Run("normalize --json cut.warc").out).at(1)["warnings"],
            json::array({"NO_USABLE_TEXT", "NOT_WHOLE"}));
}

TEST_F(CommandTest, BoundsTheLinesOfStandardInputThatAreUrlsOrIds) {
  const std::string longest = "https://a.example/" + std::string(kMaxUrlLineBytes - 18, 'x');
  const Ran ran = Run("url --json -", longest + "\n" + longest + "y\nhttps://a.example/\n");
  EXPECT_EQ(ran.exit_code, 2);
  const std::vector<json> lines = Lines(ran.out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0]["input"], longest);
  EXPECT_THAT(lines[0]["error"].get<std::string>(), StartsWith("URL_TOO_LONG: "));
  EXPECT_EQ(lines[1]["input"], longest.substr(0, 256));
  EXPECT_THAT(lines[1]["error"].get<std::string>(),
              StartsWith("URL_TOO_LONG: line 2 has more than 65536 bytes"));
  EXPECT_EQ(lines[2]["url"], "https://a.example/");
  const Ran text = Run("url -", longest + "y\n");
  EXPECT_EQ(text.exit_code, 2);
  EXPECT_EQ(text.out, "");
  EXPECT_THAT(text.err, HasSubstr("URL_TOO_LONG: line 1 has more than 65536 bytes"));
  const Ran get = Run("get -", "ID\n" + longest + "y\n");
  EXPECT_EQ(get.exit_code, 1);
  EXPECT_EQ(get.out, "");
  EXPECT_THAT(get.err, HasSubstr("line 2 of standard input has more than 65536 bytes"));
}

TEST_F(CommandTest, CanonicalizesUrlsLineByLine) {
  server_.Stop();
  const Ran ran = Run("url --json --base https://example.com/x/ -", "a b\r\n\nmailto:x@y\n\xff");
  EXPECT_EQ(ran.exit_code, 2);
  const std::vector<json> lines = Lines(ran.out);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0]["input"], "a b\r");
  EXPECT_EQ(lines[0]["url"], "https://example.com/x/a%20b");
  EXPECT_EQ(lines[1]["input"], "");
  EXPECT_THAT(lines[2]["error"].get<std::string>(), StartsWith("UNSUPPORTED_SCHEME: "));
  EXPECT_EQ(lines[3]["input"], "\xEF\xBF\xBD");
  EXPECT_EQ(Run("url https://example.com/").out, "https://example.com/\texample.com/\n");
}

}  // namespace
}  // namespace wirefold
