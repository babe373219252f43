#include "lib/store/record_reader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/store/record_delta.h"

namespace wirefold {
namespace {

absl::Status NoArticle(const Ulid& id) {
  return Reject(Reason::kNotFound, absl::StrCat("there is no article ", id.ToString()));
}

absl::Status NoBase(const Ulid& id) {
  return Reject(Reason::kStoreCorrupt,
                absl::StrCat("the store is damaged: the text of ", id.ToString(),
                             " that others are stored against is missing"));
}

}  // namespace

absl::StatusOr<BaseName> NameOf(std::string_view record) {
  const absl::StatusOr<RecordFields> fields = PeekRecord(record);
  if (!fields.ok()) return fields.status();
  if (fields->text_hash.size() != 16) {
    return Reject(Reason::kStoreCorrupt, "an article's record in the store is damaged");
  }
  return BaseName{std::clamp<int64_t>(fields->observed_at_ms, 0, kMaxTimeMs),
                  Hash128::FromBytes(fields->text_hash)};
}

absl::StatusOr<Ulid> RecordReader::StoryOf(const Ulid& id) {
  const auto alias = get_(kAliases, id.ToBytes());
  if (!alias.ok()) return alias.status();
  if (!alias->has_value()) return id;
  return DecodeAlias(**alias);
}

absl::StatusOr<Ulid> RecordReader::Representative(const Ulid& story_id) {
  if (!elected_.MayHold(story_id)) return story_id;
  const auto story = get_(kStories, story_id.ToBytes());
  if (!story.ok()) return story.status();
  if (!story->has_value()) return story_id;
  return DecodeStory(**story);
}

absl::StatusOr<NewestText> RecordReader::Newest(const Ulid& id) {
  NewestText newest;
  auto record = get_(kArticles, id.ToBytes());
  if (!record.ok()) return record.status();
  newest.is_representative = record->has_value();
  if (newest.is_representative && !elected_.MayHold(id)) {
    newest.story_id = id;
    newest.record = **std::move(record);
    return newest;
  }
  const auto alias = get_(kAliases, id.ToBytes());
  if (!alias.ok()) return alias.status();
  newest.story_id = id;
  if (alias->has_value()) {
    const absl::StatusOr<Ulid> story = DecodeAlias(**alias);
    if (!story.ok()) return story.status();
    newest.story_id = *story;
  }
  if (newest.is_representative) {
    newest.record = **std::move(record);
    return newest;
  }
  if (!alias->has_value()) return NoArticle(id);
  const auto value = get_(kSightings, SightingKey(newest.story_id, id));
  if (!value.ok()) return value.status();
  if (!value->has_value()) return NoArticle(id);
  absl::StatusOr<Sighting> sighting = DecodeSighting(**value, newest.story_id);
  if (!sighting.ok()) return sighting.status();
  newest.match = sighting->match;
  newest.is_stored_whole = !IsDelta(sighting->record);
  absl::StatusOr<std::string> whole = Whole(std::move(sighting->record), newest.story_id);
  if (!whole.ok()) return whole.status();
  newest.record = *std::move(whole);
  return newest;
}

absl::StatusOr<std::string> RecordReader::Whole(std::string stored, const Ulid& implied_id) {
  if (!IsDelta(stored)) return stored;
  const absl::StatusOr<Ulid> base_id = BaseOfDelta(stored, implied_id);
  if (!base_id.ok()) return base_id.status();
  if (*base_id != base_id_) {
    absl::StatusOr<std::string> base = Base(*base_id);
    if (ReasonOf(base.status()) == Reason::kNotFound) return NoBase(*base_id);
    if (!base.ok()) return base.status();
    base_id_ = *base_id;
    base_record_ = *std::move(base);
  }
  return UnpackDelta(stored, base_record_, table_);
}

absl::StatusOr<std::optional<BaseName>> RecordReader::NamedBase(const Ulid& id) {
  const auto value = get_(kBases, id.ToBytes());
  if (!value.ok()) return value.status();
  if (!value->has_value()) return std::nullopt;
  const absl::StatusOr<BaseName> name = DecodeBaseName(**value);
  if (!name.ok()) return name.status();
  return *name;
}

absl::StatusOr<std::string> RecordReader::Base(const Ulid& id) {
  const absl::StatusOr<std::optional<BaseName>> name = NamedBase(id);
  if (!name.ok()) return name.status();
  if (name->has_value()) {
    auto older = get_(kRevisions, RevisionKey(id, (*name)->at_ms, (*name)->text_hash));
    if (!older.ok()) return older.status();
    if (!older->has_value() || IsDelta(**older)) return NoBase(id);
    return **std::move(older);
  }
  auto article = get_(kArticles, id.ToBytes());
  if (!article.ok()) return article.status();
  if (article->has_value()) return **std::move(article);
  const auto alias = get_(kAliases, id.ToBytes());
  if (!alias.ok()) return alias.status();
  if (!alias->has_value()) return NoArticle(id);
  const absl::StatusOr<Ulid> story = DecodeAlias(**alias);
  if (!story.ok()) return story.status();
  const auto value = get_(kSightings, SightingKey(*story, id));
  if (!value.ok()) return value.status();
  if (!value->has_value()) return NoArticle(id);
  absl::StatusOr<Sighting> sighting = DecodeSighting(**value, *story);
  if (!sighting.ok()) return sighting.status();
  if (IsDelta(sighting->record)) return NoBase(id);
  return std::move(sighting->record);
}

}  // namespace wirefold
