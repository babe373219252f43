// The report as text, from the one that --json prints.
//
// Example:
//   std::fputs(FormatReport(report).c_str(), stdout);
//
// Thread-safe: a pure function.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_REPORT_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_REPORT_H_

#include <string>

#include "nlohmann/json.hpp"

namespace wirefold::bench {

std::string FormatReport(const nlohmann::ordered_json& report);

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_REPORT_H_
