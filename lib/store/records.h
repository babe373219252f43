// Records: the values that the store holds, between bytes and structs.
//
// The first byte of every value is the format version of that type of value; the rest is a message
// of proto/wirefold/storage (a sketch: packed integers). Decoding refuses a version that it does
// not know (kStoreTooNew) and bytes that are no such value (kStoreCorrupt).
//
// Example:
//   batch.Put(urls, key, EncodeUrlState(state));
//   absl::StatusOr<UrlState> state = DecodeUrlState(value);
//
// Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_STORE_RECORDS_H_
#define WIREFOLD_LIB_STORE_RECORDS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/store/store.h"
#include "lib/url/rules.h"

namespace wirefold {

// What all values of this program carry; each type of value has its own when one changes.
inline constexpr uint8_t kValueVersion = 1;

// The value behind its version byte.
absl::StatusOr<std::string_view> Payload(std::string_view value, std::string_view type);

// Fills the article and what is stored beside it; leaves ID, story and match as they are.
[[nodiscard]] absl::Status DecodeRecord(std::string_view bytes, StoredArticle& out);

// The few fields that selection and comparison need, borrowed from the record's bytes.
struct RecordFields {
  std::string_view host;
  std::string_view registrable_domain;
  std::string_view title;
  std::string_view text;
  std::string_view source;
  std::string_view language;
  std::string_view dateline;
  int64_t observed_at_ms = 0;
  int64_t ingested_at_ms = 0;
  int64_t published_at_ms = 0;
  bool has_published_at = false;  // it was read in the article
  std::string_view text_hash;     // 16 bytes
};
absl::StatusOr<RecordFields> PeekRecord(std::string_view bytes);

// A record under other rules about URLs.
struct RekeyedRecord {
  std::string bytes{};  // as EncodeRecord makes it; meaningless unless is_changed
  std::string url_key{};
  Hash128 text_hash{};
  int64_t observed_at_ms = 0;
  bool is_changed = false;     // url or url_key is another one
  bool has_other_key = false;  // url_key is another one
  bool is_refused = false;     // the rules make nothing of its URL; all is as it was
};
// `bytes` as EncodeRecord made them. The URL starts from all of its parameters.
[[nodiscard]] absl::StatusOr<RekeyedRecord> RekeyRecord(std::string_view bytes,
                                                        const UrlRules& rules);

struct Sighting {
  std::string record;  // as EncodeRecord made it, or a delta of that
  Match match;
};
// `story_id` is the key's; a match with the article of that name goes without saying.
std::string EncodeSighting(std::string_view record, const Match& match, const Ulid& story_id);
absl::StatusOr<Sighting> DecodeSighting(std::string_view value, const Ulid& story_id);

// `state.newest_text_hash` must be among `state.text_hashes`.
std::string EncodeUrlState(const UrlState& state);
absl::StatusOr<UrlState> DecodeUrlState(std::string_view value);

std::string EncodeTextOwner(const TextOwner& owner);
absl::StatusOr<TextOwner> DecodeTextOwner(std::string_view value);

// Where a copy's ID leads.
std::string EncodeAlias(const Ulid& story_id);
absl::StatusOr<Ulid> DecodeAlias(std::string_view value);

// The text that deltas against an article rest on.
struct BaseName {
  int64_t at_ms = 0;
  Hash128 text_hash{};

  friend bool operator==(const BaseName&, const BaseName&) = default;
};
std::string EncodeBaseName(const BaseName& name);
absl::StatusOr<BaseName> DecodeBaseName(std::string_view value);

// Who stands for a story.
std::string EncodeStory(const Ulid& representative_id);
absl::StatusOr<Ulid> DecodeStory(std::string_view value);

struct Tombstone {
  int64_t removed_at_ms = 0;
  Ulid id;
};
std::string EncodeTombstone(const Tombstone& tombstone);
absl::StatusOr<Tombstone> DecodeTombstone(std::string_view value);

std::string EncodeSketch(const Sketch& sketch);
absl::StatusOr<Sketch> DecodeSketch(std::string_view value);

struct Event {
  Mutation::Kind kind = Mutation::Kind::kNew;
  Ulid id{};
  Ulid story_id{};
  // Unset in events of stores of format 1.
  std::optional<Hash128> text_hash{};
  Learning learning = Learning::kNone;
  std::optional<Ulid> forgotten_variant{};  // by an election

  friend bool operator==(const Event&, const Event&) = default;
};
std::string EncodeEvent(const Event& event);
absl::StatusOr<Event> DecodeEvent(std::string_view value);

// Of a checkpoint: all but its bytes, which are stored in pieces.
struct CheckpointHead {
  uint64_t next_event = 0;
  uint32_t pieces = 0;
  uint64_t bytes = 0;

  friend bool operator==(const CheckpointHead&, const CheckpointHead&) = default;
};
std::string EncodeCheckpointHead(const CheckpointHead& head);
absl::StatusOr<CheckpointHead> DecodeCheckpointHead(std::string_view value);

// The counts, and the sequence number that the next event gets.
struct StoredCounts {
  StoreCounts counts;
  uint64_t events = 0;

  friend bool operator==(const StoredCounts&, const StoredCounts&) = default;
};
std::string EncodeCounts(const StoredCounts& counts);
absl::StatusOr<StoredCounts> DecodeCounts(std::string_view value);

std::string EncodeVersions(const std::map<std::string, std::string>& versions);
absl::StatusOr<std::map<std::string, std::string>> DecodeVersions(std::string_view value);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_RECORDS_H_
