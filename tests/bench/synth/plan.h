// Plan: which file of a synthetic stream is what: its story, its kind and its time.
//
// Example:
//   absl::StatusOr<std::unique_ptr<const SynthPlan>> plan = SynthPlan::Make(options);
//   for (uint64_t i = 0; i < (*plan)->size(); ++i) Use((*plan)->entry(i), (*plan)->TimeOf(i));
//
// Everything follows from the options, so that any file can be written by itself. Most articles
// have no copy; of those that have, the numbers of copies follow Zipf's law (exponent
// kCopiesExponent, up to kMaxCopies). Times follow the hours and weekdays of real news, copies come
// hours to days later, as labelled ones do. Files are in the order of time, or of time with jitter.
//
// Thread-safe: immutable. 16 bytes a file and 4 a story.
#ifndef WIREFOLD_TESTS_BENCH_SYNTH_PLAN_H_
#define WIREFOLD_TESTS_BENCH_SYNTH_PLAN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/synth/mix.h"
#include "tests/bench/synth/random.h"
#include "tests/bench/synth/vocabulary.h"

namespace wirefold {

inline constexpr uint32_t kMaxCopies = 50;
inline constexpr double kCopiesExponent = 2.2;
// 2020-07-01, as the real files begin.
inline constexpr int64_t kSynthStartMs = 1'593'561'600'000;
inline constexpr int64_t kMaxSynthStartMs = 4'102'444'800'000;  // 2100-01-01
inline constexpr uint64_t kMaxSynthFiles = 200'000'000;
inline constexpr size_t kMaxSynthOutlets = 100'000;
inline constexpr double kMaxSynthDays = 3650;

// What an article is written in: simplified, traditional, Latin, and Han with Latin words in it.
inline constexpr std::array<std::string_view, 4> kSynthLanguages = {"hans", "hant", "latin",
                                                                    "mixed"};

struct SynthOptions {
  uint64_t seed = 1;
  uint64_t articles = 10'000;  // files in all
  SynthMix mix = {};
  std::array<double, 4> languages = {64, 26, 4, 6};  // weights of kSynthLanguages
  double days = 30;                                  // that the files are spread over
  int64_t start_ms = kSynthStartMs;
  double jitter_hours = 0;  // files come up to so much earlier or later than their time says
  size_t outlets = 500;
};

struct SynthEntry {
  int64_t order_ms = 0;  // by which files are ordered
  uint32_t story = 0;
  uint16_t copy = 0;  // 0: the story's first file
  SynthKind kind = SynthKind::kArticle;
};

class SynthPlan {
 public:
  // INVALID_ARGUMENT for options out of range, or more copies than kMaxCopies allow.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<const SynthPlan>> Make(
      const SynthOptions& options);

  [[nodiscard]] const SynthOptions& options() const { return options_; }
  [[nodiscard]] uint64_t size() const { return entries_.size(); }
  [[nodiscard]] const SynthEntry& entry(uint64_t file) const { return entries_[file]; }
  // What the file's time line says.
  [[nodiscard]] int64_t TimeOf(uint64_t file) const { return TimeOf(entries_[file]); }
  [[nodiscard]] int64_t TimeOf(const SynthEntry& entry) const;
  // The file of an article: of a story that may have copies.
  [[nodiscard]] uint32_t OriginalOf(uint32_t story) const { return originals_[story]; }

  // Stories are numbered: articles with copies, articles without, updates, notices, round-ups.
  [[nodiscard]] bool HasCopies(uint32_t story) const { return story < copied_; }
  [[nodiscard]] uint32_t articles() const { return static_cast<uint32_t>(originals_.size()); }
  // The article that an update goes on from.
  [[nodiscard]] uint32_t BaseOf(uint32_t update) const;
  // Of a notice: which series, and the how manyth of it.
  [[nodiscard]] uint32_t SeriesOf(uint32_t notice) const {
    return (notice - first_notice_) % series_;
  }
  [[nodiscard]] uint32_t InstanceOf(uint32_t notice) const {
    return (notice - first_notice_) / series_;
  }

  struct Language {
    SynthScript script = SynthScript::kHans;
    bool is_mixed = false;
  };
  // Of anything that has this key of its own.
  [[nodiscard]] Language LanguageOf(uint64_t key) const;
  // The key of a story: of an update its article's, of a notice its series'.
  [[nodiscard]] uint64_t KeyOf(SynthKind kind, uint32_t story) const;

 private:
  explicit SynthPlan(const SynthOptions& options);

  absl::Status MakeEntries();
  [[nodiscard]] absl::StatusOr<std::vector<uint8_t>> CopiesOfStories(uint64_t articles,
                                                                     uint64_t copies) const;
  void Add(uint32_t story, uint16_t copy, SynthKind kind);
  [[nodiscard]] int64_t DrawTime(uint64_t key) const;
  [[nodiscard]] int64_t span_ms() const { return static_cast<int64_t>(options_.days * 86'400'000); }

  SynthOptions options_;
  AliasTable languages_;
  std::vector<SynthEntry> entries_;
  std::vector<uint32_t> originals_;
  uint32_t copied_ = 0;
  uint32_t first_update_ = 0;
  uint32_t first_notice_ = 0;
  uint32_t first_round_up_ = 0;
  uint32_t series_ = 1;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_SYNTH_PLAN_H_
