#include "server/log.h"

#include <string>

#include "gtest/gtest.h"

namespace wirefold {
namespace {

TEST(Log, LinesAreAnEventAndItsFields) {
  EXPECT_EQ(FormatLogLine("ready", {{"address", "127.0.0.1:7070"}, {"articles", 12U}, {"n", -1}}),
            "ready address=127.0.0.1:7070 articles=12 n=-1");
  EXPECT_EQ(FormatLogLine("stopped", {}), "stopped");
}

TEST(Log, ValuesThatWouldBreakALineAreQuoted) {
  EXPECT_EQ(FormatLogLine("e", {{"a", "two words"}, {"b", ""}, {"c", std::string("q\"\\")}}),
            R"(e a="two words" b="" c="q\"\\")");
  EXPECT_EQ(FormatLogLine("e", {{"a", "x\ny\x01"}, {"b", "k=v"}}), R"(e a="x\ny\x01" b="k=v")");
  EXPECT_EQ(FormatLogLine("e", {{"a", "中国"}}), "e a=中国");
}

TEST(Log, AFileThatCannotBeOpenedIsAnError) {
  const absl::Status status = OpenLog("info", "/dev/null/log");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(OpenLog("info", "").ok());
}

}  // namespace
}  // namespace wirefold
