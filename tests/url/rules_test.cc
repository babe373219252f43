#include "lib/url/rules.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "lib/base/reason.h"
#include "lib/url/canonicalize.h"
#include "lib/url/rules_builtin.h"
#include "lib/url/rules_file.h"

namespace wirefold {
namespace {

UrlRules Rules(std::string_view text) {
  absl::StatusOr<UrlRules> rules = UrlRules::Parse(text);
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *std::move(rules);
}

TEST(UrlRules, BuiltInTextParses) {
  const absl::StatusOr<UrlRules> rules = UrlRules::Parse(kBuiltInUrlRules);
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_FALSE(UrlRules::BuiltIn().version().empty());
  EXPECT_EQ(UrlRules::BuiltIn().KeyRules(), rules->KeyRules());
}

TEST(UrlRules, MatchWholeNamesAndPrefixesWithoutCase) {
  const UrlRules rules = Rules("[*]\ndrop Click x_*\nfold session\n");
  const UrlRules::HostRules here = rules.ForHost("example.org");
  EXPECT_EQ(here.FateOf("click", "1"), ParameterFate::kDrop);
  EXPECT_EQ(here.FateOf("CLICK", ""), ParameterFate::kDrop);
  EXPECT_EQ(here.FateOf("clicks", "1"), ParameterFate::kKeep);
  EXPECT_EQ(here.FateOf("X_any", "1"), ParameterFate::kDrop);
  EXPECT_EQ(here.FateOf("x", "1"), ParameterFate::kKeep);
  EXPECT_EQ(here.FateOf("session", "1"), ParameterFate::kFold);
  EXPECT_EQ(here.FateOf("", "1"), ParameterFate::kKeep);
  EXPECT_EQ(here.FateOf("amp;click", "1"), ParameterFate::kDrop);
  EXPECT_EQ(here.FateOf("%63lick", "1"), ParameterFate::kDrop);
  EXPECT_EQ(here.FateOf("x_" + std::string(5000, 'a'), "1"), ParameterFate::kDrop);
}

TEST(UrlRules, MostSpecificSectionDecides) {
  const UrlRules rules = Rules(
      "[*]\ndrop a b c*\n"
      "[example.org]\nkeep a\ndrop d\n"
      "[sub.example.org other.org]\ndrop a\nkeep cc\n");
  EXPECT_EQ(rules.ForHost("x.net").FateOf("a", ""), ParameterFate::kDrop);
  EXPECT_EQ(rules.ForHost("x.net").FateOf("d", ""), ParameterFate::kKeep);
  EXPECT_EQ(rules.ForHost("example.org").FateOf("a", ""), ParameterFate::kKeep);
  EXPECT_EQ(rules.ForHost("www.example.org").FateOf("a", ""), ParameterFate::kKeep);
  EXPECT_EQ(rules.ForHost("www.example.org").FateOf("d", ""), ParameterFate::kDrop);
  EXPECT_EQ(rules.ForHost("www.example.org").FateOf("b", ""), ParameterFate::kDrop);
  EXPECT_EQ(rules.ForHost("myexample.org").FateOf("a", ""), ParameterFate::kDrop);
  EXPECT_EQ(rules.ForHost("sub.example.org.").FateOf("a", ""), ParameterFate::kDrop);
  EXPECT_EQ(rules.ForHost("other.org").FateOf("cc", ""), ParameterFate::kKeep);
  EXPECT_EQ(rules.ForHost("other.org").FateOf("ccc", ""), ParameterFate::kDrop);
}

TEST(UrlRules, ValuesNarrowARule) {
  const UrlRules rules = Rules("[*]\ndrop from=share from=feed empty=\n[a.org]\ndrop from=a\n");
  const UrlRules::HostRules here = rules.ForHost("example.org");
  EXPECT_EQ(here.FateOf("from", "share"), ParameterFate::kDrop);
  EXPECT_EQ(here.FateOf("from", "feed"), ParameterFate::kDrop);
  EXPECT_EQ(here.FateOf("from", "2020"), ParameterFate::kKeep);
  EXPECT_EQ(here.FateOf("empty", ""), ParameterFate::kDrop);
  EXPECT_EQ(here.FateOf("empty", "1"), ParameterFate::kKeep);
  EXPECT_EQ(rules.ForHost("a.org").FateOf("from", "share"), ParameterFate::kDrop);
}

TEST(UrlRules, Tenants) {
  const UrlRules rules = Rules("[blogs.org]\ntenants\n[other.org]\ndrop a\n");
  EXPECT_TRUE(rules.HasTenants("blogs.org"));
  EXPECT_FALSE(rules.HasTenants("other.org"));
  EXPECT_FALSE(rules.HasTenants("x.blogs.org"));
}

TEST(UrlRules, CommentsAndBlanksAreNothing) {
  const UrlRules rules = Rules("# all\n\n \t[ * ] # every host\r\n  drop\ta  # one\r\n");
  EXPECT_EQ(rules.ForHost("x").FateOf("a", ""), ParameterFate::kDrop);
}

TEST(UrlRules, ErrorsNameTheLine) {
  for (const char* text :
       {"[*]\ndrop", "[*]\nlose a", "[*]\n[a.org", "[*]\n[]", "[*]\ndrop *", "[*]\ndrop a*b",
        "[*]\ndrop a*=1", "[*]\ndrop a a", "[*]\ndrop a keep a=1 a",
        "[*]\ndrop xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}) {
    const absl::StatusOr<UrlRules> rules = UrlRules::Parse(text);
    ASSERT_FALSE(rules.ok()) << text;
    EXPECT_EQ(ReasonOf(rules.status()), Reason::kInvalidArgument);
    EXPECT_NE(std::string(rules.status().message()).find("line 2"), std::string::npos)
        << rules.status();
  }
  EXPECT_FALSE(UrlRules::Parse("drop a\n").ok());
}

TEST(UrlRules, TheLongestPrefixDecides) {
  const UrlRules rules = Rules("[*]\ndrop x_*\nkeep x_id_*\nfold x_id_s*\n");
  const UrlRules::HostRules here = rules.ForHost("example.org");
  EXPECT_EQ(here.FateOf("x_a", ""), ParameterFate::kDrop);
  EXPECT_EQ(here.FateOf("x_id_a", ""), ParameterFate::kKeep);
  EXPECT_EQ(here.FateOf("x_id_session", ""), ParameterFate::kFold);
}

TEST(UrlRules, BuildOnTheBuiltInOnes) {
  const UrlRules rules = Rules(
      "version ours of 2026\ninclude built-in\n"
      "[*]\nkeep fbclid utm_*\ndrop ours\n[example.org]\ndrop page\n");
  EXPECT_EQ(rules.version(), "ours of 2026");
  const UrlRules::HostRules here = rules.ForHost("www.example.org");
  EXPECT_EQ(here.FateOf("gclid", "1"), ParameterFate::kDrop);
  EXPECT_EQ(here.FateOf("fbclid", "1"), ParameterFate::kKeep);
  EXPECT_EQ(here.FateOf("utm_source", "1"), ParameterFate::kKeep);
  EXPECT_EQ(here.FateOf("ours", "1"), ParameterFate::kDrop);
  EXPECT_EQ(here.FateOf("page", "1"), ParameterFate::kDrop);
  EXPECT_EQ(rules.ForHost("other.org").FateOf("page", "1"), ParameterFate::kKeep);
  // What is replaced once can't be replaced again.
  EXPECT_FALSE(UrlRules::Parse("include built-in\n[*]\nkeep fbclid\ndrop fbclid\n").ok());
  EXPECT_FALSE(UrlRules::Parse("[*]\ndrop a\ninclude built-in\n").ok());
  EXPECT_FALSE(UrlRules::Parse("include other\n").ok());
  EXPECT_EQ(Rules("include built-in\n").version(), UrlRules::BuiltIn().version());
}

TEST(UrlRules, FingerprintIsOfWhatTheySayAboutKeys) {
  const auto fingerprint = [](std::string_view text) {
    return UrlKeyRulesFingerprint(Rules(text));
  };
  const std::string one = fingerprint("[*]\ndrop a b c_*\n[x.org]\nkeep a\ntenants\n");
  EXPECT_EQ(fingerprint("version 2\n[x.org] # first\ntenants\nkeep a\n\n[*]\ndrop c_* B\nfold a\n"),
            one);
  EXPECT_NE(fingerprint("[*]\ndrop a b c_*\n[x.org]\nkeep a\n"), one);
  EXPECT_NE(fingerprint("[*]\ndrop a b c*\n[x.org]\nkeep a\ntenants\n"), one);
  EXPECT_NE(fingerprint("[*]\ndrop a b=1 c_*\n[x.org]\nkeep a\ntenants\n"), one);
  EXPECT_EQ(fingerprint("include built-in\n"), UrlKeyRulesFingerprint());
}

TEST(UrlRules, LimitOnTheirSize) {
  std::string text = "[*]\ndrop a #";
  text.resize(kMaxUrlRulesBytes, 'x');
  EXPECT_TRUE(UrlRules::Parse(text).ok());
  EXPECT_EQ(ReasonOf(UrlRules::Parse(text + "x").status()), Reason::kInvalidArgument);
}

TEST(UrlRulesFile, IsReadOrSaysWhatIsWrong) {
  const std::string path = testing::TempDir() + "/url_rules_test.rules";
  std::ofstream(path) << "[*]\ndrop ours\n";
  const absl::StatusOr<UrlRules> rules = ReadUrlRulesFile(path);
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ(rules->ForHost("x").FateOf("ours", ""), ParameterFate::kDrop);
  EXPECT_EQ(ReadUrlRulesFile("")->KeyRules(), UrlRules::BuiltIn().KeyRules());
  std::ofstream(path) << "[*]\nlose ours\n";
  for (const std::string& bad : {path, path + ".missing", testing::TempDir()}) {
    const absl::StatusOr<UrlRules> refused = ReadUrlRulesFile(bad);
    ASSERT_FALSE(refused.ok()) << bad;
    EXPECT_EQ(ReasonOf(refused.status()), Reason::kInvalidArgument);
    EXPECT_NE(std::string(refused.status().message()).find(bad), std::string::npos);
  }
  std::remove(path.c_str());
}

TEST(UrlRules, OtherRulesGiveOtherFormsAndAnotherFingerprint) {
  const UrlRules rules = Rules("[*]\ndrop id\n");
  EXPECT_EQ(CanonicalizeUrl("https://a.org/?id=1&utm_source=x", {}, rules)->url,
            "https://a.org/?utm_source=x");
  EXPECT_NE(UrlKeyRulesFingerprint(rules), UrlKeyRulesFingerprint());
  EXPECT_EQ(UrlKeyRulesFingerprint(), UrlKeyRulesFingerprint());
  EXPECT_EQ(UrlKeyRulesFingerprint().size(), 32u);
}

}  // namespace
}  // namespace wirefold
