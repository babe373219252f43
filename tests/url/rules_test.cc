#include "lib/url/rules.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/base/reason.h"
#include "lib/url/canonicalize.h"
#include "lib/url/rules_builtin.h"

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
  EXPECT_EQ(UrlRules::BuiltIn().text(), kBuiltInUrlRules);
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
