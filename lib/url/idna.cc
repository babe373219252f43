#include "lib/url/idna.h"

#include <unicode/uidna.h>

#include <cstddef>
#include <cstdint>

namespace wirefold {
namespace {

// Reported by ICU whatever the options are. CheckHyphens and VerifyDnsLength are false in the
// standard, so these are no errors here.
constexpr uint32_t kIgnoredErrors = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
                                    UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | UIDNA_ERROR_LEADING_HYPHEN |
                                    UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;

// Punycode takes quadratic time, so that a label of megabytes would take hours. DNS holds 253
// bytes.
constexpr size_t kMaxDomainBytes = 4096;

// Null when ICU's data is missing; lives as long as the process.
const UIDNA* Mapper() {
  static const UIDNA* const mapper = [] {
    UErrorCode error = U_ZERO_ERROR;
    const UIDNA* opened =
        uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII |
                            UIDNA_NONTRANSITIONAL_TO_UNICODE,
                        &error);
    return U_SUCCESS(error) ? opened : nullptr;
  }();
  return mapper;
}

}  // namespace

std::optional<std::string> DomainToAscii(std::string_view domain) {
  if (Mapper() == nullptr || domain.size() > kMaxDomainBytes) return std::nullopt;
  std::string out(domain.size() * 2 + 64, '\0');
  for (;;) {
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode error = U_ZERO_ERROR;
    const int32_t length =
        uidna_nameToASCII_UTF8(Mapper(), domain.data(), static_cast<int32_t>(domain.size()),
                               out.data(), static_cast<int32_t>(out.size()), &info, &error);
    if (error == U_BUFFER_OVERFLOW_ERROR && static_cast<size_t>(length) > out.size()) {
      out.resize(static_cast<size_t>(length));
      continue;
    }
    if (U_FAILURE(error) || (info.errors & ~kIgnoredErrors) != 0) return std::nullopt;
    out.resize(static_cast<size_t>(length));
    return out;
  }
}

}  // namespace wirefold
