// Hosts: what stands between the slashes and the path, parsed and serialized in one step.
//
// Example:
//   std::string out = "https://";
//   AppendHost("www.Bücher.de", /*is_special=*/true, out);   // "https://www.xn--bcher-kva.de"
//   // and "0xC3.0x7F.0.11" would be "195.127.0.11"
//
// Source: URL Standard, section 3.5; domains by UTS #46 (ICU, non-transitional, with the rules for
// bidirectional text and joiners). Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_URL_HOST_H_
#define WIREFOLD_LIB_URL_HOST_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace wirefold {

// Appends the host that `input`, which is not empty, stands for. A host of a scheme that is not
// special stays opaque. kInvalidUrl when it is no host; `out` then ends in anything.
[[nodiscard]] absl::Status AppendHost(std::string_view input, bool is_special, std::string& out);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_HOST_H_
