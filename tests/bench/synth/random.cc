#include "tests/bench/synth/random.h"

#include <cmath>

namespace wirefold {

AliasTable::AliasTable(std::span<const double> weights) : cells_(weights.size()) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  const double scale = static_cast<double>(weights.size()) / sum;
  std::vector<double> left(weights.begin(), weights.end());
  std::vector<uint32_t> small;
  std::vector<uint32_t> large;
  for (uint32_t i = 0; i < left.size(); ++i) {
    left[i] *= scale;
    (left[i] < 1 ? small : large).push_back(i);
  }
  constexpr uint32_t kAll = 1u << 24;
  while (!small.empty() && !large.empty()) {
    const uint32_t low = small.back();
    const uint32_t high = large.back();
    small.pop_back();
    cells_[low] = {static_cast<uint32_t>(left[low] * kAll), high};
    left[high] -= 1 - left[low];
    if (left[high] < 1) {
      large.pop_back();
      small.push_back(high);
    }
  }
  for (const uint32_t i : large) cells_[i] = {kAll, i};
  for (const uint32_t i : small) cells_[i] = {kAll, i};  // by rounding alone
}

std::vector<double> ZipfWeights(size_t count, double exponent, double shift) {
  std::vector<double> weights(count);
  for (size_t i = 0; i < count; ++i) {
    weights[i] = std::pow(static_cast<double>(i + 1) + shift, -exponent);
  }
  return weights;
}

double ValueAt(std::span<const Quantile> quantiles, double share) {
  if (share <= quantiles.front().share) return quantiles.front().value;
  for (size_t i = 1; i < quantiles.size(); ++i) {
    const Quantile& low = quantiles[i - 1];
    const Quantile& high = quantiles[i];
    if (share >= high.share) continue;
    const double part = (share - low.share) / (high.share - low.share);
    return low.value * std::pow(high.value / low.value, part);
  }
  return quantiles.back().value;
}

}  // namespace wirefold
