#include "tests/bench/wirefold_bench/feed.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <thread>
#include <utility>

#include "client/client.h"
#include "client/ingest_stream.h"

namespace wirefold::bench {
namespace {

using Clock = std::chrono::steady_clock;

double Ms(Clock::duration elapsed) {
  return std::chrono::duration<double, std::milli>(elapsed).count();
}

// One stream and its share of the files.
class Feeder {
 public:
  Feeder(const InputFiles& files, const FeedOptions& options, size_t stream,
         std::shared_ptr<grpc::Channel> channel)
      : files_(files), options_(options), end_(End(files, options)) {
    for (size_t i = options.first + stream; i < end_; i += Step()) sent_at_.emplace_back();
    first_ = options.first + stream;
    latencies_.reserve(sent_at_.size());
    stream_ = std::make_unique<IngestStream>(
        std::move(channel), IngestStreamOptions{.max_unacknowledged_files = options.in_flight},
        [this](const v1::IngestResult& result) { Take(result); });
  }

  absl::Status Run(Clock::time_point start) {
    for (size_t n = 0; n < sent_at_.size(); ++n) {
      if (options_.stop != nullptr && options_.stop->load()) break;
      const size_t i = first_ + n * Step();
      if (options_.rate > 0) {
        const auto due =
            std::chrono::duration<double>(static_cast<double>(i - options_.first) / options_.rate);
        std::this_thread::sleep_until(start + std::chrono::duration_cast<Clock::duration>(due));
      }
      v1::IngestRequest request;
      request.set_sequence(n);
      request.set_content(files_.contents[i]);
      bytes_ += files_.contents[i].size();
      sent_at_[n] = Clock::now();
      if (!stream_->Send(std::move(request)).ok()) break;  // Finish says why
    }
    return stream_->Finish();
  }

  void AddTo(FeedResult& result) {
    result.files += latencies_.size();
    result.bytes += bytes_;
    result.rejected += rejected_;
    result.acknowledgement_ms.insert(result.acknowledgement_ms.end(), latencies_.begin(),
                                     latencies_.end());
    std::move(ids_.begin(), ids_.end(), std::back_inserter(result.ids));
  }

 private:
  static size_t End(const InputFiles& files, const FeedOptions& options) {
    const size_t all = files.contents.size();
    return options.count < all - std::min(all, options.first) ? options.first + options.count : all;
  }
  size_t Step() const { return static_cast<size_t>(options_.streams); }

  // On the stream's own thread; Finish returns behind it.
  void Take(const v1::IngestResult& result) {
    latencies_.push_back(Ms(Clock::now() - sent_at_[result.sequence()]));
    if (result.outcome() == v1::OUTCOME_REJECTED) ++rejected_;
    if (!result.id().empty()) ids_.push_back(result.id());
  }

  const InputFiles& files_;
  const FeedOptions& options_;
  size_t first_ = 0;
  const size_t end_;
  std::vector<Clock::time_point> sent_at_;
  uint64_t bytes_ = 0;
  std::vector<double> latencies_;
  uint64_t rejected_ = 0;
  std::vector<std::string> ids_;
  std::unique_ptr<IngestStream> stream_;
};

}  // namespace

double OwnCpu() {
  struct timespec now {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

absl::StatusOr<FeedResult> Feed(const InputFiles& files, const FeedOptions& options) {
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<std::unique_ptr<Feeder>> feeders;
  for (int i = 0; i < options.streams; ++i) {
    // gRPC shares a connection among channels whose arguments are the same; these differ.
    absl::StatusOr<std::unique_ptr<Client>> client =
        Client::Connect({.server = options.address, .connect_timeout_ms = 5000 + i});
    if (!client.ok()) return client.status();
    clients.push_back(*std::move(client));
    feeders.push_back(std::make_unique<Feeder>(files, options, static_cast<size_t>(i),
                                               clients.back()->channel()));
  }
  FeedResult result;
  std::vector<absl::Status> ended(feeders.size());
  std::vector<std::thread> threads;
  const double cpu_before = OwnCpu();
  const auto start = Clock::now();
  for (size_t i = 0; i < feeders.size(); ++i) {
    threads.emplace_back([&, i] { ended[i] = feeders[i]->Run(start); });
  }
  for (std::thread& thread : threads) thread.join();
  result.seconds = Ms(Clock::now() - start) / 1000;
  result.client_cpu_s = OwnCpu() - cpu_before;
  for (size_t i = 0; i < feeders.size(); ++i) {
    if (!ended[i].ok()) return ended[i];
    feeders[i]->AddTo(result);
  }
  return result;
}

}  // namespace wirefold::bench
