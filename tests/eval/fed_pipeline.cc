#include "tests/eval/fed_pipeline.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace wirefold {

std::unique_ptr<FedPipeline> FedPipeline::Open(int64_t window_days) {
  auto fed = std::unique_ptr<FedPipeline>(new FedPipeline);
  RocksDbOptions options;
  options.path = fed->folder_.path();
  options.sync = false;  // nothing that is stored outlives the program
  options.key_rules_fingerprint = "evaluation";
  fed->store_ = testing::OpenOrDie(options);
  auto pipeline = Pipeline::Open({.window_ms = window_days * 86'400'000}, *fed->store_, fed->clock_,
                                 [] { return absl::OkStatus(); });
  if (!pipeline.ok()) {
    std::fprintf(stderr, "%s\n", pipeline.status().ToString().c_str());
    std::abort();
  }
  fed->pipeline_ = *std::move(pipeline);
  fed->lane_ = fed->pipeline_->OpenLane();
  return fed;
}

FedPipeline::~FedPipeline() {
  if (pipeline_ != nullptr) pipeline_->Drain();
  lane_.reset();
  pipeline_.reset();
}

void FedPipeline::Submit(IncomingFile file, std::function<void(const FileOutcome&)> done) {
  {
    std::unique_lock lock(mutex_);
    answered_.wait(lock, [this] { return in_flight_ < kMaxInFlight; });
    ++in_flight_;
  }
  pipeline_->Submit(lane_, std::move(file), [this, done = std::move(done)](FileOutcome outcome) {
    done(outcome);
    const std::lock_guard lock(mutex_);
    --in_flight_;
    answered_.notify_all();
  });
}

void FedPipeline::Wait() {
  std::unique_lock lock(mutex_);
  answered_.wait(lock, [this] { return in_flight_ == 0; });
}

}  // namespace wirefold
