#include "lib/text/stored.h"

#include <gtest/gtest.h>

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

TEST(StoredLine, LeavesWidthAndCaseAlone) { EXPECT_EQ(StoredLine("７个月 ＡＢ"), "７个月 ＡＢ"); }

}  // namespace
}  // namespace wirefold
