#include "lib/text/utf8.h"

#include <gtest/gtest.h>

#include <random>

#include "lib/base/reason.h"

namespace wirefold {
namespace {

TEST(RepairUtf8, LeavesValidTextWhereItIs) {
  const std::string text = "新聞 news 🗞";
  std::string storage;
  const auto repaired = RepairUtf8(text, storage);
  ASSERT_TRUE(repaired.ok());
  EXPECT_EQ(repaired->text.data(), text.data());
  EXPECT_EQ(repaired->text, text);
  EXPECT_EQ(repaired->replaced_bytes, 0u);
}

TEST(RepairUtf8, SkipsTheByteOrderMark) {
  std::string storage;
  EXPECT_EQ(RepairUtf8("\xEF\xBB\xBFtext", storage)->text, "text");
}

TEST(RepairUtf8, ReplacesEachMaximalSubpartOnce) {
  // The example of Unicode 15.0, table 3-8, within enough text to pass for text.
  const std::string padding(200, 'x');
  std::string storage;
  const auto repaired =
      RepairUtf8("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64" + padding, storage);
  ASSERT_TRUE(repaired.ok());
  EXPECT_EQ(repaired->text, "a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd" + padding);
  EXPECT_EQ(repaired->replaced_bytes, 9u);
}

TEST(RepairUtf8, TakesNoSurrogatesAndNoOverlongForms) {
  EXPECT_EQ(ValidUtf8Prefix("\xED\xA0\x80"), 0u);
  EXPECT_EQ(ValidUtf8Prefix("\xC0\xAF"), 0u);
  EXPECT_EQ(ValidUtf8Prefix("\xE0\x80\xAF"), 0u);
  EXPECT_EQ(ValidUtf8Prefix("\xF4\x90\x80\x80"), 0u);
  EXPECT_EQ(ValidUtf8Prefix("\xF4\x8F\xBF\xBF"), 4u);
}

TEST(RepairUtf8, AcceptsInvalidBytesUpToTheLimitAndNotPastIt) {
  std::string storage;
  EXPECT_TRUE(RepairUtf8(std::string(7, 'a') + "\xFF", storage).ok());
  const auto past = RepairUtf8(std::string(13, 'a') + "\xFF\xFF", storage);
  EXPECT_EQ(ReasonOf(past.status()), Reason::kNotText);
}

TEST(RepairUtf8, AcceptsNulBytesUpToTheLimitAndNotPastIt) {
  std::string storage;
  EXPECT_TRUE(RepairUtf8(std::string(31, 'a') + std::string(1, '\0'), storage).ok());
  const auto past = RepairUtf8(std::string(30, 'a') + std::string(1, '\0'), storage);
  EXPECT_EQ(ReasonOf(past.status()), Reason::kNotText);
}

TEST(RepairUtf8, AlwaysGivesValidUtf8) {
  std::mt19937 random(1);
  for (int round = 0; round < 5000; ++round) {
    std::string bytes(400, 'a');
    for (int i = 0; i < 30; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    std::string storage;
    const auto repaired = RepairUtf8(bytes, storage);
    if (repaired.ok()) {
      EXPECT_EQ(ValidUtf8Prefix(repaired->text), repaired->text.size());
    }
  }
}

TEST(CutAtCharacter, NeverCutsACharacterInTwo) {
  EXPECT_EQ(CutAtCharacter("ab中", 5), "ab中");
  EXPECT_EQ(CutAtCharacter("ab中", 4), "ab");
  EXPECT_EQ(CutAtCharacter("中", 2), "");
}

TEST(NextCodePoint, ReadsBackWhatAppendUtf8Wrote) {
  for (const char32_t c : {0x41u, 0xE9u, 0x4E2Du, 0xFFFDu, 0x1F5DEu, 0x10FFFFu}) {
    std::string text;
    AppendUtf8(c, text);
    size_t pos = 0;
    EXPECT_EQ(NextCodePoint(text, pos), c);
    EXPECT_EQ(pos, text.size());
  }
}

}  // namespace
}  // namespace wirefold
