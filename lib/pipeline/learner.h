// Learner: what is learnt from the stream, and how it outlives a restart.
//
// Example:
//   Learner learner(store, sizes);
//   learner.Recall();                                     // at start
//   learner.Start();
//   learner.Learn(sequence, MakeLearntArticle(…));        // each accepted article
//   learner.Committed(sequence);                          // what has been committed
//   learner.Stop();                                       // at the end
//
// What is learnt is a function of the committed articles in their order. It is written as a
// checkpoint now and then, together with the event it reaches to; after a restart, clean or not,
// the checkpoint is read and the articles behind it are learnt again from their stored texts.
//
// Threads: Recall and Start first; Learn by one thread at a time, that which decides, which a
// checkpoint does not keep waiting: it is made and written on a thread of its own. Committed by any
// thread. Stop once Learn is called no more. The table may be asked by any thread.
#ifndef WIREFOLD_LIB_PIPELINE_LEARNER_H_
#define WIREFOLD_LIB_PIPELINE_LEARNER_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "lib/dedup/compare.h"
#include "lib/dedup/stream_statistics.h"
#include "lib/store/store.h"

namespace wirefold {

// Days since 1970.
int64_t DayOf(int64_t time_ms);

// What an article gives to learn from, in full. `doc` is its own; `at_ms` as LearntAtMs says;
// `ingested_at_ms`: a time that is later by more than a day is not believed.
LearntArticle MakeLearntArticle(int64_t at_ms, int64_t ingested_at_ms, const ComparisonDoc& doc);

class Learner {
 public:
  // A checkpoint, which is all that is known, is written behind so many learnt articles, and behind
  // a sixteenth of all that have been learnt, up to kMaxCheckpointArticles: as many are learnt
  // again after a crash at most.
  static constexpr uint64_t kCheckpointArticles = 65'536;
  static constexpr uint64_t kMaxCheckpointArticles = 3 * kCheckpointArticles;
  // Behind how many that is, of so many learnt ones.
  static uint64_t CheckpointAfter(uint64_t learnt);
  static constexpr std::string_view kCheckpointName = "statistics";

  // `store` must outlive the learner.
  Learner(Store& store, const StreamStatistics::Sizes& sizes) : store_(store), statistics_(sizes) {}

  // Brings back what the store's articles taught. kStoreTooNew, or what the store answers; a
  // checkpoint that is no good costs the time to learn everything again.
  [[nodiscard]] absl::Status Recall();

  // Writes checkpoints from now on. One that can't be written leaves the one before, and more to
  // learn again at the next start.
  void Start();
  // Learns the article of mutation `sequence` (1 for the first since Recall).
  void Learn(uint64_t sequence, LearntArticle article);
  // Mutations up to this one are in the store.
  void Committed(uint64_t sequence);
  // Writes no more, but what has been learnt since the last checkpoint if `write_last`; then
  // everything must be committed.
  void Stop(bool write_last);
  ~Learner() { Stop(/*write_last=*/false); }

  [[nodiscard]] const StreamStatistics& statistics() const { return statistics_; }

 private:
  // The answers of a version of the table rest on the events before this one.
  struct Epoch {
    uint64_t version = 0;
    uint64_t next_event = 0;
  };

  void WriteCheckpoints();
  void WriteOne();

  Store& store_;
  StreamStatistics statistics_;
  uint64_t first_event_ = 0;  // of the first mutation since Recall
  std::thread writer_;

  std::mutex mutex_;  // guards all below; not held while something is written
  std::condition_variable changed_;
  std::deque<Epoch> epochs_;  // that ended, from the one of the last checkpoint on
  uint64_t committed_ = 0;    // mutations
  bool epoch_ended_ = false;  // since the writer looked last
  uint64_t asked_ = 0;        // the version of which a checkpoint is due
  bool stopping_ = false;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_LEARNER_H_
