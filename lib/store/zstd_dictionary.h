// ZstdDictionary: what files, or records, have in common, trained from a sample of them, so that
// each can be compressed by itself and still be small.
//
// Example:
//   absl::StatusOr<std::string> bytes = TrainDictionary(samples);
//   absl::StatusOr<std::shared_ptr<const ZstdDictionary>> dictionary =
//       store.AddRawDictionary(*bytes);
//
// A dictionary never changes once it has a number, and is kept as long as anything needs it.
// Training is zstd's (ZDICT_trainFromBuffer, the COVER algorithm of Liao, Petri, Moffat and Wirth,
// "Effective Construction of Relative Lempel-Ziv Dictionaries", 2016, as zstd has made it fast).
//
// Thread-safe: immutable as seen from outside, and a pure function.
#ifndef WIREFOLD_LIB_STORE_ZSTD_DICTIONARY_H_
#define WIREFOLD_LIB_STORE_ZSTD_DICTIONARY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

// Of zstd.h, which this header keeps to itself.
struct ZSTD_CDict_s;
struct ZSTD_DDict_s;

namespace wirefold {

// Of raw news files 112 KiB leave 0.380 of their bytes, 256 KiB 0.360, 512 KiB 0.352.
inline constexpr size_t kMaxDictionaryBytes = size_t{256} << 10;
// So many of one kind may be in a store; the newest is used from then on.
inline constexpr uint32_t kMaxDictionaries = 32;
// No number is above this.
inline constexpr uint32_t kMaxDictionaryNumber = UINT16_MAX;
// Training looks at no more of one sample.
inline constexpr size_t kMaxSampleBytes = size_t{128} << 10;

class ZstdDictionary {
 public:
  // `level`: zstd's, for compressing with it. kInternal if there is no memory for it.
  static absl::StatusOr<std::shared_ptr<const ZstdDictionary>> Make(uint32_t number,
                                                                    std::string bytes, int level);
  ~ZstdDictionary();
  ZstdDictionary(const ZstdDictionary&) = delete;
  ZstdDictionary& operator=(const ZstdDictionary&) = delete;

  // From 1 on; 0 in a record stands for none.
  [[nodiscard]] uint32_t number() const { return number_; }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  // For compressing; made, with about 1 MiB, when first asked for. Borrowed; null without memory.
  [[nodiscard]] const ZSTD_CDict_s* compression() const;
  // For decompressing; borrowed.
  [[nodiscard]] const ZSTD_DDict_s* decompression() const { return decompression_; }

 private:
  ZstdDictionary(uint32_t number, std::string bytes, int level);

  const uint32_t number_;
  const std::string bytes_;
  const int level_;
  ZSTD_DDict_s* const decompression_;
  mutable std::once_flag compression_made_;
  mutable ZSTD_CDict_s* compression_ = nullptr;
};

// A zstd frame that states its size, unpacked; `dictionary` is the one that it was made with, null
// for none. kDataLoss, with what is wrong with it, also if it states more than `max_bytes`;
// kResourceExhausted without memory.
absl::StatusOr<std::string> Decompress(std::string_view frame, const ZstdDictionary* dictionary,
                                       size_t max_bytes);

// A dictionary of at most `max_bytes`. kFailedPrecondition if the samples are too few or
// too much alike to train one from. Takes about 0.1 s a MiB.
absl::StatusOr<std::string> TrainDictionary(std::span<const std::string> samples,
                                            size_t max_bytes = kMaxDictionaryBytes);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_ZSTD_DICTIONARY_H_
