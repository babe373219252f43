// PageToken: where a list call goes on, opaque to the client and bound to what was asked for.
//
// Example:
//   std::string token = MakePageToken(last_id, "list|host=rfi.fr");
//   absl::StatusOr<Ulid> after = ParsePageToken(token, "list|host=rfi.fr");
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_SERVER_PAGE_TOKEN_H_
#define WIREFOLD_SERVER_PAGE_TOKEN_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/base/ulid.h"

namespace wirefold {

// The last ID of the page and a hash over it and `filters`, in URL-safe base 64. `filters` is any
// text that differs where another list was asked for.
std::string MakePageToken(const Ulid& last_id, std::string_view filters);

// kInvalidPageToken when the token is none, or was made for other filters.
[[nodiscard]] absl::StatusOr<Ulid> ParsePageToken(std::string_view token, std::string_view filters);

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_PAGE_TOKEN_H_
