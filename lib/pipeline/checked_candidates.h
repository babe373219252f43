// CheckedCandidates: the articles that a file was compared with, in words and passages, for people
// who want to know why it is a copy or not.
//
// Example:
//   LookAhead(view, files);              // of which `prepared` is one
//   result.candidates = DescribeCandidates(store, prepared);
//
// Thread-safe: reads the store alone.
#ifndef WIREFOLD_LIB_PIPELINE_CHECKED_CANDIDATES_H_
#define WIREFOLD_LIB_PIPELINE_CHECKED_CANDIDATES_H_

#include <cstddef>
#include <vector>

#include "lib/pipeline/pipeline.h"
#include "lib/pipeline/prepare.h"
#include "lib/store/store.h"

namespace wirefold {

// So many are described of those that were compared.
inline constexpr size_t kMaxCheckedCandidates = 16;

// The best ones, by score. Without title and passages where the store can't be read.
std::vector<CheckedCandidate> DescribeCandidates(const Store& store, const PreparedFile& prepared);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_CHECKED_CANDIDATES_H_
