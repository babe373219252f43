// Mix: the kinds of synthetic articles, and how many of each there are.
//
// Example:
//   absl::StatusOr<SynthMix> mix = ParseMix("excerpt=20,notice=0");
//   mix->Share(SynthKind::kExcerpt)
//
// Thread-safe: plain values.
#ifndef WIREFOLD_TESTS_BENCH_SYNTH_MIX_H_
#define WIREFOLD_TESTS_BENCH_SYNTH_MIX_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wirefold {

// What a file is. Of the first four each is an article of its own; the others are copies of an
// article and belong to its story.
enum class SynthKind : uint8_t {
  kArticle = 0,  // text of its own; it may have copies
  kUpdate,       // the next news on an article's subject, with a part of that as background
  kNotice,       // one of a daily series that differ in their figures
  kRoundUp,      // holds the beginnings of several articles
  kReprint,      // the text unchanged: another host, and what that puts around it
  kLight,        // words and a few sentences are edited
  kHeavy,        // sentences are left out, replaced, moved
  kExcerpt,      // the beginning alone
  kExtended,     // paragraphs are added
  kScript,       // in the other of the two Han scripts, unchanged or lightly edited
  kRevision,     // the same URL, edited
  kUnchanged,    // the same URL and text, fetched again
};
inline constexpr size_t kSynthKinds = 12;
inline constexpr size_t kFirstCopyKind = static_cast<size_t>(SynthKind::kReprint);

inline bool IsCopy(SynthKind kind) { return static_cast<size_t>(kind) >= kFirstCopyKind; }
inline bool HasUrlOfOriginal(SynthKind kind) {
  return kind == SynthKind::kRevision || kind == SynthKind::kUnchanged;
}

// "article", "update", "notice", "round-up", "reprint", "light", "heavy", "excerpt", "extended",
// "script", "revision", "unchanged".
std::string_view KindName(SynthKind kind);
std::optional<SynthKind> KindNamed(std::string_view name);

struct SynthMix {
  // The default: how alike the copies are is fitted on labelled pairs of real news, how many there
  // are on what becomes of real files (docs/benchmarks.md).
  std::array<double, kSynthKinds> weights = {84,  3,    2.5, 0.5,  2.1, 1.6,
                                             1.5, 1.45, 0.5, 0.85, 1.2, 0.8};

  // Of all files.
  [[nodiscard]] double Share(SynthKind kind) const;
  [[nodiscard]] double CopyShare() const;
  // Changes the copies' weights so that this share (0 to under 1) of all files are copies.
  void SetCopyShare(double share);
};

// The default with the weights that `text` names: "name=weight,…". INVALID_ARGUMENT for a name that
// is no kind, a weight that is no number from 0 on, and a mix without articles.
[[nodiscard]] absl::StatusOr<SynthMix> ParseMix(std::string_view text);

// The same form for any weights: `names` and `weights` go together.
[[nodiscard]] absl::Status ParseWeights(std::string_view text, const std::string_view* names,
                                        double* weights, size_t count);

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_SYNTH_MIX_H_
