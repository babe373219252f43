#include "lib/url/canonicalize.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "tests/url/tsv.h"

namespace wirefold {
namespace {

TEST(Canonicalize, GivesTheFormToFetch) {
  for (const TsvRow& row : ReadTsv(RepositoryData("canonical.tsv"))) {
    SCOPED_TRACE(row[0] + ": " + row[2]);
    const absl::StatusOr<CanonicalUrl> canonical = CanonicalizeUrl(row[0]);
    ASSERT_TRUE(canonical.ok()) << canonical.status();
    EXPECT_EQ(canonical->url, row[1]);
    EXPECT_EQ(*CanonicalUrlOnly(row[0]), row[1]);
    EXPECT_EQ(CanonicalizeUrl(row[1])->url, row[1]);
    EXPECT_EQ(CanonicalizeUrl(row[1])->url_key, canonical->url_key);
  }
}

TEST(Canonicalize, RejectsWithAReason) {
  for (const TsvRow& row : ReadTsv(RepositoryData("reject.tsv"))) {
    const absl::StatusOr<CanonicalUrl> canonical = CanonicalizeUrl(row[0], row[1]);
    EXPECT_FALSE(canonical.ok()) << row[0];
    EXPECT_EQ(ReasonName(ReasonOf(canonical.status())), row[2]) << row[0];
  }
}

TEST(Canonicalize, ResolvesAgainstTheBase) {
  const absl::StatusOr<Url> base = ParseUrl("https://example.org/a/b?q=1");
  EXPECT_EQ(*CanonicalUrlOnly("../c?utm_source=x#y", &*base), "https://example.org/c");
  EXPECT_EQ(CanonicalizeUrl("c", "https://example.org/a/b?q=1")->url, "https://example.org/a/c");
}

TEST(Canonicalize, LimitsTheInput) {
  const std::string start = "https://example.org/";
  const std::string at_limit = start + std::string(kMaxUrlBytes - start.size(), 'a');
  ASSERT_TRUE(CanonicalizeUrl(at_limit).ok());
  EXPECT_EQ(CanonicalizeUrl(at_limit)->url, at_limit);
  EXPECT_EQ(ReasonOf(CanonicalizeUrl(at_limit + "a").status()), Reason::kUrlTooLong);
  EXPECT_EQ(ReasonOf(CanonicalUrlOnly(at_limit + "a").status()), Reason::kUrlTooLong);
  EXPECT_TRUE(CanonicalizeUrl("x", at_limit).ok());
  EXPECT_EQ(ReasonOf(CanonicalizeUrl("x", at_limit + "a").status()), Reason::kUrlTooLong);
}

TEST(Canonicalize, LimitsTheGrowthByPercentEncoding) {
  const std::string start = "https://example.org/";
  const size_t escapes = (kMaxUrlBytes - start.size()) / 3;
  const std::string filler((kMaxUrlBytes - start.size()) % 3, 'a');
  const std::string at_limit = start + filler + std::string(escapes, '"');
  ASSERT_TRUE(CanonicalizeUrl(at_limit).ok());
  EXPECT_EQ(CanonicalizeUrl(at_limit)->url.size(), kMaxUrlBytes);
  EXPECT_EQ(ReasonOf(CanonicalizeUrl(at_limit + "a").status()), Reason::kUrlTooLong);
  // What is dropped does not count.
  EXPECT_TRUE(CanonicalizeUrl(at_limit + "?utm_source=x#y").ok());
}

TEST(Canonicalize, NamesTheHostAndItsDomain) {
  const auto domain = [](std::string_view url) {
    return std::string(CanonicalizeUrl(url)->registrable_domain());
  };
  EXPECT_EQ(CanonicalizeUrl("https://WWW.BBC.co.uk/")->host(), "www.bbc.co.uk");
  EXPECT_EQ(domain("https://www.bbc.co.uk/"), "bbc.co.uk");
  EXPECT_EQ(domain("https://bbc.co.uk./"), "bbc.co.uk");
  EXPECT_EQ(domain("https://www.cna.com.tw/"), "cna.com.tw");
  EXPECT_EQ(domain("https://www.新华网.中国/"), "xn--xkrr14bows.xn--fiqs8s");
  EXPECT_EQ(domain("https://co.uk/"), "");
  EXPECT_EQ(domain("https://localhost/"), "");
  EXPECT_EQ(domain("https://127.0.0.1/"), "");
  EXPECT_EQ(domain("https://[::1]/"), "");
}

TEST(UrlKey, FoldsWhatIsOnePageAndNothingElse) {
  for (const TsvRow& row : ReadTsv(RepositoryData("key_pairs.tsv"))) {
    SCOPED_TRACE(row[0] + " and " + row[1] + ": " + row[3]);
    const absl::StatusOr<CanonicalUrl> a = CanonicalizeUrl(row[0]);
    const absl::StatusOr<CanonicalUrl> b = CanonicalizeUrl(row[1]);
    ASSERT_TRUE(a.ok() && b.ok()) << a.status() << b.status();
    EXPECT_EQ(a->url_key == b->url_key, row[2] == "same") << a->url_key << " " << b->url_key;
  }
}

// Stored articles are found by these: a change of one of them needs another kUrlKeyVersion.
TEST(UrlKey, KnownAnswers) {
  const auto key = [](std::string_view url) { return CanonicalizeUrl(url)->url_key; };
  EXPECT_EQ(key("https://www.example.org"), "example.org/");
  EXPECT_EQ(key("https://www.example.org/?b=2&a=1"), "example.org/?a=1&b=2");
  EXPECT_EQ(key("http://m.example.org:8080//a/index.html"), "example.org:8080/a");
  EXPECT_EQ(key("http://www.rfi.fr//cn/%e4%b8%ad国/x#top"), "rfi.fr/cn/%E4%B8%AD%E5%9B%BD/x");
  EXPECT_EQ(key("https://spa.example.org/#!/a b"), "spa.example.org/#!/a%20b");
  EXPECT_EQ(key("https://[2001:db8::1]/a"), "[2001:db8::1]/a");
}

}  // namespace
}  // namespace wirefold
