#include "lib/base/ulid.h"

#include <algorithm>
#include <cstring>

#include "lib/base/limits.h"
#include "lib/base/reason.h"

namespace wirefold {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// The value of a base-32 digit in either case, or -1.
int DigitValue(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  const size_t at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

Ulid Ulid::FirstAt(int64_t time_ms) { return Make(time_ms, Hash128{}); }

Ulid Ulid::Make(int64_t time_ms, const Hash128& hash) {
  const uint64_t time = static_cast<uint64_t>(std::clamp<int64_t>(time_ms, 0, kMaxTimeMs));
  Ulid id;
  for (int i = 0; i < 6; ++i) id.bytes_[i] = static_cast<uint8_t>(time >> (40 - 8 * i));
  id.bytes_[6] = static_cast<uint8_t>(hash.high >> 8);
  id.bytes_[7] = static_cast<uint8_t>(hash.high);
  for (int i = 0; i < 8; ++i) id.bytes_[8 + i] = static_cast<uint8_t>(hash.low >> (56 - 8 * i));
  return id;
}

Ulid Ulid::FromBytes(std::string_view bytes) {
  Ulid id;
  std::memcpy(id.bytes_.data(), bytes.data(), kBytes);
  return id;
}

absl::StatusOr<Ulid> Ulid::Parse(std::string_view text) {
  constexpr std::string_view kHelp =
      "an article ID is a ULID of 26 characters (0-9 and A-Z without I, L, O, U), such as "
      "01EHQ8Z3KD5V9A0C6Q2XJ7N4TB";
  if (text.size() != kTextLength) return Reject(Reason::kInvalidId, kHelp);
  Ulid id;
  // 26 digits hold 130 bits: the first may only use its lower three.
  unsigned __int128 value = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const int digit = DigitValue(text[i]);
    if (digit < 0 || (i == 0 && digit > 7)) return Reject(Reason::kInvalidId, kHelp);
    value = value << 5 | static_cast<unsigned>(digit);
  }
  for (size_t i = 0; i < kBytes; ++i) {
    id.bytes_[kBytes - 1 - i] = static_cast<uint8_t>(value >> (8 * i));
  }
  return id;
}

int64_t Ulid::TimeMs() const {
  int64_t time = 0;
  for (int i = 0; i < 6; ++i) time = time << 8 | bytes_[i];
  return time;
}

std::string Ulid::ToString() const {
  unsigned __int128 value = 0;
  for (const uint8_t byte : bytes_) value = value << 8 | byte;
  std::string text(kTextLength, '0');
  for (size_t i = kTextLength; i-- > 0; value >>= 5) {
    text[i] = kAlphabet[static_cast<size_t>(value & 31)];
  }
  return text;
}

std::string Ulid::ToBytes() const {
  return std::string(reinterpret_cast<const char*>(bytes_.data()), kBytes);
}

}  // namespace wirefold
