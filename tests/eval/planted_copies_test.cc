// English texts with copies planted among them, through the whole pipeline: every planted pair is
// one story, and nothing else is. Needs WIREFOLD_TEST_DATA, the folder of the unpacked real files.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/eval/fed_pipeline.h"
#include "tests/eval/labelled_pairs.h"
#include "tests/text/real_data.h"

namespace wirefold {
namespace {

using Pairs = std::set<std::pair<std::string, std::string>>;
using Texts = std::vector<std::pair<std::string, std::string>>;  // name, text

std::pair<std::string, std::string> InOrder(std::string a, std::string b) {
  if (b < a) std::swap(a, b);
  return {std::move(a), std::move(b)};
}

// "id id" a line.
Pairs ReadTruth(const std::filesystem::path& path) {
  Pairs pairs;
  for (const std::string& line : ReadLines(path)) {
    std::istringstream words(line);
    std::string a;
    std::string b;
    words >> a >> b;
    pairs.insert(InOrder(a, b));
  }
  return pairs;
}

// "id text" a line.
Texts ReadTexts(const std::filesystem::path& path) {
  Texts texts;
  for (const std::string& line : ReadLines(path)) {
    const size_t space = line.find(' ');
    texts.emplace_back(line.substr(0, space), line.substr(space + 1));
  }
  return texts;
}

struct Sent {
  std::string name;
  // Where the texts are said to come from; empty: nowhere.
  std::string host;
  bool backwards = false;
};

// Every two texts that end up in one story.
Pairs FindPairs(Texts texts, const Sent& sent) {
  if (sent.backwards) std::reverse(texts.begin(), texts.end());
  const std::unique_ptr<FedPipeline> fed = FedPipeline::Open(/*window_days=*/30);
  std::map<Ulid, std::set<std::string>> stories;
  for (const auto& [name, text] : texts) {
    IncomingFile file;
    file.bytes = text;
    if (!sent.host.empty()) file.hints.url = "https://" + sent.host + "/" + name;
    fed->Submit(std::move(file), [&stories, name = name](const FileOutcome& outcome) {
      EXPECT_NE(outcome.status, FileStatus::kRejected) << name << ": " << outcome.message;
      stories[outcome.story_id].insert(name);
    });
  }
  fed->Wait();
  Pairs pairs;
  for (const auto& [story, names] : stories) {
    for (const std::string& a : names) {
      for (const std::string& b : names) {
        if (a < b) pairs.emplace(a, b);
      }
    }
  }
  return pairs;
}

class PlantedCopies : public ::testing::TestWithParam<Sent> {
 protected:
  void SetUp() override { WIREFOLD_NEEDS_REAL_DATA(); }
  std::filesystem::path Suite() { return RealData() / "suites/english_planted"; }
};

TEST_P(PlantedCopies, FiveAmongAHundredSentenceSoups) {
  EXPECT_EQ(FindPairs(ReadTexts(Suite() / "mccormick/articles_100.train"), GetParam()),
            ReadTruth(Suite() / "mccormick/articles_100.truth"));
}

TEST_P(PlantedCopies, TenAmongAThousandSentenceSoups) {
  EXPECT_EQ(FindPairs(ReadTexts(Suite() / "mccormick/articles_1000.train"), GetParam()),
            ReadTruth(Suite() / "mccormick/articles_1000.truth"));
}

TEST_P(PlantedCopies, TenAmongAHundredEssays) {
  Texts texts;
  for (const auto& entry : std::filesystem::directory_iterator(Suite() / "parkr/ndd/test")) {
    texts.emplace_back(entry.path().filename(), ReadFile(entry.path()));
  }
  std::sort(texts.begin(), texts.end());
  ASSERT_EQ(texts.size(), 100u);
  // The suite's own program prints "fileA and fileB are near-duplicates, …".
  Pairs truth;
  for (const std::string& line : ReadLines(Suite() / "parkr/ndd/sample_output.txt")) {
    std::istringstream words(line);
    std::string a;
    std::string b;
    std::string between;
    words >> a >> between >> b;
    if (line.find("are near-duplicates") != std::string::npos) truth.insert(InOrder(a, b));
  }
  ASSERT_EQ(truth.size(), 10u);
  EXPECT_EQ(FindPairs(texts, GetParam()), truth);
}

INSTANTIATE_TEST_SUITE_P(FromOneHostOrNowhere, PlantedCopies,
                         ::testing::Values(Sent{"Nowhere", ""},
                                           Sent{"OneHost", "www.planted.example"},
                                           Sent{"NowhereBackwards", "", true},
                                           Sent{"OneHostBackwards", "www.planted.example", true}),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace wirefold
