#include "lib/article/open_document.h"

#include <utility>

#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/parse/charset.h"
#include "lib/parse/unpack.h"
#include "lib/text/character_table.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

// A packed file may unpack to so much before it is refused: a little more than a document may have,
// so that a bomb is seen to be one.
constexpr size_t kMaxUnpackedBytes = kMaxDocumentBytes + (size_t{128} << 10);

absl::Status TooLarge() {
  return Reject(Reason::kDocumentTooLarge, "the file is larger than 8 MiB; split it");
}
absl::Status Empty() {
  return Reject(Reason::kEmptyFile, "the file holds nothing; there is nothing to store");
}
absl::Status Several(std::string_view kind) {
  return Reject(Reason::kSeveralArticles, "the file is a " + std::string(kind) +
                                              "; send its articles one by one, as 'wirefold "
                                              "ingest' does");
}

// Of valid UTF-8: whether it has nothing but white space, in any script's sense.
bool IsWhiteSpace(std::string_view utf8) {
  const CharacterTable& table = CharacterTable::Get();
  for (size_t pos = 0; pos < utf8.size();) {
    if (table.Of(NextCodePoint(utf8, pos)).stored() != StoredClass::kSpace) return false;
  }
  return true;
}

absl::Status OpenFeed(std::string_view bytes, std::string_view content_type,
                      OpenedDocument& document) {
  absl::StatusOr<Feed> feed = ReadFeed(bytes, {.content_type = content_type});
  if (!feed.ok()) return feed.status();
  if (feed->items.empty()) {
    return Reject(Reason::kNoContent, "the feed has no items; there is nothing to store");
  }
  if (feed->items.size() > 1) return Several("feed of several items");
  if (absl::Status error = feed->items[0].error; !error.ok()) return error;
  document.charset = feed->charset;
  document.replaced_bytes = feed->replaced_bytes;
  document.feed = *std::move(feed);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OpenedDocument> OpenDocument(const RawDocument& raw, DocumentStorage& storage) {
  if (raw.bytes.size() > kMaxDocumentBytes) return TooLarge();
  std::string_view bytes = raw.bytes;
  const std::string_view content_type =
      std::string_view(raw.hints.content_type).substr(0, kMaxContentTypeBytes);
  const FormatHints hints{.content_type = content_type, .name = {}};
  OpenedDocument document;
  document.format = RecognizeFormat(bytes, hints);
  if (document.format == Format::kGzip || document.format == Format::kZstd) {
    absl::StatusOr<std::string> unpacked = Unpack(bytes, {.max_output_bytes = kMaxUnpackedBytes});
    if (!unpacked.ok()) return unpacked.status();
    storage.unpacked = *std::move(unpacked);
    bytes = storage.unpacked;
    if (bytes.size() > kMaxDocumentBytes) return TooLarge();
    document.format = RecognizeFormat(bytes, hints);
  }
  switch (document.format) {
    case Format::kEmpty:
      return Empty();
    case Format::kBinary:
    case Format::kGzip:
    case Format::kZstd:
      return Reject(Reason::kNotText, "the file is binary; send text");
    case Format::kWarc:
      return Several("WARC file");
    case Format::kFeed:
      if (absl::Status status = OpenFeed(bytes, content_type, document); !status.ok())
        return status;
      return document;
    default:
      break;
  }
  const absl::StatusOr<DecodedText> text =
      DecodeText(bytes, {.content_type = content_type}, storage.decoded);
  if (!text.ok()) return text.status();
  if (IsWhiteSpace(text->text)) return Empty();
  document.text = text->text;
  document.charset = text->charset;
  document.replaced_bytes = text->replaced_bytes;
  return document;
}

}  // namespace wirefold
