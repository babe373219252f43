// Raw records: a raw file as it came, with all that Normalize was given beside its bytes, packed
// for the store.
//
// Example:
//   RawPacker packer;
//   absl::StatusOr<PackedRaw> packed = packer.Pack({.bytes = bytes, .hints = hints}, dictionary);
//   …
//   absl::StatusOr<KeptDocument> raw = UnpackRaw(value, dictionaries);
//   Normalize({.bytes = raw->bytes, .source = raw->source, .hints = raw->hints});
//
// docs/storage_format.md says what the bytes are. A packer belongs to one thread; the rest are pure
// functions.
#ifndef WIREFOLD_LIB_STORE_RAW_RECORD_H_
#define WIREFOLD_LIB_STORE_RAW_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/article/article.h"
#include "lib/base/limits.h"
#include "lib/store/zstd_dictionary.h"

struct ZSTD_CCtx_s;

namespace wirefold {

// A file's bytes, source and hints together; a request that brings them is smaller.
inline constexpr size_t kMaxRawDocumentBytes = kMaxMessageBytes + (size_t{64} << 10);

// zstd's; higher ones take three times as long for a twelfth less.
inline constexpr int kRawCompressionLevel = 3;

// A raw file with what Normalize needs to make the same article of it again.
struct KeptDocument {
  std::string bytes;
  std::string source;
  Hints hints;
};

// A raw file as it is stored.
struct PackedRaw {
  std::shared_ptr<const std::string> value;  // null: not kept
  uint64_t raw_bytes = 0;                    // of the file
};

class RawPacker {
 public:
  RawPacker();
  ~RawPacker();
  RawPacker(const RawPacker&) = delete;
  RawPacker& operator=(const RawPacker&) = delete;

  // Without a dictionary if that is null. kDocumentTooLarge over kMaxRawDocumentBytes, which no
  // request is; kNormalizeFailed without memory. Keeps some MiB of memory for the next file.
  absl::StatusOr<PackedRaw> Pack(const RawDocument& raw, const ZstdDictionary* dictionary);

 private:
  ZSTD_CCtx_s* const context_;
};

// Which dictionary a record needs.
using RawDictionaries =
    std::function<absl::StatusOr<std::shared_ptr<const ZstdDictionary>>(uint32_t number)>;

// `value` as Pack made it. kStoreCorrupt if it is none or doesn't agree with its dictionary, and
// the errors of `dictionaries`, which is asked where a record needs one.
absl::StatusOr<KeptDocument> UnpackRaw(std::string_view value, const RawDictionaries& dictionaries);

// The raw file's size, of a value of `raw`. kStoreCorrupt.
absl::StatusOr<uint64_t> RawBytesOf(std::string_view value);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_RAW_RECORD_H_
