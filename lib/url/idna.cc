#include "lib/url/idna.h"

#include <unicode/uidna.h>
#include <unicode/utf8.h>

#include <array>
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

constexpr UChar32 kIgnored = 0;

struct Mapping {
  UChar32 first;
  UChar32 last;
  UChar32 to;  // of `first`; the following ones go to the following ones
};

// Where UTS #46 has changed since Unicode 15.0, so that the same host gets the same form under an
// older ICU: U+1E9E and the ideographs of Unicode's corrigendum 4 since 15.1, capitals whose lower
// case came late and fillers since 16.0. Mapping them first changes nothing under a newer ICU.
constexpr std::array<Mapping, 15> kNewerMappings = {{
    {0x04C0, 0x04C0, 0x04CF},
    {0x10A0, 0x10C5, 0x2D00},
    {0x115F, 0x1160, kIgnored},
    {0x17B4, 0x17B5, kIgnored},
    {0x1E9E, 0x1E9E, 0x00DF},
    {0x2132, 0x2132, 0x214E},
    {0x2183, 0x2183, 0x2184},
    {0x3164, 0x3164, kIgnored},
    {0xFFA0, 0xFFA0, kIgnored},
    {0x1D173, 0x1D17A, kIgnored},
    {0x2F868, 0x2F868, 0x36FC},
    {0x2F874, 0x2F874, 0x5F53},
    {0x2F91F, 0x2F91F, 0x243AB},
    {0x2F95F, 0x2F95F, 0x7AEE},
    {0x2F9BF, 0x2F9BF, 0x45D7},
}};

const Mapping* FindNewerMapping(UChar32 c) {
  for (const Mapping& mapping : kNewerMappings) {
    if (c >= mapping.first && c <= mapping.last) return &mapping;
  }
  return nullptr;
}

std::string ApplyNewerMappings(std::string_view domain) {
  std::string mapped;
  mapped.reserve(domain.size());
  const auto size = static_cast<int32_t>(domain.size());
  for (int32_t i = 0; i < size;) {
    const int32_t begin = i;
    UChar32 c = 0;
    U8_NEXT(domain.data(), i, size, c);
    const Mapping* const mapping = FindNewerMapping(c);
    if (mapping == nullptr) {
      mapped.append(domain, static_cast<size_t>(begin), static_cast<size_t>(i - begin));
    } else if (mapping->to != kIgnored) {
      char buffer[U8_MAX_LENGTH];
      int32_t length = 0;
      U8_APPEND_UNSAFE(buffer, length, mapping->to + (c - mapping->first));
      mapped.append(buffer, static_cast<size_t>(length));
    }
  }
  return mapped;
}

}  // namespace

std::optional<std::string> DomainToAscii(std::string_view domain) {
  if (Mapper() == nullptr || domain.size() > kMaxDomainBytes) return std::nullopt;
  const std::string mapped = ApplyNewerMappings(domain);
  std::string out(mapped.size() * 2 + 64, '\0');
  for (;;) {
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode error = U_ZERO_ERROR;
    const int32_t length =
        uidna_nameToASCII_UTF8(Mapper(), mapped.data(), static_cast<int32_t>(mapped.size()),
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
