// Fuzzes DecodeText and RecognizeFormat: whatever the bytes and the hint, the text is valid UTF-8,
// and valid UTF-8 is not copied. The input's first line is the Content-Type, the rest the document.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/parse/charset.h"
#include "lib/parse/format.h"
#include "tests/fuzz/check.h"

namespace {

using wirefold::fuzz::Check;
using wirefold::fuzz::CheckText;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string_view content_type;
  if (const size_t end = input.find('\n'); end != std::string_view::npos) {
    content_type = input.substr(0, end);
    input.remove_prefix(end + 1);
  }
  std::string storage;
  const absl::StatusOr<wirefold::DecodedText> text =
      wirefold::DecodeText(input, {.content_type = content_type}, storage);
  if (text.ok()) {
    CheckText(text->text);
    Check(text->text.size() <= 3 * input.size());
    Check(text->replaced_bytes <= input.size());
    // What came out is read as what it is, unless NULs make it look like UTF-16.
    std::string again_storage;
    const auto again = wirefold::DecodeText(text->text, {.content_type = "utf-8"}, again_storage);
    Check(!again.ok() || again->replaced_bytes == 0 ||
          text->text.find('\0') != std::string_view::npos);
  }
  wirefold::RecognizeFormat(input, {.content_type = content_type, .name = content_type});
  return 0;
}
