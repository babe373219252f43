// RecordDelta: a canonical record as what it has that another one, its base, has not. Copies and
// older texts are stored so: most of their bytes are in the article they copy.
//
// Example:
//   DeltaPacker packer;
//   std::string stored = packer.Pack(record, {story_id, base_record}, story_id, table);
//   if (IsDelta(stored)) … UnpackDelta(stored, base_record, table)
//
// A delta is a zstd frame whose prefix dictionary is the base: matches are found in it as in bytes
// that went just before. Where one of the two is in traditional and the other in simplified
// characters, the base is first brought into the script of the record (ScriptTable). Literals are
// left as they are: RocksDB compresses them with the block, and there they have each other and the
// table's dictionary for context, which one record alone has not.
//
// A DeltaPacker belongs to one thread. The functions are pure.
#ifndef WIREFOLD_LIB_STORE_RECORD_DELTA_H_
#define WIREFOLD_LIB_STORE_RECORD_DELTA_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/base/ulid.h"
#include "lib/store/script_table.h"

// Of zstd.h, which this header keeps to itself.
struct ZSTD_CCtx_s;

namespace wirefold {

// The first byte of a delta; whole records have kValueVersion there.
inline constexpr uint8_t kDeltaVersion = 2;

struct DeltaBase {
  Ulid id;                  // of the article whose text it is
  std::string_view record;  // as EncodeRecord made it
};

class DeltaPacker {
 public:
  DeltaPacker();
  ~DeltaPacker();
  DeltaPacker(const DeltaPacker&) = delete;
  DeltaPacker& operator=(const DeltaPacker&) = delete;

  // `record` as a delta against `base`, or as it is where that is no longer. A base called
  // `implied_id` is not named in the delta. Takes some 30 µs for records of 3 KB.
  std::string Pack(std::string_view record, const DeltaBase& base, const Ulid& implied_id,
                   const ScriptTable& table);

 private:
  ZSTD_CCtx_s* const context_;
};

[[nodiscard]] bool IsDelta(std::string_view stored);

// The base that a delta needs. `implied_id` as in Pack. kStoreCorrupt if `stored` is no delta.
absl::StatusOr<Ulid> BaseOfDelta(std::string_view stored, const Ulid& implied_id);

// The record again, byte for byte. kStoreCorrupt if `base_record` is not the one that it was packed
// with (a checksum tells), or if anything is damaged.
absl::StatusOr<std::string> UnpackDelta(std::string_view stored, std::string_view base_record,
                                        const ScriptTable& table);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_RECORD_DELTA_H_
