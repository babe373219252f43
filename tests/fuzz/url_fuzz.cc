// Fuzzes ParseUrl, CanonicalizeUrl and IsShareLink: no crash; what is serialized is read back as
// the same; canonicalizing is idempotent, and so URLs with one `url` have one `url_key`. The
// input's first line is the base, the rest the URL; without a line end there is no base.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/url/canonicalize.h"
#include "lib/url/share_link.h"
#include "lib/url/url.h"
#include "tests/fuzz/check.h"

namespace wirefold {
namespace {

using fuzz::Check;

// The parts, put together again.
std::string Join(const Url& url) {
  std::string out(url.scheme());
  out += ':';
  if (url.has_host()) {
    out += "//";
    if (url.has_credentials()) {
      out += url.username();
      if (!url.password().empty()) out.append(":").append(url.password());
      out += '@';
    }
    out += url.host();
    if (url.port().has_value()) out += ":" + std::to_string(*url.port());
  } else if (!url.has_opaque_path() && url.path().starts_with("//")) {
    out += "/.";
  }
  out += url.path();
  if (url.query().has_value()) out.append("?").append(*url.query());
  if (url.fragment().has_value()) out.append("#").append(*url.fragment());
  return out;
}

void CheckParsing(std::string_view input, const Url* base) {
  const absl::StatusOr<Url> url = ParseUrl(input, base);
  if (!url.ok()) return;
  Check(Join(*url) == url->href());
  const absl::StatusOr<Url> again = ParseUrl(url->href());
  Check(again.ok() && *again == *url);
}

void CheckCanonicalizing(std::string_view input, std::string_view base) {
  const absl::StatusOr<CanonicalUrl> canonical = CanonicalizeUrl(input, base);
  if (!canonical.ok()) return;
  const absl::StatusOr<CanonicalUrl> again = CanonicalizeUrl(canonical->url);
  Check(again.ok() && again->url == canonical->url && again->url_key == canonical->url_key);
  Check(!again->has_dropped_parameters && again->host() == canonical->host() &&
        again->registrable_domain() == canonical->registrable_domain());
  Check(canonical->host().ends_with(canonical->registrable_domain()) ||
        canonical->host().ends_with('.'));
  const absl::StatusOr<CanonicalUrl> of_key = CanonicalizeUrl("https://" + canonical->url_key);
  Check(!of_key.ok() || of_key->url_key == canonical->url_key);
  // A link that carries the URL is a button to share it, if the escapes leave room for it.
  const absl::StatusOr<Url> link = ParseUrl(input);
  if (link.ok()) (void)IsShareLink(*link, {canonical->url_key, input}, UrlRules::BuiltIn());
}

}  // namespace
}  // namespace wirefold

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string_view base_text;
  if (const size_t end = input.find('\n'); end != std::string_view::npos) {
    base_text = input.substr(0, end);
    input.remove_prefix(end + 1);
  }
  const absl::StatusOr<wirefold::Url> base = wirefold::ParseUrl(base_text);
  wirefold::CheckParsing(input, base.ok() ? &*base : nullptr);
  wirefold::CheckCanonicalizing(input, base_text);
  return 0;
}
