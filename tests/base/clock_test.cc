#include "lib/base/clock.h"

#include <gtest/gtest.h>

namespace wirefold {
namespace {

TEST(Clock, FormatsRfc3339InUtcWithMilliseconds) {
  EXPECT_EQ(FormatRfc3339(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatRfc3339(1693908902004), "2023-09-05T10:15:02.004Z");
  EXPECT_EQ(FormatRfc3339(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Clock, ClampsYearsThatFourDigitsDoNotHold) {
  EXPECT_EQ(FormatRfc3339(INT64_MAX), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatRfc3339(INT64_MIN), "0000-01-01T00:00:00.000Z");
}

TEST(Clock, SystemClockIsPastTheYear2020) { EXPECT_GT(SystemClock().NowMs(), 1577836800000); }

}  // namespace
}  // namespace wirefold
