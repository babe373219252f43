// html5lib's tokenizer suite, for what the tokenizer and the decoder promise: text and tags.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lib/parse/html_entities.h"
#include "lib/parse/html_tokenizer.h"
#include "lib/text/utf8.h"
#include "tests/text/real_data.h"

namespace wirefold {
namespace {

// References decoded; CR and CRLF are LF to the suite, which reads streams.
std::string Decoded(std::string_view html, bool in_attribute) {
  std::string out;
  AppendDecoded(html, in_attribute, out);
  return out;
}

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

// Text joined, tags as they come; comments and doctypes are left out.
nlohmann::json Tokens(const std::string& html) {
  nlohmann::json out = nlohmann::json::array();
  const auto add_text = [&out](const std::string& text) {
    if (!out.empty() && out.back()[0] == "Character") {
      out.back()[1] = out.back()[1].get<std::string>() + text;
    } else {
      out.push_back({"Character", text});
    }
  };
  HtmlTokenizer tokens(html);
  while (tokens.Next()) {
    switch (tokens.kind()) {
      case HtmlTokenizer::Kind::kText:
        add_text(Decoded(tokens.text(), false));
        break;
      case HtmlTokenizer::Kind::kRawText:
        add_text(std::string(tokens.text()));
        break;
      case HtmlTokenizer::Kind::kEndTag:
        out.push_back({"EndTag", Lower(tokens.name())});
        break;
      case HtmlTokenizer::Kind::kStartTag: {
        nlohmann::json attributes = nlohmann::json::object();
        for (const auto& attribute : tokens.attributes()) {
          const std::string name = Lower(attribute.name);
          if (!attributes.contains(name)) attributes[name] = Decoded(attribute.value, true);
        }
        out.push_back({"StartTag", Lower(tokens.name()), attributes});
        break;
      }
    }
  }
  return out;
}

nlohmann::json Expected(const nlohmann::json& output) {
  nlohmann::json out = nlohmann::json::array();
  for (nlohmann::json token : output) {
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

TEST(HtmlTokenizer, AgreesWithTheSuiteOnTextAndTags) {
  WIREFOLD_NEEDS_REAL_DATA();
  int run = 0;
  int failed = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(RealData() / "suites/html5lib_tokenizer")) {
    if (entry.path().extension() != ".test") continue;
    const auto suite = nlohmann::json::parse(ReadFile(entry.path()));
    if (!suite.contains("tests")) continue;
    for (const auto& test : suite["tests"]) {
      // The cases that start within an element or escape surrogates are not ours; nor is NUL, which
      // is dropped from all text later, nor CR, which is white space to us.
      if (test.contains("initialStates") || test.contains("doubleEscaped")) continue;
      const std::string input = test["input"];
      if (input.find('\0') != std::string::npos || input.find('\r') != std::string::npos) continue;
      if (input.find("CDATA") != std::string::npos) continue;
      ++run;
      const auto ours = Tokens(input);
      const auto expected = Expected(test["output"]);
      if (ours == expected) continue;
      ++failed;
      ADD_FAILURE() << entry.path().filename() << ": " << input << "\n  ours     " << ours.dump()
                    << "\n  expected " << expected.dump();
    }
  }
  EXPECT_GT(run, 5000);
  RecordProperty("cases", run);
  RecordProperty("failed", failed);
}

}  // namespace
}  // namespace wirefold
