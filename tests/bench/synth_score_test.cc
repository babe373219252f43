#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/bench/synth/mix.h"
#include "tests/bench/synth/score.h"
#include "tests/bench/synth/truth.h"

namespace wirefold {
namespace {

using ::testing::HasSubstr;

TEST(ParseMix, ChangesTheWeightsThatAreNamed) {
  const absl::StatusOr<SynthMix> mix = ParseMix("excerpt=20,notice=0");
  ASSERT_TRUE(mix.ok()) << mix.status();
  EXPECT_EQ(mix->weights[static_cast<size_t>(SynthKind::kExcerpt)], 20);
  EXPECT_EQ(mix->Share(SynthKind::kNotice), 0);
  EXPECT_EQ(mix->weights[static_cast<size_t>(SynthKind::kHeavy)],
            SynthMix().weights[static_cast<size_t>(SynthKind::kHeavy)]);
  EXPECT_TRUE(ParseMix("").ok());
}

TEST(ParseMix, RefusesWhatIsNoWeight) {
  for (const char* text : {"excerpt", "excerpt=", "excerpt=x", "excerpt=-1", "excerpt=inf",
                           "excerpt=nan", "poem=1", "=1", ",", "excerpt=1,,", "article=0"}) {
    EXPECT_FALSE(ParseMix(text).ok()) << text;
  }
  EXPECT_THAT(std::string(ParseMix("poem=1").status().message()), HasSubstr("round-up"));
}

TEST(SynthMix, TheShareOfCopiesIsTheOneThatIsSet) {
  SynthMix mix;
  const double ratio = mix.Share(SynthKind::kHeavy) / mix.Share(SynthKind::kLight);
  mix.SetCopyShare(0.4);
  EXPECT_NEAR(mix.CopyShare(), 0.4, 1e-9);
  EXPECT_NEAR(mix.Share(SynthKind::kHeavy) / mix.Share(SynthKind::kLight), ratio, 1e-9);
  mix.SetCopyShare(0);
  EXPECT_EQ(mix.CopyShare(), 0);
}

TEST(Truth, LinesAreReadAsTheyAreWritten) {
  const SynthTruth truths[] = {
      {.file = 0, .story = 0, .kind = SynthKind::kArticle, .original = {}},
      {.file = 123'456, .story = 99, .kind = SynthKind::kRoundUp, .original = {}},
      {.file = 10'000'000, .story = 4'000'000'000, .kind = SynthKind::kScript, .original = 0}};
  for (const SynthTruth& truth : truths) {
    std::string line = TruthLine(truth);
    ASSERT_EQ(line.back(), '\n');
    line.pop_back();
    const absl::StatusOr<SynthTruth> read = ParseTruthLine(line);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, truth);
  }
  EXPECT_EQ(TruthLine(truths[1]), "123456\t00012/000123456.txt\t99\tround-up\t\n");
}

TEST(Truth, RefusesOtherLines) {
  for (const char* line : {"", "1\t2\t3\t4\t5", "1\tp\t1\tarticle", "1\tp\t1\tarticle\t\t",
                           "x\tp\t1\tarticle\t", "1\tp\t1\tarticle\t2", "1\tp\t1\tscript\t"}) {
    EXPECT_FALSE(ParseTruthLine(line).ok()) << line;
  }
}

TEST(Truth, PathsTellTheirFile) {
  EXPECT_EQ(FileOfPath("folder/00012/000123456.txt"), 123'456u);
  EXPECT_EQ(FileOfPath(PathOf(10'000'000)), 10'000'000u);
  for (const char* path : {"-", "", "a/b.txt", "12", "12.gz", "x12.txt"}) {
    EXPECT_FALSE(FileOfPath(path).has_value()) << path;
  }
}

class Scoring : public ::testing::Test {
 protected:
  // 0 and 1 are articles; 2, 3, 4 copies of 0; 5 an update.
  Scoring() {
    score_.AddTruth({.file = 0, .story = 10, .kind = SynthKind::kArticle, .original = {}});
    score_.AddTruth({.file = 1, .story = 11, .kind = SynthKind::kArticle, .original = {}});
    for (const uint64_t file : {2, 3, 4}) {
      score_.AddTruth({.file = file,
                       .story = 10,
                       .kind = file == 4 ? SynthKind::kExcerpt : SynthKind::kReprint,
                       .original = 0});
    }
    score_.AddTruth({.file = 5, .story = 12, .kind = SynthKind::kUpdate, .original = {}});
  }

  void Answer(const std::vector<std::string>& stories) {
    for (size_t file = stories.size(); file-- > 0;) score_.AddOutcome(file, stories[file]);
  }

  SynthScore score_;
};

TEST_F(Scoring, AllRight) {
  Answer({"A", "B", "A", "A", "A", "C"});
  const SynthResult result = score_.Result();
  EXPECT_EQ(result.recall(), 1);
  EXPECT_EQ(result.false_merges_in_20000(), 0);
  EXPECT_EQ(result.Total().files, 6u);
}

TEST_F(Scoring, CountsWhatIsApartAndWhatIsMerged) {
  // 3 is taken for new, 4 for a copy of 1, and the update for a copy of 0.
  Answer({"A", "B", "A", "D", "B", "A"});
  std::vector<SynthScore::Wrong> wrong;
  const SynthResult result = score_.Result(&wrong, 10);
  EXPECT_EQ(result.kinds[static_cast<size_t>(SynthKind::kReprint)].found, 1u);
  EXPECT_EQ(result.kinds[static_cast<size_t>(SynthKind::kExcerpt)].found, 0u);
  EXPECT_NEAR(result.recall(), 1.0 / 3, 1e-9);
  EXPECT_EQ(result.Total().merged, 2u);
  EXPECT_NEAR(result.false_merges_in_20000(), 20'000 * 2.0 / 6, 1e-9);
  ASSERT_EQ(wrong.size(), 3u);
  EXPECT_EQ(wrong[0].file, 3u);
  EXPECT_EQ(wrong[0].other, 0u);
  EXPECT_FALSE(wrong[0].is_merged);
  EXPECT_EQ(wrong[1].file, 4u);
  EXPECT_EQ(wrong[1].other, 1u);
  EXPECT_TRUE(wrong[2].is_merged);
}

TEST_F(Scoring, RejectedAndMissingFilesAreNotFound) {
  Answer({"A", "B", "", "A"});
  const SynthResult result = score_.Result();
  EXPECT_EQ(result.without_id, 1u);
  EXPECT_EQ(result.missing, 2u);
  EXPECT_EQ(result.recall(), 0.5);
  EXPECT_EQ(result.Total().merged, 0u);
}

}  // namespace
}  // namespace wirefold
