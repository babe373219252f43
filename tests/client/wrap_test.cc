#include "client/command/wrap.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace wirefold {
namespace {

std::string Wrapped(std::string_view text, size_t columns, const Indent& indent = {}) {
  std::string out;
  AppendWrapped(text, indent, out, columns);
  return out;
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("中文，"), 6u);
  EXPECT_EQ(DisplayWidth("한국"), 4u);
  EXPECT_EQ(DisplayWidth("“中”"), 4u);
  EXPECT_EQ(DisplayWidth("e\u0301ก\u0E31"), 2u);
  EXPECT_EQ(DisplayWidth("😀"), 2u);
}

TEST(AppendWrapped, BreaksAtSpacesAndBetweenWideCharacters) {
  EXPECT_EQ(Wrapped("one two three", 7), "one two\nthree\n");
  EXPECT_EQ(Wrapped("一二三四五", 4), "一二\n三四\n五\n");
  EXPECT_EQ(Wrapped("渡轮ferry复航", 8), "渡轮\nferry复\n航\n");
  EXPECT_EQ(Wrapped("abcdefgh", 3), "abc\ndef\ngh\n");
  EXPECT_EQ(Wrapped("a  b\nc ", 9), "a b\nc\n");
  EXPECT_EQ(Wrapped("", 9), "\n");
}

TEST(AppendWrapped, LeavesPunctuationWhereItBelongs) {
  EXPECT_EQ(Wrapped("一二三。四", 6), "一二\n三。四\n");
  EXPECT_EQ(Wrapped("一二（三）", 6), "一二\n（三）\n");
}

TEST(AppendWrapped, NoLineIsWiderThanTheTerminal) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "路透北京7月2日 - （完）GDP growth, 3.5 % “年增”！…… ";
  const Indent indent{"      - ", "        "};
  for (size_t columns = 12; columns < 90; ++columns) {
    std::istringstream lines(Wrapped(text, columns, indent));
    int number = 0;
    for (std::string line; std::getline(lines, line); ++number) {
      EXPECT_LE(DisplayWidth(line), columns) << line;
      EXPECT_EQ(line.rfind(number == 0 ? indent.first : indent.next, 0), 0u);
    }
  }
}

}  // namespace
}  // namespace wirefold
