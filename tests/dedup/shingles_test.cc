#include "lib/dedup/shingles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

namespace wirefold {
namespace {

TEST(Tokenize, TakesOneHanCharacterOrOneWordForAToken) {
  const Tokens tokens = Tokenize("北京covid19疫情 5481\nhong kong");
  // 北 京 covid19 疫 情 5481 | hong kong
  ASSERT_EQ(tokens.tokens.size(), 8u);
  EXPECT_EQ(tokens.tokens[0], 0x5317u);
  EXPECT_EQ(tokens.tokens[4], 0x60C5u);
  EXPECT_GE(tokens.tokens[2], 0x80000000u);
  EXPECT_FALSE(IsNumberToken(tokens.tokens[2]));
  EXPECT_TRUE(IsNumberToken(tokens.tokens[5]));
  EXPECT_EQ(tokens.paragraph_ends, (std::vector<uint32_t>{6, 8}));
}

TEST(Tokenize, LongShinglesNeedMostlyCjk) {
  EXPECT_TRUE(Tokenize("北京疫情").mostly_cjk);
  EXPECT_EQ(Tokenize("北京疫情").shingle_length(), kCjkShingle);
  EXPECT_FALSE(Tokenize("one two 北京").mostly_cjk);
  EXPECT_EQ(Tokenize("one two three").shingle_length(), kWordShingle);
  // Thai is written without spaces: a character a token.
  EXPECT_EQ(Tokenize("กรงเทพ").tokens.size(), 6u);
  // Arabic and Devanagari have words.
  EXPECT_EQ(Tokenize("سلام عليكم").tokens.size(), 2u);
}

TEST(Tokenize, EmptyAndBrokenTextsEndQuietly) {
  EXPECT_TRUE(Tokenize("").tokens.empty());
  EXPECT_TRUE(Tokenize("\n \n").tokens.empty());
  EXPECT_TRUE(Tokenize("\n \n").paragraph_ends.empty());
  EXPECT_EQ(Tokenize("ab \xff cd").tokens.size(), 1u);
  EXPECT_EQ(Tokenize("\xe4\xb8").tokens.size(), 0u);
}

TEST(MakeShingles, CountsThemInOrderAndDistinct) {
  const Shingles once = MakeShingles("甲乙丙丁戊己庚");
  EXPECT_EQ(once.hashes.size(), 3u);
  EXPECT_EQ(once.set.size(), 3u);
  EXPECT_TRUE(MakeShingles("甲乙丙丁").hashes.empty());
  const Shingles repeated = MakeShingles("a b c a b c a b c");
  EXPECT_EQ(repeated.hashes.size(), 7u);
  EXPECT_EQ(repeated.set.size(), 3u);
}

// Stored sketches are made of these: they must not change with compiler or machine.
TEST(MakeShingles, KnownAnswers) {
  const Token tokens[] = {0x7532, 0x4E59, 0x4E19, 0x4E01, 0x620A};
  EXPECT_EQ(ShingleHash(tokens), MakeShingles("甲乙丙丁戊").hashes[0]);
  EXPECT_EQ(MakeShingles("甲乙丙丁戊").hashes[0], 0x14CB3F6029221678u);
  EXPECT_EQ(MakeShingles("the quick fox").hashes[0], 0x4985A9D55E01F28Cu);
}

TEST(CountShared, AgreesWithItsPlainTwin) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::set<uint32_t> a;
    std::set<uint32_t> b;
    for (uint32_t i = 0; i < random() % 300; ++i) a.insert(random() % 400);
    for (uint32_t i = 0; i < random() % 300; ++i) b.insert(random() % 400);
    const std::vector<uint32_t> left(a.begin(), a.end());
    const std::vector<uint32_t> right(b.begin(), b.end());
    uint32_t plain = 0;
    for (const uint32_t value : a) plain += b.count(value);
    EXPECT_EQ(CountShared(left, right), plain);
  }
}

TEST(SortDistinct, AgreesWithSortAndUnique) {
  std::mt19937 random(11);
  for (const size_t size : {0, 1, 2, 127, 128, 129, 1000, 5000}) {
    for (const uint32_t range : {3u, 1000u, 0xFFFFFFFFu}) {
      std::vector<uint32_t> values;
      for (size_t i = 0; i < size; ++i) values.push_back(random() % range);
      std::vector<uint32_t> plain = values;
      std::sort(plain.begin(), plain.end());
      plain.erase(std::unique(plain.begin(), plain.end()), plain.end());
      SortDistinct(values);
      EXPECT_EQ(values, plain) << size << " of " << range;
    }
  }
}

}  // namespace
}  // namespace wirefold
