// Drivers of unary calls: so many in flight all the time, by callbacks or by a thread each, or so
// many a second.
//
// A call is started by a function that gets a number and a `done`, to be called once the answer is
// there, from any thread; the driver times what lies between.
//
// Example:
//   const CallsResult got = RunClosed(/*in_flight=*/16, /*seconds=*/5, [&](size_t n, CallDone done)
//   {
//     Start<v1::GetArticleRequest, v1::Article>(…);
//   });
//   got.calls / got.seconds;
//
// Thread-safe: each run is its own.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_CALLS_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_CALLS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace wirefold::bench {

// `items`: what the answer held, such as articles; `error`: why there is none, empty if there is.
using CallDone = std::function<void(const std::string& error, uint64_t items)>;
// `n` is different for each call of a run.
using StartCall = std::function<void(size_t n, CallDone done)>;

struct CallsResult {
  double seconds = 0;
  uint64_t calls = 0;
  uint64_t failed = 0;
  std::string first_error{};  // of those that failed
  uint64_t items = 0;
  std::vector<double> latency_ms;
  std::vector<double> late_ms{};  // RunPaced: how long behind its time each call was started
};

// Keeps `in_flight` calls under way for `seconds`; at least so many calls are made.
CallsResult RunClosed(size_t in_flight, double seconds, const StartCall& start);

// The same with as many threads, each of which starts its next call when `start`, which returns
// behind its `done`, has returned: as clients do whose calls block.
CallsResult RunBlocking(size_t threads, double seconds, const StartCall& start);

// Starts `rate` calls a second, evenly, however long answers take, for `seconds` or until `stop`
// (may be null). Latency counts from when a call was due, so that a stall counts for each call that
// it held up. At least one call is made.
CallsResult RunPaced(double rate, double seconds, const std::atomic<bool>* stop,
                     const StartCall& start);

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_CALLS_H_
