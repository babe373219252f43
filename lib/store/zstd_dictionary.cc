#include "lib/store/zstd_dictionary.h"

#include <zdict.h>
#include <zstd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace wirefold {
namespace {

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

absl::StatusOr<std::shared_ptr<const ZstdDictionary>> ZstdDictionary::Make(uint32_t number,
                                                                           std::string bytes,
                                                                           int level) {
  std::shared_ptr<const ZstdDictionary> made(new ZstdDictionary(number, std::move(bytes), level));
  if (made->decompression_ == nullptr) {
    return absl::InternalError("no memory for a dictionary");
  }
  return made;
}

ZstdDictionary::ZstdDictionary(uint32_t number, std::string bytes, int level)
    : number_(number),
      bytes_(std::move(bytes)),
      level_(level),
      decompression_(ZSTD_createDDict(bytes_.data(), bytes_.size())) {}

ZstdDictionary::~ZstdDictionary() {
  ZSTD_freeCDict(compression_);
  ZSTD_freeDDict(decompression_);
}

const ZSTD_CDict_s* ZstdDictionary::compression() const {
  std::call_once(compression_made_,
                 [this] { compression_ = ZSTD_createCDict(bytes_.data(), bytes_.size(), level_); });
  return compression_;
}

absl::StatusOr<std::string> Decompress(std::string_view frame, const ZstdDictionary* dictionary,
                                       size_t max_bytes) {
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > max_bytes) {
    return absl::DataLossError("it is not compressed as it should be");
  }
  static thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  if (context == nullptr) return absl::ResourceExhaustedError("no memory to decompress with");
  std::string bytes(size, '\0');
  const size_t got = ZSTD_decompress_usingDDict(
      context.get(), bytes.data(), bytes.size(), frame.data(), frame.size(),
      dictionary == nullptr ? nullptr : dictionary->decompression());
  if (ZSTD_isError(got) != 0) return absl::DataLossError(ZSTD_getErrorName(got));
  if (got != size) return absl::DataLossError("it ends early");
  return bytes;
}

absl::StatusOr<std::string> TrainDictionary(std::span<const std::string> samples,
                                            size_t max_bytes) {
  std::string joined;
  std::vector<size_t> sizes;
  sizes.reserve(samples.size());
  for (const std::string& sample : samples) {
    const size_t size = std::min(sample.size(), kMaxSampleBytes);
    joined.append(sample, 0, size);
    sizes.push_back(size);
  }
  std::string dictionary(max_bytes, '\0');
  const size_t size = ZDICT_trainFromBuffer(dictionary.data(), dictionary.size(), joined.data(),
                                            sizes.data(), static_cast<unsigned>(sizes.size()));
  if (ZDICT_isError(size) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("no dictionary could be trained: ", ZDICT_getErrorName(size)));
  }
  dictionary.resize(size);
  dictionary.shrink_to_fit();
  return dictionary;
}

}  // namespace wirefold
