#include "lib/parse/dump_format.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace wirefold {
namespace {

TEST(SplitDump, ReadsTheWholeFrame) {
  const DumpFile file =
      SplitDump("<!--1693908902000-->\n[标题](https://a.example/x)\n------\n\n<p>正文</p>");
  EXPECT_EQ(file.time_ms, 1693908902000);
  ASSERT_TRUE(file.has_link_line);
  EXPECT_EQ(file.title, "标题");
  EXPECT_EQ(file.url, "https://a.example/x");
  EXPECT_EQ(file.body, "\n<p>正文</p>");
}

TEST(SplitDump, TitleMayHoldBracketsAndLineBreaks) {
  const DumpFile file = SplitDump("[[生活] a (b)\nc](https://a.example/x_(1))\n------\nbody");
  EXPECT_EQ(file.title, "[生活] a (b)\nc");
  EXPECT_EQ(file.url, "https://a.example/x_(1)");
  EXPECT_EQ(file.body, "body");
}

TEST(SplitDump, TitleMayHoldALink) {
  const DumpFile file = SplitDump("[see [a](b) c](https://a.example/)\n---\nbody");
  EXPECT_EQ(file.title, "see [a](b) c");
  EXPECT_EQ(file.url, "https://a.example/");
}

TEST(SplitDump, UnderstandsEveryLineEnd) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const std::string text =
        "<!--5-->" + end + "[t](https://a.example/)" + end + "------" + end + "b";
    const DumpFile file = SplitDump(text);
    EXPECT_EQ(file.time_ms, 5);
    EXPECT_EQ(file.title, "t");
    EXPECT_EQ(file.body, "b");
  }
}

TEST(SplitDump, TimesMayBeAbsurd) {
  EXPECT_EQ(SplitDump("<!---5-->\nx").time_ms, -5);
  EXPECT_EQ(SplitDump("<!--99999999999999999999999-->").time_ms,
            std::numeric_limits<int64_t>::max());
  EXPECT_EQ(SplitDump("<!---99999999999999999999999-->").time_ms,
            -std::numeric_limits<int64_t>::max());
  EXPECT_FALSE(SplitDump("<!-- a comment -->\nx").time_ms.has_value());
  EXPECT_FALSE(SplitDump("<!--12").time_ms.has_value());
}

TEST(SplitDump, AFileWithoutLinkLineIsAllBody) {
  const DumpFile file = SplitDump("<!--5-->\n<p>[x] (y)</p>");
  EXPECT_FALSE(file.has_link_line);
  EXPECT_EQ(file.body, "\n<p>[x] (y)</p>");
  EXPECT_FALSE(SplitDump("[a note] in brackets\n------\nbody").has_link_line);
  EXPECT_FALSE(SplitDump("[a](b)").has_link_line);
  EXPECT_FALSE(SplitDump("").has_link_line);
}

TEST(SplitDump, ALinkLineWithoutRuleNeedsAUrl) {
  const DumpFile file = SplitDump("[t](https://a.example/)\n<p>b</p>");
  EXPECT_TRUE(file.has_link_line);
  EXPECT_EQ(file.body, "<p>b</p>");
}

TEST(SplitDump, KeepsAnEmptyOrInvalidUrlAsItStands) {
  const DumpFile file = SplitDump("[t]()\n------\n");
  EXPECT_TRUE(file.has_link_line);
  EXPECT_EQ(file.url, "");
  EXPECT_EQ(SplitDump("[t](nonsense)\n------\n").url, "nonsense");
}

TEST(SplitDump, IsLinearInHostileInput) {
  std::string brackets = "[";
  for (int i = 0; i < 1'000'000; ++i) brackets += "](";
  EXPECT_FALSE(SplitDump(brackets).has_link_line);
  EXPECT_TRUE(SplitDump(brackets + ")\n------\n").has_link_line);
}

}  // namespace
}  // namespace wirefold
