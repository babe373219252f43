// Dates: the ways in which articles write their date, to milliseconds since 1970.
//
// Example:
//   ParseDate("2020-10-22T14:07:40.601Z", {})     // 1603375660601
//   ParseDate("05/09/2023 - 12:12", observed_ms)   // day and month as the observed time suggests
//
// A time without a zone is read as UTC. Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_PARSE_DATES_H_
#define WIREFOLD_LIB_PARSE_DATES_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace wirefold {

// A text longer than this is no date line.
inline constexpr size_t kMaxDateBytes = 64;

// The date that `text` is, all of it; nothing if it holds anything else. `near_ms` decides between
// day/month and month/day where both are possible (day/month without it). Understood: ISO 8601
// with and without time and zone; 2020/9/8; 05/09/2023 - 12:12; 2020年9月8日 14:05; RFC 5322
// ("Mon, 10 Aug 2020 19:26:21 GMT"); "Aug 8th 2020", "August 8, 2020", "8 August 2020".
std::optional<int64_t> ParseDate(std::string_view text, std::optional<int64_t> near_ms);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_DATES_H_
