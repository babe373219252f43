// The canonical record, whole and in part.
#include <memory>
#include <string>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "lib/base/reason.h"
#include "lib/store/records.h"
#include "lib/url/canonicalize.h"
#include "wirefold/storage/records.pb.h"

namespace wirefold {
namespace {

using google::protobuf::internal::WireFormatLite;

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
  using storage::ArticleRecord;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(payload->data()),
                                            static_cast<int>(payload->size()));
  RecordFields fields;
  while (const uint32_t tag = in.ReadTag()) {
    std::string_view* text = nullptr;
    int64_t* number = nullptr;
    bool source = false;
    switch (WireFormatLite::GetTagFieldNumber(tag)) {
      case ArticleRecord::kHostFieldNumber:
        text = &fields.host;
        break;
      case ArticleRecord::kRegistrableDomainFieldNumber:
        text = &fields.registrable_domain;
        break;
      case ArticleRecord::kTitleFieldNumber:
        text = &fields.title;
        break;
      case ArticleRecord::kTextFieldNumber:
        text = &fields.text;
        break;
      case ArticleRecord::kSourceFieldNumber:
        text = &fields.source;
        break;
      case ArticleRecord::kLanguageFieldNumber:
        text = &fields.language;
        break;
      case ArticleRecord::kDatelineFieldNumber:
        text = &fields.dateline;
        break;
      case ArticleRecord::kTextHashFieldNumber:
        text = &fields.text_hash;
        break;
      case ArticleRecord::kObservedAtMsFieldNumber:
        number = &fields.observed_at_ms;
        break;
      case ArticleRecord::kPublishedAtMsFieldNumber:
        number = &fields.published_at_ms;
        break;
      case ArticleRecord::kPublishedSourceFieldNumber:
        source = true;
        break;
      case ArticleRecord::kIngestedAtMsFieldNumber:
        number = &fields.ingested_at_ms;
        break;
      default:
        break;
    }
    if (text != nullptr) {
      uint32_t length = 0;
      if (!in.ReadVarint32(&length)) return Damaged();
      const size_t start = static_cast<size_t>(in.CurrentPosition());
      if (length > payload->size() - start || !in.Skip(static_cast<int>(length))) return Damaged();
      *text = payload->substr(start, length);
    } else if (number != nullptr) {
      uint64_t value = 0;
      if (!in.ReadVarint64(&value)) return Damaged();
      *number = WireFormatLite::ZigZagDecode64(value);
    } else if (source) {
      uint64_t value = 0;
      if (!in.ReadVarint64(&value)) return Damaged();
      fields.has_published_at = value == static_cast<uint64_t>(PublishedSource::kMetadata) ||
                                value == static_cast<uint64_t>(PublishedSource::kDateLine);
    } else if (!WireFormatLite::SkipField(&in, tag)) {
      return Damaged();
    }
  }
  if (!in.ConsumedEntireMessage()) return Damaged();
  return fields;
}

}  // namespace wirefold
