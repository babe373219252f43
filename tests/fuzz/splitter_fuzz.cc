// DocumentSplitter on any bytes, in pieces and at once, and Normalize on what it gives: the same
// documents whatever the pieces, at least one, numbered, and each fit to be sent by itself.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/article/normalize.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/parse/document_splitter.h"
#include "lib/text/utf8.h"

namespace {

using wirefold::DocumentSplitter;
using wirefold::Reason;
using wirefold::ReasonOf;
using wirefold::SplitDocument;

std::vector<SplitDocument> Split(std::string_view file, size_t chunk) {
  DocumentSplitter splitter;
  std::vector<SplitDocument> documents;
  const auto take = [&] {
    while (auto document = splitter.Next()) documents.push_back(*std::move(document));
  };
  for (size_t pos = 0; pos < file.size(); pos += chunk) {
    splitter.Push(file.substr(pos, chunk));
    take();
  }
  splitter.End();
  take();
  if (!splitter.done()) std::abort();
  return documents;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t chunk = 1 + data[0];
  const std::string_view file(reinterpret_cast<const char*>(data + 1), size - 1);
  std::vector<SplitDocument> whole = Split(file, std::max<size_t>(file.size(), 1));
  const std::vector<SplitDocument> pieces = Split(file, chunk);
  if (whole.empty() || whole.size() != pieces.size()) std::abort();
  for (size_t i = 0; i < whole.size(); ++i) {
    SplitDocument& document = whole[i];
    if (document.item != i || document.offset != pieces[i].offset) std::abort();
    if (document.bytes != pieces[i].bytes || document.url != pieces[i].url) std::abort();
    if (ReasonOf(document.error) != ReasonOf(pieces[i].error)) std::abort();
    if (document.bytes.size() > wirefold::kMaxDocumentBytes) std::abort();
    if (wirefold::ValidUtf8Prefix(document.url) != document.url.size()) std::abort();
    if (!document.error.ok()) {
      if (ReasonOf(document.error) == Reason::kUnspecified) std::abort();
      continue;
    }
    const auto article =
        wirefold::Normalize({.bytes = document.bytes,
                             .source = {},
                             .hints = {.url = std::move(document.url),
                                       .observed_at_ms = document.observed_at_ms,
                                       .content_type = std::move(document.content_type)}});
    if (article.ok()) continue;
    const Reason reason = ReasonOf(article.status());
    if (reason == Reason::kUnspecified || reason == Reason::kSeveralArticles) std::abort();
  }
  return 0;
}
