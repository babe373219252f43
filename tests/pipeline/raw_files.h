// Raw files in the dump format, made up for the tests.
#ifndef WIREFOLD_TESTS_PIPELINE_RAW_FILES_H_
#define WIREFOLD_TESTS_PIPELINE_RAW_FILES_H_

#include <cstdint>
#include <string>

namespace wirefold {

inline std::string RawFile(int64_t time_ms, const std::string& url, const std::string& title,
                           const std::string& text) {
  return "<!--" + std::to_string(time_ms) + "-->\n[" + title + "](" + url +
         ")\n------\n\n<div><p>" + text + "</p></div>\n";
}

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_PIPELINE_RAW_FILES_H_
