// OutcomeCounts: what became of the files since the start, for the statistics.
//
// Example:
//   OutcomeCounts counts;
//   counts.Count(outcome);
//   counts.AddTo(stats);
//
// Thread-safe.
#ifndef WIREFOLD_LIB_PIPELINE_OUTCOME_COUNTS_H_
#define WIREFOLD_LIB_PIPELINE_OUTCOME_COUNTS_H_

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "lib/pipeline/pipeline.h"

namespace wirefold {

class OutcomeCounts {
 public:
  void Count(const FileOutcome& outcome);
  // Fills in outcomes, rejected_by_reason and outside_window_files.
  void AddTo(PipelineStats& stats) const;

 private:
  mutable std::mutex mutex_;  // guards all below
  std::array<uint64_t, kFileStatuses> outcomes_{};
  std::map<std::string, uint64_t> rejected_by_reason_;
  uint64_t outside_window_files_ = 0;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_OUTCOME_COUNTS_H_
