// Where the real files lie that conformance tests read; see CONTRIBUTING.md. They are not part of
// the project.
#ifndef WIREFOLD_TESTS_TEXT_REAL_DATA_H_
#define WIREFOLD_TESTS_TEXT_REAL_DATA_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace wirefold {

// The folder that the environment variable WIREFOLD_TEST_DATA names; empty if it is not set.
inline std::filesystem::path RealData() {
  const char* folder = std::getenv("WIREFOLD_TEST_DATA");  // NOLINT(concurrency-mt-unsafe)
  return folder == nullptr ? std::filesystem::path() : std::filesystem::path(folder);
}

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace wirefold

#define WIREFOLD_NEEDS_REAL_DATA()                                            \
  if (RealData().empty()) {                                                   \
    GTEST_SKIP() << "set WIREFOLD_TEST_DATA to the folder of the real files"; \
  }

#endif  // WIREFOLD_TESTS_TEXT_REAL_DATA_H_
