#include "lib/text/versions.h"

#include <cld2/public/compact_lang_det.h>
#include <unicode/uchar.h>
#include <unicode/uversion.h>

#include <cstdio>

#include "lib/base/hash.h"
#include "lib/text/han_table.h"

namespace wirefold {

std::map<std::string, std::string> TextDataVersions() {
  UVersionInfo version;
  char text[U_MAX_VERSION_STRING_LENGTH];
  std::map<std::string, std::string> versions;
  u_getVersion(version);
  u_versionToString(version, text);
  versions["icu"] = text;
  u_getUnicodeVersion(version);
  u_versionToString(version, text);
  versions["unicode"] = text;
  versions["cld2"] = CLD2::DetectLanguageVersion();

  const auto pairs = TraditionalToSimplified();
  const auto simplified = OnlySimplified();
  const uint64_t hash = HashBytes64(
      {reinterpret_cast<const char*>(pairs.data()), pairs.size_bytes()},
      HashBytes64({reinterpret_cast<const char*>(simplified.data()), simplified.size_bytes()}));
  char hex[17];
  std::snprintf(hex, sizeof hex, "%016llx", static_cast<unsigned long long>(hash));
  versions["han_table"] = hex;
  return versions;
}

}  // namespace wirefold
