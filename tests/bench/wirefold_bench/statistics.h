// Medians and percentiles of measured values.
//
// Example:
//   Percentile(latencies_ms, 0.99);   // the value that 99 of 100 do not exceed
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_STATISTICS_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_STATISTICS_H_

#include <vector>

namespace wirefold::bench {

// The middle value, of an even number the mean of the middle two; 0 of none.
double Median(std::vector<double> values);

// The smallest value that at least the share `p` (0 to 1) of the values do not exceed (nearest
// rank, no interpolation): p 0 is the least, 1 the greatest. 0 of none.
double Percentile(std::vector<double> values, double p);

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_STATISTICS_H_
