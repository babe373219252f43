#include "lib/url/canonicalize.h"

#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/hash.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/url/public_suffix.h"
#include "lib/url/query.h"
#include "lib/url/url_key.h"

namespace wirefold {
namespace {

absl::Status CheckLength(std::string_view what, size_t bytes) {
  if (bytes <= kMaxUrlBytes) return absl::OkStatus();
  return Reject(Reason::kUrlTooLong,
                absl::StrCat(ToAbsl(what), " has ", bytes, " bytes and the limit is ", kMaxUrlBytes,
                             "; give the article's permanent link"));
}

// Takes off what says nothing about the page.
absl::Status Reduce(const UrlRules& rules, Url& url, bool* has_dropped = nullptr) {
  if (HashBangRoute(url).empty()) url.RemoveFragment();
  if (url.query().has_value()) {
    const bool dropped = DropTrackers(rules.ForHost(url.host()), url);
    if (has_dropped != nullptr) *has_dropped = dropped;
  }
  return CheckLength("the URL, once percent-encoded,", url.href().size());
}

}  // namespace

absl::StatusOr<Url> ParseWebUrl(std::string_view input, const Url* base) {
  absl::Status status = CheckLength("the URL", input.size());
  if (!status.ok()) return status;
  absl::StatusOr<Url> url = ParseUrl(input, base);
  if (!url.ok()) return url;
  if (url->scheme() != "http" && url->scheme() != "https") {
    return Reject(Reason::kUnsupportedScheme,
                  absl::StrCat("the URL's scheme is ", ToAbsl(url->scheme().substr(0, 32)),
                               "; only http and https are fetched"));
  }
  return url;
}

absl::StatusOr<CanonicalUrl> CanonicalizeUrl(std::string_view input, std::string_view base,
                                             const UrlRules& rules) {
  std::optional<Url> parsed_base;
  if (!base.empty()) {
    absl::Status status = CheckLength("the base URL", base.size());
    if (!status.ok()) return status;
    absl::StatusOr<Url> parsed = ParseUrl(base);
    if (!parsed.ok()) {
      return Reject(Reason::kInvalidUrl, absl::StrCat("of the base: ", parsed.status().message()));
    }
    parsed_base = *std::move(parsed);
  }
  absl::StatusOr<Url> url = ParseWebUrl(input, parsed_base.has_value() ? &*parsed_base : nullptr);
  if (!url.ok()) return url.status();
  CanonicalUrl canonical;
  absl::Status reduced = Reduce(rules, *url, &canonical.has_dropped_parameters);
  if (!reduced.ok()) return reduced;
  canonical.url_key = MakeUrlKey(*url, rules);
  const std::string_view host = url->host();
  const std::string_view domain = RegistrableDomain(host);
  canonical.host_begin = static_cast<size_t>(host.data() - url->href().data());
  canonical.host_bytes = host.size();
  if (!domain.empty()) {
    canonical.domain_begin = static_cast<size_t>(domain.data() - url->href().data());
    canonical.domain_bytes = domain.size();
  }
  canonical.url = (*std::move(url)).TakeHref();
  return canonical;
}

absl::StatusOr<std::string> CanonicalUrlOnly(std::string_view input, const Url* base,
                                             const UrlRules& rules) {
  absl::StatusOr<Url> url = ParseWebUrl(input, base);
  if (!url.ok()) return url.status();
  return CanonicalUrlOf(*std::move(url), rules);
}

absl::StatusOr<std::string> CanonicalUrlOf(Url url, const UrlRules& rules) {
  if (absl::Status status = Reduce(rules, url); !status.ok()) return status;
  return std::move(url).TakeHref();
}

absl::StatusOr<std::string> FullUrl(std::string_view input) {
  absl::StatusOr<Url> url = ParseWebUrl(input);
  if (!url.ok()) return url.status();
  if (HashBangRoute(*url).empty()) url->RemoveFragment();
  absl::Status status = CheckLength("the URL, once percent-encoded,", url->href().size());
  if (!status.ok()) return status;
  return (*std::move(url)).TakeHref();
}

std::string UrlKeyRulesFingerprint(const UrlRules& rules) {
  const std::string bytes =
      HashBytes128(absl::StrCat("url_key ", kUrlKeyVersion, "\n", rules.KeyRules())).ToBytes();
  return absl::BytesToHexString(bytes);
}

}  // namespace wirefold
