#include "lib/parse/feed_dates.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/base/clock.h"

namespace wirefold {
namespace {

std::string Read(std::string_view text) {
  const auto date = ParseFeedDate(text);
  return date ? FormatRfc3339(*date) : "none";
}

struct Case {
  const char* text;
  const char* date;
};

TEST(ParseFeedDate, ReadsWhatFeedsWrite) {
  constexpr Case kCases[] = {
      {"Mon, 10 Aug 2020 19:26:21 GMT", "2020-08-10T19:26:21.000Z"},
      {"Mon, 10 Aug 2020 19:26:21 +0800", "2020-08-10T11:26:21.000Z"},
      {"Mon, 10 Aug 2020 19:26:21 EST", "2020-08-11T00:26:21.000Z"},
      {"Mon, 10 Aug 2020 19:26:21 edt", "2020-08-10T23:26:21.000Z"},
      {"Mon, 10 Aug 2020 19:26:21 CST", "2020-08-11T01:26:21.000Z"},
      {"Mon, 10 Aug 2020 19:26 PDT", "2020-08-11T02:26:00.000Z"},
      {"10 Aug 20 19:26:21 UT", "2020-08-10T19:26:21.000Z"},
      {"10 Aug 99 19:26:21 Z", "1999-08-10T19:26:21.000Z"},
      {"Mon,10 Aug 2020 19:26:21 GMT+8", "2020-08-10T11:26:21.000Z"},
      {"Mon, 10 Aug 2020 19:26:21 UTC+08:00", "2020-08-10T11:26:21.000Z"},
      {"Mon, 10 Aug 2020 19:26:21 +0000 (UTC)", "2020-08-10T19:26:21.000Z"},
      {"Mon, 10 Aug 2020 19:26:21 +0200 CEST", "2020-08-10T17:26:21.000Z"},
      {"Montag, 10 Aug 2020 19:26:21 GMT", "2020-08-10T19:26:21.000Z"},
      {"2020-08-10T19:26:21Z", "2020-08-10T19:26:21.000Z"},
      {"2020-08-10t19:26:21.25z", "2020-08-10T19:26:21.250Z"},
      {"2020-08-10T19:26:21-07:00", "2020-08-11T02:26:21.000Z"},
      {"2020-08-10 19:26:21", "2020-08-10T19:26:21.000Z"},
      {"2020-08-10", "2020-08-10T00:00:00.000Z"},
      {"yesterday", "none"},
      {"", "none"},
      {"Mon, 40 Aug 2020 19:26:21 GMT", "none"},
      {"EST", "none"},
      {"+", "none"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Read(c.text), c.date) << c.text;
}

TEST(ParseFeedDate, HoldsItsLimit) {
  const std::string date = "10 Aug 2020";
  EXPECT_NE(Read(std::string(kMaxFeedDateBytes - date.size(), ' ') + date), "none");
  EXPECT_EQ(Read(std::string(kMaxFeedDateBytes - date.size() + 1, ' ') + date), "none");
}

}  // namespace
}  // namespace wirefold
