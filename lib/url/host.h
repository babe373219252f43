// Hosts: what stands between the slashes and the path, parsed and serialized in one step.
//
// Example:
//   ParseHost("www.Bücher.de", /*is_special=*/true)   // "www.xn--bcher-kva.de"
//   ParseHost("0xC3.0x7F.0.11", true)                 // "195.127.0.11"
//
// Source: URL Standard, section 3.5; domains by UTS #46 (ICU, non-transitional, with the rules for
// bidirectional text and joiners). Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_URL_HOST_H_
#define WIREFOLD_LIB_URL_HOST_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wirefold {

// `input` is not empty. A host of a scheme that is not special stays opaque. kInvalidUrl when it is
// no host.
[[nodiscard]] absl::StatusOr<std::string> ParseHost(std::string_view input, bool is_special);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_HOST_H_
