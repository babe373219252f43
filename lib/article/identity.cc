#include "lib/article/identity.h"

#include "lib/text/matching.h"

namespace wirefold {
namespace {

constexpr uint64_t kUrlSeed = 1;
constexpr uint64_t kTextSeed = 2;
constexpr uint64_t kBytesSeed = 3;
constexpr uint64_t kNextSeed = 4;

}  // namespace

Hash128 IdentityOfUrlKey(std::string_view url_key) { return HashBytes128(url_key, kUrlSeed); }

Hash128 IdentityOfText(std::string_view matching_text) {
  return HashMatching(matching_text, kTextSeed);
}

Hash128 IdentityOfBytes(std::string_view raw_bytes) { return HashBytes128(raw_bytes, kBytesSeed); }

Hash128 NextIdentity(const Ulid& taken) { return HashBytes128(taken.ToBytes(), kNextSeed); }

}  // namespace wirefold
