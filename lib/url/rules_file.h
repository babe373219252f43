// UrlRulesFile: URL rules out of a file, for the programs' --url-rules.
//
// Example:
//   absl::StatusOr<UrlRules> rules = ReadUrlRulesFile("/etc/wirefold/url.rules");
//
// Reads the file system, which nothing else of lib/url does. Thread-safe.
#ifndef WIREFOLD_LIB_URL_RULES_FILE_H_
#define WIREFOLD_LIB_URL_RULES_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/url/rules.h"

namespace wirefold {

// The rules in the file at `path`, in the form that rules.h describes; the built-in ones where
// `path` is empty. kInvalidArgument, naming the file and the line, when it can't be read or is not
// of that form.
[[nodiscard]] absl::StatusOr<UrlRules> ReadUrlRulesFile(const std::string& path);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_RULES_FILE_H_
