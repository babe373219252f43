// Learner: what is learnt from the stream, and how it outlives a restart.
//
// Example:
//   Learner learner(store, sizes);
//   learner.Recall();                                     // at start
//   auto checkpoint = learner.Learn(sequence, MakeLearntArticle(…));   // each accepted article
//   if (checkpoint != nullptr) learner.Write(*checkpoint);             // once it is committed
//   learner.WriteLast();                                  // at the end
//
// What is learnt is a function of the committed articles in their order. It is written as a
// checkpoint now and then, together with the event it reaches to; after a restart, clean or not,
// the checkpoint is read and the articles behind it are learnt again from their stored texts.
//
// Threads: Recall first; Learn by the deciding thread alone; Write and WriteLast one after the
// other, WriteLast once Learn is called no more. The table may be asked by any thread.
#ifndef WIREFOLD_LIB_PIPELINE_LEARNER_H_
#define WIREFOLD_LIB_PIPELINE_LEARNER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "lib/dedup/compare.h"
#include "lib/dedup/stream_statistics.h"
#include "lib/store/store.h"

namespace wirefold {

// Days since 1970.
int64_t DayOf(int64_t time_ms);

// `doc` is the article's own; `at_ms` as LearntAtMs says.
LearntArticle MakeLearntArticle(Learning learning, int64_t at_ms, const ComparisonDoc& doc);

class Learner {
 public:
  // A checkpoint is written behind so many learnt articles; as many are learnt again after a crash
  // at most.
  static constexpr uint64_t kCheckpointArticles = 32'768;
  static constexpr std::string_view kCheckpointName = "statistics";

  // `store` must outlive the learner.
  Learner(Store& store, const StreamStatistics::Sizes& sizes) : store_(store), statistics_(sizes) {}

  // Brings back what the store's articles taught. kStoreTooNew, or what the store answers; a
  // checkpoint that is no good costs the time to learn everything again.
  [[nodiscard]] absl::Status Recall();

  // Learns the article of mutation `sequence` (1 for the first since Recall). Returns what is to be
  // written once that mutation is committed, mostly null.
  std::shared_ptr<const Checkpoint> Learn(uint64_t sequence, LearntArticle article);

  [[nodiscard]] absl::Status Write(const Checkpoint& checkpoint);
  // Writes what has been learnt since the last checkpoint. Everything must be committed.
  [[nodiscard]] absl::Status WriteLast();

  [[nodiscard]] const StreamStatistics& statistics() const { return statistics_; }

 private:
  Store& store_;
  StreamStatistics statistics_;
  uint64_t first_event_ = 0;    // of the first mutation since Recall
  uint64_t epoch_event_ = 0;    // the table's answers rest on the events before this one
  uint64_t written_event_ = 0;  // the next_event of the last checkpoint
  uint64_t written_articles_ = 0;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_LEARNER_H_
