// IDNA: a domain with non-ASCII letters becomes its ASCII (Punycode) form.
//
// Example:
//   DomainToAscii("新华网.中国")   // "xn--xkrr14bows.xn--fiqs8s"
//
// Source: URL Standard, section 3.3 (domain to ASCII, beStrict false), over UTS #46 with
// CheckHyphens, UseSTD3ASCIIRules, Transitional_Processing and VerifyDnsLength false, CheckBidi and
// CheckJoiners true. Thread-safe: ICU's mapper is opened once and never changes.
#ifndef WIREFOLD_LIB_URL_IDNA_H_
#define WIREFOLD_LIB_URL_IDNA_H_

#include <optional>
#include <string>
#include <string_view>

namespace wirefold {

// `domain` in UTF-8. nullopt when UTS #46 knows no ASCII form of it, or it is over 4,096 bytes.
std::optional<std::string> DomainToAscii(std::string_view domain);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_URL_IDNA_H_
