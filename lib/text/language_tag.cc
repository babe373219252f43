#include "lib/text/language_tag.h"

#include <unicode/locid.h>

#include <algorithm>

#include "lib/base/limits.h"

namespace wirefold {
namespace {

bool IsAsciiAlnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The declaration as ICU reads it; empty where it holds what no tag does.
std::string Cleaned(std::string_view declared) {
  constexpr std::string_view kBlanks = " \t\r\n\f";
  const size_t begin = declared.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  declared = declared.substr(begin, declared.find_last_not_of(kBlanks) - begin + 1);
  declared = declared.substr(0, declared.find_first_of(".@"));  // of POSIX
  if (declared.size() > kMaxLanguageTagBytes) return {};
  std::string tag(declared);
  std::replace(tag.begin(), tag.end(), '_', '-');
  const bool fine =
      std::all_of(tag.begin(), tag.end(), [](char c) { return c == '-' || IsAsciiAlnum(c); });
  return fine ? tag : std::string();
}

}  // namespace

LanguageTag ReadLanguageTag(std::string_view declared) {
  const std::string cleaned = Cleaned(declared);
  UErrorCode status = U_ZERO_ERROR;
  icu::Locale locale = icu::Locale::forLanguageTag(cleaned, status);
  locale.canonicalize(status);
  if (U_FAILURE(status)) return {};
  const std::string language = locale.getLanguage();
  // ICU takes any letters for a language; those that there are have a code of three.
  const bool known = !language.empty() && *locale.getISO3Language() != '\0';
  if (!known || language == "und" || language == "mul" || language == "mis" || language == "zxx") {
    return {};
  }
  std::string script = locale.getScript();
  LanguageTag result{.tag = language, .script = script};
  locale.addLikelySubtags(status);
  if (script.empty() && U_SUCCESS(status)) result.script = locale.getScript();
  if (language == "zh") script = result.script;
  if (!script.empty()) result.tag += "-" + script;
  return result;
}

}  // namespace wirefold
