// Match: what a comparison of two articles says, in integers.
//
// Thread-safe: plain values.
#ifndef WIREFOLD_LIB_DEDUP_MATCH_H_
#define WIREFOLD_LIB_DEDUP_MATCH_H_

#include <cstdint>

#include "lib/base/ulid.h"

namespace wirefold {

// How a copy relates to the article it matched. The values are stored.
enum class Relation : uint8_t {
  kNone = 0,
  kExact = 1,     // the same matching text
  kNear = 2,      // the same article with changes
  kExcerpt = 3,   // a part of the matched article
  kExtended = 4,  // the matched article with more text
};

// Shares in millionths, so that they are the same on every machine.
struct Scores {
  uint32_t jaccard_ppm = 0;
  uint32_t containment_ppm = 0;  // of the shorter text
  uint32_t score_ppm = 0;        // what decided

  friend bool operator==(const Scores&, const Scores&) = default;
};

struct Match {
  Relation relation = Relation::kNone;
  Ulid matched_id;
  Scores scores;

  friend bool operator==(const Match&, const Match&) = default;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_MATCH_H_
