#include "lib/base/stage_clock.h"

#include "lib/base/thread.h"

namespace wirefold {

std::string_view StageName(Stage stage) {
  constexpr std::array<std::string_view, kStages> kNames = {
      "other", "parse", "url", "text", "sketch", "candidates", "decide", "store", "transport"};
  return kNames.at(static_cast<size_t>(stage));
}

std::array<uint64_t, kStages> StageTimes::PartedLike(uint64_t nanoseconds) const {
  std::array<double, kStages> measured{};
  double sum = 0;
  for (size_t i = 0; i < kStages; ++i) {
    measured[i] = static_cast<double>(Nanoseconds(static_cast<Stage>(i)));
    sum += measured[i];
  }
  std::array<uint64_t, kStages> parts{};
  for (size_t i = 0; i < kStages && sum > 0; ++i) {
    parts[i] = static_cast<uint64_t>(measured[i] * static_cast<double>(nanoseconds) / sum);
  }
  return parts;
}

StageClock::StageClock(StageTimes& times, uint64_t weight)
    : times_(times), weight_(weight), since_ns_(ThreadCpuNs()) {}

StageClock::~StageClock() { Enter(Stage::kOther); }

Stage StageClock::Enter(Stage stage) {
  const uint64_t now_ns = ThreadCpuNs();
  times_.Add(stage_, (now_ns - since_ns_) * weight_);
  since_ns_ = now_ns;
  const Stage before = stage_;
  stage_ = stage;
  return before;
}

}  // namespace wirefold
