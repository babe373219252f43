// The command against a server: sending, reading, and what it says of both.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "client/command/lines.h"
#include "lib/base/limits.h"
#include "tests/client/command_fixture.h"

namespace wirefold {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

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

}  // namespace
}  // namespace wirefold
