// Strings: absl::string_view and std::string_view are two types where Abseil was built so (Debian's
// is); these two functions go between them.
#ifndef WIREFOLD_LIB_BASE_STRINGS_H_
#define WIREFOLD_LIB_BASE_STRINGS_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace wirefold {

inline absl::string_view ToAbsl(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}
inline std::string_view ToStd(absl::string_view text) {
  return std::string_view(text.data(), text.size());
}

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_STRINGS_H_
