// FeedDates: the dates of RSS (RFC 822, with named zones and years of two digits) and Atom (RFC
// 3339), and what real feeds make of them.
//
// Example:
//   ParseFeedDate("Mon, 10 Aug 20 19:26:21 EST")   // 2020-08-11T00:26:21Z in ms
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_PARSE_FEED_DATES_H_
#define WIREFOLD_LIB_PARSE_FEED_DATES_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace wirefold {

// A longer text is no feed's date.
inline constexpr size_t kMaxFeedDateBytes = 100;

// Milliseconds since 1970, nothing if `text` is no date. Beyond what ParseDate reads: the zones of
// RFC 822 (EST is -5, CST -6, ...) and some more (CET, JST, ...), "GMT+8", a comment in parentheses
// and a zone's name behind its offset, years of two digits (00 to 49 are of this century, RFC 5322,
// section 4.3), lower-case 't' and 'z'. A time without a zone is UTC.
std::optional<int64_t> ParseFeedDate(std::string_view text);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_FEED_DATES_H_
