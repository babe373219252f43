#include "lib/url/share_link.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "lib/base/strings.h"
#include "lib/url/canonicalize.h"
#include "lib/url/percent_encode.h"
#include "lib/url/query.h"

namespace wirefold {
namespace {

// A URL in a URL in a URL: no button goes further.
constexpr int kMaxDecodings = 3;
// Text messages hold a URL or two; a page of them is no button.
constexpr int kMaxInnerUrls = 4;

// Where "http://" or "https://" begins, in any case.
size_t FindWebUrl(std::string_view text) {
  for (size_t colon = text.find("://"); colon != std::string_view::npos;
       colon = text.find("://", colon + 3)) {
    for (const std::string_view scheme : {std::string_view("http"), std::string_view("https")}) {
      if (colon < scheme.size()) continue;
      const std::string_view before = text.substr(colon - scheme.size(), scheme.size());
      if (std::equal(before.begin(), before.end(), scheme.begin(),
                     [](char a, char b) { return AsciiLower(a) == b; })) {
        return colon - scheme.size();
      }
    }
  }
  return std::string_view::npos;
}

// In a query "+" stands for a blank.
std::string DecodeValue(std::string_view value) {
  std::string text(value);
  std::replace(text.begin(), text.end(), '+', ' ');
  return PercentDecode(text);
}

// What a parameter, decoded step by step, says.
struct Finding {
  bool has_url = false;
  bool is_own = false;
  bool has_title = false;
};

bool IsKeyOf(std::string_view url, const SharedArticle& article, const UrlRules& rules) {
  const absl::StatusOr<CanonicalUrl> canonical = CanonicalizeUrl(url, {}, rules);
  return canonical.ok() && canonical->url_key == article.url_key;
}

// "//host/path" and "host/path", as some buttons have it.
bool IsOwnWithoutScheme(std::string_view text, const SharedArticle& article,
                        const UrlRules& rules) {
  if (text.starts_with("//")) text.remove_prefix(2);
  const size_t slash = text.find('/');
  return slash != std::string_view::npos && text.substr(0, slash).find('.') < slash &&
         IsKeyOf("https://" + std::string(text), article, rules);
}

void Look(std::string_view text, const SharedArticle& article, const UrlRules& rules,
          Finding& finding) {
  finding.has_title = finding.has_title || (article.title.size() >= kMinSharedTitleBytes &&
                                            text.find(article.title) != std::string_view::npos);
  const bool has_key = !article.url_key.empty();
  if (FindWebUrl(text) == std::string_view::npos) {
    finding.is_own = finding.is_own || (has_key && IsOwnWithoutScheme(text, article, rules));
    return;
  }
  finding.has_url = true;
  for (int urls = 0; urls < kMaxInnerUrls && !finding.is_own; ++urls) {
    const size_t begin = FindWebUrl(text);
    if (begin == std::string_view::npos) return;
    text.remove_prefix(begin);
    const std::string_view inner = text.substr(0, text.find_first_of(" \t\r\n<>\""));
    finding.is_own = has_key && IsKeyOf(inner, article, rules);
    text.remove_prefix(inner.size());
  }
}

Finding LookIn(std::string_view encoded, const SharedArticle& article, const UrlRules& rules) {
  Finding finding;
  Look(encoded, article, rules, finding);
  std::string text(encoded);
  for (int i = 0; i < kMaxDecodings && !finding.is_own; ++i) {
    std::string decoded = i == 0 ? DecodeValue(text) : PercentDecode(text);
    if (decoded == text) break;
    text = std::move(decoded);
    Look(text, article, rules, finding);
  }
  return finding;
}

template <size_t kSize>
bool Contains(const std::array<std::string_view, kSize>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

template <typename Visit>
bool AnyPart(std::string_view text, std::string_view separators, Visit visit) {
  for (;;) {
    const std::string_view part = text.substr(0, text.find_first_of(separators));
    if (visit(part)) return true;
    if (part.size() == text.size()) return false;
    text.remove_prefix(part.size() + 1);
  }
}

// "sharer.php", "shareArticle", "share-offsite", "intent": names of what passes a page on.
bool NamesSharing(std::string_view name) {
  constexpr std::array<std::string_view, 8> kWords = {
      "sharer", "sharing", "sharelink", "sharearticle", "intent", "submit", "compose", "sharepost"};
  return AnyPart(name, "-_.", [&](std::string_view part) {
    const std::string word = LowerAscii(part);
    return word.ends_with("share") || Contains(kWords, word);
  });
}

// Whether the first label of `host` or one of the last two names of `path` says so.
bool IsSharePlace(std::string_view host, std::string_view path) {
  if (NamesSharing(host.substr(0, host.find('.')))) return true;
  for (int i = 0; i < 2; ++i) {
    while (path.ends_with('/')) path.remove_suffix(1);
    const size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return false;
    if (NamesSharing(path.substr(slash + 1))) return true;
    path = path.substr(0, slash);
  }
  return false;
}

// Names under which buttons hand over a page; "ref", "next" and "source" are not among them.
bool IsShareParameter(std::string_view name) {
  constexpr std::array<std::string_view, 14> kNames = {
      "url",          "u",       "uri",      "link",      "href",      "text",   "status", "body",
      "canonicalurl", "linkurl", "shareurl", "share_url", "permalink", "content"};
  return Contains(kNames, LowerAscii(name));
}

}  // namespace

bool IsShareLink(const Url& link, const SharedArticle& article, const UrlRules& rules) {
  bool has_url = false;
  bool has_title = false;
  bool has_shared_url = false;
  const auto look = [&](std::string_view text) {
    // What every URL, and every title that proves something, has in some spelling.
    if (text.find("//") == std::string_view::npos && text.find('%') == std::string_view::npos &&
        text.find('/') == std::string_view::npos) {
      return false;
    }
    bool is_own = false;
    ForEachParameter(text, [&](const Parameter& parameter) {
      if (is_own || parameter.text.empty()) return;
      // Some put the message behind the question mark, without a name.
      const bool is_bare = parameter.name.size() == parameter.text.size();
      const Finding finding = LookIn(is_bare ? parameter.text : parameter.value, article, rules);
      is_own = finding.is_own;
      has_url = has_url || finding.has_url;
      has_title = has_title || finding.has_title;
      has_shared_url =
          has_shared_url || (finding.has_url && (is_bare || IsShareParameter(parameter.name)));
    });
    return is_own;
  };
  if (look(link.query().value_or("")) || look(link.fragment().value_or(""))) return true;
  if (has_url && has_title) return true;
  return (has_title || has_shared_url) && IsSharePlace(link.host(), link.path());
}

}  // namespace wirefold
