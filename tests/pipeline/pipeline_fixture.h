// What the tests of the pipeline share.
#ifndef WIREFOLD_TESTS_PIPELINE_PIPELINE_FIXTURE_H_
#define WIREFOLD_TESTS_PIPELINE_PIPELINE_FIXTURE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "lib/base/clock.h"
#include "lib/base/reason.h"
#include "lib/dedup/stream_position.h"
#include "lib/pipeline/pipeline.h"
#include "tests/store/store_testing.h"

namespace wirefold {

// What the pipeline's clock says.
inline constexpr int64_t kPipelineNowMs = 1'600'000'000'000;

// A pipeline on a store in a temporary folder, fed and answered file by file.
class PipelineFixture : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }

  void Open() {
    RocksDbOptions store_options = testing::OptionsFor(folder_.path());
    store_options.test_fail_commit = [this] { return fail_commits_.load(); };
    store_ = *RocksDbStore::Open(store_options);
    PipelineOptions options{.workers = 2};
    options.statistics.recent_articles = recent_articles_;
    options.max_group_files = max_group_files_;
    pipeline_ = *Pipeline::Open(options, *store_, clock_, [this] {
      return disk_full_ ? Reject(Reason::kReadOnly, "the disk is full") : absl::OkStatus();
    });
    lane_ = pipeline_->OpenLane();
  }
  void Reopen() {
    lane_.reset();
    pipeline_.reset();
    store_.reset();
    Open();
  }

  FileOutcome Ingest(const std::string& file) {
    std::promise<FileOutcome> promise;
    pipeline_->Submit(lane_, {.bytes = file},
                      [&](FileOutcome outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
  }

  testing::TempFolder folder_;
  ManualClock clock_{kPipelineNowMs};
  std::atomic<bool> fail_commits_ = false;
  size_t recent_articles_ = StreamPosition::kRecent;  // from the next Open on
  size_t max_group_files_ = PipelineOptions().max_group_files;
  std::atomic<bool> disk_full_ = false;
  std::unique_ptr<RocksDbStore> store_;
  std::unique_ptr<Pipeline> pipeline_;
  std::shared_ptr<Lane> lane_;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_PIPELINE_PIPELINE_FIXTURE_H_
