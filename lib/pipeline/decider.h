// Decider: what becomes of each file, one after the other.
//
// Example:
//   Decider decider(view, index);
//   absl::StatusOr<Decision> decision = decider.Decide(prepared);
//   if (decision->mutation.has_value()) commit(*decision->mutation);
//
// In this order: seen before (UNCHANGED), same URL (REVISION), same text (DUPLICATE, EXACT), near
// or contained (DUPLICATE), else NEW. A NEW file enters the index at once, so that a copy that
// comes next finds it although nothing has been committed yet.
//
// Not thread-safe: one thread owns it, and owns the order.
#ifndef WIREFOLD_LIB_PIPELINE_DECIDER_H_
#define WIREFOLD_LIB_PIPELINE_DECIDER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/dedup/index.h"
#include "lib/pipeline/learner.h"
#include "lib/pipeline/overlay.h"
#include "lib/pipeline/pipeline.h"
#include "lib/pipeline/prepare.h"
#include "lib/pipeline/story_table.h"
#include "lib/store/store.h"

namespace wirefold {

struct Decision {
  FileOutcome outcome;
  uint64_t sequence = 0;             // 0 where nothing is to be written
  std::optional<Mutation> mutation;  // what is to be written
  bool pinned = false;  // outcome.id is pinned in the comparison source until committed
};

// What is answered of a file that isn't taken: `refusal` is why.
[[nodiscard]] FileOutcome RefusedOutcome(const absl::Status& refusal);

class Decider {
 public:
  // At most so many related articles are named.
  static constexpr size_t kMaxRelated = 8;

  // A story has at most so many articles in the index beside the one that stands for it: those
  // that did before.
  static constexpr size_t kMaxVariants = 3;

  // `index` is the one of `view`; the decider alone adds to it, changes `stories`, and teaches the
  // learner, whose table is the view's.
  Decider(const StoredView& view, CandidateIndex& index, StoryTable& stories, Learner& learner)
      : view_(view), index_(index), stories_(stories), learner_(learner) {}

  // Asks for the memory that Decide will read for this file, which is decided soon; nearly every
  // access of it is a miss of the processor's cache.
  void Expect(const PreparedFile& prepared) const;

  // An error is the store's, and means that nothing was decided. Consumes what `prepared` holds.
  [[nodiscard]] absl::StatusOr<Decision> Decide(PreparedFile& prepared);

  // What Decide would answer from `outlook` alone; for CheckDocument. Changes nothing; from any
  // thread. It does not foresee elections.
  [[nodiscard]] FileOutcome Foresee(const PreparedFile& prepared) const;

  // Takes what Store::Remove has deleted out of the index and all else that is remembered.
  // Everything decided before must be committed.
  void Forget(const Removal& removal);
  // The number of the last decision that is written.
  [[nodiscard]] uint64_t sequence() const { return sequence_; }

 private:
  // Says in the outcome of a file that is older than the index what that means.
  void WarnOfWindow(const PreparedFile& prepared, FileOutcome& outcome) const;
  absl::StatusOr<std::optional<KnownUrl>> FindUrl(PreparedFile& prepared);
  void Revise(PreparedFile& prepared, KnownUrl known, Decision& decision);
  absl::Status Admit(PreparedFile& prepared, Decision& decision);
  void Learn(PreparedFile& prepared, Mutation& mutation);
  // Whether the copy is the better representative of its story, and if so makes it that.
  absl::Status ElectIfBetter(PreparedFile& prepared, Mutation& mutation, Decision& decision);
  // The article's text is this one from now on, until it is committed and afterwards.
  void Pin(const Ulid& id, const PreparedFile& prepared, bool revised, Decision& decision);
  // Of an article that the index doesn't have.
  void Index(const Ulid& id, PreparedFile& prepared, Decision& decision);

  StoredView view_;
  CandidateIndex& index_;
  StoryTable& stories_;
  Learner& learner_;
  Overlay overlay_;
  uint64_t sequence_ = 0;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_DECIDER_H_
