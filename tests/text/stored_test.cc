#include "lib/text/stored.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace wirefold {
namespace {

TEST(StoredLine, FoldsWhiteSpaceOfAllKinds) {
  EXPECT_EQ(StoredLine("  a \t\r\n b\u3000c\u00A0d\u2028e  "), "a b c d e");
  EXPECT_EQ(StoredLine(" \n\u3000"), "");
}

TEST(StoredLine, DropsControlAndZeroWidthCharacters) {
  EXPECT_EQ(StoredLine(std::string("a\0b\x7F"
                                   "c",
                                   5)),
            "abc");
  EXPECT_EQ(StoredLine("\uFEFF中\u200B文\u2060\u00AD"), "中文");
  EXPECT_EQ(StoredLine("abc\u202Edef\u202C"), "abcdef");
}

TEST(StoredLine, KeepsJoiners) {
  EXPECT_EQ(StoredLine("👩\u200D💻"), "👩\u200D💻");
  EXPECT_EQ(StoredLine("می\u200Cخواهم"), "می\u200Cخواهم");
}

TEST(StoredLine, ComposesToNfc) {
  EXPECT_EQ(StoredLine("Cafe\u0301"), "Caf\u00E9");
  EXPECT_EQ(StoredLine("e\u200B\u0301"), "\u00E9");
  EXPECT_EQ(StoredLine("\u1112\u1161\u11AB"), "\uD55C");
  EXPECT_EQ(StoredLine("\uF900"), "\u8C48");  // a CJK compatibility ideograph
}

std::string Times(size_t count, std::string_view text) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(StoredLine, KeepsSoManyCombiningCharactersInARow) {
  const std::string most = "x" + Times(kMaxCombiningRun, "\u0316");
  EXPECT_EQ(StoredLine(most + "y"), most + "y");
  EXPECT_EQ(StoredLine(most + "\u0316y"), most + "y");
  // What is dropped between them doesn't part them; another character does.
  EXPECT_EQ(StoredLine(most + "\u200B\u0316y"), most + "y");
  EXPECT_EQ(StoredLine(most + most), most + most);
  // Not marks, though normalizing changes them.
  EXPECT_EQ(StoredLine(Times(100, "\uF900")), Times(100, "\u8C48"));
  EXPECT_EQ(StoredLine(Times(100, "\u1112\u1161\u11AB")), Times(100, "\uD55C"));
}

TEST(StoredLine, IsIdempotentWhereMarksDecompose) {
  const std::string once = StoredLine("x" + Times(100, "\u0344\u0316"));
  EXPECT_EQ(StoredLine(once), once);
}

// Out of their canonical order, so that they have to be sorted.
TEST(StoredLine, TakesLinearTimeForMarks) {
  const std::string line = StoredLine("x" + Times(1'000'000, "\u0301\u0316"));
  EXPECT_EQ(line, StoredLine("x" + Times(kMaxCombiningRun / 2, "\u0301\u0316")));
}

TEST(StoredLine, LeavesWidthAndCaseAlone) { EXPECT_EQ(StoredLine("７个月 ＡＢ"), "７个月 ＡＢ"); }

}  // namespace
}  // namespace wirefold
