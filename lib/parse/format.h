// Format: what kind of file bytes are, by their content; a hint decides only where that leaves it
// open.
//
// Example:
//   RecognizeFormat(bytes, {.content_type = "text/html"})   // Format::kHtmlPage
//
// In this order: gzip and zstd by magic bytes; WARC; the dump format, by its time line or its link
// line, whatever follows those, so that a dump file is never taken for anything else; a feed, by
// its first element; an HTML page; then HTML fragments, plain text, and what is neither.
//
// Thread-safe: pure functions. Linear; most formats are told by the first bytes.
#ifndef WIREFOLD_LIB_PARSE_FORMAT_H_
#define WIREFOLD_LIB_PARSE_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wirefold {

enum class Format : uint8_t {
  kBinary,        // nothing that is understood
  kEmpty,         // no byte but white space
  kDump,          // the dump format; lib/parse/dump_format.h
  kHtmlPage,      // with <html>, <head>, <body> or a doctype
  kHtmlFragment,  // text with tags
  kPlainText,
  kFeed,  // RSS or Atom; lib/parse/feed.h
  kXml,   // another XML document
  kWarc,  // lib/parse/warc.h
  kGzip,  // lib/parse/unpack.h
  kZstd,
};

// "binary", "empty", "dump", "html", "html-fragment", "text", "feed", "xml", "warc", "gzip",
// "zstd".
std::string_view FormatName(Format format);

// So much of the beginning is searched for what tells a page from a fragment from binary data.
inline constexpr size_t kFormatProbeBytes = 4096;

struct FormatHints {
  std::string_view content_type = {};  // a Content-Type header's value; may be empty
  std::string_view name = {};          // a file's name or a URL's path; may be empty
};

// What `bytes` are. They may be in any charset that has ASCII, and in UTF-16; they may be a file's
// beginning if that has kFormatProbeBytes.
Format RecognizeFormat(std::string_view bytes, const FormatHints& hints = {});

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_FORMAT_H_
