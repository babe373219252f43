// StageClock: where the CPU time of a piece of work goes, stage by stage. One that measures is made
// for some files alone (a sample), so that reading the clock costs nothing that can be seen; the
// rest of the code passes a pointer on, which is null then.
//
// Example:
//   StageTimes times;                                  // shared by all threads
//   StageClock clock(times, /*weight=*/16);            // one file of sixteen
//   {
//     const StageScope scope(&clock, Stage::kParse);   // what it runs belongs to kParse …
//     const StageScope inner(&clock, Stage::kText);    // … but for this, to kText
//   }
//   times.Nanoseconds(Stage::kParse);
//
// StageTimes is thread-safe. A StageClock belongs to one thread.
#ifndef WIREFOLD_LIB_BASE_STAGE_CLOCK_H_
#define WIREFOLD_LIB_BASE_STAGE_CLOCK_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wirefold {

enum class Stage : uint8_t {
  kOther,       // in no scope
  kParse,       // charset, format, HTML, extraction
  kUrl,         // URLs of the article, its images and links
  kText,        // matching text, language, hashes
  kSketch,      // tokens, shingles, signature, anchors, what is compared and learnt
  kCandidates,  // finding and comparing them
  kDecide,
  kStore,      // encoding, look-ups, packing, committing
  kTransport,  // messages in and out
};
inline constexpr size_t kStages = 9;  // array size, index by value

// "parse" and so on.
std::string_view StageName(Stage stage);

// Sums over all threads since it was made.
class StageTimes {
 public:
  void Add(Stage stage, uint64_t nanoseconds) {
    nanoseconds_[static_cast<size_t>(stage)].fetch_add(nanoseconds, std::memory_order_relaxed);
  }
  uint64_t Nanoseconds(Stage stage) const {
    return nanoseconds_[static_cast<size_t>(stage)].load(std::memory_order_relaxed);
  }
  // So many nanoseconds, which something else has measured as a whole, parted by stage as what was
  // measured here is; all 0 while nothing was.
  [[nodiscard]] std::array<uint64_t, kStages> PartedLike(uint64_t nanoseconds) const;

 private:
  std::array<std::atomic<uint64_t>, kStages> nanoseconds_{};
};

class StageClock {
 public:
  // Starts in kOther. What is measured counts `weight` times. `times` must outlive the clock.
  explicit StageClock(StageTimes& times, uint64_t weight = 1);
  ~StageClock();
  StageClock(const StageClock&) = delete;
  StageClock& operator=(const StageClock&) = delete;

  // From now on it is `stage`. Returns the one before.
  Stage Enter(Stage stage);

 private:
  StageTimes& times_;
  const uint64_t weight_;
  Stage stage_ = Stage::kOther;
  uint64_t since_ns_;
};

// In `stage` until its end, then in the one before.
class StageScope {
 public:
  // `clock` may be null: nothing is measured.
  StageScope(StageClock* clock, Stage stage)
      : clock_(clock), before_(clock != nullptr ? clock->Enter(stage) : stage) {}
  ~StageScope() {
    if (clock_ != nullptr) clock_->Enter(before_);
  }
  StageScope(const StageScope&) = delete;
  StageScope& operator=(const StageScope&) = delete;

 private:
  StageClock* const clock_;
  const Stage before_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_STAGE_CLOCK_H_
