// The pipeline with many files at once: from several lanes, refused, deleted meanwhile.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "lib/pipeline/pipeline.h"
#include "tests/dedup/texts.h"
#include "tests/pipeline/pipeline_fixture.h"
#include "tests/pipeline/raw_files.h"
#include "tests/store/store_testing.h"

namespace wirefold {
namespace {

using testing::OptionsFor;
using testing::TempFolder;

constexpr int64_t kDay = 86'400'000;
constexpr int64_t kNow = kPipelineNowMs;

class PipelineLoadTest : public PipelineFixture {};

TEST_F(PipelineLoadTest, LanesThatSendTheSameShuffledFilesEndWithOneArticleEach) {
  constexpr int kTexts = 150;
  // Three URLs a text, one of them with two texts: copies and revisions race with one another.
  std::vector<std::string> files;
  for (int t = 0; t < kTexts; ++t) {
    for (int u = 0; u < 3; ++u) {
      const std::string url = "https://h" + std::to_string(u) + ".example/" + std::to_string(t);
      files.push_back(RawFile(kNow + t, url, "题", HanText(static_cast<uint32_t>(t), 200)));
    }
    files.push_back(RawFile(kNow + kDay + t, "https://h0.example/" + std::to_string(t), "题",
                            HanText(static_cast<uint32_t>(10'000 + t), 200)));
  }
  std::atomic<uint64_t> fresh = 0;
  std::mutex mutex;
  std::set<Ulid> acknowledged;
  std::vector<std::thread> lanes;
  for (uint32_t n = 0; n < 4; ++n) {
    lanes.emplace_back([&, n] {
      std::vector<std::string> mine = files;
      std::shuffle(mine.begin(), mine.end(), std::mt19937(n));
      auto lane = pipeline_->OpenLane();
      for (std::string& file : mine) {
        pipeline_->Submit(lane, {.bytes = std::move(file)}, [&](FileOutcome outcome) {
          if (outcome.status == FileStatus::kNew) ++fresh;
          const std::lock_guard lock(mutex);
          acknowledged.insert(outcome.id);
        });
      }
    });
  }
  for (std::thread& lane : lanes) lane.join();
  pipeline_->Drain();
  EXPECT_EQ(fresh, store_->Counts().articles);
  EXPECT_EQ(acknowledged.size(), size_t{3 * kTexts});
  for (const Ulid& id : acknowledged) EXPECT_TRUE(store_->GetArticle(id).ok());
  // No two articles of one text, revisions aside.
  const absl::StatusOr<ListPage> page = store_->ListArticles({.limit = 10'000});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->articles.size(), store_->Counts().articles);
  std::set<Hash128> texts;
  for (const StoredArticle& article : page->articles) {
    if (article.revision_count == 0) {
      EXPECT_TRUE(texts.insert(article.text_hash).second);
    }
  }
  // Once more: nothing is new.
  const StoreCounts before = store_->Counts();
  Reopen();
  for (const std::string& file : files) {
    EXPECT_EQ(Ingest(file).status, FileStatus::kUnchanged);
  }
  EXPECT_EQ(store_->Counts(), before);
}

TEST_F(PipelineLoadTest, MoreRefusedFilesThanMayWaitAreAllAnswered) {
  pipeline_->Drain();
  std::atomic<size_t> refused = 0;
  constexpr size_t kFiles = 4 * kMaxUndecided;
  std::vector<std::thread> senders;
  for (int sender = 0; sender < 4; ++sender) {
    senders.emplace_back([&] {
      const std::shared_ptr<Lane> lane = pipeline_->OpenLane();
      for (size_t i = 0; i < kFiles; ++i) {
        pipeline_->Submit(lane, {.bytes = "x"}, [&](const FileOutcome& outcome) {
          refused += outcome.reason == Reason::kShuttingDown ? 1 : 0;
        });
      }
    });
  }
  for (std::thread& sender : senders) sender.join();
  pipeline_->Drain();
  EXPECT_EQ(refused, 4 * kFiles);
}

// Says how often it was asked: once for each file that is prepared, and seldom else.
class CountingClock final : public Clock {
 public:
  [[nodiscard]] int64_t NowMs() const override {
    ++asked;
    return kNow;
  }
  mutable std::atomic<size_t> asked = 0;
};

TEST_F(PipelineLoadTest, NoMoreIsPreparedThanMayWaitToBeDecided) {
  const TempFolder folder;
  const std::unique_ptr<RocksDbStore> store = *RocksDbStore::Open(OptionsFor(folder.path()));
  const CountingClock clock;
  std::promise<void> let_decide;
  std::shared_future<void> decides = let_decide.get_future().share();
  const std::unique_ptr<Pipeline> pipeline =
      *Pipeline::Open({.workers = 4}, *store, clock, [decides] {
        decides.wait();
        return absl::OkStatus();
      });
  const std::shared_ptr<Lane> lane = pipeline->OpenLane();
  constexpr size_t kFiles = 3 * kMaxUndecided;
  std::atomic<size_t> accepted = 0;
  for (size_t i = 0; i < kFiles; ++i) {
    const std::string number = std::to_string(i);
    pipeline->Submit(lane, {.bytes = RawFile(kNow, "https://a.example/" + number, "题", number)},
                     [&](const FileOutcome& outcome) {
                       accepted += outcome.status == FileStatus::kNew ? 1 : 0;
                     });
  }
  // The first file is being decided all the while; its worker prepares nothing meanwhile.
  size_t before = 0;
  for (int still = 0; still < 10;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const size_t now = clock.asked;
    still = now == before && now > kMaxUndecided ? still + 1 : 0;
    before = now;
  }
  // Each of the three others may take up files as long as there is room for one; twice the clock is
  // asked for something else.
  EXPECT_LE(before, kMaxUndecided - 1 + 3 * kPreparedTogether + 2);
  let_decide.set_value();
  pipeline->Drain();
  EXPECT_EQ(accepted, kFiles);
}

TEST_F(PipelineLoadTest, DeletingReturnsWhileFilesKeepComing) {
  const FileOutcome first = Ingest(RawFile(kNow, "https://a.example/0", "题", HanText(1, 300)));
  std::atomic<bool> stop = false;
  std::thread sender([&] {
    for (uint32_t i = 1; !stop && i < 100'000; ++i) {
      while (pipeline_->GetStats().files_in_flight > 200) std::this_thread::yield();
      pipeline_->Submit(
          lane_,
          {.bytes = RawFile(kNow, "https://a.example/" + std::to_string(i), "题", HanText(i, 60))},
          [](const FileOutcome&) {});
    }
  });
  const auto deleted = std::async(
      std::launch::async, [&] { return pipeline_->Delete({.id = first.id, .whole_story = true}); });
  const bool in_time = deleted.wait_for(std::chrono::seconds(60)) == std::future_status::ready;
  stop = true;
  sender.join();
  EXPECT_TRUE(in_time);
}

}  // namespace
}  // namespace wirefold
