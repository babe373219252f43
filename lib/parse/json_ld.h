// JsonLd: what a page says about its article in <script type="application/ld+json">.
//
// Example:
//   JsonLdArticle article = ReadJsonLd(script);
//   if (!article.headline.empty()) ...
//
// Understood are schema.org's articles (every type whose name ends with Article or Posting, and
// Report), at the top, in an array, in "@graph" or as "mainEntity". The first one is read. Text
// that is no JSON gives nothing; line breaks within strings and comments are let pass, since real
// pages have them.
//
// Thread-safe: pure functions. Linear; a script over kMaxJsonLdBytes is not read.
#ifndef WIREFOLD_LIB_PARSE_JSON_LD_H_
#define WIREFOLD_LIB_PARSE_JSON_LD_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wirefold {

// A longer script is passed over.
inline constexpr size_t kMaxJsonLdBytes = size_t{1} << 20;
// Values nested deeper are passed over.
inline constexpr int kMaxJsonLdDepth = 32;

struct JsonLdArticle {
  bool found = false;
  std::string headline;  // as it stands, references undecoded
  std::string name;      // some put the title here, and a summary into the headline
  std::string published;
  std::vector<std::string> authors;
  std::string site_name;  // the publisher's
  std::string url;
  std::string language;
  std::string body;  // articleBody
};

JsonLdArticle ReadJsonLd(std::string_view script);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_JSON_LD_H_
