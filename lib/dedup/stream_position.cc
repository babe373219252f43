#include "lib/dedup/stream_position.h"

#include <algorithm>

#include "lib/base/numbers.h"
#include "lib/base/reason.h"

namespace wirefold {
namespace {

absl::Status Damaged() {
  return Reject(Reason::kStoreCorrupt, "what was learnt from the stream is damaged");
}

}  // namespace

void StreamPosition::Add(int64_t time_ms) {
  time_ms = std::max<int64_t>(time_ms, 0);
  if (recent_.size() < size_) {
    recent_.push_back(time_ms);
  } else {
    recent_[count_ % size_] = time_ms;
  }
  ++count_;
  if (!has_value() || (count_ % kStep != 0 && size_ >= kStep)) return;
  std::vector<int64_t> times = recent_;
  const auto oldest =
      times.begin() + static_cast<std::ptrdiff_t>(times.size() * kOldestPerMille / 1000);
  std::nth_element(times.begin(), oldest, times.end());
  position_ms_ = *oldest;
}

void StreamPosition::AppendTo(std::string& out) const {
  AppendNumber(count_, 8, out);
  AppendNumber(static_cast<uint64_t>(position_ms_), 8, out);
  for (const int64_t time_ms : recent_) AppendNumber(static_cast<uint64_t>(time_ms), 8, out);
}

absl::Status StreamPosition::TakeFrom(std::string_view& bytes) {
  *this = StreamPosition(size_);
  if (bytes.size() < 16) return Damaged();
  const uint64_t count = TakeNumber(8, bytes);
  const uint64_t position = TakeNumber(8, bytes);
  const size_t recent = static_cast<size_t>(std::min<uint64_t>(count, size_));
  if (bytes.size() / 8 < recent) return Damaged();
  count_ = count;
  position_ms_ = static_cast<int64_t>(position);
  recent_.reserve(recent);
  for (size_t i = 0; i < recent; ++i) {
    recent_.push_back(static_cast<int64_t>(TakeNumber(8, bytes)));
  }
  return absl::OkStatus();
}

}  // namespace wirefold
