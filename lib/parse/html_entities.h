// HtmlEntities: character references ("&amp;", "&#x4E2D;") to characters, as the WHATWG HTML
// standard decodes them (section 13.2.5.72 and on): longest match, old names without ';', the
// windows-1252 repair of &#128; to &#159;.
//
// Example:
//   std::string out;
//   AppendDecoded("caf&eacute; &amp; bar", /*in_attribute=*/false, out);   // "café & bar"
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_PARSE_HTML_ENTITIES_H_
#define WIREFOLD_LIB_PARSE_HTML_ENTITIES_H_

#include <string>
#include <string_view>

namespace wirefold {

// Appends `html` to `out`, references decoded. In an attribute an old name without ';' stays as it
// is when '=' or a letter or digit follows ("?a=1&copy=2"). Linear.
void AppendDecoded(std::string_view html, bool in_attribute, std::string& out);

// Reads one reference. `html` starts with '&'. Returns the length read, with the characters in
// `out` (appended); 0 if it is none.
size_t DecodeReference(std::string_view html, bool in_attribute, std::string& out);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_HTML_ENTITIES_H_
