// Query: a query string taken apart at its ampersands.
//
// Example:
//   ForEachParameter("a=1&b", [](const Parameter& p) { … });   // ("a", "1"), ("b", "")
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_URL_QUERY_H_
#define WIREFOLD_LIB_URL_QUERY_H_

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "lib/url/rules.h"
#include "lib/url/url.h"

namespace wirefold {

struct Parameter {
  std::string_view text;  // all of it, "a=1"
  std::string_view name;
  std::string_view value;  // "" also where there is no "="
};

// Calls `visit(const Parameter&)` for each part of `query` between ampersands, empty ones too.
template <typename Visit>
void ForEachParameter(std::string_view query, Visit visit) {
  for (;;) {
    const std::string_view text = query.substr(0, query.find('&'));
    const size_t name_size = std::min(text.find('='), text.size());
    const size_t value_at = std::min(name_size + 1, text.size());
    visit(Parameter{text, text.substr(0, name_size), text.substr(value_at)});
    if (text.size() == query.size()) return;
    query.remove_prefix(text.size() + 1);
  }
}

// A parameter's name without the rests of "&amp;", which links have between their parameters that
// were copied out of HTML source; some more than once. A name that is nothing else is left.
inline std::string_view WithoutMarkup(std::string_view name) {
  constexpr std::string_view kRest = "amp;";
  while (name.size() > kRest.size() && name.starts_with(kRest)) name.remove_prefix(kRest.size());
  return name;
}

// Removes from `url`'s query the parameters that `rules` drop and leaves the rest as it is, in its
// order; no "?" stays where dropping leaves nothing. `url` has a query. Returns whether there were
// any.
bool DropTrackers(const UrlRules::HostRules& rules, Url& url);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_QUERY_H_
