// Fuzzes Unpacker: in chunks of any size it gives what it gives at once, within its limits, and
// what was packed comes out as it was. The first byte picks the format and whether the rest is
// packed data or what to pack, the second the size of chunks.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/parse/unpack.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/pack.h"

namespace {

using wirefold::Compression;
using wirefold::fuzz::Check;

constexpr uint64_t kMaxOutput = 1 << 20;

struct Packed {
  std::string bytes;
  std::string text;    // what the members hold, as far as it is known
  bool honest = true;  // nothing but whole members
};

// Members from a script of parts: a byte that says what becomes of it, its length, its bytes.
Packed PackParts(std::string_view script, Compression compression) {
  Packed packed;
  bool any = false;
  while (script.size() >= 2) {
    const auto what = static_cast<unsigned char>(script[0]);
    const size_t length = static_cast<unsigned char>(script[1]);
    const std::string_view part = script.substr(2, length);
    script.remove_prefix(2 + part.size());
    const unsigned amount = what >> 4;
    std::string text(part);
    if ((what & 7) == 1) {
      for (unsigned i = 0; i < amount % 8; ++i) text += text;
    }
    std::string member = wirefold::fuzz::Pack(text, compression, (what & 8) != 0);
    switch (what & 7) {
      case 2:  // ends early
        member.resize(member.size() - std::min<size_t>(member.size(), amount + 1));
        packed.honest = false;
        break;
      case 3:  // damaged, from its end
        member[member.size() - 1 - std::min<size_t>(member.size() - 1, amount)] ^= '\x41';
        packed.honest = false;
        break;
      case 4:  // damaged, from its start
        member[std::min<size_t>(member.size() - 1, amount)] ^= '\x02';
        packed.honest = false;
        break;
      case 5:  // not packed at all
        member = part;
        packed.honest = false;
        break;
      case 6:  // padding
        member.assign(any ? amount : 0, '\0');
        text.clear();
        break;
      default:
        break;
    }
    if (compression != Compression::kDeflate || !any) packed.text += text;
    any = any || (what & 7) != 6;
    packed.bytes += member;
  }
  if (!any && compression == Compression::kDeflate) packed.honest = false;  // padding is no stream
  return packed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const auto compression = static_cast<Compression>(data[0] % 4);
  const size_t chunk = data[1] + 1U;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const wirefold::UnpackLimits limits{.max_output_bytes = kMaxOutput,
                                      .max_window_log = wirefold::kMaxHttpWindowLog};
  Packed packed;
  const bool packs = (data[0] & 4) != 0 && compression != Compression::kNone;
  if (packs) {
    packed = PackParts(bytes, compression);
    bytes = packed.bytes;
  }
  const absl::StatusOr<std::string> whole = wirefold::Unpack(bytes, compression, limits);
  if (whole.ok()) Check(whole->size() <= kMaxOutput);
  if (packs && packed.honest) Check(whole.ok() && *whole == packed.text);

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
        Check(failed || !whole.ok());
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
