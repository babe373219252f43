#include "lib/pipeline/outcome_counts.h"

#include <algorithm>

#include "lib/base/reason.h"

namespace wirefold {

void OutcomeCounts::Count(const FileOutcome& outcome) {
  const std::lock_guard lock(mutex_);
  ++outcomes_[static_cast<size_t>(outcome.status)];
  if (outcome.status == FileStatus::kRejected) {
    ++rejected_by_reason_[std::string(ReasonName(outcome.reason))];
  } else if (std::ranges::find(outcome.warnings, Warning::kOutsideWindow) !=
             outcome.warnings.end()) {
    ++outside_window_files_;
  }
}

void OutcomeCounts::AddTo(PipelineStats& stats) const {
  const std::lock_guard lock(mutex_);
  stats.outcomes = outcomes_;
  stats.rejected_by_reason = rejected_by_reason_;
  stats.outside_window_files = outside_window_files_;
}

}  // namespace wirefold
