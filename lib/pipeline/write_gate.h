// WriteGate: whether anything can be written now, and why not.
//
// Example:
//   WriteGate gate(clock, space_check);
//   if (absl::Status refusal = gate.Refusal(); !refusal.ok()) …   // a file is refused for it
//   gate.Fail(status);                                            // a commit failed: for good
//
// After a failure nothing is acknowledged until the program has been restarted: what the store
// holds is not known any more. A full disk refuses for as long as it is full.
//
// Thread-safe.
#ifndef WIREFOLD_LIB_PIPELINE_WRITE_GATE_H_
#define WIREFOLD_LIB_PIPELINE_WRITE_GATE_H_

#include <cstdint>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "lib/base/clock.h"
#include "lib/pipeline/pipeline.h"

namespace wirefold {

class WriteGate {
 public:
  // `clock` must outlive the gate. `space_check`, which may be empty, is asked about once a second.
  WriteGate(const Clock& clock, SpaceCheck space_check)
      : clock_(clock), space_check_(std::move(space_check)) {}

  // Nothing is written from here on; the first cause counts.
  void Fail(const absl::Status& cause);
  // kStoreFailed after Fail.
  [[nodiscard]] absl::Status Failure() const;
  // That, or what the check of the disk says.
  [[nodiscard]] absl::Status Refusal() const;

 private:
  const Clock& clock_;
  const SpaceCheck space_check_;
  mutable std::mutex mutex_;  // guards failed_
  absl::Status failed_;
  mutable std::mutex space_mutex_;  // guards the next two, and is held while the disk is asked
  mutable absl::Status space_;
  mutable int64_t space_checked_ms_ = INT64_MIN / 2;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_WRITE_GATE_H_
