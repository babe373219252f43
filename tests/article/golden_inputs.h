// GoldenInputs: the files whose digests are checked in: every fixture of tests/testdata, and files
// of each format, charset and packing that are made here, the same in every build.
//
// Example:
//   for (const GoldenInput& input : GoldenInputs()) DigestFile(input.bytes, input.name);
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_TESTS_ARTICLE_GOLDEN_INPUTS_H_
#define WIREFOLD_TESTS_ARTICLE_GOLDEN_INPUTS_H_

#include <string>
#include <vector>

namespace wirefold {

struct GoldenInput {
  std::string name;  // of a fixture its path below tests/testdata
  std::string bytes;
  bool is_url_list = false;
};

// In a fixed order, each name once.
std::vector<GoldenInput> GoldenInputs();

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_ARTICLE_GOLDEN_INPUTS_H_
