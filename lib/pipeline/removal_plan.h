// RemovalPlan: what deleting an article or its story takes away, and who stands for the story then.
//
// Example:
//   absl::StatusOr<Removal> removal = PlanRemoval(store, source, {.id = id}, now_ms);
//   absl::Status removed = store.Remove(*removal);
//
// Reads the store; nothing may be committed meanwhile.
#ifndef WIREFOLD_LIB_PIPELINE_REMOVAL_PLAN_H_
#define WIREFOLD_LIB_PIPELINE_REMOVAL_PLAN_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "lib/base/ulid.h"
#include "lib/pipeline/comparison_source.h"
#include "lib/store/store.h"

namespace wirefold {

struct DeleteRequest {
  Ulid id;
  bool whole_story = false;  // all of the story that the article is in
  bool block = false;        // what has the same URL or text is refused from now on (kRemoved)
};

// So many copies, the earliest, are looked at for who stands for a story next.
inline constexpr size_t kMaxElected = 64;

// kNotFound if there is no such article.
absl::StatusOr<Removal> PlanRemoval(const Store& store, ComparisonSource& source,
                                    const DeleteRequest& request, int64_t now_ms);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_REMOVAL_PLAN_H_
