// IP addresses as hosts: the URL standard's IPv4 parser (octal, hexadecimal and short forms) and
// its IPv6 parser and serializer (RFC 5952 compression).
//
// Example:
//   if (EndsInNumber(host)) std::optional<std::string> address = ParseIpv4(host);
//
// Source: URL Standard, section 3.5 (host parsing). Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_URL_IP_ADDRESS_H_
#define WIREFOLD_LIB_URL_IP_ADDRESS_H_

#include <optional>
#include <string>
#include <string_view>

namespace wirefold {

// Whether the last label of an ASCII domain is a number, so that it must be an IPv4 address.
bool EndsInNumber(std::string_view domain);

// Four decimal parts, "195.127.0.11". nullopt when `domain` is no IPv4 address.
std::optional<std::string> ParseIpv4(std::string_view domain);

// `address` stands between the brackets; the result is compressed, in lower case, in brackets:
// "[2620:0:862:ed1a::1]". nullopt when it is no IPv6 address.
std::optional<std::string> ParseIpv6(std::string_view address);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_IP_ADDRESS_H_
