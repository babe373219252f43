// Canonicalize: the two canonical forms of an article's URL, one to fetch and one to match by.
//
// Example:
//   absl::StatusOr<CanonicalUrl> canonical =
//       CanonicalizeUrl("HTTP://www.RFI.fr//cn/中国?utm_source=rss#top");
//   canonical->url;                  // "http://www.rfi.fr//cn/%E4%B8%AD%E5%9B%BD"
//   canonical->url_key;              // "rfi.fr/cn/%E4%B8%AD%E5%9B%BD"
//   canonical->registrable_domain();   // "rfi.fr"
//
// Errors, as everywhere here: kUrlTooLong, kInvalidUrl, kUnsupportedScheme. Thread-safe: pure
// functions; none throws; time is linear in the input's length, which is limited.
#ifndef WIREFOLD_LIB_URL_CANONICALIZE_H_
#define WIREFOLD_LIB_URL_CANONICALIZE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/url/rules.h"
#include "lib/url/url.h"

namespace wirefold {

struct CanonicalUrl {
  std::string url;  // as the WHATWG standard serializes it; no fragment but #! routes, no trackers
  std::string url_key;  // see url_key.h

  // As in `url`, and a part of it.
  [[nodiscard]] std::string_view host() const {
    return std::string_view(url).substr(host_begin, host_bytes);
  }
  // A part of `url`; "" for IP addresses, see public_suffix.h.
  [[nodiscard]] std::string_view registrable_domain() const {
    return std::string_view(url).substr(domain_begin, domain_bytes);
  }

  // Where they stand in `url`, which must not be changed for the two to hold.
  size_t host_begin = 0;
  size_t host_bytes = 0;
  size_t domain_begin = 0;
  size_t domain_bytes = 0;

  bool has_dropped_parameters = false;  // `url` has fewer than the input had
};

// `input` is absolute, or relative to `base` if that is not empty. For ASCII that
// grows by few escapes it allocates the two strings of the result and nothing else, on a thread
// that has seen the host lately (public_suffix.h) and with up to 16 parameters. Canonicalizing
// `url` once more gives the same. kUrlTooLong when `input`, `base` or what comes out is over
// kMaxUrlBytes; kUnsupportedScheme for anything but http and https; kInvalidUrl for what is no URL.
[[nodiscard]] absl::StatusOr<CanonicalUrl> CanonicalizeUrl(
    std::string_view input, std::string_view base = {},
    const UrlRules& rules = UrlRules::BuiltIn());

// `url` alone, for the links and images of an article, most of which are never matched. `base` may
// be null. Errors as above.
[[nodiscard]] absl::StatusOr<std::string> CanonicalUrlOnly(
    std::string_view input, const Url* base = nullptr, const UrlRules& rules = UrlRules::BuiltIn());

// The same in two steps, for a URL that has to be looked at in between: parsed, and known to be
// http or https and within the limit; then reduced to the canonical form. Errors as above.
[[nodiscard]] absl::StatusOr<Url> ParseWebUrl(std::string_view input, const Url* base = nullptr);
[[nodiscard]] absl::StatusOr<std::string> CanonicalUrlOf(Url url, const UrlRules& rules);

// The URL with all of its parameters, as CanonicalizeUrl gives it under rules that drop nothing.
[[nodiscard]] absl::StatusOr<std::string> FullUrl(std::string_view input);

// A hash, in hexadecimal, of what decides what url_key a URL gets: kUrlKeyVersion and what the
// rules say. Stores made under another one have to be rekeyed.
std::string UrlKeyRulesFingerprint(const UrlRules& rules = UrlRules::BuiltIn());

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_CANONICALIZE_H_
