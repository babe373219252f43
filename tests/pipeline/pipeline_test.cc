#include "lib/pipeline/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <map>
#include <set>

#include "lib/dedup/index.h"
#include "lib/pipeline/checked_candidates.h"
#include "lib/pipeline/prepare.h"
#include "tests/dedup/texts.h"
#include "tests/pipeline/failing_store.h"
#include "tests/pipeline/pipeline_fixture.h"
#include "tests/pipeline/raw_files.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

using testing::OptionsFor;
using testing::TempFolder;

constexpr int64_t kDay = 86'400'000;
constexpr int64_t kNow = kPipelineNowMs;

class PipelineTest : public PipelineFixture {};

TEST_F(PipelineTest, EachOutcomeInItsTurn) {
  const std::string text = HanText(1, 600);
  const FileOutcome original = Ingest(RawFile(kNow, "https://a.example/1", "题", text));
  EXPECT_EQ(original.status, FileStatus::kNew);
  EXPECT_EQ(original.id, original.story_id);
  EXPECT_EQ(original.id.TimeMs(), kNow);
  EXPECT_FALSE(original.compared);

  const FileOutcome again = Ingest(RawFile(kNow, "http://www.a.example/1/", "题", text));
  EXPECT_EQ(again.status, FileStatus::kUnchanged);
  EXPECT_EQ(again.id, original.id);

  const FileOutcome exact = Ingest(RawFile(kNow + 1, "https://b.example/1", "题", text));
  EXPECT_EQ(exact.status, FileStatus::kDuplicate);
  EXPECT_EQ(exact.match.relation, Relation::kExact);
  EXPECT_EQ(exact.match.matched_id, original.id);
  EXPECT_EQ(exact.story_id, original.id);
  EXPECT_NE(exact.id, original.id);

  const FileOutcome near =
      Ingest(RawFile(kNow + 2, "https://c.example/1", "题", Edited(text, 5, 80)));
  EXPECT_EQ(near.match.relation, Relation::kNear);
  EXPECT_EQ(near.story_id, original.id);
  EXPECT_TRUE(near.compared);

  const FileOutcome excerpt =
      Ingest(RawFile(kNow + 3, "https://d.example/1", "题", text.substr(0, 3 * 200)));
  EXPECT_EQ(excerpt.match.relation, Relation::kExcerpt);
  EXPECT_EQ(excerpt.story_id, original.id);

  const FileOutcome extended =
      Ingest(RawFile(kNow + 4, "https://e.example/1", "题", text + HanText(9, 400)));
  EXPECT_EQ(extended.match.relation, Relation::kExtended);
  EXPECT_EQ(extended.story_id, original.id);

  const FileOutcome revision =
      Ingest(RawFile(kNow + 5, "https://a.example/1", "题", Edited(text, 6, 30)));
  EXPECT_EQ(revision.status, FileStatus::kRevision);
  EXPECT_EQ(revision.id, original.id);

  const FileOutcome other = Ingest(RawFile(kNow + 6, "https://a.example/2", "题", HanText(2, 600)));
  EXPECT_EQ(other.status, FileStatus::kNew);

  EXPECT_EQ(Ingest("").reason, Reason::kEmptyFile);
  EXPECT_EQ(store_->Counts(),
            (StoreCounts{.articles = 2, .sightings = 4, .revisions = 1, .commits = 7}));
}

TEST_F(PipelineTest, WhatIsOlderThanTheWindowIsMatchedByUrlAndExactTextAlone) {
  const auto outside = [](const FileOutcome& outcome) {
    return std::count(outcome.warnings.begin(), outcome.warnings.end(), Warning::kOutsideWindow) ==
           1;
  };
  recent_articles_ = 1;  // each article moves the window
  Reopen();
  const std::string text = HanText(1, 600);
  const int64_t then = kNow - 100 * kDay;
  const Ulid old = Ingest(RawFile(then, "https://a.example/1", "题", text)).id;
  // Dates that nobody believes leave it where it is, and find each other.
  for (const int64_t ahead : {kNow + 2 * kDay, int64_t{253'000'000'000'000}}) {
    const FileOutcome wrong =
        Ingest(RawFile(ahead, "https://a.example/" + std::to_string(ahead), "题", HanText(9, 600)));
    EXPECT_EQ(wrong.status, ahead == kNow + 2 * kDay ? FileStatus::kNew : FileStatus::kDuplicate);
    EXPECT_FALSE(outside(wrong));
  }
  const FileOutcome near =
      Ingest(RawFile(then + kDay, "https://b.example/1", "题", Edited(text, 5, 80)));
  EXPECT_EQ(near.story_id, old);
  EXPECT_FALSE(outside(near));
  // Ancient ones push nothing out either.
  EXPECT_TRUE(outside(Ingest(RawFile(1000, "https://c.example/1", "题", HanText(3, 600)))));
  EXPECT_EQ(Ingest(RawFile(then + kDay, "https://b.example/2", "题", Edited(text, 6, 80))).story_id,
            old);

  Ingest(RawFile(then + 40 * kDay, "https://a.example/2", "题", HanText(2, 600)));
  for (const bool reopened : {false, true}) {
    if (reopened) Reopen();
    const std::string host = reopened ? "https://e.example/" : "https://d.example/";
    const FileOutcome late =
        Ingest(RawFile(then + kDay, host + "1", "题", Edited(text, reopened ? 8 : 7, 80)));
    EXPECT_EQ(late.status, FileStatus::kNew);
    EXPECT_TRUE(outside(late));
    EXPECT_FALSE(late.compared);
    const FileOutcome exact = Ingest(RawFile(then + kDay, host + "2", "题", text));
    EXPECT_EQ(exact.story_id, old);
    EXPECT_TRUE(outside(exact));
    const FileOutcome revision =
        Ingest(RawFile(then + kDay, host + "2", "题", HanText(reopened ? 14 : 4, 600)));
    EXPECT_EQ(revision.status, FileStatus::kRevision);
    EXPECT_TRUE(outside(revision));
    EXPECT_FALSE(outside(Ingest(RawFile(then + kDay, host + "2", "题", text))));  // UNCHANGED
    EXPECT_EQ(Ingest(RawFile(then + 39 * kDay, host + "3", "题",
                             Edited(HanText(2, 600), reopened ? 10 : 9, 80)))
                  .status,
              FileStatus::kDuplicate);
    EXPECT_EQ(pipeline_->GetStats().outside_window_files, reopened ? 3u : 4u);
    EXPECT_EQ(pipeline_->GetStats().expired_articles > 0, !reopened);
    EXPECT_EQ(pipeline_->Check({.bytes = RawFile(then, host + "9", "题", HanText(77, 600))})
                  .outcome.warnings.back(),
              Warning::kOutsideWindow);
  }
}

// What is newer than all before is not taken for a date that nobody believes: it leaves again.
TEST_F(PipelineTest, AStreamInTheOrderOfTimeLeavesTheIndexBehindIt) {
  recent_articles_ = 1;
  Reopen();
  constexpr int kDays = 120;
  for (int day = 0; day < kDays; ++day) {
    EXPECT_EQ(
        Ingest(RawFile(kNow - (kDays - day) * kDay, "https://a.example/" + std::to_string(day),
                       "题", HanText(day + 1, 300)))
            .status,
        FileStatus::kNew);
  }
  // The window, and what lies in a segment with its oldest day.
  constexpr uint64_t kHeld = 30 + 30 / CandidateIndex::kSegmentsOfWindow + 2;
  const PipelineStats stats = pipeline_->GetStats();
  EXPECT_LE(stats.index_articles, kHeld);
  EXPECT_GE(stats.index_articles, 30U);
  EXPECT_EQ(stats.index_articles + stats.expired_articles, static_cast<uint64_t>(kDays));
  Reopen();
  EXPECT_LE(pipeline_->GetStats().index_articles, kHeld);
  EXPECT_GE(pipeline_->GetStats().index_articles, 30U);
}

TEST_F(PipelineTest, ACopyIsFoundUnderItsOwnIdWithItsOwnText) {
  const std::string text = HanText(1, 600);
  const FileOutcome original = Ingest(RawFile(kNow, "https://a.example/1", "甲", text));
  const FileOutcome copy =
      Ingest(RawFile(kNow + 1, "https://b.example/1", "乙", Edited(text, 5, 80)));
  const absl::StatusOr<StoredArticle> stored = store_->GetArticle(copy.id);
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(stored->article.title, "乙");
  EXPECT_EQ(stored->story_id, original.id);
  EXPECT_EQ(stored->match, copy.match);
  EXPECT_EQ(stored->article.text, Edited(text, 5, 80));
}

TEST_F(PipelineTest, TextsUnderTwentyLettersMatchByUrlAlone) {
  const FileOutcome first = Ingest(RawFile(kNow, "https://a.example/1", "题", HanText(1, 19)));
  const FileOutcome second = Ingest(RawFile(kNow, "https://a.example/2", "题", HanText(1, 19)));
  EXPECT_EQ(first.status, FileStatus::kNew);
  EXPECT_EQ(second.status, FileStatus::kNew);
  EXPECT_EQ(first.warnings, std::vector{Warning::kNoUsableText});
  EXPECT_EQ(Ingest(RawFile(kNow, "https://a.example/2", "题", HanText(1, 19))).status,
            FileStatus::kUnchanged);
  // One letter more, and the exact tier sees it.
  EXPECT_EQ(Ingest(RawFile(kNow, "https://a.example/3", "题", HanText(1, 20))).status,
            FileStatus::kNew);
  EXPECT_EQ(Ingest(RawFile(kNow, "https://a.example/4", "题", HanText(1, 20))).match.relation,
            Relation::kExact);
  // An empty page that is filled later is a revision.
  const FileOutcome filled =
      Ingest(RawFile(kNow + 1, "https://a.example/1", "题", HanText(7, 300)));
  EXPECT_EQ(filled.status, FileStatus::kRevision);
  EXPECT_EQ(filled.id, first.id);
  EXPECT_EQ(Ingest(RawFile(kNow + 2, "https://b.example/1", "题", Edited(HanText(7, 300), 1, 90)))
                .story_id,
            first.id);
}

TEST_F(PipelineTest, TheNewestRevisionIsTheSameInAnyOrder) {
  std::vector<std::string> files;
  for (uint32_t i = 0; i < 4; ++i) {
    // Two of the four have one time: the text's hash decides.
    files.push_back(RawFile(kNow + (i == 3 ? 2 : i), "https://a.example/1", "题", HanText(i, 200)));
  }
  std::set<std::string> newest;
  std::set<size_t> revisions;
  std::sort(files.begin(), files.end());
  int order = 0;
  do {
    TempFolder folder;
    auto store = *RocksDbStore::Open(OptionsFor(folder.path()));
    auto pipeline = *Pipeline::Open({.workers = 2}, *store, clock_, nullptr);
    auto lane = pipeline->OpenLane();
    Ulid id;
    for (const std::string& file : files) {
      pipeline->Submit(lane, {.bytes = file}, [&](FileOutcome outcome) { id = outcome.id; });
    }
    pipeline->Drain();
    newest.insert(store->GetArticle(id)->article.text);
    revisions.insert(store->ListRevisions(id, std::nullopt, 1000)->size());
  } while (std::next_permutation(files.begin(), files.end()) && ++order < 24);
  EXPECT_EQ(newest.size(), 1u);
  EXPECT_EQ(revisions, std::set<size_t>{3});
}

TEST_F(PipelineTest, ARevisionNeverMovesItsArticleAndNamesWhatItResembles) {
  const FileOutcome a = Ingest(RawFile(kNow, "https://a.example/1", "题", HanText(1, 300)));
  const FileOutcome b = Ingest(RawFile(kNow, "https://b.example/1", "题", HanText(2, 300)));
  const FileOutcome revision =
      Ingest(RawFile(kNow + 1, "https://b.example/1", "题", Edited(HanText(1, 300), 3, 90)));
  EXPECT_EQ(revision.status, FileStatus::kRevision);
  EXPECT_EQ(revision.story_id, b.id);
  EXPECT_EQ(revision.related, std::vector{a.id});
}

TEST_F(PipelineTest, AnswersComeInTheLanesOrderAndCopiesInFlightAreSeen) {
  constexpr int kFiles = 400;
  std::vector<int> answered;
  std::map<FileStatus, int> statuses;
  for (int i = 0; i < kFiles; ++i) {
    // Large and small by turns, so that preparing them overtakes; every third is a copy of the one
    // before it, which is not committed yet.
    const uint32_t seed = static_cast<uint32_t>(i % 3 == 2 ? i - 1 : i);
    const std::string text = HanText(seed, seed % 2 == 0 ? 3000 : 100);
    pipeline_->Submit(
        lane_, {.bytes = RawFile(kNow + i, "https://a.example/" + std::to_string(i), "题", text)},
        [&, i](FileOutcome outcome) {
          answered.push_back(i);
          ++statuses[outcome.status];
        });
  }
  pipeline_->Drain();
  ASSERT_EQ(answered.size(), size_t{kFiles});
  EXPECT_TRUE(std::is_sorted(answered.begin(), answered.end()));
  EXPECT_EQ(statuses[FileStatus::kDuplicate], kFiles / 3);
  EXPECT_EQ(statuses[FileStatus::kNew], kFiles - kFiles / 3);
  EXPECT_LT(pipeline_->GetStats().groups, static_cast<uint64_t>(kFiles)) << "nothing was grouped";
}

TEST_F(PipelineTest, ACommitHasNoMoreFilesThanItMay) {
  max_group_files_ = 3;
  Reopen();
  constexpr int kFiles = 100;
  int answered = 0;
  for (int i = 0; i < kFiles; ++i) {
    pipeline_->Submit(lane_,
                      {.bytes = RawFile(kNow + i, "https://a.example/" + std::to_string(i), "题",
                                        HanText(static_cast<uint32_t>(i), 100))},
                      [&](const FileOutcome&) { ++answered; });
  }
  pipeline_->Drain();
  EXPECT_EQ(answered, kFiles);
  EXPECT_GE(pipeline_->GetStats().groups, uint64_t{kFiles / 3});
}

TEST_F(PipelineTest, TellsWhereItsTimeWent) {
  for (int i = 0; i < 40; ++i) {
    Ingest(RawFile(kNow + i, "https://a.example/" + std::to_string(i), "题", HanText(i, 300)));
  }
  const PipelineStats stats = pipeline_->GetStats();
  for (const Stage stage : {Stage::kParse, Stage::kUrl, Stage::kText, Stage::kSketch,
                            Stage::kCandidates, Stage::kDecide, Stage::kStore}) {
    EXPECT_GT(stats.stage_cpu_ns[static_cast<size_t>(stage)], 0U) << StageName(stage);
  }
}

TEST_F(PipelineTest, FindsCopiesOfWhatWasStoredBeforeARestart) {
  const std::string text = HanText(1, 600);
  const FileOutcome original = Ingest(RawFile(kNow, "https://a.example/1", "题", text));
  Reopen();
  EXPECT_EQ(pipeline_->GetStats().index_articles, 1u);
  const FileOutcome copy =
      Ingest(RawFile(kNow + 1, "https://b.example/1", "题", Edited(text, 5, 80)));
  EXPECT_EQ(copy.match.relation, Relation::kNear);
  EXPECT_EQ(copy.story_id, original.id);
}

TEST_F(PipelineTest, AFailedCommitAcknowledgesNothingFromThereOn) {
  const FileOutcome before = Ingest(RawFile(kNow, "https://a.example/1", "题", HanText(1, 300)));
  ASSERT_EQ(before.status, FileStatus::kNew);
  fail_commits_ = true;
  EXPECT_EQ(Ingest(RawFile(kNow, "https://a.example/2", "题", HanText(2, 300))).reason,
            Reason::kStoreFailed);
  fail_commits_ = false;
  // Neither what failed nor what is new, and not even what is known.
  for (const uint32_t n : {2, 3, 1}) {
    EXPECT_EQ(Ingest(RawFile(kNow, "https://a.example/" + std::to_string(n), "题", HanText(n, 300)))
                  .reason,
              Reason::kStoreFailed);
  }
  EXPECT_EQ(ReasonOf(pipeline_->GetStats().read_only), Reason::kStoreFailed);
  Reopen();
  EXPECT_EQ(Ingest(RawFile(kNow, "https://a.example/1", "题", HanText(1, 300))).status,
            FileStatus::kUnchanged);
  EXPECT_EQ(Ingest(RawFile(kNow, "https://a.example/2", "题", HanText(2, 300))).status,
            FileStatus::kNew);
}

TEST_F(PipelineTest, AStoreThatCannotBeReadStopsEverythingRatherThanGuessing) {
  const std::string text = HanText(1, 600);
  ASSERT_EQ(Ingest(RawFile(kNow, "https://a.example/1", "题", text)).status, FileStatus::kNew);
  using Fails = std::atomic<bool> FailingStore::*;
  for (const Fails fails : {&FailingStore::fail_lookups, &FailingStore::fail_sketches,
                            &FailingStore::fail_comparison_texts}) {
    FailingStore failing(*store_);
    // Nothing cached, so that comparing reads the store.
    auto pipeline = *Pipeline::Open({.workers = 1}, failing, clock_, nullptr);
    auto lane = pipeline->OpenLane();
    const auto ingest = [&](const std::string& file) {
      std::promise<FileOutcome> promise;
      pipeline->Submit(lane, {.bytes = file},
                       [&](FileOutcome outcome) { promise.set_value(std::move(outcome)); });
      return promise.get_future().get();
    };
    // What is wrong with the file itself is still said of the file.
    EXPECT_EQ(ingest("").reason, Reason::kEmptyFile);
    failing.*fails = true;
    const std::string copy = RawFile(kNow, "https://b.example/1", "题", Edited(text, 5, 80));
    EXPECT_EQ(ingest(copy).reason, Reason::kStoreFailed);
    failing.*fails = false;
    EXPECT_EQ(ingest(copy).reason, Reason::kStoreFailed) << "until it is opened again";
    EXPECT_EQ(ReasonOf(pipeline->GetStats().read_only), Reason::kStoreFailed);
  }
  EXPECT_EQ(store_->Counts().articles, 1u);
}

TEST_F(PipelineTest, ARevisionOfWhatIsCommittedKeepsThePreviousText) {
  const std::string url = "https://a.example/1";
  for (uint32_t i = 1; i <= 3; ++i) {
    const FileOutcome outcome = Ingest(RawFile(kNow + i, url, "题", HanText(i, 300)));
    EXPECT_EQ(outcome.status, i == 1 ? FileStatus::kNew : FileStatus::kRevision);
    if (i < 3) continue;
    const auto revisions = store_->ListRevisions(outcome.id, std::nullopt, 1000);
    ASSERT_TRUE(revisions.ok());
    ASSERT_EQ(revisions->size(), 2u);
    EXPECT_EQ((*revisions)[0].article.text, HanText(1, 300));
    EXPECT_EQ((*revisions)[1].article.text, HanText(2, 300));
    EXPECT_EQ(store_->GetArticle(outcome.id)->article.text, HanText(3, 300));
  }
}

TEST_F(PipelineTest, AFullDiskRefusesAndComesBackByItself) {
  disk_full_ = true;
  clock_.Set(clock_.NowMs() + 2000);
  const std::string file = RawFile(kNow, "https://a.example/1", "题", HanText(1, 300));
  EXPECT_EQ(Ingest(file).reason, Reason::kReadOnly);
  EXPECT_EQ(ReasonOf(pipeline_->GetStats().read_only), Reason::kReadOnly);
  disk_full_ = false;
  clock_.Set(clock_.NowMs() + 2000);
  EXPECT_EQ(Ingest(file).status, FileStatus::kNew);
  EXPECT_TRUE(pipeline_->GetStats().read_only.ok());
}

TEST_F(PipelineTest, AfterDrainEveryFileIsRefused) {
  pipeline_->Drain();
  EXPECT_EQ(Ingest(RawFile(kNow, "https://a.example/1", "题", HanText(1, 300))).reason,
            Reason::kShuttingDown);
  pipeline_->Drain();
}

TEST_F(PipelineTest, NearDuplicatesAreSoughtInTheWindowExactOnesEverywhere) {
  const std::string text = HanText(1, 600);
  const FileOutcome old = Ingest(RawFile(kNow, "https://a.example/1", "题", text));
  EXPECT_EQ(
      Ingest(RawFile(kNow + 30 * kDay, "https://b.example/1", "题", Edited(text, 5, 80))).story_id,
      old.id);
  EXPECT_EQ(
      Ingest(RawFile(kNow + 31 * kDay, "https://c.example/1", "题", Edited(text, 6, 80))).status,
      FileStatus::kNew);
  EXPECT_EQ(Ingest(RawFile(kNow + 300 * kDay, "https://d.example/1", "题", text)).story_id, old.id);
}

TEST_F(PipelineTest, CheckSaysWhatWouldHappenAndStoresNothing) {
  const std::string text = HanText(1, 600);
  const FileOutcome original = Ingest(RawFile(kNow, "https://a.example/1", "原题", text));
  const StoreCounts before = store_->Counts();
  const std::string copy = RawFile(kNow + 1, "https://b.example/1", "题", Edited(text, 5, 80));
  const CheckResult checked = pipeline_->Check({.bytes = copy});
  EXPECT_EQ(checked.outcome.status, FileStatus::kDuplicate);
  ASSERT_EQ(checked.candidates.size(), 1u);
  EXPECT_EQ(checked.candidates[0].id, original.id);
  EXPECT_EQ(checked.candidates[0].title, "原题");
  EXPECT_GT(checked.candidates[0].bands, 0u);
  EXPECT_GT(checked.candidates[0].anchors, 0u);
  EXPECT_EQ(checked.candidates[0].reason.rfind("a copy with changes", 0), 0u)
      << checked.candidates[0].reason;
  EXPECT_GT(checked.candidates[0].passages.shared_count, 0u);
  EXPECT_EQ(store_->Counts(), before);
  const FileOutcome ingested = Ingest(copy);
  EXPECT_EQ(ingested.match, checked.outcome.match);
  EXPECT_EQ(ingested.id, checked.outcome.id);
  EXPECT_EQ(pipeline_->Check({.bytes = ""}).outcome.reason, Reason::kEmptyFile);
  EXPECT_EQ(pipeline_->Check({.bytes = copy}).outcome.status, FileStatus::kUnchanged);
}

// A daily notice has many like it: the best ones are described. Of its own outlet those are that it
// is compared with.
TEST_F(PipelineTest, CheckDescribesSoManyCandidatesAndNoMore) {
  const std::string text = HanText(1, 400);
  const auto notice = [&](size_t day, const char* host) {
    return RawFile(kNow, std::string("https://") + host + ".example/" + std::to_string(day),
                   "汇率中间价" + std::to_string(day),
                   "1" + std::to_string(day) + "点 2" + std::to_string(day * 7) + "点 3" +
                       std::to_string(day * 31) + "点 " + text);
  };
  for (size_t day = 1; day < kMaxCheckedCandidates + 2; ++day) {
    EXPECT_EQ(Ingest(notice(day, "a")).status, FileStatus::kNew) << day;
    const size_t described = pipeline_->Check({.bytes = notice(99, "a")}).candidates.size();
    EXPECT_EQ(described, std::min(day, kTellTemplate)) << day;
    const size_t elsewhere = pipeline_->Check({.bytes = notice(99, "b")}).candidates.size();
    EXPECT_EQ(elsewhere, std::min(day, kMaxCheckedCandidates)) << day;
  }
}

}  // namespace
}  // namespace wirefold
