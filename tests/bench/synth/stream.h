// Stream: synthetic articles, one after the other or any of them by its number.
//
// Example:
//   auto corpus = SynthCorpus::Make({.seed = 7, .articles = 1'000'000});
//   SynthStream stream(**corpus, /*begin=*/0, /*end=*/(*corpus)->size());
//   while (std::optional<SynthFile> file = stream.Next()) Send(file->bytes);
//
// A corpus is immutable and shared by threads; each has a stream or a renderer of its own, over any
// part of the files: file i is the same bytes whoever writes it, after whichever others. The corpus
// must outlive them.
#ifndef WIREFOLD_TESTS_BENCH_SYNTH_STREAM_H_
#define WIREFOLD_TESTS_BENCH_SYNTH_STREAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "tests/bench/synth/draft.h"
#include "tests/bench/synth/outlets.h"
#include "tests/bench/synth/plan.h"
#include "tests/bench/synth/truth.h"
#include "tests/bench/synth/vocabulary.h"
#include "tests/bench/synth/words_writer.h"

namespace wirefold {

class SynthCorpus {
 public:
  // Errors are SynthPlan::Make's.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<const SynthCorpus>> Make(
      const SynthOptions& options);

  [[nodiscard]] uint64_t size() const { return plan_->size(); }
  [[nodiscard]] const SynthPlan& plan() const { return *plan_; }
  [[nodiscard]] const SynthVocabulary& vocabulary() const { return vocabulary_; }
  [[nodiscard]] const SynthOutlets& outlets() const { return outlets_; }
  [[nodiscard]] SynthTruth TruthOf(uint64_t file) const;

 private:
  explicit SynthCorpus(std::unique_ptr<const SynthPlan> plan);

  std::unique_ptr<const SynthPlan> plan_;
  SynthVocabulary vocabulary_;
  SynthOutlets outlets_;
};

// Valid until the next call of what gave it.
struct SynthFile {
  std::string_view bytes;  // of the dump format
  std::string_view url;
  std::string_view title;
  int64_t time_ms = 0;
  SynthTruth truth;
};

// Writes any file of a corpus. Used by one thread.
class SynthRenderer {
 public:
  explicit SynthRenderer(const SynthCorpus& corpus) : corpus_(corpus) {}

  // `file` is under corpus.size().
  SynthFile Render(uint64_t file);

 private:
  // Where an article stands, and what it is about.
  struct Place {
    Subject subject;
    SynthScript script = SynthScript::kHans;
    const Outlet* outlet = nullptr;
  };

  [[nodiscard]] Place PlaceOf(SynthKind kind, uint32_t story) const;
  [[nodiscard]] const Outlet& OutletOfCopy(const SynthEntry& entry, const Place& place) const;
  void DraftStory(uint32_t story, const Place& place, Draft& out) const;
  void DraftFile(uint64_t file, const SynthEntry& entry, const Place& place);
  void AddItems(uint64_t file, SynthScript script);
  void WriteUrl(const SynthEntry& entry, int64_t time_ms, const Outlet& outlet);
  void WriteTitle(const SynthEntry& entry, const Place& place, const Outlet& outlet);

  const SynthCorpus& corpus_;
  Draft draft_;
  Draft base_;
  ByteSink bytes_;
  ByteSink url_;
  ByteSink title_;
};

class SynthStream {
 public:
  // The files from `begin` to `end` - 1.
  SynthStream(const SynthCorpus& corpus, uint64_t begin, uint64_t end)
      : renderer_(corpus), next_(begin), end_(end) {}

  // nullopt at the end.
  std::optional<SynthFile> Next() {
    if (next_ >= end_) return std::nullopt;
    return renderer_.Render(next_++);
  }

 private:
  SynthRenderer renderer_;
  uint64_t next_;
  const uint64_t end_;
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_SYNTH_STREAM_H_
