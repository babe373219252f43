#include "lib/article/versions.h"

#include "lib/article/normalize.h"
#include "lib/parse/versions.h"
#include "lib/text/versions.h"
#include "lib/url/canonicalize.h"
#include "lib/url/public_suffix.h"

namespace wirefold {

std::map<std::string, std::string> NormalizerVersions(const UrlRules& url_rules) {
  std::map<std::string, std::string> versions = TextDataVersions();
  versions.merge(ParseLibraryVersions());
  versions["rules"] = std::to_string(kRulesVersion);
  versions["url_rules"] = url_rules.version() + " " + UrlKeyRulesFingerprint(url_rules);
  versions["public_suffix_list"] = PublicSuffixListVersion();
  return versions;
}

}  // namespace wirefold
