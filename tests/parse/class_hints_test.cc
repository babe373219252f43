#include "lib/parse/class_hints.h"

#include <gtest/gtest.h>

#include "lib/parse/html_blocks.h"

namespace wirefold {
namespace {

TEST(ClassHints, TakesNamesApart) {
  EXPECT_EQ(ClassHints("o-self-promo o-self-promo--nl"), kInPromotion);
  EXPECT_EQ(ClassHints("mySubscriptionInner"), kInPromotion);
  EXPECT_EQ(ClassHints("t-copyright"), kInCopyright);
  EXPECT_EQ(ClassHints("wp-caption-text"), kInCaption | kInLikely);
  EXPECT_EQ(ClassHints("siteFooter nav_bar"), kInFooter | kInNav);
}

TEST(ClassHints, LooksAtWholeWordsOnly) {
  EXPECT_EQ(ClassHints("header broad shadow adobe roadmap captioned"), 0u);
  EXPECT_EQ(ClassHints(""), 0u);
  EXPECT_EQ(ClassHints("advertisementadvertisement"), 0u);
}

}  // namespace
}  // namespace wirefold
