// Random: the generator that synthetic articles are drawn with, and draws in constant time from any
// distribution over numbers.
//
// Example:
//   SynthRandom random(MixKeys(seed, story));
//   AliasTable table(weights);
//   size_t word = table.Draw(random.Next());
//
// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014) has
// 64 bits of state, so that a generator for each story, copy and sentence costs nothing. The same
// numbers on every machine. Thread-safe: values; a table is immutable.
#ifndef WIREFOLD_TESTS_BENCH_SYNTH_RANDOM_H_
#define WIREFOLD_TESTS_BENCH_SYNTH_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace wirefold {

inline uint64_t Mix64(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

// One key of two, or of three.
inline uint64_t MixKeys(uint64_t a, uint64_t b) {
  return Mix64(Mix64(a + 0x9E3779B97F4A7C15u) ^ (b * 0xD1342543DE82EF95u + 1));
}
inline uint64_t MixKeys(uint64_t a, uint64_t b, uint64_t c) { return MixKeys(MixKeys(a, b), c); }

class SynthRandom {
 public:
  explicit SynthRandom(uint64_t key) : state_(key) {}

  uint64_t Next() { return Mix64(state_ += 0x9E3779B97F4A7C15u); }
  // From 0 to `bound` - 1; `bound` is at least 1.
  uint32_t Below(uint32_t bound) {
    return static_cast<uint32_t>((Next() >> 32) * uint64_t{bound} >> 32);
  }
  // From 0 to just under 1.
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  double Between(double low, double high) { return low + (high - low) * Unit(); }
  bool Chance(double probability) { return Unit() < probability; }

 private:
  uint64_t state_;
};

// Numbers from 0 by their weights, in one look-up (Vose: A linear algorithm for generating random
// numbers with a given distribution, 1991).
class AliasTable {
 public:
  AliasTable() = default;
  // At least one weight, none negative, not all 0.
  explicit AliasTable(std::span<const double> weights);

  // `random`: 56 random bits, the lower ones.
  [[nodiscard]] uint32_t Draw(uint64_t random) const {
    const uint64_t place = (random & 0xFFFFFFFFu) * cells_.size() >> 32;
    const Cell& cell = cells_[place];
    return (random >> 32 & 0xFFFFFF) < cell.threshold ? static_cast<uint32_t>(place) : cell.alias;
  }
  [[nodiscard]] size_t size() const { return cells_.size(); }

 private:
  struct Cell {
    uint32_t threshold = 0;  // of 2^24
    uint32_t alias = 0;
  };
  std::vector<Cell> cells_;
};

// The weights of the first `count` ranks of Zipf's law as Mandelbrot has it: 1 / (rank + shift)^s,
// rank from 1.
std::vector<double> ZipfWeights(size_t count, double exponent, double shift = 0);

// The value at `share` (0 to 1) of a distribution that is given by some of its quantiles, between
// which the logarithm of the value is interpolated. Values are above 0.
struct Quantile {
  double share;
  double value;
};
double ValueAt(std::span<const Quantile> quantiles, double share);

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_SYNTH_RANDOM_H_
