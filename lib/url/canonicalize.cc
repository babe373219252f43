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

absl::StatusOr<Url> ParseWebUrl(std::string_view input, const Url* base) {
  absl::Status status = CheckLength("the URL", input.size());
  if (!status.ok()) return status;
  absl::StatusOr<Url> url = ParseUrl(input, base);
  if (!url.ok()) return url;
  if (url->scheme != "http" && url->scheme != "https") {
    return Reject(Reason::kUnsupportedScheme,
                  absl::StrCat("the URL's scheme is ", url->scheme.substr(0, 32),
                               "; only http and https are fetched"));
  }
  return url;
}

absl::StatusOr<std::string> MakeUrl(const Url& url, const UrlRules& rules) {
  std::string out;
  out.reserve(url.scheme.size() + url.host->size() + url.path.size() +
              (url.query.has_value() ? url.query->size() : 0) + 16);
  AppendOrigin(url, out);
  out += url.path;
  if (url.query.has_value()) {
    AppendQueryWithoutTrackers(*url.query, rules.ForHost(*url.host), out);
  }
  if (const std::string_view route = HashBangRoute(url); !route.empty()) {
    out.push_back('#');
    out += route;
  }
  absl::Status status = CheckLength("the URL, once percent-encoded,", out.size());
  if (!status.ok()) return status;
  return out;
}

}  // namespace

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
  absl::StatusOr<std::string> text = MakeUrl(*url, rules);
  if (!text.ok()) return text.status();
  CanonicalUrl canonical;
  canonical.url = *std::move(text);
  canonical.url_key = MakeUrlKey(*url, rules);
  canonical.registrable_domain = RegistrableDomain(*url->host);
  canonical.host = *std::move(url->host);
  return canonical;
}

absl::StatusOr<std::string> CanonicalUrlOnly(std::string_view input, const Url* base,
                                             const UrlRules& rules) {
  absl::StatusOr<Url> url = ParseWebUrl(input, base);
  if (!url.ok()) return url.status();
  return MakeUrl(*url, rules);
}

std::string UrlKeyRulesFingerprint(const UrlRules& rules) {
  const std::string bytes =
      HashBytes128(absl::StrCat("url_key ", kUrlRulesVersion, "\n", rules.text())).ToBytes();
  return absl::BytesToHexString(bytes);
}

}  // namespace wirefold
