// FedPipeline: the service's own pipeline over a store in a temporary folder, fed with one stream.
//
// Example:
//   std::unique_ptr<FedPipeline> fed = FedPipeline::Open(/*window_days=*/30);
//   fed->Submit({.bytes = bytes}, [&](const FileOutcome& outcome) { … });   // on another thread
//   fed->Wait();
//
// Used by one thread. The store is gone with it.
#ifndef WIREFOLD_TESTS_EVAL_FED_PIPELINE_H_
#define WIREFOLD_TESTS_EVAL_FED_PIPELINE_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "lib/base/clock.h"
#include "lib/pipeline/pipeline.h"
#include "tests/store/store_testing.h"

namespace wirefold {

class FedPipeline {
 public:
  // Ends the program with a message if there can be no store.
  static std::unique_ptr<FedPipeline> Open(int64_t window_days);
  ~FedPipeline();

  // `done` is called on the pipeline's thread, in the order of the files.
  void Submit(IncomingFile file, std::function<void(const FileOutcome&)> done);
  // Until everything that was submitted has been answered.
  void Wait();

  [[nodiscard]] Pipeline& pipeline() { return *pipeline_; }

 private:
  static constexpr int kMaxInFlight = 256;

  FedPipeline() = default;

  testing::TempFolder folder_;
  SystemClock clock_;
  std::unique_ptr<RocksDbStore> store_;
  std::unique_ptr<Pipeline> pipeline_;
  std::shared_ptr<Lane> lane_;
  std::mutex mutex_;  // guards in_flight_
  std::condition_variable answered_;
  int in_flight_ = 0;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_EVAL_FED_PIPELINE_H_
