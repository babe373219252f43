// Election: which article of a story stands for it.
//
// Example:
//   const Standing a = MakeStanding(matching_text, {.dateline = "中央社台北3日電", …});
//   if (StandsBefore(a, id_a, b, id_b)) …       // a is the better representative
//
// The order, stated: the outlet that the other credits, then the earliest published, then the
// longest, then the smaller ID. An outlet is credited where a copy names, at its beginning or at
// its end, what the other's dateline begins with ("中央社" of 中央社台北3日電), and does not begin
// its own dateline so. A place can stand there too ("北京讯"); it is told by coming again in the
// article's own body, as an agency's name does not.
//
// Thread-safe: plain values and pure functions. Linear in the text.
#ifndef WIREFOLD_LIB_DEDUP_ELECTION_H_
#define WIREFOLD_LIB_DEDUP_ELECTION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/ulid.h"

namespace wirefold {

// What is kept of an article for an election.
struct Standing {
  int64_t published_ms = 0;  // the best that is known
  uint32_t letters = 0;      // of the matching text
  // The beginning of the dateline as matching text, without spaces.
  std::string dateline{};
  // So many bytes of it come again in the body: they name no outlet.
  uint32_t place_bytes = 0;
  // The beginning and the end of the text, where sources are named.
  std::string edges{};

  friend bool operator==(const Standing&, const Standing&) = default;
};

// What goes with a text, as in CanonicalArticle.
struct Publication {
  std::string_view dateline{};
  int64_t observed_at_ms = 0;
  int64_t published_at_ms = 0;
  bool has_published_at = false;  // it was read in the article
};

// `matching_text` as in NormalizedArticle.
Standing MakeStanding(std::string_view matching_text, const Publication& publication);

// Whether `copy` names the outlet of `original` as its source.
bool Credits(const Standing& copy, const Standing& original);

// Whether `a` stands for a story that both are of.
bool StandsBefore(const Standing& a, const Ulid& a_id, const Standing& b, const Ulid& b_id);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_ELECTION_H_
