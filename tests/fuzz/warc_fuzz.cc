// Fuzzes WarcReader: items are numbered and within their limits, memory and time are bounded, and a
// file in chunks gives what it gives at once. The first byte is the size of chunks.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/parse/warc.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

// What is read, as one text to compare.
std::string Read(std::string_view file, size_t chunk) {
  wirefold::WarcReader reader;
  std::string summary;
  uint64_t items = 0;
  const auto take = [&] {
    while (const auto item = reader.Next()) {
      Check(item->index == items++);
      Check(item->payload.size() <= wirefold::kMaxDocumentBytes);
      Check(item->offset <= file.size());
      summary += std::to_string(item->offset) + ' ' + std::to_string(item->unpacked_offset) + ' ' +
                 (item->error.ok() ? item->url + item->payload : "error") + '\n';
    }
  };
  for (size_t pos = 0; pos < file.size(); pos += chunk) {
    reader.Push(file.substr(pos, chunk));
    take();
  }
  reader.End();
  take();
  Check(!reader.Next().has_value());
  Check(reader.counts().documents + reader.counts().errors == items);
  return summary;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string_view file(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool same = Read(file, data[0] + 1U) == Read(file, size);
  // How far a decoder reads into damaged data before it says so depends on what it was given.
  Check(same || wirefold::RecognizeCompression(file) != wirefold::Compression::kNone);
  return 0;
}
