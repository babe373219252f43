// OpenDocument: from a file's bytes, in whatever format, packing and charset, to what can be read
// as an article.
//
// Example:
//   DocumentStorage storage;
//   absl::StatusOr<OpenedDocument> document = OpenDocument(raw, storage);
//   // document->format: Format::kHtmlPage; document->text: UTF-8
//
// In this order: gzip or zstd is taken off, once; the format is recognised (lib/parse/format.h);
// the bytes are decoded (lib/parse/charset.h), Hints::content_type being the header's value; a feed
// is read, and must hold one item.
//
// Thread-safe: a pure function.
#ifndef WIREFOLD_LIB_ARTICLE_OPEN_DOCUMENT_H_
#define WIREFOLD_LIB_ARTICLE_OPEN_DOCUMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/article/article.h"
#include "lib/parse/feed.h"
#include "lib/parse/format.h"

namespace wirefold {

// What OpenedDocument points into where it does not point into the raw bytes.
struct DocumentStorage {
  std::string unpacked;
  std::string decoded;
};

struct OpenedDocument {
  // kDump, kHtmlPage, kHtmlFragment, kPlainText, kXml or kFeed.
  Format format = Format::kPlainText;
  std::string_view text;        // valid UTF-8 that says something; empty for a feed
  std::string_view charset;     // by the WHATWG Encoding standard's name; static
  uint64_t replaced_bytes = 0;  // that the charset does not have; of a feed in all of it
  std::optional<Feed> feed;     // of one item, whose error is OK
};

// kDocumentTooLarge, packed or unpacked; kEmptyFile; kNotText; kSeveralArticles for WARC files and
// for feeds of many items; kNoContent for a feed of none; kFeedBroken; and what Unpack says.
[[nodiscard]] absl::StatusOr<OpenedDocument> OpenDocument(const RawDocument& raw,
                                                          DocumentStorage& storage);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_ARTICLE_OPEN_DOCUMENT_H_
