// Fuzzes Unpacker: in chunks of any size it gives what it gives at once, within its limits. The
// first byte picks the format, the second the size of chunks.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/parse/unpack.h"

namespace {

constexpr uint64_t kMaxOutput = 1 << 20;

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const auto compression = static_cast<wirefold::Compression>(data[0] % 4);
  const size_t chunk = data[1] + 1U;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const wirefold::UnpackLimits limits{.max_output_bytes = kMaxOutput,
                                      .max_window_log = wirefold::kMaxHttpWindowLog};
  const absl::StatusOr<std::string> whole = wirefold::Unpack(bytes, compression, limits);
  if (whole.ok()) Check(whole->size() <= kMaxOutput);

  wirefold::Unpacker unpacker(compression, limits);
  std::string text;
  bool failed = false;
  bool skipping = false;
  size_t given = 0;
  for (size_t pos = 0; pos < bytes.size(); pos += chunk) {
    std::string_view input = bytes.substr(pos, chunk);
    given += input.size();
    while (true) {
      if (skipping && !unpacker.SkipToNextMember(input)) break;
      skipping = false;
      const auto step = unpacker.Next(input);
      Check(unpacker.consumed_bytes() + input.size() == given);
      Check(unpacker.member_offset() <= unpacker.consumed_bytes());
      if (!step.ok()) {
        if (!failed && whole.ok()) std::abort();
        failed = true;
        // A limit that is passed ends it; broken data does not.
        if (text.size() >= kMaxOutput) return 0;
        skipping = true;
        continue;
      }
      if (step->output.empty() && !step->member_ended) break;
      if (!failed) text.append(step->output);
    }
    Check(input.empty());
  }
  if (!failed) Check(unpacker.Finish().ok() == whole.ok());
  if (whole.ok()) Check(text == *whole);
  return 0;
}
