#include "lib/url/rules_file.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"

namespace wirefold {

absl::StatusOr<UrlRules> ReadUrlRulesFile(const std::string& path) {
  if (path.empty()) return UrlRules::BuiltIn();
  const auto bad = [&path](absl::string_view what) {
    return Reject(Reason::kInvalidArgument, absl::StrCat(path, ": ", what));
  };
  // A folder opens like an empty file.
  if (std::error_code error; std::filesystem::is_directory(path, error)) {
    return bad("is a folder; name the file with the URL rules in it");
  }
  std::ifstream in(path, std::ios::binary);
  // One byte past the limit, for Parse to see that there is more.
  std::string text(kMaxUrlRulesBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.eof() && in.fail()) {
    return bad("can't be read; check the name of the URL rules' file and its permissions");
  }
  text.resize(static_cast<size_t>(in.gcount()));
  absl::StatusOr<UrlRules> rules = UrlRules::Parse(text);
  if (!rules.ok()) return bad(rules.status().message());
  return rules;
}

}  // namespace wirefold
