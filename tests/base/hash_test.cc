#include "lib/base/hash.h"

#include <gtest/gtest.h>

namespace wirefold {
namespace {

// Values of the xxHash reference implementation 0.8; stored keys depend on them.
TEST(Hash, KnownAnswers) {
  EXPECT_EQ(HashBytes64(""), 0x2d06800538d394c2u);
  const Hash128 empty = HashBytes128("");
  EXPECT_EQ(empty.high, 0x99aa06d3014798d8u);
  EXPECT_EQ(empty.low, 0x6001c324468d497fu);
}

TEST(Hash, BytesGoThereAndBackAndSortAsNumbers) {
  const Hash128 hash{0x0102030405060708u, 0x090a0b0c0d0e0f10u};
  EXPECT_EQ(hash.ToBytes(), "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10");
  EXPECT_EQ(Hash128::FromBytes(hash.ToBytes()), hash);
  EXPECT_LT((Hash128{1, 0}).ToBytes(), (Hash128{1, 1}).ToBytes());
  EXPECT_LT((Hash128{0, ~0ull}).ToBytes(), (Hash128{1, 0}).ToBytes());
}

TEST(Hash, PiecesHashAsTheWhole) {
  std::string whole;
  HashOfPieces pieces;
  EXPECT_EQ(pieces.Hash64(), HashBytes64(""));
  for (size_t length = 0; length < 300; length += 7) {
    const std::string piece(length, static_cast<char>('a' + length % 26));
    whole += piece;
    pieces.Add(piece);
    EXPECT_EQ(pieces.Hash64(), HashBytes64(whole)) << whole.size();
  }
}

TEST(Hash, SeedChangesTheValue) { EXPECT_NE(HashBytes64("a", 1), HashBytes64("a", 2)); }

}  // namespace
}  // namespace wirefold
