// What holds for any input: random mutations of URLs, with a fixed seed.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>

#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/url/canonicalize.h"
#include "lib/url/url.h"

namespace wirefold {
namespace {

constexpr std::array<std::string_view, 14> kSeeds = {
    "https://www.example.org/a/b.html?id=1&utm_source=x#top",
    "http://m.example.co.uk:8080//cn/%e4%b8%ad/;jsessionid=1/amp/",
    "https://user:pass@例え.テスト/path/../x?q=a%26b&fbclid",
    "http://[2001:db8::1.2.3.4]:80/x",
    "http://0x7f.1/",
    "file:///C|/x/../y",
    "foo://h%41/..//b?q#f",
    "mailto:a b  ?q",
    "//other.org/x",
    "../../x",
    "?q=1&&amp;utm_x=2",
    "#!/route",
    "https:\\\\a\\b\\..\\c",
    "https://x.blogspot.com/2020/index.html/amp?m=1&amp=1&%61=2&a=1"};

constexpr std::array<std::string_view, 40> kPieces = {
    "/",       "\\",      "//",           "..",         ".",    "%2e", "%2E%2e",
    "?",       "#",       "#!",           "@",          ":",    "[",   "]",
    "%",       "%4",      "%41",          "%25",        "&",    "=",   "&amp;",
    ";",       "|",       "C|",           "\t",         " ",    "中",  "é",
    "\xff",    "ß",       "xn--",         "www.",       "m.",   "amp", "0x",
    "1.2.3.4", "utm_a=1", "jsessionid=1", "index.html", "file:"};

std::string Mutate(std::string_view seed, std::mt19937_64& random) {
  std::string text(seed);
  const size_t changes = 1 + random() % 4;
  for (size_t i = 0; i < changes; ++i) {
    const size_t at = random() % (text.size() + 1);
    switch (random() % 4) {
      case 0:
        text.insert(at, kPieces[random() % kPieces.size()]);
        break;
      case 1:
        text.erase(at, random() % 4);
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(random());
        break;
      default: {
        const std::string_view other = kSeeds[random() % kSeeds.size()];
        text.insert(at, other.substr(random() % other.size(), random() % 12));
      }
    }
  }
  return text;
}

void ExpectStable(const std::string& input, const Url* base) {
  const absl::StatusOr<Url> url = ParseUrl(input, base);
  if (!url.ok()) {
    EXPECT_EQ(ReasonOf(url.status()), Reason::kInvalidUrl);
    return;
  }
  const std::string href = url->href();
  for (const char c : href) ASSERT_TRUE(c >= 0x20 && c < 0x7f) << href;
  const absl::StatusOr<Url> again = ParseUrl(href);
  ASSERT_TRUE(again.ok()) << href << " " << again.status();
  EXPECT_EQ(*again, *url) << href;

  const absl::StatusOr<std::string> canonical = CanonicalUrlOnly(input, base);
  const bool is_web = url->scheme() == "http" || url->scheme() == "https";
  ASSERT_EQ(canonical.ok(), is_web) << canonical.status();
  if (!is_web) return;
  const absl::StatusOr<CanonicalUrl> once = CanonicalizeUrl(*canonical);
  ASSERT_TRUE(once.ok()) << *canonical << " " << once.status();
  EXPECT_EQ(once->url, *canonical);
  EXPECT_FALSE(once->url_key.empty());
  // The key of an input is the key of its canonical form.
  if (base != nullptr) return;
  EXPECT_EQ(CanonicalizeUrl(input)->url_key, once->url_key) << *canonical;
}

TEST(UrlProperties, HoldForRandomMutations) {
  std::mt19937_64 random(20200720);
  const absl::StatusOr<Url> web = ParseUrl("https://www.example.org/a/b?q#f");
  const absl::StatusOr<Url> file = ParseUrl("file:///C:/a/b");
  const absl::StatusOr<Url> other = ParseUrl("foo://h/a/b");
  const std::array<const Url*, 4> bases = {nullptr, &*web, &*file, &*other};
  for (int i = 0; i < 60000; ++i) {
    const std::string input = Mutate(kSeeds[random() % kSeeds.size()], random);
    SCOPED_TRACE(testing::PrintToString(input));
    ExpectStable(input, bases[random() % bases.size()]);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace wirefold
