// CorpusFigures: what a stream of files looks like to the deduplicator: how long files and texts
// are, how much two stories of one outlet have in common, how much of a text the stream has shown
// before, and how alike labelled pairs are. For setting synthetic files beside real ones.
//
// Example:
//   CorpusFigures figures;
//   for (const std::string& bytes : files) figures.Add(bytes);
//   spread.Add(*original, *copy);
//   figures.Print(stdout);
//
// Not thread-safe. Memory: 256 MiB for what has been seen.
#ifndef WIREFOLD_TESTS_EVAL_CORPUS_FIGURES_H_
#define WIREFOLD_TESTS_EVAL_CORPUS_FIGURES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wirefold {

// Shares of pairs by tenths of a figure from 0 to 1.
class Histogram {
 public:
  static constexpr size_t kBins = 10;

  void Add(double value);
  [[nodiscard]] size_t total() const { return total_; }
  [[nodiscard]] double Share(size_t bin) const;
  // The largest difference of a bin's share.
  [[nodiscard]] double Distance(const Histogram& other) const;
  // The shares in one line.
  [[nodiscard]] std::string ToString() const;

 private:
  std::array<size_t, kBins> counts_{};
  size_t total_ = 0;
};

// How alike pairs are, by the matching text's shingles.
struct PairSpread {
  Histogram jaccard;
  Histogram containment;  // of the shorter

  // `a` and `b` ascend, each value once. Pairs without shingles are left out.
  void Add(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b);
};

class CorpusFigures {
 public:
  CorpusFigures();

  // A file, as it comes in the stream. The distinct shingles of its text; nullopt if it is none
  // that Normalize takes.
  std::optional<std::vector<uint32_t>> Add(std::string_view bytes);

  void Print(std::FILE* out) const;

 private:
  // Stories of one host that are compared with the next ones.
  static constexpr size_t kKeptOfHost = 4;
  // From here on two texts are taken for copies, not for background.
  static constexpr double kCopyJaccard = 0.3;

  struct Host {
    std::array<std::vector<uint32_t>, kKeptOfHost> kept;
    size_t next = 0;
  };

  std::vector<uint32_t> file_bytes_;
  std::vector<uint32_t> letters_;
  std::vector<uint32_t> shingles_;
  std::map<std::string, Host> hosts_;
  double background_ = 0;  // summed
  size_t background_pairs_ = 0;
  std::vector<bool> seen_;       // by 31 bits of the shingle's fingerprint
  std::vector<float> repeated_;  // of each text: the share of its shingles that were seen before
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_EVAL_CORPUS_FIGURES_H_
