// Page: a draft as a file of the dump format, with what its outlet puts around the text.
//
// Example:
//   ByteSink sink;
//   WritePage({.outlet = &outlet, .time_ms = …, .url = url, .title = title}, draft, vocabulary,
//   sink);
//
// Thread-safe: a pure function.
#ifndef WIREFOLD_TESTS_BENCH_SYNTH_PAGE_H_
#define WIREFOLD_TESTS_BENCH_SYNTH_PAGE_H_

#include <cstdint>
#include <string_view>

#include "tests/bench/synth/draft.h"
#include "tests/bench/synth/outlets.h"
#include "tests/bench/synth/vocabulary.h"
#include "tests/bench/synth/words_writer.h"

namespace wirefold {

struct PageFrame {
  const Outlet* outlet = nullptr;  // that publishes it
  const Outlet* origin = nullptr;  // whose text it is: an agency's dateline is kept, and credited
  int64_t time_ms = 0;             // of the time line
  int64_t published_ms = 0;        // that the page names
  int64_t dateline_ms = 0;         // … and the text
  uint64_t key = 0;                // of what changes from page to page around the text
  std::string_view url;
  std::string_view title;
};

// Appends the file to `out`.
void WritePage(const PageFrame& frame, const Draft& draft, const SynthVocabulary& vocabulary,
               ByteSink& out);

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_SYNTH_PAGE_H_
