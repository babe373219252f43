#include "lib/store/raw_record.h"

#include <zstd.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/store/records.h"
#include "wirefold/storage/records.pb.h"

namespace wirefold {
namespace {

absl::Status OutOfMemory() {
  return Reject(Reason::kNormalizeFailed,
                "no memory to compress the file's raw bytes with; send it again");
}

absl::Status Damaged(std::string_view what) {
  return Reject(
      Reason::kStoreCorrupt,
      absl::StrCat("the raw bytes of an article in the store are damaged: ", ToAbsl(what)));
}

}  // namespace

RawPacker::RawPacker() : context_(ZSTD_createCCtx()) {}
RawPacker::~RawPacker() { ZSTD_freeCCtx(context_); }

absl::StatusOr<PackedRaw> RawPacker::Pack(const RawDocument& raw,
                                          const ZstdDictionary* dictionary) {
  if (context_ == nullptr) return OutOfMemory();
  storage::RawDocument document;
  document.set_bytes(raw.bytes.data(), raw.bytes.size());
  document.set_source(raw.source.data(), raw.source.size());
  document.set_url(raw.hints.url);
  document.set_content_type(raw.hints.content_type);
  document.set_content_language(raw.hints.content_language);
  document.set_truncated(raw.hints.truncated);
  if (raw.hints.observed_at_ms.has_value()) {
    document.set_observed_at_ms(*raw.hints.observed_at_ms);
  }
  const std::string plain = document.SerializeAsString();
  if (plain.size() > kMaxRawDocumentBytes) {
    return Reject(Reason::kDocumentTooLarge,
                  absl::StrCat("the file and its hints have ", plain.size(), " bytes together; ",
                               kMaxRawDocumentBytes, " can be kept"));
  }
  storage::RawRecord record;
  record.set_raw_bytes(raw.bytes.size());
  std::string& frame = *record.mutable_frame();
  frame.resize(ZSTD_compressBound(plain.size()));
  ZSTD_CCtx_reset(context_, ZSTD_reset_session_and_parameters);
  ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, kRawCompressionLevel);
  // Tells damage, and a dictionary that is another one than it should be.
  ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
  if (dictionary != nullptr) {
    if (dictionary->compression() == nullptr) return OutOfMemory();
    // The record says which one.
    ZSTD_CCtx_setParameter(context_, ZSTD_c_dictIDFlag, 0);
    ZSTD_CCtx_refCDict(context_, dictionary->compression());
    record.set_dictionary(dictionary->number());
  }
  const size_t size =
      ZSTD_compress2(context_, frame.data(), frame.size(), plain.data(), plain.size());
  if (ZSTD_isError(size) != 0) return OutOfMemory();
  frame.resize(size);
  auto value = std::make_shared<std::string>(1, static_cast<char>(kValueVersion));
  value->reserve(1 + record.ByteSizeLong());
  record.AppendToString(value.get());
  return PackedRaw{std::move(value), raw.bytes.size()};
}

absl::StatusOr<KeptDocument> UnpackRaw(std::string_view value,
                                       const RawDictionaries& dictionaries) {
  const absl::StatusOr<std::string_view> payload = Payload(value, "raw");
  if (!payload.ok()) return payload.status();
  storage::RawRecord record;
  if (!record.ParseFromArray(payload->data(), static_cast<int>(payload->size()))) {
    return Damaged("they are no raw record");
  }
  std::shared_ptr<const ZstdDictionary> dictionary;
  if (record.dictionary() != 0) {
    absl::StatusOr<std::shared_ptr<const ZstdDictionary>> found = dictionaries(record.dictionary());
    if (!found.ok()) return found.status();
    dictionary = *std::move(found);
  }
  const absl::StatusOr<std::string> plain =
      Decompress(record.frame(), dictionary.get(), kMaxRawDocumentBytes);
  if (absl::IsDataLoss(plain.status())) return Damaged(ToStd(plain.status().message()));
  if (!plain.ok()) return plain.status();
  storage::RawDocument document;
  if (!document.ParseFromString(*plain) || document.bytes().size() != record.raw_bytes()) {
    return Damaged("what was compressed is no raw document");
  }
  KeptDocument raw;
  raw.bytes = std::move(*document.mutable_bytes());
  raw.source = std::move(*document.mutable_source());
  raw.hints.url = std::move(*document.mutable_url());
  raw.hints.content_type = std::move(*document.mutable_content_type());
  raw.hints.content_language = std::move(*document.mutable_content_language());
  raw.hints.truncated = document.truncated();
  if (document.has_observed_at_ms()) raw.hints.observed_at_ms = document.observed_at_ms();
  return raw;
}

absl::StatusOr<uint64_t> RawBytesOf(std::string_view value) {
  const absl::StatusOr<std::string_view> payload = Payload(value, "raw");
  if (!payload.ok()) return payload.status();
  storage::RawRecord record;
  if (!record.ParseFromArray(payload->data(), static_cast<int>(payload->size()))) {
    return Damaged("they are no raw record");
  }
  return record.raw_bytes();
}

}  // namespace wirefold
