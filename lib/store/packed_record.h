// Packed records: an article's record as `articles` holds it in tables, compressed by itself.
//
// Example:
//   RecordCompressor compressor(Packing::kQuick, dictionary);
//   std::optional<std::string> packed = compressor.Pack(record);
//   absl::StatusOr<std::string> record = UnpackRecord(*packed, dictionary.get());
//
// Bytes: version (2 is a delta's, so 3), how it was packed (1), the dictionary's number (2,
// big-endian; 0: none), a zstd frame that states its size. Neither magic numbers of dictionaries
// nor checksums: every block that holds one has its own.
//
// Thread-safe, except that a RecordCompressor belongs to one thread.
#ifndef WIREFOLD_LIB_STORE_PACKED_RECORD_H_
#define WIREFOLD_LIB_STORE_PACKED_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/base/limits.h"
#include "lib/store/zstd_dictionary.h"

// Of zstd.h, which this header keeps to itself.
struct ZSTD_CCtx_s;
struct ZSTD_CDict_s;

namespace wirefold {

// The first byte of a packed record; plain ones have kValueVersion there, deltas kDeltaVersion.
inline constexpr uint8_t kPackedVersion = 3;

enum class Packing : uint8_t {
  kQuick = 0,  // as files come in: 16 µs for a record of 3.5 KB, 0.46 of its bytes
  kTight = 1,  // where time is taken: 58 µs, 0.38
};
// zstd's. Level 3 takes a quarter longer than 2 for a twentieth less; 9 and 12 take twice as long
// as 6 and leave more.
inline constexpr int kQuickLevel = 2;
inline constexpr int kTightLevel = 6;
inline constexpr int kLevelWithoutDictionary = 1;

// A longer one is stored as it is. No record has more: a file's text and what was dropped of it, in
// UTF-8, and its links and images.
inline constexpr size_t kMaxPackedRecordBytes = 8 * kMaxMessageBytes;

[[nodiscard]] bool IsPackedRecord(std::string_view value);

// What stands ahead of a packed record's frame.
struct PackedHead {
  Packing packing = Packing::kQuick;
  uint32_t dictionary = 0;  // its number; 0: none
  std::string_view frame;
};
// kStoreCorrupt if `value` is no packed record, kStoreTooNew for a way to pack that is not known.
absl::StatusOr<PackedHead> HeadOfPacked(std::string_view value);

class RecordCompressor {
 public:
  // Without a dictionary if that is null.
  RecordCompressor(Packing packing, std::shared_ptr<const ZstdDictionary> dictionary);
  ~RecordCompressor();
  RecordCompressor(const RecordCompressor&) = delete;
  RecordCompressor& operator=(const RecordCompressor&) = delete;

  // nullopt if it would be no smaller, or without memory: then it is stored as it is.
  std::optional<std::string> Pack(std::string_view record);

 private:
  const Packing packing_;
  const std::shared_ptr<const ZstdDictionary> dictionary_;
  ZSTD_CCtx_s* const context_;
  ZSTD_CDict_s* tight_ = nullptr;
};

// `head.frame` unpacked; `dictionary` is the one that the head names, null for none. kStoreCorrupt
// if it doesn't come to a record.
absl::StatusOr<std::string> UnpackRecord(const PackedHead& head, const ZstdDictionary* dictionary);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_PACKED_RECORD_H_
