// The rules that come with the program, in the form that rules.h describes.
//
// Example:
//   absl::StatusOr<UrlRules> rules = UrlRules::Parse(kBuiltInUrlRules);
//
// Use UrlRules::BuiltIn(), which has parsed them. Thread-safe: a constant.
#ifndef WIREFOLD_LIB_URL_RULES_BUILTIN_H_
#define WIREFOLD_LIB_URL_RULES_BUILTIN_H_

#include <string_view>

namespace wirefold {

extern const std::string_view kBuiltInUrlRules;

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_RULES_BUILTIN_H_
