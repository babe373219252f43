// Real news URLs: the tables of expected forms, and properties that hold for every one of them.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>

#include "lib/base/reason.h"
#include "lib/url/canonicalize.h"
#include "tests/url/tsv.h"

namespace wirefold {
namespace {

TEST(NewsUrl, CanonicalForms) {
  const std::optional<std::string> path = RealData("url_canonical.tsv");
  if (!path.has_value()) GTEST_SKIP() << kNoRealData;
  int total = 0;
  int passed = 0;
  for (const TsvRow& row : ReadTsv(*path)) {
    const absl::StatusOr<CanonicalUrl> canonical = CanonicalizeUrl(row[0]);
    ++total;
    EXPECT_TRUE(canonical.ok()) << row[0] << ": " << canonical.status();
    if (!canonical.ok()) continue;
    EXPECT_EQ(canonical->url, row[1]) << row[0] << ": " << row[2];
    passed += canonical->url == row[1];
  }
  std::cout << "url_canonical.tsv: " << passed << " of " << total << " passed\n";
  EXPECT_GT(total, 0);
}

TEST(NewsUrl, KeyPairs) {
  const std::optional<std::string> path = RealData("url_key_pairs.tsv");
  if (!path.has_value()) GTEST_SKIP() << kNoRealData;
  int total = 0;
  int passed = 0;
  for (const TsvRow& row : ReadTsv(*path)) {
    const absl::StatusOr<CanonicalUrl> a = CanonicalizeUrl(row[0]);
    const absl::StatusOr<CanonicalUrl> b = CanonicalizeUrl(row[1]);
    ++total;
    EXPECT_TRUE(a.ok() && b.ok()) << row[0] << " " << a.status() << " " << b.status();
    if (!a.ok() || !b.ok()) continue;
    const bool right = (a->url_key == b->url_key) == (row[2] == "same");
    EXPECT_TRUE(right) << row[2] << ": " << a->url_key << " " << b->url_key << " " << row[3];
    passed += right;
  }
  std::cout << "url_key_pairs.tsv: " << passed << " of " << total << " passed\n";
  EXPECT_GT(total, 0);
}

TEST(NewsUrl, Rejected) {
  const std::optional<std::string> path = RealData("url_reject.tsv");
  if (!path.has_value()) GTEST_SKIP() << kNoRealData;
  int total = 0;
  int passed = 0;
  for (const TsvRow& row : ReadTsv(*path)) {
    const absl::StatusOr<CanonicalUrl> canonical = CanonicalizeUrl(row[0]);
    ++total;
    EXPECT_FALSE(canonical.ok()) << row[0].substr(0, 80) << ": " << row[1];
    const Reason reason = ReasonOf(canonical.status());
    const Reason want = row[1].ends_with(" scheme") && row[1] != "no scheme"
                            ? Reason::kUnsupportedScheme
                        : row[0].size() > 8192 ? Reason::kUrlTooLong
                                               : Reason::kInvalidUrl;
    EXPECT_EQ(ReasonName(reason), ReasonName(want)) << row[0].substr(0, 80);
    passed += !canonical.ok() && reason == want;
  }
  std::cout << "url_reject.tsv: " << passed << " of " << total << " passed\n";
  EXPECT_GT(total, 0);
}

TEST(NewsUrl, PercentEncodedAndIriShareAKey) {
  const std::optional<std::string> path = RealData("news_zh_url_percent_and_iri.tsv");
  if (!path.has_value()) GTEST_SKIP() << kNoRealData;
  std::ifstream in(*path);
  std::string line;
  int total = 0;
  int passed = 0;
  while (std::getline(in, line)) {
    const size_t tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    const absl::StatusOr<CanonicalUrl> a = CanonicalizeUrl(line.substr(0, tab));
    const absl::StatusOr<CanonicalUrl> b = CanonicalizeUrl(line.substr(tab + 1));
    ++total;
    ASSERT_TRUE(a.ok() && b.ok()) << line;
    EXPECT_EQ(a->url_key, b->url_key);
    passed += a->url_key == b->url_key;
  }
  std::cout << "news_zh_url_percent_and_iri.tsv: " << passed << " of " << total << " passed\n";
  EXPECT_GT(total, 0);
}

TEST(NewsUrl, EveryRealUrlIsStable) {
  const std::optional<std::string> path = RealData("news_zh_manifest.jsonl");
  if (!path.has_value()) GTEST_SKIP() << kNoRealData;
  std::ifstream in(*path);
  std::string line;
  int total = 0;
  std::unordered_map<std::string, std::string> key_of;
  std::unordered_map<std::string, std::string> url_of;
  int folded = 0;
  while (std::getline(in, line)) {
    const std::string input = nlohmann::json::parse(line)["url"].get<std::string>();
    const absl::StatusOr<CanonicalUrl> once = CanonicalizeUrl(input);
    ASSERT_TRUE(once.ok()) << input << ": " << once.status();
    const absl::StatusOr<CanonicalUrl> twice = CanonicalizeUrl(once->url);
    ASSERT_TRUE(twice.ok()) << input << ": " << twice.status();
    EXPECT_EQ(twice->url, once->url);
    EXPECT_EQ(twice->url_key, once->url_key);
    EXPECT_EQ(*CanonicalUrlOnly(input), once->url);
    EXPECT_FALSE(once->registrable_domain().empty()) << input;
    EXPECT_EQ(key_of.try_emplace(once->url, once->url_key).first->second, once->url_key);
    const auto [it, is_new] = url_of.try_emplace(once->url_key, once->url);
    if (!is_new && it->second != once->url) ++folded;
    ++total;
  }
  std::cout << "news_zh_manifest.jsonl: " << total << " URLs, " << key_of.size() << " urls, "
            << url_of.size() << " keys (" << folded << " folded)\n";
  EXPECT_GT(total, 0);
}

}  // namespace
}  // namespace wirefold
