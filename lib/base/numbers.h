// Numbers: big-endian integers of any width, in strings; the bits of a number.
//
// Example:
//   uint32_t days = CountBits(entry.shown);
//   AppendNumber(entry.day, 2, out);
//   uint64_t day = TakeNumber(2, bytes);     // and what is left of `bytes`
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_BASE_NUMBERS_H_
#define WIREFOLD_LIB_BASE_NUMBERS_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace wirefold {

// How many bits are set. std::popcount is a call into the compiler's library where the processor's
// instruction can't be counted on; this is not.
constexpr uint32_t CountBits(uint32_t value) {
  value -= value >> 1 & 0x55555555u;
  value = (value & 0x33333333u) + (value >> 2 & 0x33333333u);
  value = (value + (value >> 4)) & 0x0F0F0F0Fu;
  return value * 0x01010101u >> 24;
}

// The low `bytes` (1 to 8) bytes of `value`.
inline void AppendNumber(uint64_t value, int bytes, std::string& out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

// Takes `bytes` (1 to 8) bytes off the front of `in`, which must have them.
inline uint64_t TakeNumber(int bytes, std::string_view& in) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | static_cast<uint8_t>(in[i]);
  in.remove_prefix(static_cast<size_t>(bytes));
  return value;
}

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_NUMBERS_H_
