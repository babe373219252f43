#include "server/article_key.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/limits.h"

namespace wirefold {

absl::StatusOr<std::optional<Hash128>> ParseTextHash(const std::string& text) {
  constexpr size_t kDigits = 32;
  if (text.empty()) return std::nullopt;
  if (text.size() != kDigits || !std::all_of(text.begin(), text.end(), absl::ascii_isxdigit)) {
    return Reject(Reason::kInvalidArgument,
                  "text_hash is not 32 hexadecimal digits; Article.text_hash and "
                  "RawFile.text_hashes have them, and without one the newest text is read");
  }
  return Hash128::FromBytes(absl::HexStringToBytes(text));
}

absl::StatusOr<size_t> PageSize(int32_t asked) {
  if (asked < 0) {
    return Reject(Reason::kInvalidArgument,
                  absl::StrCat("page_size is ", asked, "; pass 0 for ", kDefaultPageSize,
                               ", or up to ", kMaxPageSize));
  }
  return static_cast<size_t>(asked == 0 ? kDefaultPageSize : std::min(asked, kMaxPageSize));
}

}  // namespace wirefold
