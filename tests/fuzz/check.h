// Check: what a fuzz target holds to be true of any input; it says which line did not hold.
//
// Example:
//   Check(text->size() <= input.size());
//
// Thread-safe.
#ifndef WIREFOLD_TESTS_FUZZ_CHECK_H_
#define WIREFOLD_TESTS_FUZZ_CHECK_H_

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "lib/text/utf8.h"

namespace wirefold::fuzz {

inline void Check(bool holds, int line = __builtin_LINE()) {
  if (holds) return;
  std::fprintf(stderr, "the check in line %d does not hold\n", line);
  std::abort();
}

// That `text` is valid UTF-8.
inline void CheckText(std::string_view text, int line = __builtin_LINE()) {
  Check(ValidUtf8Prefix(text) == text.size(), line);
}

}  // namespace wirefold::fuzz

#endif  // WIREFOLD_TESTS_FUZZ_CHECK_H_
