#include "lib/url/url_key.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "lib/base/strings.h"
#include "lib/url/ip_address.h"
#include "lib/url/percent_encode.h"
#include "lib/url/query.h"

namespace wirefold {
namespace {

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(),
                    [](char a, char b) { return AsciiLower(a) == b; });
}

// One spelling of the same characters: unreserved ones as they are, the others that RFC 3986 has no
// place for as escapes in upper case, reserved ones as they come. A "%" that starts no escape
// becomes "%25", so that decoding can't make an escape out of what was none.
void AppendNormalized(std::string_view text, std::string& out) {
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '%' && !InEncodeSet(c, EncodeSet::kNotInUri)) continue;
    out.append(text, copied, i - copied);
    const int byte = c == '%' ? DecodeEscapeAt(text, i) : -1;
    if (byte < 0) {
      AppendEscape(static_cast<uint8_t>(c), out);
    } else {
      if (IsUnreserved(static_cast<char>(byte))) {
        out.push_back(static_cast<char>(byte));
      } else {
        AppendEscape(static_cast<uint8_t>(byte), out);
      }
      i += 2;
    }
    copied = i + 1;
  }
  out.append(text, copied);
}

// Names under which registries of two-letter domains sell names: below co.uk, "m" is a name that
// someone owns, no view of co.uk. Not the Public Suffix List: a key must not change with its data.
constexpr std::array<std::string_view, 34> kRegistryNames = {
    "ac",  "adm",  "art", "biz", "co",  "com", "edu",  "firm", "gen", "go", "gob", "gouv",
    "gov", "govt", "gr",  "idv", "ind", "inf", "info", "lg",   "ltd", "me", "mil", "ne",
    "net", "nhs",  "nom", "or",  "org", "plc", "pe",   "re",   "sch", "web"};

// Below cn, the provinces'.
constexpr std::array<std::string_view, 34> kChineseProvinces = {
    "ah", "bj", "cq", "fj", "gd", "gs", "gx", "gz", "ha", "hb", "he", "hi",
    "hk", "hl", "hn", "jl", "js", "jx", "ln", "mo", "nm", "nx", "qh", "sc",
    "sd", "sh", "sn", "sx", "tj", "tw", "xj", "xz", "yn", "zj"};

template <size_t kSize>
bool Contains(const std::array<std::string_view, kSize>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Where the part of `host` begins that names the site: two labels, three below a registry's name,
// and one more than a host with tenants has.
size_t SiteBegin(std::string_view host, const UrlRules& rules) {
  if (const size_t tenant = rules.TenantBegin(host); tenant != std::string_view::npos)
    return tenant;
  const size_t top = host.rfind('.');
  if (top == std::string_view::npos || top == 0) return 0;
  const size_t dot = host.rfind('.', top - 1);
  const size_t second = dot == std::string_view::npos ? 0 : dot + 1;
  const std::string_view name = host.substr(second, top - second);
  const bool is_registry =
      host.size() - top == 3 && (Contains(kRegistryNames, name) ||
                                 (host.ends_with(".cn") && Contains(kChineseProvinces, name)));
  if (second == 0 || !is_registry) return second;
  const size_t third = second < 2 ? std::string_view::npos : host.rfind('.', second - 2);
  return third == std::string_view::npos ? 0 : third + 1;
}

void AppendFoldedHost(std::string_view host, const UrlRules& rules, std::string& out) {
  if (host.starts_with('[') || EndsInNumber(host)) {
    out += host.substr(0, host.find_last_not_of('.') + 1);
    return;
  }
  const std::string_view domain = host.substr(0, host.find_last_not_of('.') + 1);
  // "1.2.." is a name, and "1.2" an address.
  if (domain.empty() || EndsInNumber(domain)) {
    out += host;
    return;
  }
  host = domain;
  const size_t begin = out.size();
  size_t site = SiteBegin(host, rules);
  while (site > 0) {
    const size_t size = host.find('.') + 1;
    const std::string_view label = host.substr(0, size - 1);
    if (label != "m" && label != "mobile" && label != "amp" &&
        (label != "www" || out.size() > begin)) {
      out.append(host, 0, size);
    }
    host.remove_prefix(size);
    site -= size;
  }
  // "www" alone is safe to drop from a registry's own site (www.gov.cn), if a dot is left.
  while (out.size() == begin && host.starts_with("www.") &&
         host.find('.', 4) != std::string_view::npos) {
    host.remove_prefix(4);
  }
  out += host;
}

bool IsSessionParameter(std::string_view parameter) {
  const size_t equals = parameter.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = parameter.substr(0, equals);
  return EqualsIgnoringCase(name, "jsessionid") || EqualsIgnoringCase(name, "phpsessid");
}

// ASP.NET's session without cookies is a whole segment: (S(lit3py55t21z5v55vlm25s55)), or with the
// form's and the user's tickets and a mark for detected features, (X(1)A(…)F(…)S(…)).
bool IsSessionSegment(std::string_view segment) {
  constexpr size_t kIdSize = 24;
  if (!segment.starts_with('(') || !segment.ends_with("))")) return false;
  segment = segment.substr(1, segment.size() - 2);
  bool has_session = false;
  while (!segment.empty()) {
    if (segment.size() < 4 || segment[1] != '(') return false;
    const size_t end = segment.find(')');
    if (end == std::string_view::npos || end == 2) return false;
    const std::string_view value = segment.substr(2, end - 2);
    if (!std::all_of(value.begin(), value.end(), IsUnreserved)) return false;
    switch (segment[0]) {
      case 'S':
        has_session = value.size() == kIdSize;
        break;
      case 'A':
      case 'F':
        has_session = has_session || value.size() > kIdSize;
        break;
      case 'X':
        break;
      default:
        return false;
    }
    segment.remove_prefix(end + 1);
  }
  return has_session;
}

// Takes the session's parameters (";name=value") off the segment that begins at `begin`.
void DropSessionParameters(size_t begin, std::string& out) {
  size_t end = std::min(out.find(';', begin), out.size());  // of what stays
  for (size_t at = end; at < out.size();) {
    const size_t next = std::min(out.find(';', at + 1), out.size());
    if (!IsSessionParameter(std::string_view(out).substr(at + 1, next - at - 1))) {
      std::memmove(out.data() + end, out.data() + at, next - at);
      end += next - at;
    }
    at = next;
  }
  out.resize(end);
}

void AppendSegment(std::string_view segment, std::string& out) {
  if (segment.empty()) return;
  const size_t slash = out.size();
  const size_t begin = slash + 1;
  out.push_back('/');
  AppendNormalized(segment, out);
  if (IsSessionSegment(std::string_view(out).substr(begin))) {
    out.resize(slash);
    return;
  }
  DropSessionParameters(begin, out);
  const std::string_view written = std::string_view(out).substr(begin);
  if (written.empty()) {
    out.resize(slash);
  } else if (written == "." || written == "..") {
    // "..;jsessionid=1" is a name, and ".." alone is none.
    out.resize(begin);
    AppendNormalized(segment, out);
  }
}

bool IsIndexPage(std::string_view segment) {
  const size_t dot = segment.find('.');
  if (dot == std::string_view::npos || segment.size() > 16) return false;
  const std::string_view stem = segment.substr(0, dot);
  if (!EqualsIgnoringCase(stem, "index") && !EqualsIgnoringCase(stem, "default")) return false;
  constexpr std::array<std::string_view, 9> kExtensions = {"html", "htm", "shtml", "shtm", "xhtml",
                                                           "php",  "asp", "aspx",  "jsp"};
  const std::string_view extension = segment.substr(dot + 1);
  return std::any_of(kExtensions.begin(), kExtensions.end(), [extension](std::string_view known) {
    return EqualsIgnoringCase(extension, known);
  });
}

void AppendFoldedPath(std::string_view path, std::string& out) {
  const size_t begin = out.size();
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    AppendSegment(segment, out);
    path.remove_prefix(segment.size());
  }
  const auto last = [&] {
    const size_t slash = out.rfind('/');
    return slash == std::string::npos || slash < begin ? std::string_view()
                                                       : std::string_view(out).substr(slash + 1);
  };
  for (;;) {
    const std::string_view page = last();
    if (IsIndexPage(page)) {
      out.resize(out.size() - page.size() - 1);
    } else if (page == "amp" && out.size() > begin + 4) {
      // Not where nothing is left: a page that is called "amp" is one of its own.
      out.resize(out.size() - 4);
    } else {
      break;
    }
  }
  if (out.size() == begin) out.push_back('/');
}

// Appends `query`'s parameters that count, escapes normalized, sorted by name. Room for twice the
// query keeps it from allocating.
void AppendFoldedQuery(std::string_view query, const UrlRules::HostRules& rules, std::string& out) {
  // Escapes are normalized first, at the end of `out`; that makes no new "&" or "=", as both are
  // reserved.
  const size_t begin = out.size();
  out.push_back('?');
  AppendNormalized(query, out);
  struct Kept {
    size_t begin;
    size_t size;
    size_t name_size;
  };
  absl::InlinedVector<Kept, 16> kept;
  const char* const text = out.data();
  bool is_sorted = true;
  const auto name_of = [&out](const Kept& parameter) {
    return std::string_view(out).substr(parameter.begin, parameter.name_size);
  };
  size_t parameters = 0;
  ForEachParameter(std::string_view(out).substr(begin + 1), [&](const Parameter& parameter) {
    ++parameters;
    if (parameter.text.empty() ||
        rules.FateOf(parameter.name, parameter.value) != ParameterFate::kKeep) {
      return;
    }
    // A link copied out of HTML source has "&amp;" between its parameters.
    const size_t skipped = parameter.name.size() - WithoutMarkup(parameter.name).size();
    const Kept next{static_cast<size_t>(parameter.text.data() - text) + skipped,
                    parameter.text.size() - skipped, parameter.name.size() - skipped};
    is_sorted =
        is_sorted && skipped == 0 && (kept.empty() || name_of(kept.back()) <= parameter.name);
    kept.push_back(next);
  });
  if (is_sorted && kept.size() == parameters) return;
  // Of several parameters of one name, the order may matter to the site.
  std::sort(kept.begin(), kept.end(), [&](const Kept& a, const Kept& b) {
    const int order = name_of(a).compare(name_of(b));
    return order != 0 ? order < 0 : a.begin < b.begin;
  });
  const size_t end = out.size();
  char separator = '?';
  for (const Kept& parameter : kept) {
    out.push_back(separator);
    out.append(out, parameter.begin, parameter.size);
    separator = '&';
  }
  out.erase(begin, end - begin);
}

}  // namespace

std::string_view HashBangRoute(const Url& url) {
  const std::string_view fragment = url.fragment().value_or("");
  return fragment.size() > 1 && fragment.front() == '!' ? fragment : std::string_view();
}

std::string MakeUrlKey(const Url& url, const UrlRules& rules) {
  std::string key;
  const std::string_view host = url.host();
  const std::string_view query = url.query().value_or("");
  const std::string_view route = HashBangRoute(url);
  constexpr size_t kMargin = 16;  // a port, separators, and a few escapes that are added
  key.reserve(host.size() + url.path().size() + 2 * query.size() + route.size() + kMargin);
  AppendFoldedHost(host, rules, key);
  // Without a scheme both are default ports.
  const uint16_t port = url.port().value_or(443);
  if (port != 80 && port != 443) absl::StrAppend(&key, ":", port);
  AppendFoldedPath(url.path(), key);
  if (!query.empty()) AppendFoldedQuery(query, rules.ForHost(host), key);
  if (!route.empty()) {
    key.push_back('#');
    AppendNormalized(route, key);
  }
  return key;
}

}  // namespace wirefold
