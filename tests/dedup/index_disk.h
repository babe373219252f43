// A folder for a candidate index with runs on disk, and a stream of articles for it.
//
// Example:
//   CandidateIndex index(Options(window_ms, memory_bytes));   // in a test of IndexDisk
//   Stream stream(window_ms);
//   Stream::Tell(stream.Next(), event, index);
#ifndef WIREFOLD_TESTS_DEDUP_INDEX_DISK_H_
#define WIREFOLD_TESTS_DEDUP_INDEX_DISK_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "lib/dedup/index.h"
#include "tests/dedup/texts.h"

namespace wirefold {

inline constexpr int64_t kDay = 86'400'000;

inline Ulid IdOf(int64_t time_ms, uint32_t n) { return Ulid::Make(time_ms, Hash128{n, n}); }
inline Sketch SketchOf(const std::string& text) { return MakeSketch(MakeShingles(text)); }

inline bool SameHit(const IndexHit& a, const IndexHit& b) {
  return a.id == b.id && a.bands == b.bands && a.anchors_shared == b.anchors_shared &&
         a.anchor_containment_ppm == b.anchor_containment_ppm;
}
inline bool SameHits(const std::vector<IndexHit>& a, const std::vector<IndexHit>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), SameHit);
}

class IndexDisk : public testing::Test {
 protected:
  IndexDisk()
      : folder_(std::filesystem::temp_directory_path() /
                ("wirefold-index-" + std::to_string(getpid()))) {
    std::filesystem::remove_all(folder_);
  }
  ~IndexDisk() override { std::filesystem::remove_all(folder_); }

  IndexOptions Options(int64_t window_ms, size_t memory_bytes, size_t segment_articles = 400) {
    IndexOptions options;
    options.window_ms = window_ms;
    options.memory_bytes = memory_bytes;
    options.segment_articles = segment_articles;
    options.folder = (folder_ / "index").string();
    options.sketches_from = 0;
    return options;
  }
  // Until everything that is sealed has been written. Some may have become one since.
  static void AwaitRuns(const CandidateIndex& index, uint64_t runs) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    const auto written = [&] {
      const IndexStats stats = index.stats();
      return stats.runs + stats.merged_runs;
    };
    while (written() < runs) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << index.stats().problem;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  std::filesystem::path AnyRun() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "index")) {
      if (entry.path().extension() == ".run") return entry.path();
    }
    return {};
  }

  const std::filesystem::path folder_;
};

// A stream of few themes with boilerplate and templates, revisions, removals and late articles.
class Stream {
 public:
  explicit Stream(int64_t window_ms) : window_ms_(window_ms) {}

  struct Step {
    Ulid id;
    Sketch sketch;
    FindOptions options;
    bool is_late = false;
    std::optional<Ulid> removed;
  };
  Step Next() {
    const uint32_t i = number_++;
    const std::string frame = HanText(10'000 + random_() % 3, 150);
    // Some are one template with little else.
    const std::string own = Edited(HanText(random_() % 300, i % 11 == 0 ? 60 : 400), i, 40);
    int64_t time_ms = 100 * kDay + i * (kDay / 300);
    Step step;
    step.is_late = random_() % 10 == 0;
    if (step.is_late) time_ms -= static_cast<int64_t>(random_() % 4) * kDay;
    step.id = IdOf(time_ms, i);
    if (!ids_.empty() && random_() % 20 == 0) step.id = ids_[random_() % ids_.size()];
    if (!ids_.empty() && random_() % 30 == 0) step.removed = ids_[random_() % ids_.size()];
    ids_.push_back(step.id);
    step.sketch = SketchOf(i % 7 == 0 ? frame : frame + own);
    step.options = {.time_ms = time_ms, .window_ms = window_ms_, .max_hits = 64};
    return step;
  }
  static void Tell(const Step& step, uint64_t event, CandidateIndex& index) {
    if (step.removed.has_value()) index.Remove(*step.removed);
    if (!step.is_late) index.Advance(step.id.TimeMs());
    index.Add(step.id, step.sketch);
    index.Committed(event + 1);
    index.Settle(event + 1);
  }

 private:
  const int64_t window_ms_;
  std::mt19937 random_{11};
  uint32_t number_ = 0;
  std::vector<Ulid> ids_;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_DEDUP_INDEX_DISK_H_
