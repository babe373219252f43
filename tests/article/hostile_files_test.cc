// What becomes of hostile files: bounded, and exactly that. That the time grows as the file does,
// tests/bench/hostile_bench.cc measures.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "lib/article/normalize.h"
#include "lib/base/reason.h"
#include "lib/parse/document_splitter.h"
#include "tests/article/hostile_inputs.h"

namespace wirefold {
namespace {

// The documents of a file that are none, by reason and how many; and of the others together how
// many there are, and the sizes of the last one.
std::string OutcomeOf(std::string_view file) {
  std::map<std::string, size_t> refused;
  size_t articles = 0;
  std::string last;
  const auto take = [&](const SplitDocument& document) {
    const absl::StatusOr<NormalizedArticle> article =
        !document.error.ok() ? absl::StatusOr<NormalizedArticle>(document.error)
                             : Normalize({.bytes = document.bytes,
                                          .source = {},
                                          .hints = {.url = document.url,
                                                    .observed_at_ms = document.observed_at_ms,
                                                    .content_type = document.content_type}});
    if (!article.ok()) {
      ++refused[std::string(ReasonName(ReasonOf(article.status())))];
      return;
    }
    ++articles;
    const CanonicalArticle& of = article->article;
    const bool truncated =
        std::find(of.warnings.begin(), of.warnings.end(), Warning::kTruncated) != of.warnings.end();
    last = "title " + std::to_string(of.title.size()) + ", text " + std::to_string(of.text.size()) +
           ", links " + std::to_string(of.links.size()) + (truncated ? ", truncated" : "");
  };
  DocumentSplitter splitter;
  splitter.Push(file);
  while (const auto document = splitter.Next()) take(*document);
  splitter.End();
  while (const auto document = splitter.Next()) take(*document);
  std::string outcome;
  for (const auto& [reason, count] : refused)
    outcome += std::to_string(count) + " " + reason + "; ";
  if (articles > 0) outcome += std::to_string(articles) + ": " + last;
  return outcome;
}

TEST(HostileFiles, BecomeWhatIsBoundedAndExactlyThat) {
  const std::map<std::string_view, std::string_view> expected = {
      {"nested blocks", "1: title 5, text 10, links 0, truncated"},
      {"unclosed blocks", "1: title 5, text 100003, links 0, truncated"},
      {"unclosed inline elements", "1: title 5, text 1000006, links 0, truncated"},
      {"end tags that match nothing", "1: title 5, text 1000006, links 0"},
      {"misnested elements", "1: title 5, text 100003, links 0, truncated"},
      {"tables in tables", "1: title 5, text 100003, links 0, truncated"},
      {"links in links", "1: title 5, text 300006, links 512, truncated"},
      {"tiny blocks", "1: title 5, text 100003, links 0, truncated"},
      {"entities", "1: title 0, text 2000000, links 0"},
      {"entities that are none", "1: title 5, text 4000006, links 0"},
      {"entities beyond Unicode", "1: title 5, text 5, links 0"},
      {"unclosed comments", "1: title 5, text 5, links 0"},
      {"comments closed wrongly", "1: title 5, text 5, links 0"},
      {"CDATA sections in HTML", "1: title 5, text 5, links 0"},
      {"unclosed tags", "1: title 5, text 5, links 0"},
      {"a tag of many attributes", "1: title 5, text 10, links 0"},
      {"a long attribute", "1: title 5, text 10, links 0"},
      {"a long class", "1: title 5, text 5, links 0"},
      {"a long title element", "1: title 4096, text 4, links 0"},
      {"a long title in the link line", "1: title 4096, text 4, links 0"},
      {"a link line of brackets", "1: title 4096, text 4, links 0"},
      {"a meta tag of many names", "1: title 5, text 5, links 0"},
      {"headings", "1: title 5, text 100003, links 0, truncated"},
      {"nested JSON-LD", "1: title 5, text 5, links 0"},
      {"nested JSON-LD behind comments", "1: title 5, text 5, links 0"},
      {"scripts of JSON-LD", "1: title 5, text 5, links 0"},
      {"a long line", "1: title 0, text 8388608, links 0"},
      {"a long line of words", "1: title 0, text 4194303, links 0"},
      {"a long line of Chinese", "1: title 0, text 6291456, links 0"},
      {"short lines", "1: title 0, text 199999, links 0, truncated"},
      {"marks out of order", "1: title 0, text 66, links 0"},
      {"white space", "1: title 0, text 3, links 0"},
      {"unclosed elements in a feed", "1 FEED_BROKEN; 1: title 3, text 0, links 0"},
      {"unclosed items", "20000: title 1, text 0, links 0"},
      {"unclosed comments in a feed", "1 FEED_BROKEN; 1: title 3, text 0, links 0"},
      {"unclosed CDATA sections in a feed", "1 DOCUMENT_TOO_LARGE; 1: title 3, text 0, links 0"},
      {"a long title in a feed", "1: title 4096, text 0, links 0"},
      {"a long attribute in a feed", "2: title 3, text 0, links 0"},
      {"entities in a feed", "2: title 3, text 0, links 0"},
      {"a gzip bomb", "1 ARCHIVE_RATIO; "},
      {"a zstd bomb", "1 ARCHIVE_RATIO; "},
      {"empty gzip members", "1 EMPTY_FILE; "},
      {"empty zstd frames", "1 EMPTY_FILE; "},
      {"records that say too much", "20000 RECORD_BROKEN; 20000: title 0, text 7, links 0"},
      {"records that say far too much", "3 RECORD_BROKEN; 2: title 0, text 7, links 0"},
      {"records that say too little", "20000 RECORD_BROKEN; 20000: title 0, text 7, links 0"},
      {"records of a negative length", "20000 RECORD_BROKEN; 20000: title 0, text 7, links 0"},
      {"records of 2^63 bytes", "20000 RECORD_BROKEN; 20000: title 0, text 7, links 0"},
      {"records of 2^64 bytes", "20000 RECORD_BROKEN; 20000: title 0, text 7, links 0"},
      {"records without a length", "20000 RECORD_BROKEN; 20000: title 0, text 7, links 0"},
      {"chunks of a byte", "1: title 0, text 500000, links 0"},
  };
  for (const HostileInput& input : HostileInputs()) {
    const std::string file = input.make(input.count);
    const auto found = expected.find(input.name);
    ASSERT_NE(found, expected.end()) << input.name;
    EXPECT_EQ(OutcomeOf(file), found->second) << input.name;
  }
  EXPECT_EQ(HostileInputs().size(), expected.size());
}

}  // namespace
}  // namespace wirefold
