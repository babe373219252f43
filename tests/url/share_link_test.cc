#include "lib/url/share_link.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/url/canonicalize.h"
#include "tests/url/tsv.h"

namespace wirefold {
namespace {

// The article that the buttons of share_links.tsv stand in.
constexpr std::string_view kUrl =
    "https://www.herald.example/cn/\xe4\xb8\xad\xe5\x9b\xbd/20230905-story?id=7";
constexpr std::string_view kTitle =
    "\xe4\xbc\x9a\xe8\xae\xae\xe5\x9c\xa8\xe5\x8c\x97\xe4\xba\xac\xe9\x97\xad\xe5\xb9\x95";

TEST(ShareLink, IsToldFromLinksThatLeadSomewhere) {
  const absl::StatusOr<CanonicalUrl> own = CanonicalizeUrl(kUrl);
  ASSERT_TRUE(own.ok());
  const SharedArticle article{own->url_key, kTitle};
  for (const TsvRow& row : ReadTsv(RepositoryData("share_links.tsv"))) {
    const absl::StatusOr<Url> link = ParseUrl(row[0]);
    ASSERT_TRUE(link.ok()) << row[0];
    EXPECT_EQ(IsShareLink(*link, article, UrlRules::BuiltIn()), row[1] == "share")
        << row[0] << ": " << row[2];
  }
}

TEST(ShareLink, NeedsNoArticle) {
  const absl::StatusOr<Url> link = ParseUrl("https://social.example/sharer.php?u=https://a.org/");
  EXPECT_TRUE(IsShareLink(*link, {}, UrlRules::BuiltIn()));
  const absl::StatusOr<Url> other = ParseUrl("https://a.org/?u=https://a.org/");
  EXPECT_FALSE(IsShareLink(*other, {}, UrlRules::BuiltIn()));
}

TEST(ShareLink, ShortTitlesProveNothing) {
  const auto is_share = [](const std::string& title) {
    const absl::StatusOr<Url> link = ParseUrl("https://a.org/?u=https://b.org/&text=" + title);
    return IsShareLink(*link, {"", title}, UrlRules::BuiltIn());
  };
  EXPECT_TRUE(is_share(std::string(kMinSharedTitleBytes, 'T')));
  EXPECT_FALSE(is_share(std::string(kMinSharedTitleBytes - 1, 'T')));
}

TEST(ShareLink, LooksAtAFewUrlsOfAMessage) {
  std::string text = "https://a.org/?text=";
  for (int i = 0; i < 3; ++i) text += "https://b.org/%20";
  EXPECT_TRUE(
      IsShareLink(*ParseUrl(text + "https://c.org/x"), {"c.org/x", ""}, UrlRules::BuiltIn()));
  text += "https://b.org/%20";
  EXPECT_FALSE(
      IsShareLink(*ParseUrl(text + "https://c.org/x"), {"c.org/x", ""}, UrlRules::BuiltIn()));
}

}  // namespace
}  // namespace wirefold
