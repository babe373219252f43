// Ulid: an article's ID. 48 bits of milliseconds, then 80 bits of a hash, so that IDs sort by time
// and the same URL at the same time always gets the same ID.
//
// Example:
//   Ulid id = Ulid::Make(observed_at_ms, HashBytes128(url_key));
//   id.ToString();                        // "01EHQ8Z3KD5V9A0C6Q2XJ7N4TB"
//   absl::StatusOr<Ulid> parsed = Ulid::Parse(text);
//
// The text form is Crockford's base 32 of the ULID specification (github.com/ulid/spec).
// Thread-safe: a value type.
#ifndef WIREFOLD_LIB_BASE_ULID_H_
#define WIREFOLD_LIB_BASE_ULID_H_

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/base/hash.h"

namespace wirefold {

class Ulid {
 public:
  static constexpr size_t kBytes = 16;
  static constexpr size_t kTextLength = 26;

  // The zero ULID, which stands for 'none'.
  Ulid() = default;

  // `time_ms` is clamped to 0…kMaxTimeMs. The last 80 bits are the low 80 bits of `hash`.
  static Ulid Make(int64_t time_ms, const Hash128& hash);
  // The smallest ULID of a time (clamped as above); the bound of a range scan.
  static Ulid FirstAt(int64_t time_ms);
  // The 16 bytes that ToBytes made; `bytes` must be 16 long.
  static Ulid FromBytes(std::string_view bytes);
  // The 26 characters of the text form, in either case. kInvalidId when it is none.
  static absl::StatusOr<Ulid> Parse(std::string_view text);

  [[nodiscard]] bool IsZero() const { return bytes_ == std::array<uint8_t, kBytes>{}; }
  [[nodiscard]] int64_t TimeMs() const;
  [[nodiscard]] std::string ToString() const;
  // 16 bytes, big-endian: the key in the store.
  [[nodiscard]] std::string ToBytes() const;

  friend auto operator<=>(const Ulid&, const Ulid&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const Ulid& id) {
    return H::combine(std::move(state), id.bytes_);
  }

 private:
  std::array<uint8_t, kBytes> bytes_{};
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_ULID_H_
