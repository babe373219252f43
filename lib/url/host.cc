#include "lib/url/host.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "lib/base/reason.h"
#include "lib/url/idna.h"
#include "lib/url/ip_address.h"
#include "lib/url/percent_encode.h"

namespace wirefold {
namespace {

// What a byte of a host means to the parser.
enum : uint8_t {
  kForbiddenInHost = 1,
  kForbiddenInDomain = 2,  // all of the former, C0 controls, % and DEL
  kUpperCase = 4,
  kNotAscii = 8,
  kEscape = 16,
};

constexpr std::array<uint8_t, 256> MakeHostTable() {
  std::array<uint8_t, 256> table{};
  for (int c = 0; c < 256; ++c) {
    if (c <= 0x1f || c == 0x7f) table[c] = kForbiddenInDomain;
    if (c >= 'A' && c <= 'Z') table[c] = kUpperCase;
    if (c >= 0x80) table[c] = kNotAscii;
  }
  for (const char c : std::string_view("\0\t\n\r #/:<>?@[\\]^|", 17)) {
    table[static_cast<uint8_t>(c)] = kForbiddenInHost | kForbiddenInDomain;
  }
  table['%'] = kForbiddenInDomain | kEscape;
  return table;
}

constexpr std::array<uint8_t, 256> kHostTable = MakeHostTable();

uint8_t Flags(std::string_view text) {
  uint8_t flags = 0;
  for (const char c : text) flags |= kHostTable[static_cast<uint8_t>(c)];
  return flags;
}

absl::Status ForbiddenCharacter() {
  return Reject(
      Reason::kInvalidUrl,
      "the URL's host holds a character that no host may hold (a space, %, < or the like);"
      " write it as https://host/path");
}

// Puts the IPv4 address that `domain` means in its place.
absl::Status ReplaceIpv4(size_t begin, std::string& out) {
  const std::optional<std::string> address = ParseIpv4(std::string_view(out).substr(begin));
  if (!address.has_value()) {
    return Reject(Reason::kInvalidUrl,
                  "the URL's host ends in a number but is no IPv4 address; write four parts of 0 "
                  "to 255, or a domain name");
  }
  out.replace(begin, std::string::npos, *address);
  return absl::OkStatus();
}

absl::Status AppendDomain(std::string_view input, std::string& out) {
  std::string mapped;  // what `input` then points into, if it is not plain ASCII
  uint8_t flags = Flags(input);
  if ((flags & (kEscape | kNotAscii)) != 0) {
    mapped = PercentDecode(input);
    flags = Flags(mapped);
    if ((flags & kNotAscii) != 0) {
      std::optional<std::string> ascii = DomainToAscii(mapped);
      if (!ascii.has_value()) {
        return Reject(Reason::kInvalidUrl,
                      "the URL's host is no domain name that IDNA (UTS #46) allows; check its "
                      "spelling, or give it in its ASCII form (xn--…)");
      }
      mapped = *std::move(ascii);
      flags = Flags(mapped);
    }
    input = mapped;
  }
  if ((flags & kForbiddenInDomain) != 0) return ForbiddenCharacter();
  if (input.empty()) {
    return Reject(Reason::kInvalidUrl,
                  "the URL's host is empty once it is mapped; write https://host/path");
  }
  const size_t begin = out.size();
  out += input;
  if ((flags & kUpperCase) != 0) {
    std::transform(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
                   out.begin() + static_cast<std::ptrdiff_t>(begin), AsciiLower);
  }
  return EndsInNumber(input) ? ReplaceIpv4(begin, out) : absl::OkStatus();
}

}  // namespace

absl::Status AppendHost(std::string_view input, bool is_special, std::string& out) {
  if (input.starts_with('[')) {
    std::optional<std::string> address;
    if (input.ends_with(']')) address = ParseIpv6(input.substr(1, input.size() - 2));
    if (!address.has_value()) {
      return Reject(
          Reason::kInvalidUrl,
          "the URL's host opens a bracket but is no IPv6 address; write it as [2001:db8::1]");
    }
    out += *address;
    return absl::OkStatus();
  }
  if (is_special) return AppendDomain(input, out);
  if ((Flags(input) & kForbiddenInHost) != 0) return ForbiddenCharacter();
  AppendPercentEncoded(input, EncodeSet::kC0Control, out);
  return absl::OkStatus();
}

}  // namespace wirefold
