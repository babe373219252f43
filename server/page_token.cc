#include "server/page_token.h"

#include "absl/strings/escaping.h"
#include "lib/base/hash.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"

namespace wirefold {
namespace {

// Goes up when tokens change; tokens live as long as a listing, so old ones need not be read.
constexpr uint64_t kTokenSeed = 1;

std::string Fingerprint(std::string_view id_bytes, std::string_view filters) {
  std::string text(id_bytes);
  text += filters;
  std::string out;
  AppendBigEndian64(HashBytes64(text, kTokenSeed), out);
  return out;
}

}  // namespace

std::string MakePageToken(const Ulid& last_id, std::string_view filters) {
  const std::string id = last_id.ToBytes();
  return absl::WebSafeBase64Escape(id + Fingerprint(id, filters));
}

absl::StatusOr<Ulid> ParsePageToken(std::string_view token, std::string_view filters) {
  std::string bytes;
  if (absl::WebSafeBase64Unescape(ToAbsl(token), &bytes) && bytes.size() == Ulid::kBytes + 8) {
    const std::string id = bytes.substr(0, Ulid::kBytes);
    if (bytes.substr(Ulid::kBytes) == Fingerprint(id, filters)) return Ulid::FromBytes(id);
  }
  return Reject(Reason::kInvalidPageToken,
                "page_token does not belong to this list; pass next_page_token of the page before, "
                "unchanged and with the same filters, or none to start over");
}

}  // namespace wirefold
