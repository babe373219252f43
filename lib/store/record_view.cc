#include "lib/store/record_view.h"

#include <utility>

#include "lib/base/reason.h"
#include "lib/store/records.h"
#include "lib/store/wire_reader.h"
#include "wirefold/storage/records.pb.h"

namespace wirefold {
namespace {

using storage::ArticleRecord;

absl::Status Damaged() {
  return Reject(Reason::kStoreCorrupt, "an article's record in the store is damaged");
}

// The two fields of a StoredImage or a StoredLink, which have the same numbers.
static_assert(int{storage::StoredImage::kUrlFieldNumber} == storage::StoredLink::kUrlFieldNumber);
static_assert(int{storage::StoredImage::kCaptionFieldNumber} ==
              storage::StoredLink::kTextFieldNumber);
template <typename Pair>
bool AddPair(std::string_view message, std::vector<Pair>& to) {
  std::string_view url;
  std::string_view text;
  WireReader fields(message);
  while (fields.Next()) {
    if (!fields.is_bytes()) continue;
    if (fields.field() == storage::StoredLink::kUrlFieldNumber) url = fields.bytes();
    if (fields.field() == storage::StoredLink::kTextFieldNumber) text = fields.bytes();
  }
  to.push_back({url, text});
  return fields.ok();
}

bool TakeBytes(uint32_t field, std::string_view bytes, RecordView& view) {
  switch (field) {
    case ArticleRecord::kUrlFieldNumber:
      view.url = bytes;
      return true;
    case ArticleRecord::kUrlKeyFieldNumber:
      view.url_key = bytes;
      return true;
    case ArticleRecord::kHostFieldNumber:
      view.host = bytes;
      return true;
    case ArticleRecord::kRegistrableDomainFieldNumber:
      view.registrable_domain = bytes;
      return true;
    case ArticleRecord::kTitleFieldNumber:
      view.title = bytes;
      return true;
    case ArticleRecord::kTextFieldNumber:
      view.text = bytes;
      return true;
    case ArticleRecord::kAuthorsFieldNumber:
      view.authors.push_back(bytes);
      return true;
    case ArticleRecord::kDatelineFieldNumber:
      view.dateline = bytes;
      return true;
    case ArticleRecord::kSourceFieldNumber:
      view.source = bytes;
      return true;
    case ArticleRecord::kLanguageFieldNumber:
      view.language = bytes;
      return true;
    case ArticleRecord::kImagesFieldNumber:
      return AddPair(bytes, view.images);
    case ArticleRecord::kLinksFieldNumber:
      return AddPair(bytes, view.links);
    case ArticleRecord::kDroppedFieldNumber:
      view.dropped.push_back(bytes);
      return true;
    case ArticleRecord::kWarningsFieldNumber:
      for (uint64_t warning = 0; !bytes.empty();) {
        if (!WireReader::TakePacked(bytes, warning)) return false;
        view.warnings.push_back(static_cast<Warning>(warning));
      }
      return true;
    case ArticleRecord::kTextHashFieldNumber:
      view.text_hash = bytes;
      return true;
    case ArticleRecord::kCharsetFieldNumber:
      view.charset = bytes;
      return true;
    default:
      return true;
  }
}

void TakeNumber(const WireReader& from, RecordView& view) {
  switch (from.field()) {
    case ArticleRecord::kObservedAtMsFieldNumber:
      view.observed_at_ms = from.signed_number();
      break;
    case ArticleRecord::kPublishedAtMsFieldNumber:
      view.published_at_ms = from.signed_number();
      break;
    case ArticleRecord::kPublishedSourceFieldNumber:
      view.published_source = static_cast<PublishedSource>(from.number());
      break;
    case ArticleRecord::kWarningsFieldNumber:
      view.warnings.push_back(static_cast<Warning>(from.number()));
      break;
    case ArticleRecord::kRawBytesFieldNumber:
      view.raw_bytes = from.number();
      break;
    case ArticleRecord::kReplacedBytesFieldNumber:
      view.replaced_bytes = from.number();
      break;
    case ArticleRecord::kRulesVersionFieldNumber:
      view.rules_version = static_cast<uint32_t>(from.number());
      break;
    case ArticleRecord::kIngestedAtMsFieldNumber:
      view.ingested_at_ms = from.signed_number();
      break;
    case ArticleRecord::kMatchingLettersFieldNumber:
      view.matching_letters = static_cast<uint32_t>(from.number());
      break;
    default:
      break;
  }
}

// Empty again, with the memory that its lists have.
void Clear(RecordView& view) {
  RecordView empty;
  const auto keep = [](auto& list, auto& into) {
    list.clear();
    into = std::move(list);
  };
  keep(view.authors, empty.authors);
  keep(view.images, empty.images);
  keep(view.links, empty.links);
  keep(view.dropped, empty.dropped);
  keep(view.warnings, empty.warnings);
  view = std::move(empty);
}

}  // namespace

absl::Status ViewRecord(std::string_view record, RecordView& view) {
  Clear(view);
  const absl::StatusOr<std::string_view> payload = Payload(record, "article");
  if (!payload.ok()) return payload.status();
  WireReader fields(*payload);
  while (fields.Next()) {
    if (fields.is_bytes()) {
      if (!TakeBytes(fields.field(), fields.bytes(), view)) return Damaged();
    } else if (fields.is_number()) {
      TakeNumber(fields, view);
    }
  }
  return fields.ok() && view.text_hash.size() == 16 ? absl::OkStatus() : Damaged();
}

}  // namespace wirefold
