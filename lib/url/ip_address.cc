#include "lib/url/ip_address.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

#include "lib/url/percent_encode.h"

namespace wirefold {
namespace {

// Larger than any address, and small enough that no digit more makes it overflow.
constexpr uint64_t kNumberCap = uint64_t{1} << 40;

// One part of an IPv4 address: decimal, 0 octal, 0x hexadecimal. Values over kNumberCap are cut.
std::optional<uint64_t> ParseIpv4Number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  unsigned radix = 10;
  if (text.size() >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
    text.remove_prefix(2);
    radix = 16;
  } else if (text.size() >= 2 && text[0] == '0') {
    text.remove_prefix(1);
    radix = 8;
  }
  uint64_t value = 0;
  for (const char c : text) {
    const int digit = HexValue(c);
    if (digit < 0 || static_cast<unsigned>(digit) >= radix) return std::nullopt;
    value = std::min(value * radix + static_cast<unsigned>(digit), kNumberCap);
  }
  return value;
}

void AppendNumber(unsigned value, int base, std::string& out) {
  char buffer[12];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value, base);
  out.append(buffer, result.ptr);
}

constexpr size_t kPieces = 8;
using Ipv6Pieces = std::array<uint16_t, kPieces>;

// The dotted-decimal tail of an IPv6 address, from `at` to the end: each part 0…255 without
// leading zeros. It fills two pieces.
bool ParseIpv4Tail(std::string_view text, Ipv6Pieces& pieces, size_t& piece) {
  size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (at >= text.size() || text[at] != '.') return false;
      ++at;
    }
    if (at >= text.size() || !IsAsciiDigit(text[at])) return false;
    unsigned value = 0;
    for (const size_t first = at; at < text.size() && IsAsciiDigit(text[at]); ++at) {
      if (at > first && value == 0) return false;
      value = value * 10 + static_cast<unsigned>(text[at] - '0');
      if (value > 255) return false;
    }
    pieces[piece] = static_cast<uint16_t>(pieces[piece] * 256 + value);
    if (part % 2 == 1) ++piece;
  }
  return at == text.size();
}

std::string SerializeIpv6(const Ipv6Pieces& pieces) {
  // The first of the longest runs of zeros, if it is longer than one piece.
  size_t best = kPieces;
  size_t best_length = 1;
  for (size_t i = 0; i < kPieces;) {
    size_t end = i;
    while (end < kPieces && pieces[end] == 0) ++end;
    if (end - i > best_length) {
      best = i;
      best_length = end - i;
    }
    i = std::max(end, i + 1);
  }
  std::string out = "[";
  for (size_t i = 0; i < kPieces; ++i) {
    if (i == best) {
      out += i == 0 ? "::" : ":";
      i += best_length - 1;
      continue;
    }
    AppendNumber(pieces[i], 16, out);
    if (i + 1 < kPieces) out.push_back(':');
  }
  out.push_back(']');
  return out;
}

}  // namespace

bool EndsInNumber(std::string_view domain) {
  if (domain.ends_with('.')) domain.remove_suffix(1);
  const std::string_view last = domain.substr(domain.rfind('.') + 1);
  if (last.empty() || !IsAsciiDigit(last[0])) return false;
  return std::all_of(last.begin(), last.end(), IsAsciiDigit) || ParseIpv4Number(last).has_value();
}

std::optional<std::string> ParseIpv4(std::string_view domain) {
  if (domain.ends_with('.')) domain.remove_suffix(1);
  std::array<uint64_t, 4> numbers{};
  size_t count = 0;
  for (;;) {
    const size_t dot = domain.find('.');
    const std::optional<uint64_t> number = ParseIpv4Number(domain.substr(0, dot));
    if (!number.has_value() || count == numbers.size()) return std::nullopt;
    numbers[count++] = *number;
    if (dot == std::string_view::npos) break;
    domain.remove_prefix(dot + 1);
  }
  // Every part but the last is one byte; the last fills what is left.
  const uint64_t last = numbers[count - 1];
  if (last >= uint64_t{1} << (8 * (5 - count))) return std::nullopt;
  uint64_t address = last;
  for (size_t i = 0; i + 1 < count; ++i) {
    if (numbers[i] > 255) return std::nullopt;
    address += numbers[i] << (8 * (3 - i));
  }
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    AppendNumber((address >> shift) & 255, 10, out);
    if (shift > 0) out.push_back('.');
  }
  return out;
}

std::optional<std::string> ParseIpv6(std::string_view address) {
  Ipv6Pieces pieces{};
  size_t piece = 0;
  size_t compress = kPieces + 1;  // where "::" stands; past the end for nowhere
  size_t at = 0;
  if (address.starts_with(':')) {
    if (!address.starts_with("::")) return std::nullopt;
    at = 2;
    compress = 0;
  }
  while (at < address.size()) {
    if (piece == kPieces) return std::nullopt;
    if (address[at] == ':') {
      if (compress <= kPieces) return std::nullopt;
      ++at;
      compress = piece;
      continue;
    }
    unsigned value = 0;
    const size_t first = at;
    while (at < address.size() && at - first < 4 && HexValue(address[at]) >= 0) {
      value = value * 16 + static_cast<unsigned>(HexValue(address[at++]));
    }
    if (at < address.size() && address[at] == '.') {
      if (at == first || piece > kPieces - 2) return std::nullopt;
      if (!ParseIpv4Tail(address.substr(first), pieces, piece)) return std::nullopt;
      break;
    }
    if (at < address.size()) {
      if (address[at] != ':') return std::nullopt;
      if (++at == address.size()) return std::nullopt;
    }
    pieces[piece++] = static_cast<uint16_t>(value);
  }
  if (compress <= kPieces) {
    // What was read after "::" belongs at the end.
    std::copy_backward(pieces.begin() + compress, pieces.begin() + piece, pieces.end());
    std::fill(pieces.begin() + compress, pieces.begin() + compress + (kPieces - piece), 0);
  } else if (piece != kPieces) {
    return std::nullopt;
  }
  return SerializeIpv6(pieces);
}

}  // namespace wirefold
