#include "lib/store/records.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/numbers.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "wirefold/storage/records.pb.h"

namespace wirefold {
namespace {

constexpr size_t kHashBytes = 16;
// A sketch: version, flags, the number of shingles (4 bytes), then the signature if there is one,
// then the anchors (4 bytes each).
constexpr uint8_t kHasSignature = 1;

absl::Status Damaged(std::string_view type) {
  return Reject(Reason::kStoreCorrupt,
                absl::StrCat("a value of type '", ToAbsl(type), "' in the store is damaged"));
}

template <typename Message>
std::string Encode(const Message& message) {
  std::string value(1, static_cast<char>(kValueVersion));
  message.AppendToString(&value);
  return value;
}

template <typename Message>
absl::Status Decode(std::string_view value, std::string_view type, Message& message) {
  const absl::StatusOr<std::string_view> payload = Payload(value, type);
  if (!payload.ok()) return payload.status();
  if (!message.ParseFromArray(payload->data(), static_cast<int>(payload->size()))) {
    return Damaged(type);
  }
  return absl::OkStatus();
}

// An ID and its story, which goes without saying if it is the same.
template <typename Message>
void SetIds(const Ulid& id, const Ulid& story_id, Message& record) {
  record.set_id(id.ToBytes());
  if (story_id != id) record.set_story_id(story_id.ToBytes());
}

template <typename Message>
bool GetIds(const Message& record, Ulid& id, Ulid& story_id) {
  if (record.id().size() != Ulid::kBytes) return false;
  id = Ulid::FromBytes(record.id());
  story_id = id;
  if (record.story_id().empty()) return true;
  if (record.story_id().size() != Ulid::kBytes) return false;
  story_id = Ulid::FromBytes(record.story_id());
  return true;
}

}  // namespace

absl::StatusOr<std::string_view> Payload(std::string_view value, std::string_view type) {
  if (value.empty() || value[0] == 0) return Damaged(type);
  const auto version = static_cast<uint8_t>(value[0]);
  if (version > kValueVersion) {
    return Reject(Reason::kStoreTooNew,
                  absl::StrCat("a value of type '", ToAbsl(type), "' has format version ", version,
                               ", and this program knows versions up to ", kValueVersion,
                               "; use the newer wirefoldd that wrote it"));
  }
  return value.substr(1);
}

std::string EncodeSighting(std::string_view record, const Match& match, const Ulid& story_id) {
  storage::SightingRecord sighting;
  sighting.set_article(record.data(), record.size());
  sighting.set_relation(static_cast<uint32_t>(match.relation));
  if (match.matched_id != story_id) sighting.set_matched_id(match.matched_id.ToBytes());
  sighting.set_jaccard_ppm(match.scores.jaccard_ppm);
  sighting.set_containment_ppm(match.scores.containment_ppm);
  sighting.set_score_ppm(match.scores.score_ppm);
  return Encode(sighting);
}

absl::StatusOr<Sighting> DecodeSighting(std::string_view value, const Ulid& story_id) {
  storage::SightingRecord record;
  if (absl::Status status = Decode(value, "sighting", record); !status.ok()) return status;
  const bool names_match = !record.matched_id().empty();
  if (names_match && record.matched_id().size() != Ulid::kBytes) return Damaged("sighting");
  Sighting sighting;
  sighting.record = std::move(*record.mutable_article());
  sighting.match.relation = static_cast<Relation>(record.relation());
  sighting.match.matched_id = names_match ? Ulid::FromBytes(record.matched_id()) : story_id;
  sighting.match.scores = {record.jaccard_ppm(), record.containment_ppm(), record.score_ppm()};
  return sighting;
}

std::string EncodeUrlState(const UrlState& state) {
  storage::UrlRecord record;
  SetIds(state.id, state.story_id, record);
  record.set_newest_at_ms(state.newest_at_ms);
  std::string hashes;
  hashes.reserve(kHashBytes * state.text_hashes.size());
  for (const Hash128& hash : state.text_hashes) hashes += hash.ToBytes();
  record.set_text_hashes(std::move(hashes));
  const auto newest = std::ranges::find(state.text_hashes, state.newest_text_hash);
  record.set_newest_index(static_cast<uint32_t>(newest - state.text_hashes.begin()));
  return Encode(record);
}

absl::StatusOr<UrlState> DecodeUrlState(std::string_view value) {
  storage::UrlRecord record;
  if (absl::Status status = Decode(value, "url", record); !status.ok()) return status;
  UrlState state;
  const std::string_view hashes = record.text_hashes();
  if (!GetIds(record, state.id, state.story_id) || hashes.size() % kHashBytes != 0 ||
      record.newest_index() >= hashes.size() / kHashBytes) {
    return Damaged("url");
  }
  state.newest_at_ms = record.newest_at_ms();
  state.text_hashes.reserve(hashes.size() / kHashBytes);
  for (size_t at = 0; at < hashes.size(); at += kHashBytes) {
    state.text_hashes.push_back(Hash128::FromBytes(hashes.substr(at, kHashBytes)));
  }
  state.newest_text_hash = state.text_hashes[record.newest_index()];
  return state;
}

std::string EncodeTextOwner(const TextOwner& owner) {
  storage::TextRecord record;
  SetIds(owner.id, owner.story_id, record);
  return Encode(record);
}

absl::StatusOr<TextOwner> DecodeTextOwner(std::string_view value) {
  storage::TextRecord record;
  if (absl::Status status = Decode(value, "text", record); !status.ok()) return status;
  TextOwner owner;
  if (!GetIds(record, owner.id, owner.story_id)) return Damaged("text");
  return owner;
}

std::string EncodeAlias(const Ulid& story_id) {
  storage::AliasRecord record;
  record.set_story_id(story_id.ToBytes());
  return Encode(record);
}

absl::StatusOr<Ulid> DecodeAlias(std::string_view value) {
  storage::AliasRecord record;
  if (absl::Status status = Decode(value, "alias", record); !status.ok()) return status;
  if (record.story_id().size() != Ulid::kBytes) return Damaged("alias");
  return Ulid::FromBytes(record.story_id());
}

std::string EncodeBaseName(const BaseName& name) {
  storage::BaseRecord record;
  record.set_at_ms(name.at_ms);
  record.set_text_hash(name.text_hash.ToBytes());
  return Encode(record);
}

absl::StatusOr<BaseName> DecodeBaseName(std::string_view value) {
  storage::BaseRecord record;
  if (absl::Status status = Decode(value, "base", record); !status.ok()) return status;
  if (record.text_hash().size() != kHashBytes) return Damaged("base");
  return BaseName{record.at_ms(), Hash128::FromBytes(record.text_hash())};
}

std::string EncodeStory(const Ulid& representative_id) {
  storage::StoryRecord record;
  record.set_representative_id(representative_id.ToBytes());
  return Encode(record);
}

absl::StatusOr<Ulid> DecodeStory(std::string_view value) {
  storage::StoryRecord record;
  if (absl::Status status = Decode(value, "story", record); !status.ok()) return status;
  if (record.representative_id().size() != Ulid::kBytes) return Damaged("story");
  return Ulid::FromBytes(record.representative_id());
}

std::string EncodeTombstone(const Tombstone& tombstone) {
  storage::TombstoneRecord record;
  record.set_removed_at_ms(tombstone.removed_at_ms);
  record.set_id(tombstone.id.ToBytes());
  return Encode(record);
}

absl::StatusOr<Tombstone> DecodeTombstone(std::string_view value) {
  storage::TombstoneRecord record;
  if (absl::Status status = Decode(value, "tombstone", record); !status.ok()) return status;
  if (record.id().size() != Ulid::kBytes) return Damaged("tombstone");
  return Tombstone{record.removed_at_ms(), Ulid::FromBytes(record.id())};
}

std::string EncodeSketch(const Sketch& sketch) {
  const bool has_signature = sketch.signature != Signature{};
  std::string value;
  value.reserve(6 + sizeof(Signature) + 4 * sketch.anchors.size());
  value.push_back(static_cast<char>(kValueVersion));
  value.push_back(static_cast<char>(has_signature ? kHasSignature : 0));
  AppendNumber(sketch.shingles, 4, value);
  if (has_signature) {
    for (const uint16_t row : sketch.signature) AppendNumber(row, 2, value);
  }
  for (const uint32_t anchor : sketch.anchors) AppendNumber(anchor, 4, value);
  return value;
}

absl::StatusOr<Sketch> DecodeSketch(std::string_view value) {
  absl::StatusOr<std::string_view> payload = Payload(value, "sketch");
  if (!payload.ok()) return payload.status();
  std::string_view rest = *payload;
  if (rest.size() < 5) return Damaged("sketch");
  Sketch sketch;
  const uint64_t flags = TakeNumber(1, rest);
  sketch.shingles = static_cast<uint32_t>(TakeNumber(4, rest));
  if (flags > kHasSignature) return Damaged("sketch");
  if (flags == kHasSignature) {
    if (rest.size() < sizeof(Signature)) return Damaged("sketch");
    for (uint16_t& row : sketch.signature) row = static_cast<uint16_t>(TakeNumber(2, rest));
  }
  if (rest.size() % 4 != 0) return Damaged("sketch");
  sketch.anchors.reserve(rest.size() / 4);
  while (!rest.empty()) sketch.anchors.push_back(static_cast<uint32_t>(TakeNumber(4, rest)));
  return sketch;
}

std::string EncodeEvent(const Event& event) {
  storage::EventRecord record;
  record.set_outcome(static_cast<uint32_t>(event.kind));
  SetIds(event.id, event.story_id, record);
  if (event.text_hash.has_value()) record.set_text_hash(event.text_hash->ToBytes());
  record.set_learning(static_cast<uint32_t>(event.learning));
  if (event.forgotten_variant.has_value()) {
    record.set_forgotten_variant(event.forgotten_variant->ToBytes());
  }
  return Encode(record);
}

absl::StatusOr<Event> DecodeEvent(std::string_view value) {
  storage::EventRecord record;
  if (absl::Status status = Decode(value, "event", record); !status.ok()) return status;
  Event event;
  if (!GetIds(record, event.id, event.story_id) ||
      (!record.text_hash().empty() && record.text_hash().size() != kHashBytes) ||
      (!record.forgotten_variant().empty() && record.forgotten_variant().size() != Ulid::kBytes)) {
    return Damaged("event");
  }
  event.kind = static_cast<Mutation::Kind>(record.outcome());
  if (!record.text_hash().empty()) event.text_hash = Hash128::FromBytes(record.text_hash());
  event.learning = static_cast<Learning>(record.learning());
  if (!record.forgotten_variant().empty()) {
    event.forgotten_variant = Ulid::FromBytes(record.forgotten_variant());
  }
  return event;
}

std::string EncodeCheckpointHead(const CheckpointHead& head) {
  storage::CheckpointRecord record;
  record.set_next_event(head.next_event);
  record.set_pieces(head.pieces);
  record.set_bytes(head.bytes);
  return Encode(record);
}

absl::StatusOr<CheckpointHead> DecodeCheckpointHead(std::string_view value) {
  storage::CheckpointRecord record;
  if (absl::Status status = Decode(value, "checkpoint", record); !status.ok()) return status;
  return CheckpointHead{record.next_event(), record.pieces(), record.bytes()};
}

std::string EncodeCounts(const StoredCounts& stored) {
  storage::CountsRecord record;
  record.set_articles(stored.counts.articles);
  record.set_sightings(stored.counts.sightings);
  record.set_revisions(stored.counts.revisions);
  record.set_commits(stored.counts.commits);
  record.set_events(stored.events);
  record.set_raw_files(stored.counts.raw_files);
  record.set_raw_bytes(stored.counts.raw_bytes);
  record.set_raw_stored_bytes(stored.counts.raw_stored_bytes);
  return Encode(record);
}

absl::StatusOr<StoredCounts> DecodeCounts(std::string_view value) {
  storage::CountsRecord record;
  if (absl::Status status = Decode(value, "counts", record); !status.ok()) return status;
  return StoredCounts{{.articles = record.articles(),
                       .sightings = record.sightings(),
                       .revisions = record.revisions(),
                       .commits = record.commits(),
                       .raw_files = record.raw_files(),
                       .raw_bytes = record.raw_bytes(),
                       .raw_stored_bytes = record.raw_stored_bytes()},
                      record.events()};
}

std::string EncodeVersions(const std::map<std::string, std::string>& versions) {
  storage::VersionsRecord record;
  for (const auto& [name, version] : versions) {
    storage::VersionsRecord::Entry* entry = record.add_entries();
    entry->set_name(name);
    entry->set_version(version);
  }
  return Encode(record);
}

absl::StatusOr<std::map<std::string, std::string>> DecodeVersions(std::string_view value) {
  storage::VersionsRecord record;
  if (absl::Status status = Decode(value, "versions", record); !status.ok()) return status;
  std::map<std::string, std::string> versions;
  for (const storage::VersionsRecord::Entry& entry : record.entries()) {
    versions[entry.name()] = entry.version();
  }
  return versions;
}

}  // namespace wirefold
