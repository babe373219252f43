#include "server/unary.h"

#include <atomic>
#include <chrono>
#include <string>

#include "lib/base/strings.h"
#include "server/log.h"

namespace wirefold {
namespace {

constexpr std::chrono::milliseconds kMinLogPeriod{1000};

bool IsOurFault(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kDataLoss ||
         code == absl::StatusCode::kUnknown || code == absl::StatusCode::kUnavailable;
}

// Whether this second's line has not been written yet: a damaged block that many ask for must not
// fill the disk with log.
bool TakeTurn() {
  static std::atomic<int64_t> next_ms = 0;
  const int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                             std::chrono::steady_clock::now().time_since_epoch())
                             .count();
  int64_t due_ms = next_ms;
  return now_ms >= due_ms &&
         next_ms.compare_exchange_strong(due_ms, now_ms + kMinLogPeriod.count());
}

}  // namespace

void LogIfOurFault(const absl::Status& status) {
  if (status.ok() || !IsOurFault(status.code())) return;
  if (SaysNothingAboutTheFile(ReasonOf(status))) return;  // logged once, when it began
  if (!TakeTurn()) return;
  Log(LogLevel::kError, "read_failed",
      {{"reason", GrpcReasonOf(ToGrpcStatus(status))}, {"message", ToStd(status.message())}});
}

}  // namespace wirefold
