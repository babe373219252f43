#include "lib/parse/dates.h"

#include <gtest/gtest.h>

#include "lib/base/clock.h"

namespace wirefold {
namespace {

std::string Read(std::string_view text, std::optional<int64_t> near = std::nullopt) {
  const auto date = ParseDate(text, near);
  return date ? FormatRfc3339(*date) : "none";
}

struct Case {
  const char* text;
  const char* date;
};

TEST(ParseDate, ReadsWhatArticlesWrite) {
  constexpr Case kCases[] = {
      {"2020-10-22T14:07:40.601Z", "2020-10-22T14:07:40.601Z"},
      {"2020-10-22T14:07:40+08:00", "2020-10-22T06:07:40.000Z"},
      {"2020-10-22T14:07:40-0330", "2020-10-22T17:37:40.000Z"},
      {"2020-08-31T09:19:20", "2020-08-31T09:19:20.000Z"},
      {"2020-08-27 11:27:28", "2020-08-27T11:27:28.000Z"},
      {"2020-08-27", "2020-08-27T00:00:00.000Z"},
      {"05/09/2023 - 12:12", "2023-09-05T12:12:00.000Z"},
      {"12/31/2023", "2023-12-31T00:00:00.000Z"},
      {"2020年9月8日", "2020-09-08T00:00:00.000Z"},
      {"2020年9月8日 14:05", "2020-09-08T14:05:00.000Z"},
      {"Mon, 10 Aug 2020 19:26:21 GMT", "2020-08-10T19:26:21.000Z"},
      {"Aug 8th 2020", "2020-08-08T00:00:00.000Z"},
      {"August 8, 2020", "2020-08-08T00:00:00.000Z"},
      {"8 August 2020", "2020-08-08T00:00:00.000Z"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Read(c.text), c.date) << c.text;
}

TEST(ParseDate, TakesTheReadingNearerToTheObservedTime) {
  const int64_t may_ninth = *ParseDate("2023-05-09", {});
  EXPECT_EQ(Read("05/09/2023", may_ninth), "2023-05-09T00:00:00.000Z");
  EXPECT_EQ(Read("05/09/2023", *ParseDate("2023-09-06", {})), "2023-09-05T00:00:00.000Z");
}

TEST(ParseDate, IsNoneForAnythingElse) {
  for (const char* text :
       {"", "2020", "2020-13-01", "2020-02-30", "31/31/2020", "2020年9月8日发布", "12:12",
        "Monday morning", "99 August 2020", "2020-10-22T25:00", "2020-10-22T14:70", "1.2.3.4",
        "Aug 8th 2020 and more", "2020-10-22T14:07:40+8", "000000000000000000000000000"}) {
    EXPECT_EQ(Read(text), "none") << text;
  }
}

TEST(ParseDate, RefusesTextPastItsLimit) {
  std::string text = "2020-08-27";
  text += std::string(kMaxDateBytes - text.size(), ' ') + "x";
  EXPECT_EQ(Read(text), "none");
}

}  // namespace
}  // namespace wirefold
