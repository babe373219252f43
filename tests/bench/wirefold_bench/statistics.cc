#include "tests/bench/wirefold_bench/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace wirefold::bench {

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double Percentile(std::vector<double> values, double p) {
  if (values.empty()) return 0;
  const auto count = static_cast<double>(values.size());
  // A hair less, so that 0.99 of 100 is the 99th in binary fractions too.
  const double rank = std::ceil(std::clamp(p, 0.0, 1.0) * count - 1e-9);
  const size_t at = rank < 1 ? 0 : static_cast<size_t>(rank) - 1;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

}  // namespace wirefold::bench
