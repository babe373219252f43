#include "lib/pipeline/write_gate.h"

#include <cstdlib>
#include <string>

#include "lib/base/reason.h"

namespace wirefold {
namespace {

constexpr int64_t kSpaceCheckIntervalMs = 1000;

}  // namespace

void WriteGate::Fail(const absl::Status& cause) {
  const std::lock_guard lock(mutex_);
  if (!failed_.ok()) return;
  failed_ = Reject(Reason::kStoreFailed,
                   "the store failed and nothing more is accepted until wirefoldd has been "
                   "restarted: " +
                       std::string(cause.message()));
}

absl::Status WriteGate::Failure() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

absl::Status WriteGate::Refusal() const {
  if (absl::Status failure = Failure(); !failure.ok()) return failure;
  const int64_t now_ms = clock_.NowMs();
  const std::lock_guard lock(space_mutex_);
  if (space_check_ && std::abs(now_ms - space_checked_ms_) >= kSpaceCheckIntervalMs) {
    space_checked_ms_ = now_ms;
    space_ = space_check_();
  }
  return space_;
}

}  // namespace wirefold
