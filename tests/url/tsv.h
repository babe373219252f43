// Tables of cases: one case a line, columns split on TAB, the first line names the columns.
//
// Example:
//   for (const TsvRow& row : ReadTsv(RepositoryData("canonical.tsv"))) row[0] …
//
// In a cell \t \n \r \\ and \uXXXX are escapes; nothing is quoted. For tests.
#ifndef WIREFOLD_TESTS_URL_TSV_H_
#define WIREFOLD_TESTS_URL_TSV_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wirefold {

using TsvRow = std::vector<std::string>;

// The rows below the heading, every one with as many cells as that. Fails the test, and returns
// nothing, when the file can't be read.
std::vector<TsvRow> ReadTsv(const std::string& path);

// All bytes of a file; nullopt when it can't be read.
std::optional<std::string> ReadFile(const std::string& path);

// The path of a file in tests/testdata/url.
std::string RepositoryData(std::string_view name);

// The path of one of the real files, which are not in the repository: below the folder that
// WIREFOLD_TEST_DATA names. nullopt, for GTEST_SKIP() << kNoRealData, when that is not set.
std::optional<std::string> RealData(std::string_view name);

inline constexpr std::string_view kNoRealData =
    "WIREFOLD_TEST_DATA is not set: it names the folder with the real files and the standards' "
    "suites, which are not in the repository";

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_URL_TSV_H_
