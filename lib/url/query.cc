#include "lib/url/query.h"

#include "absl/container/inlined_vector.h"

namespace wirefold {

bool DropTrackers(const UrlRules::HostRules& rules, Url& url) {
  absl::InlinedVector<std::string_view, 16> kept;
  bool has_dropped = false;
  bool has_content = false;
  ForEachParameter(*url.query(), [&](const Parameter& parameter) {
    if (rules.FateOf(parameter.name, parameter.value) == ParameterFate::kDrop) {
      has_dropped = true;
      return;
    }
    has_content = has_content || !parameter.text.empty();
    kept.push_back(parameter.text);
  });
  if (!has_dropped) return false;
  if (!has_content) kept.clear();
  url.KeepInQuery({kept.data(), kept.size()});
  return true;
}

}  // namespace wirefold
