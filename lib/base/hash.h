// Hash: the two XXH3 hashes that identities, signatures and stored keys are made of.
//
// Example:
//   Hash128 key = HashBytes128(url_key);
//   std::string stored = key.ToBytes();   // 16 bytes, big-endian, sorts like the number
//
// Both are XXH3 with seed 0 unless one is given, which is a stable format since xxHash 0.8.0:
// stored values outlive the build. Thread-safe: pure functions, but for HashOfPieces.
#ifndef WIREFOLD_LIB_BASE_HASH_H_
#define WIREFOLD_LIB_BASE_HASH_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace wirefold {

struct Hash128 {
  uint64_t high = 0;
  uint64_t low = 0;

  friend auto operator<=>(const Hash128&, const Hash128&) = default;

  [[nodiscard]] bool IsZero() const { return high == 0 && low == 0; }
  // 16 bytes, big-endian: the canonical representation of XXH128.
  [[nodiscard]] std::string ToBytes() const;
  // The reverse; `bytes` must be 16 long.
  static Hash128 FromBytes(std::string_view bytes);

  template <typename H>
  friend H AbslHashValue(H state, const Hash128& hash) {
    return H::combine(std::move(state), hash.high, hash.low);
  }
};

uint64_t HashBytes64(std::string_view bytes, uint64_t seed = 0);
Hash128 HashBytes128(std::string_view bytes, uint64_t seed = 0);

// HashBytes64 of bytes that come in pieces.
class HashOfPieces {
 public:
  HashOfPieces();
  ~HashOfPieces();
  HashOfPieces(const HashOfPieces&) = delete;
  HashOfPieces& operator=(const HashOfPieces&) = delete;

  void Add(std::string_view bytes);
  // Of all that has been added.
  [[nodiscard]] uint64_t Hash64() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Big-endian integers, so that keys sort as numbers do.
void AppendBigEndian64(uint64_t value, std::string& out);
// Reads 8 bytes; `bytes` must have them.
uint64_t ReadBigEndian64(std::string_view bytes);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_HASH_H_
