// Fuzzes WarcReader: items are numbered and within their limits, memory and time are bounded, and a
// file in chunks gives what it gives at once. The first byte is the size of chunks, the second what
// the rest is packed with, record by record.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/parse/warc.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/pack.h"

namespace {

using wirefold::fuzz::Check;

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

// A member for each record, as WARC files have them.
std::string PackRecords(std::string_view file, wirefold::Compression compression) {
  std::string packed;
  while (!file.empty()) {
    const std::string_view record = file.substr(0, file.find("WARC/", 1));
    packed += wirefold::fuzz::Pack(record, compression);
    file.remove_prefix(record.size());
  }
  return packed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  std::string_view file(reinterpret_cast<const char*>(data) + 2, size - 2);
  std::string packed;
  if (const unsigned how = data[1] % 4; how == 1 || how == 2) {
    packed =
        PackRecords(file, how == 1 ? wirefold::Compression::kGzip : wirefold::Compression::kZstd);
    file = packed;
  }
  const bool same = Read(file, data[0] + 1U) == Read(file, size_t{1} << 20);
  // How far a decoder reads into damaged data before it says so depends on what it was given.
  Check(same ||
        (packed.empty() && wirefold::RecognizeCompression(file) != wirefold::Compression::kNone));
  return 0;
}
