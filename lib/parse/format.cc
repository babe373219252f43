#include "lib/parse/format.h"

#include <algorithm>
#include <array>
#include <string>

#include "lib/parse/charset.h"
#include "lib/parse/charset_declaration.h"
#include "lib/parse/dump_format.h"
#include "lib/parse/html_tokenizer.h"
#include "lib/parse/http_message.h"
#include "lib/parse/unpack.h"
#include "lib/parse/warc_header.h"
#include "lib/parse/xml_prolog.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n\f\v";

// ASCII of UTF-16: what is not becomes '?', so that marks and rules keep their places.
std::string Narrow(std::string_view bytes, bool little_endian) {
  std::string out;
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const char low = bytes[little_endian ? i : i + 1];
    const char high = bytes[little_endian ? i + 1 : i];
    out.push_back(high == '\0' && static_cast<unsigned char>(low) < 0x80 ? low : '?');
  }
  return out;
}

bool EndsLower(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && EqualsLower(text.substr(text.size() - lower.size()), lower);
}

bool IsBinary(std::string_view probe) {
  constexpr std::array<std::string_view, 3> kMagic = {"%PDF-", "PK\x03\x04", "{\\rtf"};
  for (const std::string_view magic : kMagic) {
    if (probe.starts_with(magic)) return true;
  }
  size_t controls = 0;
  size_t nuls = 0;
  for (const char c : probe) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0) ++nuls;
    if (byte < 0x20 && byte != 0x1B && kWhiteSpace.find(c) == std::string_view::npos) ++controls;
  }
  if (nuls > probe.size() / kMaxNulByteShare) return true;
  // UTF-8 may hold control characters; in other bytes many of them tell that they are no text.
  return controls > probe.size() / kMaxControlByteShare &&
         ValidUtf8Prefix(probe) + 4 < probe.size();
}

struct Tags {
  bool page = false;      // <html>, <head>, <body>, <!doctype html>
  bool fragment = false;  // any other that HTML has in running text
};

Tags FindTags(std::string_view probe) {
  constexpr std::array<std::string_view, 4> kPage = {"html", "head", "body", "!doctype"};
  constexpr std::array<std::string_view, 24> kFragment = {
      "p",      "br",      "div",     "span",  "a",     "b",    "i",  "em",
      "strong", "ul",      "ol",      "li",    "table", "h1",   "h2", "h3",
      "h4",     "article", "section", "aside", "img",   "font", "hr", "meta"};
  Tags tags;
  for (size_t pos = probe.find('<'); pos != std::string_view::npos;
       pos = probe.find('<', pos + 1)) {
    constexpr size_t kLongestName = 16;
    const std::string_view rest = probe.substr(pos + 1, kLongestName);
    const std::string_view name = rest.substr(0, rest.find_first_of(" \t\r\n\f/>"));
    const auto is_name = [name](std::string_view lower) { return EqualsLower(name, lower); };
    tags.page |= std::any_of(kPage.begin(), kPage.end(), is_name);
    tags.fragment |= std::any_of(kFragment.begin(), kFragment.end(), is_name) ||
                     rest.starts_with("!--") || rest.starts_with("/");
  }
  return tags;
}

Format RecognizeText(std::string_view text, const FormatHints& hints) {
  const size_t begin = text.find_first_not_of(kWhiteSpace);
  if (begin == std::string_view::npos) return Format::kEmpty;
  if (text.size() > 5 && MayStartRecord(text)) return Format::kWarc;
  const DumpFile dump = SplitDump(text);
  if (dump.time_ms.has_value() || dump.has_link_line) return Format::kDump;

  const std::string_view probe = text.substr(0, begin + kFormatProbeBytes);
  if (IsBinary(probe)) return Format::kBinary;
  const std::string media_type = MediaType(hints.content_type);
  // Feeds come with a server's warnings ahead of their declaration; an article about feeds may
  // begin with text and an example of one.
  const size_t declaration = probe.find("<?xml");
  if (declaration != std::string_view::npos &&
      IsFeedRoot(FindFirstElement(probe.substr(declaration)))) {
    return Format::kFeed;
  }
  const FirstElement first = FindFirstElement(probe);
  if (IsFeedRoot(first)) {
    const bool declared = media_type.find("xml") != std::string::npos ||
                          media_type.find("rss") != std::string::npos ||
                          EndsLower(hints.name, ".xml") || EndsLower(hints.name, ".rss") ||
                          EndsLower(hints.name, ".atom");
    if (!first.after_text || declared) return Format::kFeed;
  }
  const Tags tags = FindTags(probe);
  if (tags.page) return Format::kHtmlPage;
  if (text.substr(begin).starts_with("<?xml")) return Format::kXml;
  if (media_type == "text/plain") return Format::kPlainText;
  if (tags.fragment || media_type == "text/html" || media_type == "application/xhtml+xml" ||
      EndsLower(hints.name, ".html") || EndsLower(hints.name, ".htm")) {
    return Format::kHtmlFragment;
  }
  return Format::kPlainText;
}

}  // namespace

std::string_view FormatName(Format format) {
  switch (format) {
    case Format::kBinary:
      return "binary";
    case Format::kEmpty:
      return "empty";
    case Format::kDump:
      return "dump";
    case Format::kHtmlPage:
      return "html";
    case Format::kHtmlFragment:
      return "html-fragment";
    case Format::kPlainText:
      return "text";
    case Format::kFeed:
      return "feed";
    case Format::kXml:
      return "xml";
    case Format::kWarc:
      return "warc";
    case Format::kGzip:
      return "gzip";
    case Format::kZstd:
      return "zstd";
  }
  return "unknown";
}

Format RecognizeFormat(std::string_view bytes, const FormatHints& hints) {
  switch (RecognizeCompression(bytes)) {
    case Compression::kGzip:
      return Format::kGzip;
    case Compression::kZstd:
      return Format::kZstd;
    default:
      break;
  }
  const ByteOrderMark mark = FindByteOrderMark(bytes);
  const Charset* utf16 = mark.charset == nullptr ? FindUtf16Pattern(bytes) : mark.charset;
  bytes.remove_prefix(mark.length);
  if (utf16 != nullptr && utf16->kind == CharsetKind::kUtf16) {
    return RecognizeText(Narrow(bytes, utf16->name == "UTF-16LE"), hints);
  }
  return RecognizeText(bytes, hints);
}

}  // namespace wirefold
