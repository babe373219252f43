#include "lib/pipeline/learner.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "lib/base/reason.h"
#include "lib/pipeline/pipeline.h"
#include "tests/dedup/texts.h"
#include "tests/pipeline/failing_store.h"
#include "tests/pipeline/raw_files.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

using testing::OptionsFor;
using testing::TempFolder;

constexpr int64_t kDay = 86'400'000;
constexpr int64_t kNow = 1'600'000'000'000;
constexpr StreamStatistics::Sizes kSizes{4096, 1 << 16};
const char kFooter[] = "更多新闻请关注我们的频道";

class LearnerTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }

  void Open() {
    store_ = testing::OpenOrDie(OptionsFor(folder_.path()));
    seen_ = std::make_unique<FailingStore>(*store_);
    pipeline_ = *Pipeline::Open({.workers = 1, .statistics = kSizes}, *seen_, clock_, nullptr);
    lane_ = pipeline_->OpenLane();
  }
  // `crash`: nothing is written at the end.
  void Close(bool crash = false) {
    seen_->fail_checkpoints = crash;
    lane_.reset();
    pipeline_.reset();
    seen_.reset();
  }
  void Reopen(bool crash = false) {
    Close(crash);
    store_.reset();
    Open();
  }

  FileOutcome Ingest(int day, const std::string& url, const std::string& text) {
    std::promise<FileOutcome> promise;
    pipeline_->Submit(lane_, {.bytes = RawFile(kNow + day * kDay, url, "题", text)},
                      [&](FileOutcome outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
  }
  // An article of its own above the footer.
  FileOutcome IngestFramed(int n) {
    return Ingest(n, "https://a.example/" + std::to_string(n),
                  HanText(static_cast<uint32_t>(n), 200) + "</p><p>" + kFooter);
  }
  std::vector<std::string> LeftOut(const Ulid& id) {
    return pipeline_->ReaderTextOf(store_->GetArticle(id)->article).view.left_out;
  }
  // The table that a start would have now.
  std::string Recalled(bool from_checkpoint) {
    FailingStore store(*store_);
    store.hide_checkpoints = !from_checkpoint;
    Learner learner(store, kSizes);
    EXPECT_TRUE(learner.Recall().ok());
    return learner.statistics().Serialize();
  }

  TempFolder folder_;
  ManualClock clock_{kNow};
  std::unique_ptr<RocksDbStore> store_;
  std::unique_ptr<FailingStore> seen_;
  std::unique_ptr<Pipeline> pipeline_;
  std::shared_ptr<Lane> lane_;
};

TEST_F(LearnerTest, LearnsOncePerUrlAndChangesNothingStored) {
  std::vector<Ulid> ids;
  for (int n = 1; n <= 3; ++n) {
    ids.push_back(IngestFramed(n).id);
    // Seen before, and a revision: neither is learnt again.
    EXPECT_EQ(IngestFramed(n).status, FileStatus::kUnchanged);
    const FileOutcome revised = Ingest(n + 10, "https://a.example/" + std::to_string(n),
                                       HanText(100 + n, 200) + "</p><p>" + kFooter);
    EXPECT_EQ(revised.status, FileStatus::kRevision);
    EXPECT_TRUE(LeftOut(ids.back()).empty()) << n;
  }
  ids.push_back(IngestFramed(4).id);
  for (const Ulid& id : ids) {
    EXPECT_EQ(LeftOut(id), std::vector<std::string>{kFooter});
    EXPECT_TRUE(store_->GetArticle(id)->article.text.ends_with(kFooter));
  }
  EXPECT_EQ(pipeline_->ReaderTextOf(store_->GetArticle(ids[0])->article).version, 4u);
  // Identity and the exact tier use the whole text.
  EXPECT_EQ(Ingest(5, "https://b.example/1", HanText(4, 200) + "</p><p>" + kFooter).match.relation,
            Relation::kExact);
  EXPECT_EQ(Ingest(5, "https://c.example/1", HanText(4, 200)).match.relation, Relation::kNear);
}

TEST_F(LearnerTest, ArticlesThatShareTheirFrameAloneStayApart) {
  // Of two hosts of one domain: three fifths would make them one story.
  const std::string frame = "<p>" + HanText(900, 300) + "</p><p>";
  for (int n = 1; n <= 5; ++n) {
    Ingest(n, "https://a.example/" + std::to_string(n),
           frame + HanText(static_cast<uint32_t>(n), 400));
  }
  const FileOutcome framed = Ingest(9, "https://www2.a.example/9", frame + HanText(9, 100));
  EXPECT_EQ(framed.status, FileStatus::kNew);
  EXPECT_GT(framed.match.scores.containment_ppm, 700'000u);
  EXPECT_LT(framed.match.scores.score_ppm, 500'000u);
}

TEST_F(LearnerTest, IsTheSameAfterARestartAndAfterACrash) {
  for (int n = 1; n <= 40; ++n) IngestFramed(n);
  // Texts that were replaced since are learnt again as they were.
  for (int n = 1; n <= 10; ++n) {
    Ingest(n + 100, "https://a.example/" + std::to_string(n), HanText(500 + n, 200));
  }
  Ingest(3, "https://b.example/copy", Edited(HanText(3, 200), 7, 60) + "</p><p>" + kFooter);
  Reopen();  // a checkpoint is written
  for (int n = 41; n <= 75; ++n) IngestFramed(n);
  const Ulid id = IngestFramed(76).id;
  const uint64_t version = pipeline_->ReaderTextOf(store_->GetArticle(id)->article).version;
  Reopen(/*crash=*/true);
  EXPECT_EQ(pipeline_->ReaderTextOf(store_->GetArticle(id)->article).version, version);
  EXPECT_EQ(Recalled(true), Recalled(false)) << "checkpoint and what came after, or everything";
  Close();
  const std::string at_close = Recalled(true);
  EXPECT_EQ(at_close, Recalled(false));
}

TEST_F(LearnerTest, ADamagedCheckpointCostsTimeAlone) {
  for (int n = 1; n <= 20; ++n) IngestFramed(n);
  Close();
  const std::string good = Recalled(true);
  ASSERT_TRUE(
      store_
          ->WriteCheckpoint(Learner::kCheckpointName, {1, "\x01no table, though it begins as one"})
          .ok());
  EXPECT_EQ(Recalled(true), good);
  // One that reaches further than the store does is of another store.
  ASSERT_TRUE(store_->WriteCheckpoint(Learner::kCheckpointName, {1000, good}).ok());
  EXPECT_EQ(Recalled(true), good);
  ASSERT_TRUE(store_->WriteCheckpoint(Learner::kCheckpointName, {1, "\x63"}).ok());
  Learner newer(*store_, kSizes);
  EXPECT_EQ(ReasonOf(newer.Recall()), Reason::kStoreTooNew);
}

TEST(LearnerCheckpoints, GetRarerAsThereIsMoreAndAreBounded) {
  EXPECT_EQ(Learner::CheckpointAfter(0), Learner::kCheckpointArticles);
  EXPECT_EQ(Learner::CheckpointAfter(16 * Learner::kCheckpointArticles),
            Learner::kCheckpointArticles);
  EXPECT_EQ(Learner::CheckpointAfter(32 * Learner::kCheckpointArticles),
            2 * Learner::kCheckpointArticles);
  EXPECT_EQ(Learner::CheckpointAfter(100'000'000), Learner::kMaxCheckpointArticles);
}

}  // namespace
}  // namespace wirefold
