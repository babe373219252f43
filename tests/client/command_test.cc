// The command as users run it: a process with arguments, standard streams and an exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "client/command/lines.h"
#include "lib/base/limits.h"
#include "tests/client/fake_server.h"

namespace wirefold {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

std::vector<json> Lines(const std::string& text) {
  std::vector<json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  return lines;
}

class CommandTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "wirefold_command_XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(root_); }

  void Write(const std::string& path, const std::string& bytes) {
    fs::create_directories(fs::path(root_ + "/" + path).parent_path());
    std::ofstream(root_ + "/" + path, std::ios::binary) << bytes;
  }

  std::string Read(const std::string& path) const {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return bytes.str();
  }

  // Runs the command by the shell in the test's folder, with WIREFOLD_SERVER set.
  Ran Run(const std::string& arguments, const std::string& input = "") {
    Write(".in", input);
    const std::string line = "cd '" + root_ + "' && WIREFOLD_SERVER=" + server_.address() + " '" +
                             WIREFOLD_COMMAND + "' " + arguments + " <.in >.out 2>.err";
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, Read(root_ + "/.out"),
            Read(root_ + "/.err")};
  }

  FakeServer server_;
  std::string root_;
};

TEST_F(CommandTest, IngestPrintsOneContractLineAFileInPathOrder) {
  Write("d/b.txt", "1");
  Write("d/a/x.txt", "2");
  const Ran ran = Run("ingest --json d");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const std::vector<json> lines = Lines(ran.out);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["path"], "d/a/x.txt");
  EXPECT_EQ(lines[1]["path"], "d/b.txt");
  EXPECT_EQ(lines[0]["outcome"], "NEW");
  EXPECT_EQ(lines[0].size(), 13U);
  EXPECT_THAT(ran.err, HasSubstr("2 files in"));
}

TEST_F(CommandTest, IngestKeepsTheOrderGivenOverSeveralStreamsThatBreak) {
  for (int i = 0; i < 4; ++i) {
    server_.PlanStream({.break_after = 20 + i,
                        .unacknowledged = i,
                        .status = {grpc::StatusCode::UNAVAILABLE, "gone"},
                        .ack_batch = 1 + 3 * i});
  }
  std::string list;
  std::vector<std::string> expected;
  for (int i = 400; i > 0; --i) {
    const std::string path = "f" + std::to_string(i);
    Write(path, "content " + path);
    list += path + "\n";
    expected.push_back(path);
  }
  const Ran ran = Run("ingest --json --streams 3 --files-from -", list);
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  std::vector<std::string> paths;
  for (const json& line : Lines(ran.out)) paths.push_back(line["path"]);
  EXPECT_EQ(paths, expected);
  EXPECT_EQ(server_.stored().size(), 400U);
}

TEST_F(CommandTest, IngestExitsWithTwoWhenAFileIsRejectedHereOrThere) {
  Write("bad", "bad");
  Write("good", "good");
  Write("huge", "");
  fs::resize_file(root_ + "/huge", kMaxMessageBytes + 1);
  server_.RejectContent("bad", "INVALID_URL");
  const Ran ran = Run("ingest --json bad huge missing good");
  EXPECT_EQ(ran.exit_code, 2);
  const std::vector<json> lines = Lines(ran.out);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0]["reason"], "INVALID_URL");
  EXPECT_EQ(lines[1]["reason"], "DOCUMENT_TOO_LARGE");
  EXPECT_EQ(lines[2]["reason"], "UNREADABLE");
  EXPECT_EQ(lines[2]["outcome"], "REJECTED");
  EXPECT_EQ(lines[3]["outcome"], "NEW");
  EXPECT_THAT(ran.err, HasSubstr("cannot read missing: No such file"));
  EXPECT_EQ(server_.stored().size(), 1U);
}

TEST_F(CommandTest, IngestTellsPeopleALineAFileUnlessThereAreMany) {
  server_.RejectContent("7", "NO_CONTENT");
  for (int i = 0; i < 99; ++i) Write("few/" + std::to_string(i), std::to_string(i));
  for (int i = 0; i < 120; ++i) Write("many/" + std::to_string(i), std::to_string(i));
  const auto count = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  };
  const Ran few = Run("ingest few");
  EXPECT_EQ(few.exit_code, 2);
  EXPECT_EQ(count(few.out), 100);
  EXPECT_THAT(few.out, HasSubstr("REJECTED   few/7  NO_CONTENT: it is refused\n"));
  const Ran many = Run("ingest many");
  EXPECT_EQ(count(many.out), 2) << many.out;
  EXPECT_THAT(many.out, StartsWith("REJECTED   many/7  NO_CONTENT"));
  EXPECT_EQ(count(Run("ingest --verbose many").out), 121);
  EXPECT_EQ(count(Run("ingest --quiet many").out), 1);
}

TEST_F(CommandTest, IngestSendsStandardInputWithItsHints) {
  const Ran ran =
      Run("ingest - --json --source rfi --url https://example.com/ --observed-time "
          "2023-09-05T00:00:00.5Z",
          std::string("a\0b", 3));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(Lines(ran.out).at(0)["path"], "-");
  const v1::IngestRequest request = server_.requests().at(0);
  EXPECT_EQ(request.content(), std::string("a\0b", 3));
  EXPECT_EQ(request.source(), "rfi");
  EXPECT_EQ(request.url(), "https://example.com/");
  EXPECT_EQ(request.observed_time().nanos(), 500'000'000);
}

TEST_F(CommandTest, IngestTakesHintsForOneFileOnly) {
  Write("d/a", "1");
  EXPECT_EQ(Run("ingest d --url https://example.com/").exit_code, 1);
  EXPECT_EQ(Run("ingest d/a d/a --url https://example.com/").exit_code, 1);
  EXPECT_EQ(Run("ingest d/a").exit_code, 0);
  // By default nothing is made up that a retry could send differently.
  EXPECT_FALSE(server_.requests().at(0).has_observed_time());
}

TEST_F(CommandTest, IngestSaysWhatIsNotAcknowledgedWhenTheStreamEnds) {
  for (int i = 0; i < 10; ++i) Write("d/" + std::to_string(i), std::to_string(i));
  server_.PlanStream({.break_after = 4,
                      .unacknowledged = 1,
                      .status = StatusWithReason(grpc::StatusCode::RESOURCE_EXHAUSTED, "too slow",
                                                 "CLIENT_TOO_SLOW")});
  const Ran ran = Run("ingest --json d");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(Lines(ran.out).size(), 3U);
  EXPECT_THAT(ran.err, HasSubstr("wirefold: too slow (CLIENT_TOO_SLOW)"));
  EXPECT_THAT(ran.err, HasSubstr("not acknowledged; run the same command again"));
}

TEST_F(CommandTest, WritesValidUtf8ForPathsThatAreNone) {
  Write("d/\xff.txt", "1");
  const Ran ran = Run("ingest --json d");
  EXPECT_EQ(Lines(ran.out).at(0)["path"], "d/\xEF\xBF\xBD.txt");
}

TEST_F(CommandTest, ListFollowsPageTokensUpToTheLimit) {
  EXPECT_EQ(Lines(Run("list --json --limit 0").out).size(), 4U);
  EXPECT_EQ(Lines(Run("list --json --limit 3").out).size(), 3U);
  EXPECT_EQ(Lines(Run("list --json --limit 2 --from 2023-09-05 --to 2023-09-06 --host h --source s "
                      "--language zh --descending")
                      .out)
                .size(),
            2U);
  const v1::ListArticlesRequest request = server_.list_requests().back();
  EXPECT_EQ(request.page_size(), 2);
  EXPECT_EQ(request.start_time().seconds() + 86'400, request.end_time().seconds());
  EXPECT_EQ(request.host() + request.source() + request.language(), "hszh");
  EXPECT_TRUE(request.descending());
}

TEST_F(CommandTest, ReadsArticlesStoriesChecksAndStatistics) {
  Write("f", "1");
  EXPECT_EQ(Lines(Run("get --json 01EHQ8Z3KD5V9A0C6Q2XJ7N4TB").out).at(0)["title"], "A \"title\"");
  EXPECT_EQ(Lines(Run("get --json https://example.com/a").out).at(0)["observed_time"],
            "2023-09-05T10:15:02.005Z");
  const json story = Lines(Run("story --json X").out).at(0);
  EXPECT_EQ(story["sightings"].size(), 2U);
  EXPECT_EQ(story.size(), 3U);
  const json check = Lines(Run("check --json --explain f").out).at(0);
  EXPECT_EQ(check["outcome"], "NEW");
  EXPECT_EQ(check["candidates"][0]["jaccard"], 0.12);
  const json stats = Lines(Run("stats --json").out).at(0);
  EXPECT_EQ(stats["stored"]["articles"], 3);
  EXPECT_EQ(stats["rejected_by_reason"]["INVALID_URL"], 2);
  for (const char* human : {"get X", "story X", "list", "check --explain f", "stats"}) {
    const Ran ran = Run(human);
    EXPECT_EQ(ran.exit_code, 0) << human << ran.err;
    EXPECT_THAT(ran.out, Not(IsEmpty())) << human;
  }
  EXPECT_EQ(Run("health").out, "SERVING\n");
}

TEST_F(CommandTest, WritesARawFileAsItCame) {
  std::string content;
  for (int i = 0; i < 3000; ++i) content.push_back(static_cast<char>(i * 7));
  content += "\r\n\n";
  server_.SetRaw(content);
  for (const char* command : {"get --raw X", "get --raw https://example.com/a"}) {
    const Ran ran = Run(command);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_TRUE(ran.out == content) << command;
    EXPECT_THAT(ran.err, IsEmpty());
  }
  const json told = Lines(Run("get --raw --json --text-hash abc X").out).at(0);
  EXPECT_EQ(told["bytes"], content.size());
  EXPECT_EQ(told["url"], "https://example.com/hint");
  EXPECT_EQ(told["observed_time"], nullptr);
  EXPECT_EQ(told["text_hash"], "abc");
  EXPECT_EQ(told["text_hashes"], (json{"a", "b"}));
  for (const char* wrong : {"get --raw X Y", "get --raw -", "get --raw --view full X",
                            "get --raw --text-hash abc X Y"}) {
    const Ran ran = Run(wrong);
    EXPECT_EQ(ran.exit_code, 1) << wrong;
    EXPECT_THAT(ran.err, HasSubstr("--raw")) << wrong;
  }
  server_.FailCalls(StatusWithReason(grpc::StatusCode::NOT_FOUND, "not kept", "RAW_NOT_KEPT"));
  const Ran ran = Run("get --raw X");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.err, "wirefold: not kept (RAW_NOT_KEPT)\n");
}

TEST_F(CommandTest, SaysWhatToDoWhenNobodyIsThere) {
  server_.Stop();
  const Ran ran = Run("stats");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("is wirefoldd running there? Start it with"));
  EXPECT_EQ(Run("health").exit_code, 1);
}

TEST_F(CommandTest, NamesTheReasonOfARefusedCall) {
  server_.FailCalls(StatusWithReason(grpc::StatusCode::NOT_FOUND, "no such article", "NOT_FOUND"));
  const Ran ran = Run("get X");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.err, "wirefold: no such article (NOT_FOUND)\n");
}

TEST_F(CommandTest, GetsOneByOneWhatIsTooMuchForOneAnswer) {
  server_.FailBatches(
      StatusWithReason(grpc::StatusCode::RESOURCE_EXHAUSTED, "over 64 MiB", "ANSWER_TOO_LARGE"));
  const Ran ran = Run("get --json A B C");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(server_.batch_requests().size(), 1U);
  std::vector<std::string> ids;
  for (const json& line : Lines(ran.out)) ids.push_back(line["id"]);
  EXPECT_EQ(ids, (std::vector<std::string>{"A", "B", "C"}));
}

TEST_F(CommandTest, GetNamesAnIdOnceInACall) {
  const Ran ran = Run("get --json A B 01EHQ8Z3KD5V9A0C6Q2XJ7N4TB 01ehq8z3kd5v9a0c6q2xj7n4tb A");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(Lines(ran.out).size(), 5U);
  const std::vector<v1::BatchGetArticlesRequest> requests = server_.batch_requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].ids_size(), 3);
  EXPECT_EQ(requests[1].ids_size(), 2);
}

TEST_F(CommandTest, TakesArgumentsAtTheirLimitsAndNotOnePast) {
  Write("f", "1");
  struct Limit {
    std::string at;
    std::string past;
  };
  for (const Limit& limit : {
           Limit{"--streams 64", "--streams 65"},
           Limit{"--source " + std::string(kMaxSourceBytes, 's'),
                 "--source " + std::string(kMaxSourceBytes + 1, 's')},
       }) {
    EXPECT_EQ(Run("ingest " + limit.at + " f").exit_code, 0) << limit.at;
    EXPECT_EQ(Run("ingest " + limit.past + " f").exit_code, 1) << limit.past;
  }
}

TEST_F(CommandTest, HealthFailsWhileNoFileIsTaken) {
  server_.SetTakingFiles(false);
  const Ran ran = Run("health");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("takes no files"));
}

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
