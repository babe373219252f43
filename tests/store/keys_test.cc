#include "lib/store/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "lib/base/limits.h"

namespace wirefold {
namespace {

TEST(Keys, RevisionsSortByTimeThenHashWithinAnArticle) {
  const Ulid first = Ulid::Make(1000, {0, 1});
  const Ulid second = Ulid::Make(1000, {0, 2});
  const std::vector<std::string> keys = {
      RevisionKey(first, 5, {9, 9}),   RevisionKey(first, 255, {1, 0}),
      RevisionKey(first, 256, {0, 1}), RevisionKey(first, 256, {0, 2}),
      RevisionKey(first, 256, {1, 0}), RevisionKey(first, kMaxTimeMs, {0, 0}),
      RevisionKey(second, 0, {0, 0})};
  EXPECT_TRUE(std::ranges::is_sorted(keys));
  for (const std::string& key : keys) EXPECT_EQ(key.size(), kRevisionKeyBytes);
}

TEST(Keys, TimesOutsideOfAnIdsAreClamped) {
  const Ulid id = Ulid::Make(1, {0, 1});
  EXPECT_EQ(RevisionKey(id, -5, {1, 1}), RevisionKey(id, 0, {1, 1}));
  EXPECT_EQ(RevisionKey(id, kMaxTimeMs + 1, {1, 1}), RevisionKey(id, kMaxTimeMs, {1, 1}));
}

TEST(Keys, SightingsOfAStoryLieTogetherInTheOrderOfCopies) {
  const Ulid story = Ulid::Make(1000, {0, 1});
  const Ulid next = Ulid::Make(1000, {0, 2});
  const Ulid early = Ulid::Make(5, {0, 9});
  const Ulid late = Ulid::Make(5000, {0, 0});
  EXPECT_LT(SightingKey(story, early), SightingKey(story, late));
  EXPECT_LT(SightingKey(story, late), SightingKey(next, early));
  EXPECT_EQ(CopyOfSightingKey(SightingKey(story, late)), late);
  EXPECT_EQ(CopyOfSightingKey("short"), std::nullopt);
}

TEST(Keys, EventsAndVersionsSortByNumber) {
  EXPECT_LT(EventKey(255), EventKey(256));
  EXPECT_LT(VersionsKey(255), VersionsKey(256));
  EXPECT_TRUE(VersionsKey(7).starts_with(kVersionsPrefix));
}

TEST(Keys, PrefixEndIsBehindEveryKeyOfThePrefix) {
  EXPECT_EQ(PrefixEnd("ab"), "ac");
  EXPECT_EQ(PrefixEnd(std::string("a\xff")), "b");
  EXPECT_EQ(PrefixEnd(std::string("\xff\xff")), "");
}

}  // namespace
}  // namespace wirefold
