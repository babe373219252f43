// The canonical record, whole and in part.
#include <memory>
#include <string>
#include <utility>

#include "lib/base/reason.h"
#include "lib/store/records.h"
#include "lib/store/wire_reader.h"
#include "lib/url/canonicalize.h"
#include "wirefold/storage/records.pb.h"

namespace wirefold {
namespace {

using storage::ArticleRecord;

absl::Status Damaged() {
  return Reject(Reason::kStoreCorrupt, "an article's record in the store is damaged");
}

absl::Status Parse(std::string_view bytes, storage::ArticleRecord& record) {
  const absl::StatusOr<std::string_view> payload = Payload(bytes, "article");
  if (!payload.ok()) return payload.status();
  const bool whole = record.ParseFromArray(payload->data(), static_cast<int>(payload->size())) &&
                     record.text_hash().size() == 16;
  return whole ? absl::OkStatus() : Damaged();
}

void PeekBytes(const WireReader& from, RecordFields& fields) {
  switch (from.field()) {
    case ArticleRecord::kHostFieldNumber:
      fields.host = from.bytes();
      break;
    case ArticleRecord::kRegistrableDomainFieldNumber:
      fields.registrable_domain = from.bytes();
      break;
    case ArticleRecord::kTitleFieldNumber:
      fields.title = from.bytes();
      break;
    case ArticleRecord::kTextFieldNumber:
      fields.text = from.bytes();
      break;
    case ArticleRecord::kSourceFieldNumber:
      fields.source = from.bytes();
      break;
    case ArticleRecord::kLanguageFieldNumber:
      fields.language = from.bytes();
      break;
    case ArticleRecord::kDatelineFieldNumber:
      fields.dateline = from.bytes();
      break;
    case ArticleRecord::kTextHashFieldNumber:
      fields.text_hash = from.bytes();
      break;
    default:
      break;
  }
}

void PeekNumber(const WireReader& from, RecordFields& fields) {
  switch (from.field()) {
    case ArticleRecord::kObservedAtMsFieldNumber:
      fields.observed_at_ms = from.signed_number();
      break;
    case ArticleRecord::kPublishedAtMsFieldNumber:
      fields.published_at_ms = from.signed_number();
      break;
    case ArticleRecord::kIngestedAtMsFieldNumber:
      fields.ingested_at_ms = from.signed_number();
      break;
    case ArticleRecord::kPublishedSourceFieldNumber: {
      const auto source = static_cast<PublishedSource>(from.number());
      fields.has_published_at =
          source == PublishedSource::kMetadata || source == PublishedSource::kDateLine;
      break;
    }
    default:
      break;
  }
}

}  // namespace

EncodedRecord EncodeRecord(const NormalizedArticle& normalized, int64_t ingested_at_ms) {
  const CanonicalArticle& article = normalized.article;
  storage::ArticleRecord record;
  record.set_url(article.url);
  record.set_url_key(article.url_key);
  record.set_host(article.host);
  record.set_registrable_domain(article.registrable_domain);
  record.set_title(article.title);
  record.set_text(article.text);
  for (const std::string& author : article.authors) record.add_authors(author);
  record.set_dateline(article.dateline);
  record.set_source(article.source);
  record.set_language(article.language);
  record.set_script(static_cast<uint32_t>(article.script));
  record.set_observed_at_ms(article.observed_at_ms);
  record.set_published_at_ms(article.published_at_ms);
  record.set_published_source(static_cast<uint32_t>(article.published_source));
  for (const Image& image : article.images) {
    storage::StoredImage* stored = record.add_images();
    stored->set_url(image.url);
    stored->set_caption(image.caption);
  }
  for (const Link& link : article.links) {
    storage::StoredLink* stored = record.add_links();
    stored->set_url(link.url);
    stored->set_text(link.text);
  }
  for (const std::string& paragraph : article.dropped) record.add_dropped(paragraph);
  for (const Warning warning : article.warnings) {
    record.add_warnings(static_cast<uint32_t>(warning));
  }
  record.set_raw_bytes(article.raw_bytes);
  record.set_replaced_bytes(article.replaced_bytes);
  record.set_charset(article.charset);
  record.set_rules_version(article.rules_version);
  record.set_ingested_at_ms(ingested_at_ms);
  record.set_matching_letters(normalized.matching_letters);
  record.set_text_hash(normalized.text_hash.ToBytes());
  record.set_full_url(article.full_url);

  auto bytes = std::make_shared<std::string>(1, static_cast<char>(kValueVersion));
  record.AppendToString(bytes.get());
  return bytes;
}

absl::Status DecodeRecord(std::string_view bytes, StoredArticle& out) {
  storage::ArticleRecord record;
  if (absl::Status status = Parse(bytes, record); !status.ok()) return status;
  CanonicalArticle& article = out.article;
  article.url = std::move(*record.mutable_url());
  article.url_key = std::move(*record.mutable_url_key());
  article.full_url = std::move(*record.mutable_full_url());
  article.host = std::move(*record.mutable_host());
  article.registrable_domain = std::move(*record.mutable_registrable_domain());
  article.title = std::move(*record.mutable_title());
  article.text = std::move(*record.mutable_text());
  article.authors.assign(record.authors().begin(), record.authors().end());
  article.dateline = std::move(*record.mutable_dateline());
  article.source = std::move(*record.mutable_source());
  article.language = std::move(*record.mutable_language());
  article.script = static_cast<Script>(record.script());
  article.observed_at_ms = record.observed_at_ms();
  article.published_at_ms = record.published_at_ms();
  article.published_source = static_cast<PublishedSource>(record.published_source());
  article.images.clear();
  for (storage::StoredImage& image : *record.mutable_images()) {
    article.images.push_back(
        {std::move(*image.mutable_url()), std::move(*image.mutable_caption())});
  }
  article.links.clear();
  for (storage::StoredLink& link : *record.mutable_links()) {
    article.links.push_back({std::move(*link.mutable_url()), std::move(*link.mutable_text())});
  }
  article.dropped.assign(record.dropped().begin(), record.dropped().end());
  article.warnings.clear();
  for (const uint32_t warning : record.warnings()) {
    article.warnings.push_back(static_cast<Warning>(warning));
  }
  article.raw_bytes = record.raw_bytes();
  article.replaced_bytes = record.replaced_bytes();
  article.charset = std::move(*record.mutable_charset());
  article.rules_version = record.rules_version();
  out.ingested_at_ms = record.ingested_at_ms();
  out.matching_letters = record.matching_letters();
  out.text_hash = Hash128::FromBytes(record.text_hash());
  return absl::OkStatus();
}

absl::StatusOr<RekeyedRecord> RekeyRecord(std::string_view bytes, const UrlRules& rules) {
  storage::ArticleRecord record;
  if (absl::Status status = Parse(bytes, record); !status.ok()) return status;
  RekeyedRecord rekeyed;
  rekeyed.url_key = record.url_key();
  rekeyed.text_hash = Hash128::FromBytes(record.text_hash());
  rekeyed.observed_at_ms = record.observed_at_ms();
  if (record.url_key().empty()) return rekeyed;
  std::string full = record.full_url().empty() ? record.url() : record.full_url();
  const absl::StatusOr<CanonicalUrl> canonical = CanonicalizeUrl(full, {}, rules);
  if (!canonical.ok()) {
    rekeyed.is_refused = true;
    return rekeyed;
  }
  rekeyed.has_other_key = canonical->url_key != record.url_key();
  rekeyed.is_changed = rekeyed.has_other_key || canonical->url != record.url();
  if (!rekeyed.is_changed) return rekeyed;
  rekeyed.url_key = canonical->url_key;
  record.set_url(canonical->url);
  record.set_url_key(canonical->url_key);
  record.set_host(canonical->host().data(), canonical->host().size());
  record.set_registrable_domain(canonical->registrable_domain().data(),
                                canonical->registrable_domain().size());
  record.clear_full_url();
  if (canonical->has_dropped_parameters) record.set_full_url(std::move(full));
  rekeyed.bytes.assign(1, static_cast<char>(kValueVersion));
  record.AppendToString(&rekeyed.bytes);
  return rekeyed;
}

absl::StatusOr<RecordFields> PeekRecord(std::string_view bytes) {
  const absl::StatusOr<std::string_view> payload = Payload(bytes, "article");
  if (!payload.ok()) return payload.status();
  RecordFields fields;
  WireReader from(*payload);
  while (from.Next()) {
    if (from.is_bytes()) {
      PeekBytes(from, fields);
    } else if (from.is_number()) {
      PeekNumber(from, fields);
    }
  }
  if (!from.ok()) return Damaged();
  return fields;
}

}  // namespace wirefold
