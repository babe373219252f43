// Strings: absl::string_view and std::string_view are two types where Abseil was built so (Debian's
// is); the first two functions go between them, the others are Abseil's for std::string_view.
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_BASE_STRINGS_H_
#define WIREFOLD_LIB_BASE_STRINGS_H_

#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace wirefold {

inline absl::string_view ToAbsl(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}
inline std::string_view ToStd(absl::string_view text) {
  return std::string_view(text.data(), text.size());
}

// `text` with A to Z in lower case.
inline std::string LowerAscii(std::string_view text) { return absl::AsciiStrToLower(ToAbsl(text)); }
// `text` without ASCII white space at its ends.
inline std::string_view TrimAscii(std::string_view text) {
  return ToStd(absl::StripAsciiWhitespace(ToAbsl(text)));
}

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_STRINGS_H_
