// Title without its outlet: "Harbour report published - Example News" is the title of a page; of
// the article it is "Harbour report published".
//
// Example:
//   TitleWithoutOutlet("港务局公布报告 – 某国国际广播电台 - RFI", {.domain = "rfi.example"})
//       // "港务局公布报告"
//
// Only what follows a separator at the title's end goes, and only if it is a name of the outlet:
// the host's own label, written out or abbreviated, the site's name, the crawler's name for the
// source, or the name that the dateline opens with. A segment before it goes too if it is such a
// name itself or ends with a word for an outlet ("电台", "Times"). Everything else stays, above all
// "A – B" and "who said so" ("…--消息人士").
//
// Thread-safe: pure functions. Linear in the title.
#ifndef WIREFOLD_LIB_PARSE_TITLE_OUTLET_H_
#define WIREFOLD_LIB_PARSE_TITLE_OUTLET_H_

#include <string_view>

namespace wirefold {

// What the outlet may be called; each may be empty.
struct OutletNames {
  std::string_view domain = {};     // the registrable domain: "rfi.fr"
  std::string_view site_name = {};  // og:site_name and the like
  std::string_view source = {};     // the crawler's name: "rfi", "某报@paper.example"
  std::string_view dateline = {};   // "路透北京7月2日"
};

// A part of `title` (stored form), never empty unless `title` is.
std::string_view TitleWithoutOutlet(std::string_view title, const OutletNames& names);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_TITLE_OUTLET_H_
