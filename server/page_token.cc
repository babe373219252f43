#include "server/page_token.h"

#include "absl/strings/escaping.h"
#include "lib/base/hash.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"

namespace wirefold {
namespace {

// Goes up when tokens change; tokens live as long as a listing, so old ones need not be read.
constexpr uint64_t kTokenSeed = 2;
constexpr size_t kPositionBytes = Ulid::kBytes + 8;

std::string Fingerprint(std::string_view position, std::string_view filters) {
  std::string text(position);
  text += filters;
  std::string out;
  AppendBigEndian64(HashBytes64(text, kTokenSeed), out);
  return out;
}

uint64_t BigEndian64(std::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

std::string MakePageToken(const PagePosition& position, std::string_view filters) {
  std::string bytes = position.last_id.ToBytes();
  AppendBigEndian64(position.total, bytes);
  return absl::WebSafeBase64Escape(bytes + Fingerprint(bytes, filters));
}

absl::StatusOr<PagePosition> ParsePageToken(std::string_view token, std::string_view filters) {
  std::string bytes;
  if (absl::WebSafeBase64Unescape(ToAbsl(token), &bytes) && bytes.size() == kPositionBytes + 8) {
    const std::string position = bytes.substr(0, kPositionBytes);
    if (bytes.substr(kPositionBytes) == Fingerprint(position, filters)) {
      return PagePosition{Ulid::FromBytes(position.substr(0, Ulid::kBytes)),
                          BigEndian64(position.substr(Ulid::kBytes))};
    }
  }
  return Reject(Reason::kInvalidPageToken,
                "page_token does not belong to this list; pass next_page_token of the page before, "
                "unchanged and with the same filters, or none to start over");
}

}  // namespace wirefold
