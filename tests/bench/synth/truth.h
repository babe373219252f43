// Truth: what is known of a synthetic file: its kind, and the story that it belongs to.
//
// Example:
//   out << kTruthHeader << TruthLine(truth);
//   absl::StatusOr<SynthTruth> read = ParseTruthLine(line);
//
// A line has tab-separated columns: file (its number, from 0), path (below the folder that files
// are written to), story (a number), kind, original (the number of the file that it is a copy of,
// empty if none).
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_TESTS_BENCH_SYNTH_TRUTH_H_
#define WIREFOLD_TESTS_BENCH_SYNTH_TRUTH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tests/bench/synth/mix.h"

namespace wirefold {

inline constexpr std::string_view kTruthHeader = "file\tpath\tstory\tkind\toriginal\n";
inline constexpr uint64_t kFilesOfFolder = 10'000;

struct SynthTruth {
  uint64_t file = 0;
  uint32_t story = 0;
  SynthKind kind = SynthKind::kArticle;
  std::optional<uint64_t> original;  // of a copy

  friend bool operator==(const SynthTruth&, const SynthTruth&) = default;
};

// "00012/000123456.txt": the names' order is the files' order.
std::string PathOf(uint64_t file);
// The reverse, of any path that ends so; nullopt for another.
std::optional<uint64_t> FileOfPath(std::string_view path);

// With its line end.
std::string TruthLine(const SynthTruth& truth);
// `line` without its line end. INVALID_ARGUMENT if it is none.
[[nodiscard]] absl::StatusOr<SynthTruth> ParseTruthLine(std::string_view line);

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_SYNTH_TRUTH_H_
