#include "lib/base/ulid.h"

#include <gtest/gtest.h>

#include "lib/base/limits.h"
#include "lib/base/reason.h"

namespace wirefold {
namespace {

TEST(Ulid, TextAndBytesGoThereAndBack) {
  const Ulid id = Ulid::Make(1693908902000, HashBytes128("example.org/a"));
  ASSERT_EQ(id.ToString().size(), 26u);
  EXPECT_EQ(Ulid::FromBytes(id.ToBytes()), id);
  const absl::StatusOr<Ulid> parsed = Ulid::Parse(id.ToString());
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(*parsed, id);
  EXPECT_EQ(id.TimeMs(), 1693908902000);
}

TEST(Ulid, MatchesTheSpecificationsTimeExample) {
  // github.com/ulid/spec: 1469918176385 is encoded as 01ARYZ6S41.
  EXPECT_EQ(Ulid::Make(1469918176385, Hash128{}).ToString().substr(0, 10), "01ARYZ6S41");
}

TEST(Ulid, SortsByTimeFirst) {
  const Ulid early = Ulid::Make(1000, Hash128{~0ull, ~0ull});
  const Ulid late = Ulid::Make(1001, Hash128{});
  EXPECT_LT(early, late);
  EXPECT_LT(early.ToString(), late.ToString());
  EXPECT_LT(early.ToBytes(), late.ToBytes());
  EXPECT_LE(Ulid::FirstAt(1000), early);
}

TEST(Ulid, ClampsTimesThatFortyEightBitsDoNotHold) {
  EXPECT_EQ(Ulid::Make(-62135596800000, Hash128{}).TimeMs(), 0);
  EXPECT_EQ(Ulid::Make(kMaxTimeMs, Hash128{}).TimeMs(), kMaxTimeMs);
  EXPECT_EQ(Ulid::Make(kMaxTimeMs + 1, Hash128{}).TimeMs(), kMaxTimeMs);
}

TEST(Ulid, ParsesEitherCaseAndRefusesTheRest) {
  EXPECT_TRUE(Ulid::Parse("01arz3ndektsv4rrffq69g5fav").ok());
  EXPECT_EQ(*Ulid::Parse("01arz3ndektsv4rrffq69g5fav"), *Ulid::Parse("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
  for (const char* bad :
       {"", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVX",
        "81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAU", "01ARZ3NDEKTSV4RRFFQ69G5F V"}) {
    EXPECT_EQ(ReasonOf(Ulid::Parse(bad).status()), Reason::kInvalidId) << bad;
  }
}

}  // namespace
}  // namespace wirefold
