#include "lib/url/query.h"

namespace wirefold {

void AppendQueryWithoutTrackers(std::string_view query, const UrlRules::HostRules& rules,
                                std::string& out) {
  const size_t begin = out.size();
  bool has_dropped = false;
  bool has_content = false;
  char separator = '?';
  ForEachParameter(query, [&](const Parameter& parameter) {
    if (rules.FateOf(parameter.name, parameter.value) == ParameterFate::kDrop) {
      has_dropped = true;
      return;
    }
    has_content = has_content || !parameter.text.empty();
    out.push_back(separator);
    out += parameter.text;
    separator = '&';
  });
  if (has_dropped && !has_content) out.resize(begin);
}

}  // namespace wirefold
