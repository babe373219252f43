// What the tests of comparing share.
#ifndef WIREFOLD_TESTS_DEDUP_COMPARING_H_
#define WIREFOLD_TESTS_DEDUP_COMPARING_H_

#include <cstddef>
#include <string>

#include "lib/dedup/compare.h"
#include "tests/dedup/texts.h"

namespace wirefold {

inline constexpr char kHere[] = "www.example.org";
inline constexpr char kThere[] = "news.example.net";

inline ComparisonDoc Doc(const std::string& text, const char* host) {
  return MakeComparisonDoc(text, {.host = host});
}
inline std::string First(const std::string& text, size_t characters) {
  return text.substr(0, 3 * characters);
}
inline std::string Last(const std::string& text, size_t characters) {
  return text.substr(text.size() - 3 * characters);
}

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_DEDUP_COMPARING_H_
