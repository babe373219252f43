#include "lib/article/versions.h"

#include "lib/article/normalize.h"
#include "lib/text/versions.h"
#include "lib/url/public_suffix.h"
#include "lib/url/rules.h"

namespace wirefold {

std::map<std::string, std::string> NormalizerVersions() {
  std::map<std::string, std::string> versions = TextDataVersions();
  versions["rules"] = std::to_string(kRulesVersion);
  versions["url_rules"] = std::to_string(kUrlRulesVersion);
  versions["public_suffix_list"] = PublicSuffixListVersion();
  return versions;
}

}  // namespace wirefold
