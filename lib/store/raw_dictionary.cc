#include "lib/store/raw_dictionary.h"

#include <zdict.h>
#include <zstd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace wirefold {

absl::StatusOr<std::shared_ptr<const RawDictionary>> RawDictionary::Make(uint32_t number,
                                                                         std::string bytes) {
  std::shared_ptr<const RawDictionary> made(new RawDictionary(number, std::move(bytes)));
  if (made->decompression_ == nullptr) {
    return absl::InternalError("no memory for a dictionary of raw files");
  }
  return made;
}

RawDictionary::RawDictionary(uint32_t number, std::string bytes)
    : number_(number),
      bytes_(std::move(bytes)),
      decompression_(ZSTD_createDDict(bytes_.data(), bytes_.size())) {}

RawDictionary::~RawDictionary() {
  ZSTD_freeCDict(compression_);
  ZSTD_freeDDict(decompression_);
}

const ZSTD_CDict_s* RawDictionary::compression() const {
  std::call_once(compression_made_, [this] {
    compression_ = ZSTD_createCDict(bytes_.data(), bytes_.size(), kRawCompressionLevel);
  });
  return compression_;
}

absl::StatusOr<std::string> TrainRawDictionary(std::span<const std::string> samples) {
  std::string joined;
  std::vector<size_t> sizes;
  sizes.reserve(samples.size());
  for (const std::string& sample : samples) {
    const size_t size = std::min(sample.size(), kMaxRawSampleBytes);
    joined.append(sample, 0, size);
    sizes.push_back(size);
  }
  std::string dictionary(kMaxRawDictionaryBytes, '\0');
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
