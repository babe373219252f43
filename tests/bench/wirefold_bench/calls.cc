#include "tests/bench/wirefold_bench/calls.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace wirefold::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Collects the answers; waits for the last.
class Collector {
 public:
  void Started() {
    const std::lock_guard lock(mutex_);
    ++under_way_;
  }
  void Done(Clock::time_point since, const std::string& error, uint64_t items) {
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - since).count();
    const std::lock_guard lock(mutex_);
    result_.latency_ms.push_back(ms);
    ++result_.calls;
    if (!error.empty() && ++result_.failed == 1) result_.first_error = error;
    result_.items += items;
    // Under the lock: whoever waits for the last may be gone next.
    if (--under_way_ == 0) idle_.notify_all();
  }
  CallsResult Await(Clock::time_point start) {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return under_way_ == 0; });
    result_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return std::move(result_);
  }

 private:
  std::mutex mutex_;  // guards all below
  std::condition_variable idle_;
  size_t under_way_ = 0;
  CallsResult result_;
};

Clock::duration Seconds(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

CallsResult RunClosed(size_t in_flight, double seconds, const StartCall& start) {
  Collector collector;
  std::atomic<size_t> next = 0;
  const auto begin = Clock::now();
  const auto end = begin + Seconds(seconds);
  const std::function<void()> one = [&] {
    const auto since = Clock::now();
    start(next++, [&, since](const std::string& error, uint64_t items) {
      // The next one first: the last to be done ends the run.
      if (Clock::now() < end) {
        collector.Started();
        one();
      }
      collector.Done(since, error, items);
    });
  };
  for (size_t i = 0; i < in_flight; ++i) collector.Started();
  for (size_t i = 0; i < in_flight; ++i) one();
  return collector.Await(begin);
}

CallsResult RunBlocking(size_t threads, double seconds, const StartCall& start) {
  Collector collector;
  std::atomic<size_t> next = 0;
  const auto begin = Clock::now();
  const auto end = begin + Seconds(seconds);
  std::vector<std::thread> callers;
  for (size_t i = 0; i < threads; ++i) {
    callers.emplace_back([&] {
      do {
        const auto since = Clock::now();
        collector.Started();
        start(next++, [&](const std::string& error, uint64_t items) {
          collector.Done(since, error, items);
        });
      } while (Clock::now() < end);
    });
  }
  for (std::thread& caller : callers) caller.join();
  return collector.Await(begin);
}

CallsResult RunPaced(double rate, double seconds, const std::atomic<bool>* stop,
                     const StartCall& start) {
  Collector collector;
  const auto begin = Clock::now();
  const auto end = begin + Seconds(seconds);
  auto due = begin;
  std::vector<double> late_ms;
  for (size_t n = 0; n == 0 || (due < end && (stop == nullptr || !stop->load()));) {
    std::this_thread::sleep_until(due);
    late_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - due).count());
    collector.Started();
    start(n, [&collector, due](const std::string& error, uint64_t items) {
      collector.Done(due, error, items);
    });
    ++n;
    due = begin + Seconds(static_cast<double>(n) / rate);
  }
  CallsResult result = collector.Await(begin);
  result.late_ms = std::move(late_ms);
  return result;
}

}  // namespace wirefold::bench
