#include "client/command/lines.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace wirefold {
namespace {

std::vector<std::string> Read(const std::string& text, size_t max_bytes) {
  std::istringstream in(text);
  LineReader reader(in, max_bytes);
  std::vector<std::string> lines;
  while (const std::optional<Line> line = reader.Next()) {
    EXPECT_EQ(line->number, lines.size() + 1);
    lines.push_back(line->text + (line->too_long ? "|" : ""));
  }
  EXPECT_FALSE(reader.Next().has_value());
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LineReader, GivesLinesWithoutTheirEnds) {
  EXPECT_EQ(Read("", 4), Lines{});
  EXPECT_EQ(Read("\n", 4), Lines{""});
  EXPECT_EQ(Read("a\n\nb", 4), (Lines{"a", "", "b"}));
  EXPECT_EQ(Read("a\r\n", 4), Lines{"a\r"});
  EXPECT_EQ(Read(std::string("a\0b\n", 4), 4), Lines{std::string("a\0b", 3)});
}

TEST(LineReader, CutsWhatIsOverItsLimitAndGoesOnBehindIt) {
  EXPECT_EQ(Read("abcd\nabcde\nf", 4), (Lines{"abcd", "abcd|", "f"}));
  EXPECT_EQ(Read("abcd", 4), Lines{"abcd"});
  EXPECT_EQ(Read("abcde", 4), Lines{"abcd|"});
  EXPECT_EQ(Read(std::string(1'000'000, 'x') + "\ny\n", 4), (Lines{"xxxx|", "y"}));
}

}  // namespace
}  // namespace wirefold
