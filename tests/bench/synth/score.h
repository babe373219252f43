// Score: the stories that a service made of synthetic files against the true ones.
//
// Example:
//   SynthScore score;
//   score.AddTruth(truth);                        // of every file
//   score.AddOutcome(file, answered.story_id);    // of every file, in any order
//   std::cout << score.Result().ToString();
//
// A copy is found if it has its original's story. A file is merged falsely if the first file of the
// story that it was given is of another true story. Not thread-safe. 24 bytes a file and some 40 a
// story.
#ifndef WIREFOLD_TESTS_BENCH_SYNTH_SCORE_H_
#define WIREFOLD_TESTS_BENCH_SYNTH_SCORE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/synth/mix.h"
#include "tests/bench/synth/truth.h"

namespace wirefold {

struct SynthResult {
  struct OfKind {
    uint64_t files = 0;   // with an outcome
    uint64_t found = 0;   // of copies: in the story of the original
    uint64_t merged = 0;  // falsely
  };
  std::array<OfKind, kSynthKinds> kinds{};
  uint64_t missing = 0;     // files that no outcome is of
  uint64_t without_id = 0;  // rejected

  [[nodiscard]] OfKind Total(size_t begin = 0) const;
  // Of the copies.
  [[nodiscard]] double recall() const;
  [[nodiscard]] double false_merges_in_20000() const;
  // A table for people.
  [[nodiscard]] std::string ToString() const;
};

class SynthScore {
 public:
  // What became of a file that should have become something else.
  struct Wrong {
    uint64_t file = 0;
    uint64_t other = 0;  // its original, or the first file of the story that it was merged into
    bool is_merged = false;
  };

  // Files may come in any order, each once; numbers up to kMaxSynthFiles.
  void AddTruth(const SynthTruth& truth);
  // `story_id` is empty for a file that was rejected. Files that there is no truth of are passed
  // over.
  void AddOutcome(uint64_t file, std::string_view story_id);

  // `wrong`, if given, gets the first `max_wrong` of each kind of file.
  [[nodiscard]] SynthResult Result(std::vector<Wrong>* wrong = nullptr, size_t max_wrong = 0) const;
  [[nodiscard]] SynthKind KindOf(uint64_t file) const { return files_[file].kind; }

 private:
  struct File {
    uint64_t assigned = 0;  // a hash of the story's ID
    uint32_t story = 0;
    uint32_t original = 0;
    SynthKind kind = SynthKind::kArticle;
    bool is_known = false;
    bool is_answered = false;
    bool has_story = false;
  };
  std::vector<File> files_;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_SYNTH_SCORE_H_
