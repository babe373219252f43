// Allocations: how often this program has asked for memory, for benchmarks and for tests that hold
// a kernel to a number of allocations.
//
// Example:
//   const uint64_t before = Allocations();
//   CanonicalizeUrl(url);
//   EXPECT_EQ(Allocations() - before, 2);
//
// Linking allocations.cc replaces operator new of the whole program. Thread-safe.
#ifndef WIREFOLD_TESTS_BENCH_ALLOCATIONS_H_
#define WIREFOLD_TESTS_BENCH_ALLOCATIONS_H_

#include <cstdint>

namespace wirefold {

// Calls of operator new since the program began, in all threads.
uint64_t Allocations();

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_ALLOCATIONS_H_
