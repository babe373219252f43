// Committer: makes what was decided durable, many files in one synced write, and answers them.
//
// Example:
//   Committer committer({.max_group_files = 1024}, parts, in_flight);
//   committer.Start(store.NextEvent());
//   committer.Push({std::move(decision), std::move(done)});   // in the order of the decisions
//   committer.AwaitAll();                                     // all of that is durable
//   committer.Stop();
//
// Threads: Push and AwaitAll are for whoever decides, one thread at a time; the rest but Start and
// Stop may be called from any. Answers are called on the committer's own thread, in order.
#ifndef WIREFOLD_LIB_PIPELINE_COMMITTER_H_
#define WIREFOLD_LIB_PIPELINE_COMMITTER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <future>
#include <optional>
#include <thread>
#include <vector>

#include "lib/base/bounded_queue.h"
#include "lib/dedup/index.h"
#include "lib/pipeline/comparison_source.h"
#include "lib/pipeline/decider.h"
#include "lib/pipeline/in_flight.h"
#include "lib/pipeline/learner.h"
#include "lib/pipeline/outcome_counts.h"
#include "lib/pipeline/pipeline.h"
#include "lib/pipeline/write_gate.h"
#include "lib/store/store.h"

namespace wirefold {

class Committer {
 public:
  struct Options {
    size_t max_group_files = 1024;
    int64_t window_ms = 0;  // of the index; 0: what lies in the store stays
  };
  // What learns of a commit; all must outlive the committer.
  struct Parts {
    Store& store;
    WriteGate& gate;
    CandidateIndex& index;
    ComparisonSource& source;
    Learner& learner;
    std::atomic<uint64_t>& committed;  // the last decision that is durable
  };
  // Of the thread, and how much of that was answering.
  struct CpuTime {
    uint64_t all_ns = 0;
    uint64_t answers_ns = 0;
  };
  struct Decided {
    Decision decision;
    FileDone done;
  };

  // `in_flight` counts a file until it is answered, and must outlive the committer.
  Committer(const Options& options, const Parts& parts, InFlight& in_flight)
      : options_(options), parts_(parts), in_flight_(in_flight) {}
  ~Committer() { Stop(); }

  // `first_event`: of the first decision.
  void Start(uint64_t first_event);
  // Until Stop; what comes later is dropped, and AwaitAll would wait for ever.
  void Push(Decided decided) { queue_.Push({std::move(decided), nullptr}); }
  // Waits until all that was pushed is durable, or refused since it can't be.
  void AwaitAll();
  // After what was pushed. Idempotent.
  void Stop();

  // Fills in groups, group_files, outcomes, rejected_by_reason and outside_window_files.
  void AddTo(PipelineStats& stats) const;
  // After Start.
  [[nodiscard]] CpuTime cpu_time() const;

 private:
  struct Item {
    Decided decided;
    // Not a file: told once everything before it is committed. Borrowed.
    std::promise<void>* barrier = nullptr;
  };

  void Run();
  void Commit(std::vector<Item>& group);
  void ForgetSketches();

  const Options options_;
  const Parts parts_;
  InFlight& in_flight_;
  uint64_t first_event_ = 0;
  int64_t forgotten_ms_ = 0;  // the thread's: sketches before it are deleted
  OutcomeCounts outcomes_;
  std::atomic<uint64_t> groups_ = 0;
  std::atomic<uint64_t> group_files_ = 0;
  std::atomic<uint64_t> answers_cpu_ns_ = 0;
  BoundedQueue<Item> queue_{SIZE_MAX};  // bounded by the bytes in flight, ahead of Submit
  std::thread thread_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_COMMITTER_H_
