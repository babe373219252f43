#include "lib/parse/plain_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wirefold {
namespace {

// Title and paragraphs, a line each; the title marked by "# ".
std::string Lines(std::string_view text) {
  const PlainText plain = ReadPlainText(text);
  std::string lines;
  if (!plain.title.empty()) lines += "# " + plain.title + "\n";
  for (const HtmlBlock& block : plain.document.blocks) lines += block.text + "\n";
  return lines;
}

TEST(ReadPlainText, PartsParagraphsAndFindsATitle) {
  struct Case {
    const char* text;
    const char* lines;
  };
  const std::vector<Case> cases = {
      {"", ""},
      {" \n\t\n", ""},
      {"one line", "one line\n"},
      // A line a paragraph, in any kind of line end.
      {"One sentence.\nAnother one.\r\nA third.\rA fourth.",
       "One sentence.\nAnother one.\nA third.\nA fourth.\n"},
      {"港务局公布报告\n\n　　局长说，新码头将在明年春天投入使用。\n　　工程已经进行了三年。\n",
       "# 港务局公布报告\n局长说，新码头将在明年春天投入使用。\n工程已经进行了三年。\n"},
      // Wrapped lines are joined again.
      {"Harbour report\n\nThe harbour board said on Tuesday that traffic\ngrew by four per cent, "
       "which is more than it\nwas in the year before.\n\nThe new quay will open in spring.\n",
       "# Harbour report\nThe harbour board said on Tuesday that traffic grew by four per cent, "
       "which is more than it was in the year before.\nThe new quay will open in spring.\n"},
      {"港务局星期四公布了年度报告，吞吐量比去年增加\n了百分之四。\n工程已经进行了三年，还要进行一"
       "年才能够完成。\n",
       "港务局星期四公布了年度报告，吞吐量比去年增加了百分之四。\n工程已经进行了三年，还要进行一"
       "年才能够完成。\n"},
      // No title: it ends as a sentence does, or nothing longer follows.
      {"It rained.\n\nThe harbour was closed for a day.",
       "It rained.\nThe harbour was closed for "
       "a day.\n"},
      {"A heading\nSmall.", "A heading\nSmall.\n"},
      {"Markup <b>&amp;</b> stays", "Markup <b>&amp;</b> stays\n"},
  };
  for (const Case& test : cases) EXPECT_EQ(Lines(test.text), test.lines) << test.text;
}

TEST(ReadPlainText, HoldsTheLimitsOfWrappedLinesAndTitles) {
  const auto wrapped = [](size_t columns) {
    const std::string line(columns - 6, 'a');
    return ReadPlainText(line + " bbbbb\nccccc " + line).document.blocks.size() == 1;
  };
  EXPECT_FALSE(wrapped(kMinWrapColumns - 1));
  EXPECT_TRUE(wrapped(kMinWrapColumns));
  EXPECT_TRUE(wrapped(kMaxWrapColumns));
  EXPECT_FALSE(wrapped(kMaxWrapColumns + 1));
  const auto titled = [](size_t columns) {
    return !ReadPlainText(std::string(columns, 'a') + "\n\n" + std::string(500, 'b') + ".")
                .title.empty();
  };
  EXPECT_TRUE(titled(kMaxTitleColumns));
  EXPECT_FALSE(titled(kMaxTitleColumns + 1));
}

TEST(ReadPlainText, CutsOffBlocksPastTheLimit) {
  std::string text;
  for (size_t i = 0; i < kMaxBlocks; ++i) text += "x.\n";
  EXPECT_FALSE(ReadPlainText(text).document.truncated);
  const PlainText more = ReadPlainText(text + "y.\n");
  EXPECT_TRUE(more.document.truncated);
  EXPECT_EQ(more.document.blocks.size(), kMaxBlocks);
}

}  // namespace
}  // namespace wirefold
