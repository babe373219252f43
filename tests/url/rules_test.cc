#include "lib/url/rules.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

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

TEST(UrlRules, BelowAHostWithTenantsEachNameIsASite) {
  const UrlRules rules =
      Rules("[blogs.org a.co.uk users.site.org]\ntenants\n[other.org]\ndrop a\n");
  const auto key = [&](std::string_view url) { return CanonicalizeUrl(url, {}, rules)->url_key; };
  EXPECT_EQ(key("https://m.blogs.org/"), "m.blogs.org/");
  EXPECT_EQ(key("https://m.x.blogs.org/"), "x.blogs.org/");
  EXPECT_EQ(key("https://www.m.blogs.org/"), "m.blogs.org/");
  EXPECT_EQ(key("https://m.a.co.uk/"), "m.a.co.uk/");
  EXPECT_EQ(key("https://m.users.site.org/"), "m.users.site.org/");
  EXPECT_EQ(key("https://m.site.org/"), "site.org/");
  EXPECT_EQ(key("https://m.other.org/"), "other.org/");
}

TEST(UrlRules, SectionsNameHostsInAnySpelling) {
  const UrlRules rules = Rules(
      "[B\xc3\xbc"
      "cher.DE 127.1 x.org.]\ndrop a\n");
  EXPECT_EQ(rules.ForHost("www.xn--bcher-kva.de").FateOf("a", ""), ParameterFate::kDrop);
  EXPECT_EQ(rules.ForHost("127.0.0.1").FateOf("a", ""), ParameterFate::kDrop);
  EXPECT_EQ(rules.ForHost("x.org").FateOf("a", ""), ParameterFate::kDrop);
  EXPECT_EQ(Rules("[1.0.0.1]\ndrop a\n").ForHost("127.1.0.0.1").FateOf("a", ""),
            ParameterFate::kKeep);
  for (const char* host : {"https://a.org/", "a.org/path", "a.org:8080", "*.a.org", ".a.org",
                           "a.org]", "u@a.org", "a%2fb"}) {
    EXPECT_FALSE(UrlRules::Parse("[" + std::string(host) + "]\ndrop a\n").ok()) << host;
  }
}

TEST(UrlRules, EscapesMeanWhatTheyStandForOnBothSides) {
  const UrlRules rules = Rules("[*]\ndrop x=a|b w=\xe4\xb8\xad f%5B%5D v=%41 p=100%\n");
  const UrlRules::HostRules here = rules.ForHost("example.org");
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"x", "a|b"},
                                                        {"x", "a%7Cb"},
                                                        {"x", "%61|b"},
                                                        {"w", "%E4%B8%AD"},
                                                        {"f[]", ""},
                                                        {"f%5b%5D", "1"},
                                                        {"v", "A"},
                                                        {"p", "100%"},
                                                        {"p", "100%25"}}) {
    EXPECT_EQ(here.FateOf(name, value), ParameterFate::kDrop) << name << "=" << value;
  }
  EXPECT_EQ(here.FateOf("v", "a"), ParameterFate::kKeep);
  // What is dropped and what is folded give one key, as the fingerprint says.
  const UrlRules folding = Rules("[*]\nfold x=a|b\n");
  const UrlRules dropping = Rules("[*]\ndrop x=a%7Cb\n");
  EXPECT_EQ(UrlKeyRulesFingerprint(folding), UrlKeyRulesFingerprint(dropping));
  EXPECT_EQ(CanonicalizeUrl("https://a.org/?x=a|b", {}, folding)->url_key,
            CanonicalizeUrl("https://a.org/?x=a|b", {}, dropping)->url_key);
}

TEST(UrlRules, OpaqueValuesAreLongAndMixed) {
  const UrlRules rules = Rules("[*]\nfold id=<opaque>\n");
  const UrlRules::HostRules here = rules.ForHost("example.org");
  const std::string shortest = "1" + std::string(kMinOpaqueBytes - 1, 'A');
  EXPECT_EQ(here.FateOf("id", shortest), ParameterFate::kFold);
  EXPECT_EQ(here.FateOf("id", shortest.substr(1)), ParameterFate::kKeep);
  EXPECT_EQ(here.FateOf("id", shortest.substr(0, kMinOpaqueBytes - 1)), ParameterFate::kKeep);
  EXPECT_EQ(here.FateOf("id", "lit3py55t21z5v55vlm25s55"), ParameterFate::kFold);
  EXPECT_EQ(here.FateOf("id", "1234567890123456"), ParameterFate::kKeep);
  EXPECT_EQ(here.FateOf("id", "5f2a8c1e-77b0-4c1d-9e3a-0123456789ab"), ParameterFate::kFold);
  EXPECT_EQ(here.FateOf("id", "an-article-about-sessions"), ParameterFate::kKeep);
  EXPECT_EQ(here.FateOf("id", "spring-session-2020"), ParameterFate::kKeep);
  EXPECT_EQ(here.FateOf("id", "spring_session_2020"), ParameterFate::kKeep);
  EXPECT_EQ(here.FateOf("id", "45"), ParameterFate::kKeep);
  EXPECT_EQ(CanonicalizeUrl("https://a.org/?session_id=45")->url_key, "a.org/?session_id=45");
}

TEST(UrlRules, CommentsAndBlanksAreNothing) {
  const UrlRules rules = Rules("# all\n\n \t[ * ] # every host\r\n  drop\ta  # one\r\ndrop b#c\n");
  EXPECT_EQ(rules.ForHost("x").FateOf("b#c", ""), ParameterFate::kDrop);
  EXPECT_EQ(rules.ForHost("x").FateOf("a", ""), ParameterFate::kDrop);
}

TEST(UrlRules, ErrorsNameTheLine) {
  for (const char* text :
       {"[*]\ndrop", "[*]\nlose a", "[*]\n[a.org", "[*]\n[]", "[*]\ndrop *", "[*]\ndrop a*b",
        "[*]\ndrop a*=1", "[*]\ndrop a a", "[*]\ndrop a=1 a=1", "[*]\ndrop a keep a=1 a",
        "[*]\ndrop a_* a_*", "[*]\ndrop a,b", "[*]\ntenants", "[a.org]\ntenants on",
        "version 1\nversion 2", "version 1\nversion", "[*]\n[a.org A.org]",
        "include built-in\ninclude built-in",
        "[*]\ndrop xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}) {
    const absl::StatusOr<UrlRules> rules = UrlRules::Parse(text);
    ASSERT_FALSE(rules.ok()) << text;
    EXPECT_EQ(ReasonOf(rules.status()), Reason::kInvalidArgument);
    EXPECT_NE(std::string(rules.status().message()).find("line 2"), std::string::npos)
        << rules.status();
  }
  EXPECT_FALSE(UrlRules::Parse("drop a\n").ok());
  EXPECT_FALSE(UrlRules::Parse("[a.org]\ntenants\ntenants\n").ok());
  const std::string longest(kMaxRuleNameBytes - 1, 'x');
  EXPECT_EQ(Rules("[*]\ndrop " + longest + "\n").ForHost("a").FateOf(longest, ""),
            ParameterFate::kDrop);
}

TEST(UrlRules, LimitOnThePrefixesOfASection) {
  std::string text = "[*]\n";
  for (size_t i = 0; i < kMaxRulePrefixes; ++i) text += "drop p" + std::to_string(i) + "_*\n";
  EXPECT_TRUE(UrlRules::Parse(text).ok());
  EXPECT_FALSE(UrlRules::Parse(text + "drop q*\n").ok());
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
  // A value alone is added to what is known of its name; the name alone stands for all of it.
  const UrlRules values = Rules("include built-in\n[*]\ndrop from=ours\nkeep amp\n");
  EXPECT_EQ(values.ForHost("x").FateOf("from", "timeline"), ParameterFate::kDrop);
  EXPECT_EQ(values.ForHost("x").FateOf("from", "ours"), ParameterFate::kDrop);
  EXPECT_EQ(values.ForHost("x").FateOf("amp", "1"), ParameterFate::kKeep);
  const UrlRules off = Rules("include built-in\n[blogspot.com]\ntenants off\n");
  EXPECT_EQ(CanonicalizeUrl("https://m.blogspot.com/", {}, off)->url_key, "blogspot.com/");
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
