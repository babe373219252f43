// Fuzzes ParseUrl and CanonicalizeUrl: no crash, and what is serialized is read back as the same.
// The input's first line is the base, the rest the URL; without a line end there is no base.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/url/canonicalize.h"
#include "lib/url/url.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string_view base_text;
  if (const size_t end = input.find('\n'); end != std::string_view::npos) {
    base_text = input.substr(0, end);
    input.remove_prefix(end + 1);
  }
  const absl::StatusOr<wirefold::Url> base = wirefold::ParseUrl(base_text);
  const absl::StatusOr<wirefold::Url> url = wirefold::ParseUrl(input, base.ok() ? &*base : nullptr);
  if (url.ok()) {
    const absl::StatusOr<wirefold::Url> again = wirefold::ParseUrl(url->href());
    Check(again.ok() && *again == *url);
  }
  const absl::StatusOr<wirefold::CanonicalUrl> canonical =
      wirefold::CanonicalizeUrl(input, base_text);
  if (canonical.ok()) {
    const absl::StatusOr<wirefold::CanonicalUrl> again = wirefold::CanonicalizeUrl(canonical->url);
    Check(again.ok() && again->url == canonical->url && again->url_key == canonical->url_key &&
          again->registrable_domain() == canonical->registrable_domain());
  }
  return 0;
}
