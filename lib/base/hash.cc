#include "lib/base/hash.h"

// Short inputs, a shingle's 20 bytes for one, are most of the calls: hash them without one more
// call.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace wirefold {

uint64_t HashBytes64(std::string_view bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Hash128 HashBytes128(std::string_view bytes, uint64_t seed) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed);
  return Hash128{hash.high64, hash.low64};
}

struct HashOfPieces::State {
  XXH3_state_t state;
};

HashOfPieces::HashOfPieces() : state_(std::make_unique<State>()) {
  XXH3_64bits_reset(&state_->state);
}
HashOfPieces::~HashOfPieces() = default;

void HashOfPieces::Add(std::string_view bytes) {
  XXH3_64bits_update(&state_->state, bytes.data(), bytes.size());
}

uint64_t HashOfPieces::Hash64() const { return XXH3_64bits_digest(&state_->state); }

void AppendBigEndian64(uint64_t value, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

uint64_t ReadBigEndian64(std::string_view bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::string Hash128::ToBytes() const {
  std::string out;
  out.reserve(16);
  AppendBigEndian64(high, out);
  AppendBigEndian64(low, out);
  return out;
}

Hash128 Hash128::FromBytes(std::string_view bytes) {
  return Hash128{ReadBigEndian64(bytes), ReadBigEndian64(bytes.substr(8))};
}

}  // namespace wirefold
