// Fuzzes UrlRules: any text is refused or gives rules under which canonicalizing is idempotent. The
// input is the rules' text, a zero byte, and a URL.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/reason.h"
#include "lib/url/canonicalize.h"
#include "lib/url/rules.h"
#include "tests/fuzz/check.h"

namespace {

using wirefold::fuzz::Check;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using wirefold::CanonicalUrl;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view text = input.substr(0, input.find('\0'));
  const std::string_view url = input.substr(text.size() + (text.size() < size ? 1 : 0));
  const absl::StatusOr<wirefold::UrlRules> rules = wirefold::UrlRules::Parse(text);
  if (!rules.ok()) {
    Check(wirefold::ReasonOf(rules.status()) == wirefold::Reason::kInvalidArgument);
    return 0;
  }
  Check(wirefold::UrlKeyRulesFingerprint(*rules).size() == 32);
  const absl::StatusOr<CanonicalUrl> canonical = wirefold::CanonicalizeUrl(url, {}, *rules);
  if (!canonical.ok()) return 0;
  const absl::StatusOr<CanonicalUrl> again = wirefold::CanonicalizeUrl(canonical->url, {}, *rules);
  Check(again.ok() && again->url == canonical->url && again->url_key == canonical->url_key);
  return 0;
}
