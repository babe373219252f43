// Made-up raw files that have a page's frame in common and differ in their text.
#ifndef WIREFOLD_TESTS_STORE_RAW_SAMPLES_H_
#define WIREFOLD_TESTS_STORE_RAW_SAMPLES_H_

#include <string>
#include <string_view>
#include <vector>

#include "lib/article/article.h"
#include "lib/base/hash.h"

namespace wirefold::testing {

inline std::string RawSample(int number) {
  const std::string n = std::to_string(number);
  std::string text;
  for (int word = 0; word < 20; ++word) {
    text += "w" + std::to_string(HashBytes64(n, static_cast<uint64_t>(word)) % 100'000) + " ";
  }
  return "<!--1600000000" + std::to_string(100 + number % 900) + "-->\n[Title " + n +
         "](https://www.example.org/news/2020/article-" + n +
         ".html)\n------\n\n<div class=\"article-body entry-content\"><p class=\"first-paragraph "
         "lead\">" +
         text +
         "</p><aside class=\"related-stories\"><ul><li><a "
         "href=\"https://www.example.org/more\">More "
         "from this newspaper</a></li></ul></aside><footer>Copyright by the Example Newspaper, all "
         "rights reserved; do not copy without permission of the publisher</footer></div>\n";
}

// Without hints; `bytes` is borrowed.
inline RawDocument RawOf(std::string_view bytes) {
  return {.bytes = bytes, .source = {}, .hints = {}};
}

inline std::vector<std::string> RawSamples(int first, int count) {
  std::vector<std::string> samples;
  for (int i = 0; i < count; ++i) samples.push_back(RawSample(first + i));
  return samples;
}

}  // namespace wirefold::testing

#endif  // WIREFOLD_TESTS_STORE_RAW_SAMPLES_H_
