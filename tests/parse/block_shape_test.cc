#include "lib/parse/block_shape.h"

#include <gtest/gtest.h>

#include "lib/parse/block_reason.h"

namespace wirefold {
namespace {

BlockShape Shape(std::string_view html) { return ShapeOf(ReadHtml(html).blocks.at(0)); }

TEST(UrlBytes, CountsVisibleAddresses) {
  const struct {
    std::string_view text;
    size_t bytes;
  } kCases[] = {
      {"no address", 0},
      {"https://a.example/x", 19},
      {"见 http://a.example/x。", 18},
      {"www.a.example/x", 15},
      {"http://www.a.example", 20},
      {"on video.example/port now", 18},
      {"直播：video.example/港口", 0},  // a path starts in ASCII
      {"and/or, 1.5/2, a./b", 0},
      {"me@mail.example/x", 0},
      {"see video.example", 0},  // without a path it may be a missing space
  };
  for (const auto& c : kCases) EXPECT_EQ(UrlBytes(c.text), c.bytes) << c.text;
}

TEST(ShapeOf, MeasuresSharesOfTheBytesThatAreNoSpace) {
  EXPECT_DOUBLE_EQ(Shape("<p>ab <a href=/x>cd</a>").link_share, 0.5);
  EXPECT_DOUBLE_EQ(Shape("<p>ab <em>cd</em>").emphasis_share, 0.5);
  EXPECT_DOUBLE_EQ(Shape("<p><i><a href=/x>cd</a></i>").emphasis_share, 1.0);
  EXPECT_DOUBLE_EQ(Shape("<p><small>a b</small></p>").emphasis_share, 1.0);
  EXPECT_DOUBLE_EQ(Shape("<p><i>x</i></p>").url_share, 0.0);
}

TEST(ShapeOf, CountsLettersCommasAndWeight) {
  const BlockShape shape = Shape("<p>港务局，a, b。");
  EXPECT_EQ(shape.letters, 5u);
  EXPECT_EQ(shape.characters, 8u);
  EXPECT_EQ(shape.commas, 3u);
  EXPECT_EQ(shape.weight, 8u);
}

TEST(IsBracketed, AsAWhole) {
  EXPECT_TRUE(IsBracketed("（编辑：某某）"));
  EXPECT_TRUE(IsBracketed("[note]"));
  EXPECT_FALSE(IsBracketed("（一）港务局（二）"));
  EXPECT_FALSE(IsBracketed("（港务局）公布"));
  EXPECT_FALSE(IsBracketed("()"));
}

TEST(HasMailAddress, NeedsANameAndAHost) {
  EXPECT_TRUE(HasMailAddress("来信：desk@paper.example。"));
  EXPECT_FALSE(HasMailAddress("关注 @harbour 的消息"));
  EXPECT_FALSE(HasMailAddress("a@b"));
  EXPECT_FALSE(HasMailAddress("3 @ 4.5"));
}

TEST(BlockReasonName, EveryReasonHasOne) {
  for (int i = 0; i <= static_cast<int>(BlockReason::kTitle); ++i) {
    EXPECT_NE(BlockReasonName(static_cast<BlockReason>(i)), "unknown");
  }
  EXPECT_TRUE(IsKept(BlockReason::kKept));
  EXPECT_TRUE(IsKept(BlockReason::kKeptForWant));
  EXPECT_FALSE(IsKept(BlockReason::kNoLetters));
}

}  // namespace
}  // namespace wirefold
