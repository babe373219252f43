#include "lib/store/packed_record.h"

#include <zstd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"

namespace wirefold {
namespace {

constexpr size_t kHeadBytes = 4;

absl::Status Damaged(std::string_view what) {
  return Reject(Reason::kStoreCorrupt,
                absl::StrCat("an article in the store is damaged: ", ToAbsl(what)));
}

}  // namespace

bool IsPackedRecord(std::string_view value) {
  return !value.empty() && static_cast<uint8_t>(value.front()) == kPackedVersion;
}

absl::StatusOr<PackedHead> HeadOfPacked(std::string_view value) {
  if (!IsPackedRecord(value) || value.size() < kHeadBytes) return Damaged("it is no packed record");
  const auto byte = [&](size_t at) { return static_cast<uint8_t>(value[at]); };
  if (byte(1) > static_cast<uint8_t>(Packing::kTight)) {
    return Reject(Reason::kStoreTooNew,
                  absl::StrCat("a value of type 'article' in the store is packed in the way ",
                               byte(1), ", which a newer version of wirefoldd knows; use that"));
  }
  PackedHead head;
  head.packing = static_cast<Packing>(byte(1));
  head.dictionary = static_cast<uint32_t>(byte(2) << 8 | byte(3));
  head.frame = value.substr(kHeadBytes);
  return head;
}

RecordCompressor::RecordCompressor(Packing packing,
                                   std::shared_ptr<const ZstdDictionary> dictionary)
    : packing_(packing), dictionary_(std::move(dictionary)), context_(ZSTD_createCCtx()) {
  if (context_ == nullptr) return;
  const int level = packing == Packing::kTight ? kTightLevel : kLevelWithoutDictionary;
  ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context_, ZSTD_c_dictIDFlag, 0);
  if (dictionary_ == nullptr) return;
  if (packing == Packing::kTight) {
    tight_ =
        ZSTD_createCDict(dictionary_->bytes().data(), dictionary_->bytes().size(), kTightLevel);
  }
  ZSTD_CCtx_refCDict(context_, packing == Packing::kTight ? tight_ : dictionary_->compression());
}

RecordCompressor::~RecordCompressor() {
  ZSTD_freeCCtx(context_);
  ZSTD_freeCDict(tight_);
}

std::optional<std::string> RecordCompressor::Pack(std::string_view record) {
  if (context_ == nullptr || record.size() > kMaxPackedRecordBytes) return std::nullopt;
  if (dictionary_ != nullptr &&
      (packing_ == Packing::kTight ? tight_ : dictionary_->compression()) == nullptr) {
    return std::nullopt;
  }
  const uint32_t number = dictionary_ == nullptr ? 0 : dictionary_->number();
  std::string packed = {static_cast<char>(kPackedVersion), static_cast<char>(packing_),
                        static_cast<char>(number >> 8), static_cast<char>(number)};
  packed.resize(kHeadBytes + ZSTD_compressBound(record.size()));
  const size_t size = ZSTD_compress2(context_, packed.data() + kHeadBytes,
                                     packed.size() - kHeadBytes, record.data(), record.size());
  if (ZSTD_isError(size) != 0 || kHeadBytes + size >= record.size()) return std::nullopt;
  packed.resize(kHeadBytes + size);
  return packed;
}

absl::StatusOr<std::string> UnpackRecord(const PackedHead& head, const ZstdDictionary* dictionary) {
  absl::StatusOr<std::string> record = Decompress(head.frame, dictionary, kMaxPackedRecordBytes);
  if (absl::IsDataLoss(record.status())) return Damaged(ToStd(record.status().message()));
  return record;
}

}  // namespace wirefold
