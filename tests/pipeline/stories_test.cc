// Stories through the pipeline: who stands for them, and what is deleted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "lib/dedup/election.h"
#include "lib/pipeline/pipeline.h"
#include "lib/text/matching.h"
#include "tests/dedup/texts.h"
#include "tests/pipeline/pipeline_fixture.h"
#include "tests/pipeline/raw_files.h"

namespace wirefold {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr int64_t kNow = kPipelineNowMs;

Standing StandingOf(const std::string& text, const std::string& dateline, int64_t observed_at_ms,
                    int64_t published_at_ms = 0) {
  return MakeStanding(ToMatching(text).text,
                      {dateline, observed_at_ms, published_at_ms, published_at_ms != 0});
}

TEST(Election, TheOutletThatTheOtherCreditsComesFirst) {
  const Standing agency =
      StandingOf("（海岸社台北3日電）港務局公布報告，堤壩須修。", "海岸社台北3日電", kNow + 10);
  const Standing paper = StandingOf("据海岸社报道，港务局公布报告，堤坝须修。", "", kNow);
  EXPECT_TRUE(Credits(paper, agency));
  EXPECT_FALSE(Credits(agency, paper));
  EXPECT_TRUE(StandsBefore(agency, Ulid::Make(2, {}), paper, Ulid::Make(1, {})));
  EXPECT_FALSE(StandsBefore(paper, Ulid::Make(1, {}), agency, Ulid::Make(2, {})));
  // Two of one agency credit nobody.
  const Standing again = StandingOf("（海岸社高雄3日電）港務局公布。", "海岸社高雄3日電", kNow);
  EXPECT_FALSE(Credits(again, agency));
}

TEST(Election, APlaceAtTheDatelinesBeginningIsNoOutlet) {
  const Standing local =
      StandingOf("（台北讯）港务局公布报告，台北的堤坝须修。", "台北讯", kNow + 10);
  const Standing other = StandingOf("台北港务局公布报告，堤坝须修。", "", kNow);
  EXPECT_FALSE(Credits(other, local));
  EXPECT_TRUE(StandsBefore(other, Ulid::Make(1, {}), local, Ulid::Make(2, {})));
}

TEST(Election, ThenTheEarliestThenTheLongestThenTheSmallerId) {
  const Standing a = StandingOf("港务局公布报告。", "", kNow, kNow - 5001);
  const Standing b = StandingOf("港务局公布报告。", "", kNow, 0);
  EXPECT_TRUE(StandsBefore(a, Ulid::Make(2, {}), b, Ulid::Make(1, {})));
  // A date alone says nothing about the time of day.
  const int64_t midnight = kNow / 86'400'000 * 86'400'000;
  EXPECT_EQ(StandingOf("港", "", kNow, midnight).published_ms, kNow);
  const Standing longer = StandingOf("港务局公布报告，堤坝须修。", "", kNow);
  EXPECT_TRUE(StandsBefore(longer, Ulid::Make(2, {}), b, Ulid::Make(1, {})));
  EXPECT_TRUE(StandsBefore(b, Ulid::Make(1, {}), b, Ulid::Make(2, {})));
  EXPECT_FALSE(StandsBefore(b, Ulid::Make(2, {}), b, Ulid::Make(1, {})));
}

class StoryPipelineTest : public PipelineFixture {
 protected:
  FileOutcome IngestAt(int64_t at_ms, const std::string& host, const std::string& text) {
    return Ingest(RawFile(at_ms, "https://" + host + ".example/1", "堤坝报告", text));
  }
  StoredArticle Get(const Ulid& id) { return store_->GetArticle(id).value(); }
  std::vector<Ulid> Copies(const Ulid& story) {
    const SightingPage page = store_->ListSightings(story, std::nullopt, 100).value();
    std::vector<Ulid> ids;
    for (const StoredArticle& copy : page.sightings) ids.push_back(copy.id);
    return ids;
  }

  const std::string text_ = HanText(1, 600);
};

TEST_F(StoryPipelineTest, TheOriginalThatComesAfterItsCopyStandsForTheStory) {
  const FileOutcome copy = IngestAt(kNow + 100, "a", Edited(text_, 5, 80));
  const FileOutcome original = IngestAt(kNow, "b", text_);
  EXPECT_EQ(original.status, FileStatus::kDuplicate);
  EXPECT_EQ(original.story_id, copy.id);
  EXPECT_EQ(original.representative_id, original.id);
  // One that is later than both leaves it so.
  const FileOutcome later = IngestAt(kNow + 200, "c", Edited(text_, 6, 80));
  EXPECT_EQ(later.story_id, copy.id);
  EXPECT_EQ(later.representative_id, original.id);
  for (int round = 0; round < 2; ++round, Reopen()) {
    for (const Ulid& id : {copy.id, original.id, later.id}) {
      EXPECT_EQ(Get(id).story_id, copy.id);
      EXPECT_EQ(Get(id).representative_id, original.id);
    }
    EXPECT_EQ(Get(copy.id).match.matched_id, original.id);
    EXPECT_THAT(Copies(copy.id), UnorderedElementsAre(copy.id, later.id));
    // Sent again, each is known, and so is who stands for it.
    const FileOutcome again = IngestAt(kNow + 100, "a", Edited(text_, 5, 80));
    EXPECT_EQ(again.status, FileStatus::kUnchanged);
    EXPECT_EQ(again.representative_id, original.id);
    // What is like the former representative alone joins the story too.
    const FileOutcome variant =
        IngestAt(kNow + 300 + round, "d" + std::to_string(round), Edited(text_, 5, 80));
    EXPECT_EQ(variant.story_id, copy.id);
    EXPECT_EQ(store_->Remove({.story_id = copy.id, .ids = {variant.id}}), absl::OkStatus());
  }
  const FileOutcome revision = IngestAt(kNow + 150, "a", Edited(text_, 7, 60));
  EXPECT_EQ(revision.status, FileStatus::kRevision);
  EXPECT_EQ(revision.representative_id, original.id);
  EXPECT_EQ(Get(copy.id).match.matched_id, original.id);
}

// The elected one is the same text as a copy, and not as who stood for the story.
TEST_F(StoryPipelineTest, WhoGivesWayIsRelatedToWhoFollowsAsTheyAreAlike) {
  const FileOutcome first = IngestAt(kNow + 100, "a", text_);
  const FileOutcome copy = IngestAt(kNow + 200, "b", Edited(text_, 5, 80));
  const FileOutcome original = IngestAt(kNow, "c", Edited(text_, 5, 80));
  EXPECT_EQ(original.match.relation, Relation::kExact);
  EXPECT_EQ(original.match.matched_id, copy.id);
  EXPECT_EQ(original.representative_id, original.id);
  const Match match = Get(first.id).match;
  EXPECT_EQ(match.relation, Relation::kNear);
  EXPECT_EQ(match.matched_id, original.id);
  EXPECT_LT(match.scores.jaccard_ppm, 1'000'000U);
  EXPECT_GT(match.scores.jaccard_ppm, 500'000U);
}

TEST_F(StoryPipelineTest, AStoryHoldsFewVariantsHoweverOftenItElects) {
  std::vector<FileOutcome> outcomes;
  for (int i = 0; i < 12; ++i) {
    outcomes.push_back(
        IngestAt(kNow - i * 1000, "h" + std::to_string(i), Edited(text_, 5 + i, 90)));
    EXPECT_EQ(outcomes.back().story_id, outcomes.front().id);
    EXPECT_EQ(outcomes.back().representative_id, outcomes.back().id);
  }
  EXPECT_LE(pipeline_->GetStats().index_articles, 1 + 3U);
  Reopen();
  EXPECT_LE(pipeline_->GetStats().index_articles, 1 + 3U);
  for (const FileOutcome& outcome : outcomes) {
    EXPECT_EQ(Get(outcome.id).representative_id, outcomes.back().id);
  }
}

TEST_F(StoryPipelineTest, ADeletedRepresentativeIsFollowedByAnother) {
  const FileOutcome first = IngestAt(kNow, "a", text_);
  const FileOutcome second = IngestAt(kNow + 100, "b", Edited(text_, 5, 80));
  const FileOutcome third = IngestAt(kNow + 200, "c", Edited(text_, 6, 80));
  const std::string third_text = Get(third.id).article.text;
  const DeleteResult deleted = pipeline_->Delete({.id = first.id}).value();
  EXPECT_EQ(deleted.story_id, first.id);
  EXPECT_EQ(deleted.representative_id, second.id);
  EXPECT_THAT(deleted.removed, ElementsAre(first.id));
  for (int round = 0; round < 2; ++round, Reopen()) {
    EXPECT_EQ(ReasonOf(store_->GetArticle(first.id).status()), Reason::kNotFound);
    EXPECT_EQ(Get(second.id).representative_id, second.id);
    EXPECT_EQ(Get(second.id).story_id, first.id);
    EXPECT_EQ(Get(third.id).representative_id, second.id);
    EXPECT_EQ(Get(third.id).article.text, third_text);
    EXPECT_THAT(Copies(first.id), ElementsAre(third.id));
    // Copies find the story by the elected article.
    const FileOutcome copy =
        IngestAt(kNow + 300 + round, "d" + std::to_string(round), Edited(text_, 5, 75));
    EXPECT_EQ(copy.story_id, first.id);
    EXPECT_EQ(copy.representative_id, second.id);
    EXPECT_TRUE(pipeline_->Delete({.id = copy.id}).ok());
  }
  // It was not blocked: it comes back into the story that it began, which has kept its name.
  const FileOutcome back = IngestAt(kNow, "a", text_);
  EXPECT_EQ(back.status, FileStatus::kDuplicate);
  EXPECT_NE(back.id, first.id);
  EXPECT_EQ(back.story_id, first.id);
  EXPECT_EQ(back.representative_id, back.id);
  const FileOutcome other = IngestAt(kNow + 5, "a", HanText(7, 600));
  EXPECT_EQ(other.status, FileStatus::kRevision);
}

// A copy's text may have been read for an election, and the copy got another one since.
TEST_F(StoryPipelineTest, ARevisedCopyThatIsElectedIsComparedByItsNewText) {
  const FileOutcome first = IngestAt(kNow, "a", text_);
  const FileOutcome second = IngestAt(kNow + 100, "b", Edited(text_, 5, 80));
  const FileOutcome third = IngestAt(kNow + 200, "c", Edited(text_, 6, 80));
  ASSERT_EQ(pipeline_->Delete({.id = first.id})->representative_id, second.id);
  const std::string other = HanText(99, 600);
  ASSERT_EQ(IngestAt(kNow + 300, "c", other).status, FileStatus::kRevision);
  ASSERT_EQ(pipeline_->Delete({.id = second.id})->representative_id, third.id);
  const FileOutcome copy = IngestAt(kNow + 400, "d", Edited(other, 5, 80));
  EXPECT_EQ(copy.status, FileStatus::kDuplicate);
  EXPECT_EQ(copy.match.matched_id, third.id);
  EXPECT_EQ(IngestAt(kNow + 500, "e", Edited(text_, 7, 80)).status, FileStatus::kNew);
}

// Of the copies that are left the earliest kMaxElected are looked at.
TEST_F(StoryPipelineTest, WhoFollowsIsSoughtAmongSoManyCopiesAndNoMore) {
  const std::string credit = "据海岸社报道，";
  const std::string dateline = "（海岸社临湾3日电）";
  for (const size_t credited : {kMaxElected - 1, kMaxElected}) {
    SCOPED_TRACE(credited);
    const std::string text = HanText(static_cast<uint32_t>(credited), 400);
    const std::string run = std::to_string(credited);
    const FileOutcome first = IngestAt(kNow, "first" + run, text);
    std::vector<FileOutcome> copies;
    for (size_t i = 0; i <= kMaxElected; ++i) {
      copies.push_back(IngestAt(kNow + 1 + static_cast<int64_t>(i),
                                "c" + std::to_string(i) + "-" + run,
                                (i == 0          ? credit
                                 : i == credited ? dateline
                                                 : "记者" + std::to_string(i) + "，") +
                                    text));
      ASSERT_EQ(copies.back().representative_id, first.id) << i;
    }
    ASSERT_EQ(Get(copies[credited].id).article.dateline, "海岸社临湾3日电");
    const DeleteResult deleted = pipeline_->Delete({.id = first.id}).value();
    EXPECT_EQ(deleted.representative_id, copies[credited < kMaxElected ? credited : 0].id);
  }
}

TEST_F(StoryPipelineTest, WhatIsBlockedIsRefusedByUrlAndByText) {
  const FileOutcome first = IngestAt(kNow, "a", text_);
  const FileOutcome copy = IngestAt(kNow + 100, "b", Edited(text_, 5, 80));
  const FileOutcome other = IngestAt(kNow, "z", HanText(9, 600));
  const DeleteResult deleted =
      pipeline_->Delete({.id = copy.id, .whole_story = true, .block = true}).value();
  EXPECT_TRUE(deleted.representative_id.IsZero());
  EXPECT_THAT(deleted.removed, UnorderedElementsAre(first.id, copy.id));
  for (int round = 0; round < 2; ++round, Reopen()) {
    EXPECT_EQ(IngestAt(kNow + 1, "a", HanText(5, 600)).reason, Reason::kRemoved);  // the URL
    EXPECT_EQ(IngestAt(kNow + 1, "c", text_).reason, Reason::kRemoved);            // the text
    EXPECT_EQ(pipeline_->Check({.bytes = RawFile(kNow, "https://c.example/2", "题", text_)})
                  .outcome.reason,
              Reason::kRemoved);
    EXPECT_EQ(IngestAt(kNow, "z", HanText(9, 600)).status, FileStatus::kUnchanged);
    EXPECT_EQ(store_->Counts().articles, 1U);
    EXPECT_EQ(store_->Counts().sightings, 0U);
    EXPECT_EQ(pipeline_->GetStats().index_articles, 1U);
  }
  EXPECT_EQ(Get(other.id).story_id, other.id);
}

TEST_F(StoryPipelineTest, WhatIsNotThereCannotBeDeleted) {
  EXPECT_EQ(ReasonOf(pipeline_->Delete({.id = Ulid::Make(1, {1, 1})}).status()), Reason::kNotFound);
  EXPECT_EQ(IngestAt(kNow, "a", text_).status, FileStatus::kNew);  // nothing has failed
  pipeline_->Drain();
  EXPECT_EQ(ReasonOf(pipeline_->Delete({.id = Ulid::Make(1, {1, 1})}).status()),
            Reason::kShuttingDown);
}

// Files come in on two lanes while stories are deleted again and again.
TEST_F(StoryPipelineTest, DeletingBesideIngestLeavesNothingHalf) {
  std::atomic<bool> stop = false;
  std::vector<std::thread> senders;
  for (int sender = 0; sender < 2; ++sender) {
    senders.emplace_back([&, sender] {
      const std::shared_ptr<Lane> lane = pipeline_->OpenLane();
      for (int i = 0; !stop.load() && i < 3000; ++i) {
        std::promise<void> answered;
        const std::string url =
            "https://s" + std::to_string(sender) + ".example/" + std::to_string(i % 40);
        pipeline_->Submit(lane,
                          {.bytes = RawFile(kNow + sender * 7 - i % 40, url, "题",
                                            Edited(HanText(i % 5, 300), i % 3, 90))},
                          [&](FileOutcome) { answered.set_value(); });
        answered.get_future().wait();
      }
    });
  }
  for (int i = 0; i < 60; ++i) {
    const ListPage page = store_->ListArticles({.limit = 3}).value();
    for (const StoredArticle& article : page.articles) {
      const auto deleted = pipeline_->Delete({.id = article.id, .whole_story = i % 2 == 0});
      if (!deleted.ok()) {
        EXPECT_EQ(ReasonOf(deleted.status()), Reason::kNotFound) << deleted.status();
      }
    }
  }
  stop.store(true);
  for (std::thread& sender : senders) sender.join();
  for (int round = 0; round < 2; ++round, Reopen()) {
    uint64_t articles = 0;
    uint64_t sightings = 0;
    const ListPage page = store_->ListArticles({.limit = 1000}).value();
    for (const StoredArticle& article : page.articles) {
      ++articles;
      EXPECT_EQ(Get(article.id).representative_id, article.id);
      const std::vector<Ulid> copies = Copies(article.story_id);
      for (const Ulid& copy : copies) {
        ++sightings;
        EXPECT_EQ(Get(copy).representative_id, article.id);
        EXPECT_FALSE(Get(copy).article.text.empty());
      }
    }
    EXPECT_EQ(store_->Counts().articles, articles);
    EXPECT_EQ(store_->Counts().sightings, sightings);
  }
}

}  // namespace
}  // namespace wirefold
