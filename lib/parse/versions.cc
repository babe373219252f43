#include "lib/parse/versions.h"

#include <libxml/parser.h>

namespace wirefold {

std::map<std::string, std::string> ParseLibraryVersions() {
  return {{"uchardet", WIREFOLD_UCHARDET_VERSION}, {"libxml2", xmlParserVersion}};
}

}  // namespace wirefold
