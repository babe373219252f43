// How much memory the hot path asks for: the two strings that it returns.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/url/canonicalize.h"
#include "lib/url/url.h"
#include "tests/bench/allocations.h"

namespace wirefold {
namespace {

struct Case {
  std::string input;
  std::string url;
};

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {"http://www.rfi.example/cn/20200702-a-long-enough-path.html",
       "http://www.rfi.example/cn/20200702-a-long-enough-path.html"},
      {"HTTPS://User:Secret@News.A-Long-Enough-Host-Name.Example.ORG:8443/a/../b/./c",
       "https://User:Secret@news.a-long-enough-host-name.example.org:8443/b/c"},
      {"https://www.example.org/story?utm_source=x&id=1&b=2&a=3&utm_medium=y#comments",
       "https://www.example.org/story?id=1&b=2&a=3"},
      {"https://www.example.org/%e4%b8%ad%e5%9b%bd/index.html;jsessionid=1?z=1&y=2&x=3&a=%41",
       "https://www.example.org/%e4%b8%ad%e5%9b%bd/index.html;jsessionid=1?z=1&y=2&x=3&a=%41"},
      {"https://an-application.example.org/#!/route/to/a/story",
       "https://an-application.example.org/#!/route/to/a/story"},
  };
  return cases;
}

TEST(Allocations, AreTheTwoStringsOfTheResultForAscii) {
  for (const Case& item : Cases()) {
    // Once before, for what is made on first use.
    ASSERT_EQ(CanonicalizeUrl(item.input)->url, item.url);
    const uint64_t before = Allocations();
    const absl::StatusOr<CanonicalUrl> canonical = CanonicalizeUrl(item.input);
    EXPECT_EQ(Allocations() - before, 2u) << item.input;
    ASSERT_TRUE(canonical.ok());
    EXPECT_GT(canonical->url.capacity(), std::string().capacity());
    EXPECT_GT(canonical->url_key.capacity(), std::string().capacity());
  }
}

TEST(Allocations, AreOneStringForTheUrlAlone) {
  const absl::StatusOr<Url> base = ParseUrl("https://www.example.org/a/b");
  for (const Case& item : Cases()) {
    const uint64_t before = Allocations();
    const absl::StatusOr<std::string> url = CanonicalUrlOnly(item.input, &*base);
    EXPECT_EQ(Allocations() - before, 1u) << item.input;
    ASSERT_TRUE(url.ok());
  }
}

}  // namespace
}  // namespace wirefold
