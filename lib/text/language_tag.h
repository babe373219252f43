// LanguageTag: what a page, a feed or a server declares its language to be, as a BCP 47 tag.
//
// Example:
//   LanguageTag tag = ReadLanguageTag("zh_tw");   // {"zh-Hant", "Hant"}
//   ReadLanguageTag("iw-IL").tag                  // "he"
//   ReadLanguageTag("english").tag                // "": no language that there is
//
// Canonical by BCP 47 (RFC 5646, section 4.5) with the aliases of ICU's data: the shortest code,
// none that has been replaced, the cases of the standard. Kept are the language and, where one is
// named, its script; of Chinese always the script, which its region tells ("zh-TW" is "zh-Hant").
// Regions, variants and extensions are left out: no text tells them, so they would part articles
// that are in one language. Dependent on ICU's data (lib/text/versions.h).
//
// Thread-safe: a pure function.
#ifndef WIREFOLD_LIB_TEXT_LANGUAGE_TAG_H_
#define WIREFOLD_LIB_TEXT_LANGUAGE_TAG_H_

#include <string>
#include <string_view>

namespace wirefold {

struct LanguageTag {
  std::string tag;     // empty if nothing is declared
  std::string script;  // ISO 15924: what the language is written in, named or not: "Latn", "Hant"
};

// `declared` may be any bytes. With '_' for '-' and a POSIX encoding behind ("en_US.UTF-8") it is
// read as well. Nothing is declared by several languages ("en, fr"), by what is no language, and by
// "und", "mul", "mis" and "zxx".
LanguageTag ReadLanguageTag(std::string_view declared);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_TEXT_LANGUAGE_TAG_H_
