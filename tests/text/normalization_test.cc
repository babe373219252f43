// Unicode's NormalizationTest.txt, through the entry points that the service uses.
#include <gtest/gtest.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <array>
#include <cstdio>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "lib/text/character_table.h"
#include "lib/text/matching.h"
#include "lib/text/stored.h"
#include "lib/text/utf8.h"
#include "tests/text/matching_twin.h"
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

using Columns = std::array<std::string, 5>;  // source; NFC; NFD; NFKC; NFKD

struct Line {
  std::string part;
  std::string text;
  Columns columns;
};

std::vector<Line> ReadLines() {
  std::ifstream file(RealData() / "suites/unicode/NormalizationTest.txt");
  EXPECT_TRUE(file.good());
  std::vector<Line> lines;
  std::string part;
  for (std::string text; std::getline(file, text);) {
    if (text.starts_with('@')) part = text.substr(0, text.find(' '));
    if (text.empty() || text[0] == '#' || text[0] == '@') continue;
    Line line{.part = part, .text = text, .columns = {}};
    std::istringstream in(text);
    for (std::string& column : line.columns) {
      std::getline(in, column, ';');
      column = FromHex(column);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string Normalized(const icu::Normalizer2& form, std::string_view utf8) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
  std::string out;
  form.normalize(text, status).toUTF8String(out);
  return U_SUCCESS(status) ? out : "";
}

struct Forms {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2& nfc = *icu::Normalizer2::getNFCInstance(status);
  const icu::Normalizer2& nfkc = *icu::Normalizer2::getNFKCInstance(status);
};

// The invariants of the file's head for NFC and NFKC, of ICU's forms, which the text code rests on.
TEST(NormalizationTest, TheLibrarysFormsHoldForEveryLine) {
  WIREFOLD_NEEDS_REAL_DATA();
  const Forms forms;
  int failed = 0;
  const std::vector<Line> lines = ReadLines();
  for (const Line& line : lines) {
    const auto& [source, nfc, nfd, nfkc, nfkd] = line.columns;
    bool holds = true;
    for (const std::string& form : {source, nfc, nfd}) holds &= Normalized(forms.nfc, form) == nfc;
    for (const std::string& form : {nfkc, nfkd}) holds &= Normalized(forms.nfc, form) == nfkc;
    for (const std::string& form : line.columns) holds &= Normalized(forms.nfkc, form) == nfkc;
    if (!holds) ++failed;
    EXPECT_TRUE(holds) << line.text;
  }
  std::printf("NormalizationTest.txt: %zu of %zu lines hold for NFC and NFKC\n",
              lines.size() - static_cast<size_t>(failed), lines.size());
  EXPECT_EQ(lines.size(), 19074U);
}

// The same through the entry points of the service: stored text is NFC, and matching text is made
// of NFKC, so that it does not tell the columns apart.
TEST(NormalizationTest, StoredTextIsNfcAndMatchingTextDoesNotTellFormsApart) {
  WIREFOLD_NEEDS_REAL_DATA();
  const MatchingTwin twin;
  int stored = 0;
  int folded = 0;
  int matched = 0;
  for (const Line& line : ReadLines()) {
    const auto& [source, nfc, nfd, nfkc, nfkd] = line.columns;
    const bool all = AllStored(source) && AllStored(nfkc);
    // Where stored text folds white space or drops a character, all forms come to the same.
    const std::string want_nfc = all ? nfc : StoredLine(nfc);
    const std::string want_nfkc = all ? nfkc : StoredLine(nfkc);
    for (const std::string& form : {source, nfc, nfd}) {
      EXPECT_EQ(StoredLine(form), want_nfc) << line.text;
    }
    for (const std::string& form : {nfkc, nfkd}) {
      EXPECT_EQ(StoredLine(form), want_nfkc) << line.text;
    }
    ++(all ? stored : folded);
    const std::string want = twin(nfkc);
    for (const std::string& form : line.columns) {
      EXPECT_EQ(ToMatching(form).text, want) << line.text;
    }
    ++matched;
  }
  std::printf(
      "stored text: %d lines are NFC to the byte, %d but for white space and characters "
      "that are dropped; matching text: %d lines, their five columns alike\n",
      stored, folded, matched);
  EXPECT_EQ(stored + folded, 19074);
  EXPECT_GT(stored, 19000);
}

// The file's second rule: what part 1 does not list is left alone. Of the characters that its
// version of Unicode knows.
TEST(NormalizationTest, CharactersThatAreNotListedStayAsTheyAre) {
  WIREFOLD_NEEDS_REAL_DATA();
  const Forms forms;
  std::set<std::string> listed;
  for (const Line& line : ReadLines()) {
    if (line.part == "@Part1") listed.insert(line.columns[0]);
  }
  int characters = 0;
  for (UChar32 c = 0; c <= 0x10FFFF; ++c) {
    UVersionInfo age;
    u_charAge(c, age);
    if (age[0] == 0 || age[0] > 15 || (c >= 0xD800 && c <= 0xDFFF)) continue;
    std::string text;
    AppendUtf8(static_cast<char32_t>(c), text);
    if (listed.contains(text)) continue;
    EXPECT_EQ(Normalized(forms.nfc, text), text);
    EXPECT_EQ(Normalized(forms.nfkc, text), text);
    if (AllStored(text)) {
      EXPECT_EQ(StoredLine(text), text);
    }
    ++characters;
  }
  std::printf("%d characters that are not listed stay as they are\n", characters);
  EXPECT_GT(characters, 260'000);
}

}  // namespace
}  // namespace wirefold
