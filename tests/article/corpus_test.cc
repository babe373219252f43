// Normalize over all real files: nothing is refused, and the text is a part of what an independent
// reader of HTML sees.
#include <gtest/gtest.h>

#include <sstream>
#include <unordered_map>

#include "lib/article/normalize.h"
#include "lib/text/matching.h"
#include "tests/text/real_data.h"

namespace wirefold {
namespace {

std::string WithoutSeparators(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

// The oracle removes nothing: every paragraph of ours has to be in it, in order.
TEST(Normalize, TextIsAPartOfTheOracles) {
  WIREFOLD_NEEDS_REAL_DATA();
  std::ifstream oracle(RealData() / "news_zh_oracle_text.tsv");
  ASSERT_TRUE(oracle.good());
  int files = 0;
  size_t kept = 0;
  size_t all = 0;
  int foreign = 0;
  for (std::string line; std::getline(oracle, line);) {
    const size_t tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos);
    const std::string name = line.substr(0, tab);
    // Its letters are those of the file; simplified as ours are.
    const std::string expected = WithoutSeparators(ToMatching(line.substr(tab + 1)).text);
    const auto normalized =
        Normalize({.bytes = ReadFile(RealData() / "news_zh" / name), .source = "", .hints = {}});
    ASSERT_TRUE(normalized.ok()) << name;
    size_t at = 0;
    std::istringstream paragraphs(normalized->matching_text);
    for (std::string paragraph; std::getline(paragraphs, paragraph);) {
      paragraph = WithoutSeparators(paragraph);
      const size_t found = expected.find(paragraph, at);
      if (found == std::string::npos) {
        ++foreign;
        ADD_FAILURE() << name << ": " << paragraph.substr(0, 200);
        break;
      }
      at = found + paragraph.size();
      kept += paragraph.size();
    }
    all += expected.size();
    ++files;
  }
  EXPECT_EQ(files, 2014);
  const double share = static_cast<double>(kept) / static_cast<double>(all);
  RecordProperty("kept_permille", static_cast<int>(share * 1000));
  RecordProperty("foreign", foreign);
  EXPECT_GT(share, 0.9);
}

TEST(Normalize, AcceptsEveryRealFile) {
  WIREFOLD_NEEDS_REAL_DATA();
  std::unordered_map<std::string, int> ids;
  int files = 0;
  int short_texts = 0;
  for (const char* folder : {"seeds", "news_zh", "news_en"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(RealData() / folder)) {
      if (!entry.is_regular_file()) continue;
      const auto normalized =
          Normalize({.bytes = ReadFile(entry.path()), .source = "", .hints = {}});
      ASSERT_TRUE(normalized.ok()) << entry.path() << normalized.status();
      EXPECT_FALSE(normalized->article.title.empty() && normalized->article.url.empty());
      EXPECT_EQ(normalized->article.text.find("feedx."), std::string::npos) << entry.path();
      if (std::string_view(folder) == "news_zh" && !normalized->HasUsableText()) ++short_texts;
      ++files;
    }
  }
  EXPECT_EQ(files, 2 + 34219 + 9527);
  // 137 have under 20 letters as they stand; a few more hold boilerplate or captions alone.
  EXPECT_GE(short_texts, 137);
  EXPECT_LE(short_texts, 155);
}

}  // namespace
}  // namespace wirefold
