// Unicode's NormalizationTest.txt, through the entry points that the service uses.
#include <gtest/gtest.h>

#include <array>
#include <sstream>

#include "lib/text/character_table.h"
#include "lib/text/matching.h"
#include "lib/text/stored.h"
#include "lib/text/utf8.h"
#include "tests/text/real_data.h"

namespace wirefold {
namespace {

std::string FromHex(const std::string& codes) {
  std::istringstream in(codes);
  std::string text;
  uint32_t code_point;
  while (in >> std::hex >> code_point) AppendUtf8(code_point, text);
  return text;
}

// Stored text folds white space and drops characters, which the standard's test knows nothing of.
bool AllStored(std::string_view text) {
  for (size_t pos = 0; pos < text.size();) {
    const StoredClass stored = CharacterTable::Get().Of(NextCodePoint(text, pos)).stored();
    if (stored == StoredClass::kSpace || stored == StoredClass::kDropped) return false;
  }
  return true;
}

TEST(NormalizationTest, StoredTextIsNfcAndMatchingTextDoesNotTellFormsApart) {
  WIREFOLD_NEEDS_REAL_DATA();
  std::ifstream file(RealData() / "suites/unicode/NormalizationTest.txt");
  ASSERT_TRUE(file.good());
  int stored = 0;
  int matched = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#' || line[0] == '@') continue;
    std::array<std::string, 5> columns;
    std::istringstream in(line);
    for (std::string& column : columns) {
      std::getline(in, column, ';');
      column = FromHex(column);
    }
    const auto& [source, nfc, nfd, nfkc, nfkd] = columns;
    if (AllStored(source)) {
      EXPECT_EQ(StoredLine(source), nfc) << line;
      EXPECT_EQ(StoredLine(nfd), nfc) << line;
      ++stored;
    }
    for (const std::string& form : {nfc, nfd, nfkc, nfkd}) {
      EXPECT_EQ(ToMatching(form).text, ToMatching(source).text) << line;
    }
    ++matched;
  }
  EXPECT_GT(stored, 18000);
  EXPECT_GT(matched, 19000);
}

}  // namespace
}  // namespace wirefold
