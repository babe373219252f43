// DocumentSplitter on any bytes, in pieces and at once: the same documents whatever the pieces, at
// least one, numbered, and each fit to be sent by itself. What Normalize makes of any document is
// normalize_fuzz's. The first byte is the size of pieces, the second what the rest is packed with.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/parse/document_splitter.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/pack.h"

namespace {

using wirefold::DocumentSplitter;
using wirefold::Reason;
using wirefold::ReasonOf;
using wirefold::SplitDocument;
using wirefold::fuzz::Check;
using wirefold::fuzz::CheckText;

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
  Check(splitter.done());
  return documents;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const size_t chunk = 1 + data[0];
  std::string_view file(reinterpret_cast<const char*>(data + 2), size - 2);
  std::string packed;
  if (const unsigned how = data[1] % 4; how == 1 || how == 2) {
    packed = wirefold::fuzz::Pack(
        file, how == 1 ? wirefold::Compression::kGzip : wirefold::Compression::kZstd);
    file = packed;
  }
  const std::vector<SplitDocument> whole = Split(file, std::max<size_t>(file.size(), 1));
  const std::vector<SplitDocument> pieces = Split(file, chunk);
  Check(!whole.empty() && whole.size() == pieces.size());
  for (size_t i = 0; i < whole.size(); ++i) {
    const SplitDocument& document = whole[i];
    Check(document.item == i && document.offset == pieces[i].offset);
    Check(document.bytes == pieces[i].bytes && document.url == pieces[i].url);
    Check(ReasonOf(document.error) == ReasonOf(pieces[i].error));
    Check(document.bytes.size() <= wirefold::kMaxDocumentBytes);
    CheckText(document.url);
    if (!document.error.ok()) Check(ReasonOf(document.error) != Reason::kUnspecified);
  }
  return 0;
}
