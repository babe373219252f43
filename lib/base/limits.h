// Limits: every bound of the service that does not depend on one algorithm, in one place.
//
// Each is named in docs/configuration.md and has a test at the limit and one past it. Names carry
// their unit.
#ifndef WIREFOLD_LIB_BASE_LIMITS_H_
#define WIREFOLD_LIB_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace wirefold {

// A raw file (one record of it) may have at most so many bytes; larger ones are REJECTED.
inline constexpr size_t kMaxDocumentBytes = size_t{8} << 20;
// The transport carries this much more, so that a file over the limit is answered by name.
inline constexpr size_t kMaxMessageBytes = kMaxDocumentBytes + (size_t{1} << 20);
// A URL's length, of the input and of the serialized form after percent-encoding growth.
inline constexpr size_t kMaxUrlBytes = 8192;
// A title longer than this is cut at a character boundary.
inline constexpr size_t kMaxTitleBytes = 4096;
// The crawler's name for where a file came from.
inline constexpr size_t kMaxSourceBytes = 256;
// So much of a content type is looked at.
inline constexpr size_t kMaxContentTypeBytes = 256;
// Likewise of a Content-Language header, and of any language tag in a file.
inline constexpr size_t kMaxLanguageTagBytes = 256;
// Images and links kept for an article; further ones are left out (Warning::kTruncated).
inline constexpr size_t kMaxImages = 256;
inline constexpr size_t kMaxLinks = 512;
// A text with fewer letters and digits than this is empty for matching: it is found by URL alone
// and attracts nothing.
inline constexpr size_t kMinMatchingLetters = 20;
// 48 bits of milliseconds, what a ULID's time holds (until the year 10889).
inline constexpr int64_t kMaxTimeMs = (int64_t{1} << 48) - 1;
// Pages of a list call.
inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 1000;
inline constexpr int kMaxBatchGet = 1000;

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_LIMITS_H_
