#include "lib/url/url.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/base/reason.h"
#include "tests/url/tsv.h"

namespace wirefold {
namespace {

TEST(ParseUrl, GivesWhatTheStandardSays) {
  for (const TsvRow& row : ReadTsv(RepositoryData("parse.tsv"))) {
    SCOPED_TRACE(row[0] + " with base " + row[1] + ": " + row[3]);
    absl::StatusOr<Url> base = Url();
    if (!row[1].empty()) base = ParseUrl(row[1]);
    ASSERT_TRUE(base.ok()) << base.status();
    const absl::StatusOr<Url> url = ParseUrl(row[0], row[1].empty() ? nullptr : &*base);
    EXPECT_EQ(url.ok() ? url->href() : "FAIL", row[2]);
    if (url.ok()) {
      EXPECT_EQ(*ParseUrl(row[2]), *url);
    } else {
      EXPECT_EQ(ReasonOf(url.status()), Reason::kInvalidUrl);
    }
  }
}

TEST(ParseUrl, TakesTheUrlApart) {
  const absl::StatusOr<Url> url = ParseUrl("https://u:p@example.org:8443/a/b?q=1#f");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->scheme(), "https");
  EXPECT_EQ(url->username(), "u");
  EXPECT_EQ(url->password(), "p");
  EXPECT_TRUE(url->has_host());
  EXPECT_EQ(url->host(), "example.org");
  EXPECT_EQ(url->port(), 8443);
  EXPECT_EQ(url->path(), "/a/b");
  EXPECT_EQ(url->query(), "q=1");
  EXPECT_EQ(url->fragment(), "f");
  EXPECT_FALSE(url->has_opaque_path());
}

TEST(ParseUrl, TellsAbsentPartsFromEmptyOnes) {
  EXPECT_EQ(ParseUrl("https://a/")->query(), std::nullopt);
  EXPECT_EQ(ParseUrl("https://a/?")->query(), "");
  EXPECT_EQ(ParseUrl("https://a/#")->fragment(), "");
  EXPECT_FALSE(ParseUrl("mailto:a")->has_host());
  EXPECT_TRUE(ParseUrl("file:///a")->has_host());
  EXPECT_EQ(ParseUrl("file:///a")->host(), "");
  EXPECT_TRUE(ParseUrl("mailto:a")->has_opaque_path());
}

TEST(ParseUrl, KeepsBytesThatAreNoUtf8Apart) {
  EXPECT_EQ(ParseUrl("https://a/\xd6\xd0?\xb9\xfa")->href(), "https://a/%D6%D0?%B9%FA");
  EXPECT_FALSE(ParseUrl("https://\xd6\xd0.cn/").ok());
}

TEST(ParseUrl, TakesTimeLinearInTheInput) {
  // Each of these was quadratic in some parser; a megabyte of them takes milliseconds here.
  const size_t half = size_t{1} << 19;
  std::string deep = "https://a";
  for (size_t i = 0; i < half / 5; ++i) deep += "/x/..";
  EXPECT_EQ(ParseUrl(deep)->path(), "/");
  EXPECT_TRUE(ParseUrl("https://" + std::string(half, '@') + "a/").ok());
  EXPECT_FALSE(ParseUrl("https://" + std::string(half, '[') + "/").ok());
  EXPECT_FALSE(ParseUrl("https://" + std::string(half, '1') + "/").ok());
  std::string wide = "https://";
  for (size_t i = 0; i < half / 3; ++i) wide += "中";
  EXPECT_FALSE(ParseUrl(wide).ok());
}

TEST(IsSpecialScheme, KnowsTheSix) {
  for (const char* scheme : {"http", "https", "ws", "wss", "ftp", "file"}) {
    EXPECT_TRUE(IsSpecialScheme(scheme)) << scheme;
  }
  EXPECT_FALSE(IsSpecialScheme("mailto"));
  EXPECT_FALSE(IsSpecialScheme(""));
}

}  // namespace
}  // namespace wirefold
