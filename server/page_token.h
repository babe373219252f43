// PageToken: where a list call goes on, opaque to the client and bound to what was asked for.
//
// Example:
//   std::string token = MakePageToken({.last_id = id}, "list|host=rfi.fr");
//   absl::StatusOr<PagePosition> position = ParsePageToken(token, "list|host=rfi.fr");
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_SERVER_PAGE_TOKEN_H_
#define WIREFOLD_SERVER_PAGE_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/base/ulid.h"

namespace wirefold {

struct PagePosition {
  Ulid last_id;        // of the page before
  uint64_t total = 0;  // what was counted for the first page, so that later ones need not count

  friend bool operator==(const PagePosition&, const PagePosition&) = default;
};

// The position and a hash over it and `filters`, in URL-safe base 64. `filters` is any text that
// differs where another list was asked for.
std::string MakePageToken(const PagePosition& position, std::string_view filters);

// kInvalidPageToken when the token is none, or was made for other filters.
[[nodiscard]] absl::StatusOr<PagePosition> ParsePageToken(std::string_view token,
                                                          std::string_view filters);

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_PAGE_TOKEN_H_
