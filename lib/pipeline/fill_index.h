// FillIndex: the candidate index as it has to be when the pipeline starts.
//
// Example:
//   std::string rebuilt;
//   absl::Status status = FillIndex(store, window_ms, clock.NowMs(), position_ms, index, rebuilt);
//
// Not thread-safe: nothing else may use the index meanwhile.
#ifndef WIREFOLD_LIB_PIPELINE_FILL_INDEX_H_
#define WIREFOLD_LIB_PIPELINE_FILL_INDEX_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "lib/dedup/index.h"
#include "lib/store/store.h"

namespace wirefold {

// An index that was made of so many articles and more is written at once.
inline constexpr uint64_t kWorthACheckpoint = 100'000;

// Goes on with the index as it lies on disk and adds what the store's later events brought, or
// reads as much of the stored sketches as the window holds. `window_ms`: 0: all. `position_ms`: how
// far the stream has come, if that is known. `rebuilt` becomes the reason if what lies on disk was
// of no use; empty: it was, or there was nothing. An error is the store's.
[[nodiscard]] absl::Status FillIndex(const Store& store, int64_t window_ms, int64_t now_ms,
                                     std::optional<int64_t> position_ms, CandidateIndex& index,
                                     std::string& rebuilt);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_FILL_INDEX_H_
