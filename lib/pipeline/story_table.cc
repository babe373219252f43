#include "lib/pipeline/story_table.h"

#include <mutex>

namespace wirefold {

void StoryTable::SetRepresentative(const Ulid& story_id, const Ulid& to) {
  const std::unique_lock lock(mutex_);
  Story& story = stories_.try_emplace(story_id, Story{story_id, {}}).first->second;
  story.representative = to;
  std::erase(story.variants, to);
  if (to != story_id) story_of_[to] = story_id;
}

void StoryTable::AddVariant(const Ulid& story_id, const Ulid& id) {
  const std::unique_lock lock(mutex_);
  stories_.try_emplace(story_id, Story{story_id, {}}).first->second.variants.push_back(id);
  if (id != story_id) story_of_[id] = story_id;
}

void StoryTable::Remove(const Ulid& id) {
  const std::unique_lock lock(mutex_);
  const auto story_of = story_of_.find(id);
  const auto story = stories_.find(story_of == story_of_.end() ? id : story_of->second);
  if (story != stories_.end()) std::erase(story->second.variants, id);
  if (story_of != story_of_.end()) story_of_.erase(story_of);
}

void StoryTable::RemoveStory(const Ulid& story_id) {
  const std::unique_lock lock(mutex_);
  const auto story = stories_.find(story_id);
  if (story == stories_.end()) return;
  story_of_.erase(story->second.representative);
  for (const Ulid& id : story->second.variants) story_of_.erase(id);
  stories_.erase(story);
}

Ulid StoryTable::StoryOf(const Ulid& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = story_of_.find(id);
  return found == story_of_.end() ? id : found->second;
}

Ulid StoryTable::RepresentativeOf(const Ulid& story_id) const {
  const std::shared_lock lock(mutex_);
  const auto found = stories_.find(story_id);
  return found == stories_.end() ? story_id : found->second.representative;
}

std::vector<Ulid> StoryTable::VariantsOf(const Ulid& story_id) const {
  const std::shared_lock lock(mutex_);
  const auto found = stories_.find(story_id);
  return found == stories_.end() ? std::vector<Ulid>() : found->second.variants;
}

}  // namespace wirefold
