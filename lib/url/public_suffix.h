// Public suffix: which part of a host its owner registered.
//
// Example:
//   RegistrableDomain("news.bbc.co.uk")   // "bbc.co.uk"
//
// Source: the Public Suffix List (publicsuffix.org) that libpsl was built with. Thread-safe: the
// list is built in and read-only.
#ifndef WIREFOLD_LIB_URL_PUBLIC_SUFFIX_H_
#define WIREFOLD_LIB_URL_PUBLIC_SUFFIX_H_

#include <string>
#include <string_view>

namespace wirefold {

// `host` as AppendHost wrote it. The public suffix and one label more, a part of `host`; "" for IP
// addresses, for a public suffix itself and for a name without a dot. Each thread remembers the
// hosts that it has asked for lately, as libpsl takes half a microsecond.
std::string_view RegistrableDomain(std::string_view host);

// The list's SHA-1, for the record of versions in the store; "" when libpsl was built without one.
std::string PublicSuffixListVersion();

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_PUBLIC_SUFFIX_H_
