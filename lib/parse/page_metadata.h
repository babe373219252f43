// PageMetadata: what an HTML page says about its article in its head and its attributes, rather
// than in its text.
//
// Example:
//   if (IsHtmlPage(text)) {
//     PageMetadata page = ReadPageMetadata(text);
//     // page.title, page.canonical_url, page.published, page.authors, page.site_name
//   }
//
// Where a page says one thing in several places the first of these is taken:
//   title      JSON-LD headline, dc:title, og:title, <meta name=title>, twitter:title; then
//              <title>, of which the page's one heading is taken if it is a part of it
//   published  JSON-LD datePublished, article:published_time, itemprop datePublished, other
//              <meta> dates, <time> with pubdate, the first <time datetime>
//   authors    JSON-LD author, <meta> author, article:author, dc:creator, itemprop author,
//              rel=author
//   site_name  og:site_name, JSON-LD publisher, application-name
//   url        <link rel=canonical>, og:url, JSON-LD url
//   languages  <html lang>, <html xml:lang>, <meta http-equiv=content-language>, og:locale, JSON-LD
//              inLanguage: all of them
//   base       the first <base> that has an href
// JSON-LD stands first since it is written for machines and names the article itself; a page's
// <title> is written for windows and names the outlet too.
//
// Thread-safe: pure functions. Linear in the page; what is kept is bounded by the limits below.
#ifndef WIREFOLD_LIB_PARSE_PAGE_METADATA_H_
#define WIREFOLD_LIB_PARSE_PAGE_METADATA_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/limits.h"

namespace wirefold {

// A page's type or first tag is sought within so many bytes.
inline constexpr size_t kMaxPageStartBytes = 4096;
// A <meta> or JSON-LD value is cut to this.
inline constexpr size_t kMaxMetadataBytes = 4096;
// Scripts with JSON-LD read of a page, and authors and headings kept.
inline constexpr size_t kMaxJsonLdScripts = 16;
inline constexpr size_t kMaxPageAuthors = 16;
inline constexpr size_t kMaxPageHeadings = 32;
// A longer <base href> is none: no URL may be so long.
inline constexpr size_t kMaxBaseBytes = kMaxUrlBytes;

enum class MetadataSource : uint8_t { kNone, kJsonLd, kMeta, kTime, kElement };

struct PageMetadata {
  std::string title;  // stored form, the outlet's name still in it; empty if there is none
  MetadataSource title_source = MetadataSource::kNone;
  std::string canonical_url;  // as it stands, references decoded; may be relative
  std::string published;      // as it stands: for ParseDate
  MetadataSource published_source = MetadataSource::kNone;
  std::vector<std::string> authors;    // stored form
  std::string site_name;               // stored form
  std::vector<std::string> languages;  // as they stand, the most trusted first: "en-US"
  // What relative addresses are relative to, itself relative to the page's own address: as it
  // stands, references decoded. Empty without one.
  std::string base;
  std::string json_ld_body;  // articleBody, for want of a text
};

// Whether `text` is a page rather than a fragment: it starts, after white space, comments and an
// XML declaration, with <!doctype html>, <html>, <head> or <body>.
bool IsHtmlPage(std::string_view text);

// `html` must be valid UTF-8.
PageMetadata ReadPageMetadata(std::string_view html);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_PAGE_METADATA_H_
