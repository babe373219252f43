#include "lib/pipeline/fill_index.h"

#include <algorithm>

#include "lib/pipeline/prepare.h"

namespace wirefold {

absl::Status FillIndex(const Store& store, int64_t window_ms, int64_t now_ms,
                       std::optional<int64_t> position_ms, CandidateIndex& index,
                       std::string& rebuilt) {
  const uint64_t next_event = store.NextEvent();
  index.Committed(next_event);
  if (window_ms != 0) {
    const absl::StatusOr<ListPage> newest =
        store.ListArticles({.end_ms = LastBelievedMs(now_ms) + 1, .descending = true, .limit = 1});
    if (!newest.ok()) return newest.status();
    if (!newest->articles.empty()) {
      index.Advance(newest->articles.front().id.TimeMs(), position_ms);
    }
  }
  if (const std::optional<uint64_t> from = index.Restore(next_event, &rebuilt)) {
    return store.ScanSketchChanges(*from, [&index](const Store::SketchChange& change) {
      for (const Ulid& id : change.gone) index.Remove(id);
      for (const auto& [id, sketch] : change.there) index.Add(id, sketch);
      index.Settle(change.event + 1);
      return true;
    });
  }
  uint64_t added = 0;
  absl::Status status = store.ScanSketches(
      [&](const Ulid& id, const Sketch& sketch) {
        index.Add(id, sketch, /*is_new=*/true);
        index.Settle(std::nullopt);
        ++added;
        return true;
      },
      {.from_ms = std::max<int64_t>(index.floor_ms(), 0)});
  // So that this need not be done again.
  if (status.ok() && added >= kWorthACheckpoint) index.Checkpoint(next_event);
  return status;
}

}  // namespace wirefold
