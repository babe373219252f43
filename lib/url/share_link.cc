#include "lib/url/share_link.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>

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

// What a parameter's value, decoded step by step, says.
struct Finding {
  bool has_url = false;
  bool is_own = false;
  bool has_title = false;
};

void Look(std::string_view text, const SharedArticle& article, const UrlRules& rules,
          Finding& finding) {
  finding.has_title = finding.has_title || (article.title.size() >= kMinSharedTitleBytes &&
                                            text.find(article.title) != std::string_view::npos);
  for (int urls = 0; urls < kMaxInnerUrls; ++urls) {
    const size_t begin = FindWebUrl(text);
    if (begin == std::string_view::npos) return;
    text.remove_prefix(begin);
    finding.has_url = true;
    const std::string_view inner = text.substr(0, text.find_first_of(" \t\r\n<>\""));
    if (!article.url_key.empty()) {
      const absl::StatusOr<CanonicalUrl> canonical = CanonicalizeUrl(inner, {}, rules);
      finding.is_own = finding.is_own || (canonical.ok() && canonical->url_key == article.url_key);
    }
    text.remove_prefix(inner.size());
  }
}

void LookInValue(std::string_view value, const SharedArticle& article, const UrlRules& rules,
                 Finding& finding) {
  Look(value, article, rules, finding);
  std::string text;
  for (int i = 0; i < kMaxDecodings && !finding.is_own; ++i) {
    std::string decoded = i == 0 ? DecodeValue(value) : PercentDecode(text);
    if (decoded == (i == 0 ? value : std::string_view(text))) return;
    text = std::move(decoded);
    Look(text, article, rules, finding);
  }
}

// "sharer.php", "shareArticle", "intent": names of what passes a page on.
bool NamesSharing(std::string_view name) {
  constexpr std::array<std::string_view, 9> kWords = {"share",        "sharer",    "sharing",
                                                      "sharearticle", "sharelink", "share-offsite",
                                                      "intent",       "submit",    "compose"};
  std::string lower(name.substr(0, name.find('.')));
  std::transform(lower.begin(), lower.end(), lower.begin(), AsciiLower);
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

template <typename Visit>
bool AnyPart(std::string_view text, char separator, Visit visit) {
  while (true) {
    const std::string_view part = text.substr(0, text.find(separator));
    if (visit(part)) return true;
    if (part.size() == text.size()) return false;
    text.remove_prefix(part.size() + 1);
  }
}

}  // namespace

bool IsShareLink(const Url& link, const SharedArticle& article, const UrlRules& rules) {
  const std::string_view query = link.query().value_or("");
  // What every URL in a query has in some spelling.
  if (query.find("://") == std::string_view::npos && query.find('%') == std::string_view::npos) {
    return false;
  }
  Finding finding;
  ForEachParameter(query, [&](const Parameter& parameter) {
    if (!finding.is_own) LookInValue(parameter.value, article, rules, finding);
  });
  if (finding.is_own || (finding.has_url && finding.has_title)) return true;
  return finding.has_url &&
         (AnyPart(link.path(), '/', NamesSharing) || AnyPart(link.host(), '.', NamesSharing));
}

}  // namespace wirefold
