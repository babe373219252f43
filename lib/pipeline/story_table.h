// StoryTable: which story an indexed article stands for where that is not its own, and who stands
// for a story where that is not the article it is named after.
//
// Example:
//   table.Elected(story_id, from, to);
//   Ulid story = table.StoryOf(hit.id);
//   Ulid representative = table.RepresentativeOf(story);
//
// Only stories that changed their representative are in it, some hundred bytes each. Thread-safe:
// the thread that decides alone changes it.
#ifndef WIREFOLD_LIB_PIPELINE_STORY_TABLE_H_
#define WIREFOLD_LIB_PIPELINE_STORY_TABLE_H_

#include <shared_mutex>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "lib/base/ulid.h"

namespace wirefold {

class StoryTable {
 public:
  // `to` stands for the story from now on.
  void SetRepresentative(const Ulid& story_id, const Ulid& to);
  // `id`, a copy, is in the index for its story.
  void AddVariant(const Ulid& story_id, const Ulid& id);
  // The article is gone.
  void Remove(const Ulid& id);
  // All of the story is gone.
  void RemoveStory(const Ulid& story_id);

  [[nodiscard]] Ulid StoryOf(const Ulid& id) const;
  [[nodiscard]] Ulid RepresentativeOf(const Ulid& story_id) const;
  // In the index beside the representative, in the order in which they came.
  [[nodiscard]] std::vector<Ulid> VariantsOf(const Ulid& story_id) const;

 private:
  struct Story {
    Ulid representative;
    std::vector<Ulid> variants;
  };

  mutable std::shared_mutex mutex_;  // guards both
  absl::flat_hash_map<Ulid, Story> stories_;
  absl::flat_hash_map<Ulid, Ulid> story_of_;  // of articles in the index whose story is another's
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_STORY_TABLE_H_
