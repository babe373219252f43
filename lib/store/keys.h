// Keys: what lies where in the store, byte by byte. Every number is big-endian, so that keys sort
// as what they stand for does.
//
// Example:
//   db->Get(options, sightings, SightingKey(story_id, copy_id), &value);
//
// docs/storage_format.md describes the same. Thread-safe: pure functions.
#ifndef WIREFOLD_LIB_STORE_KEYS_H_
#define WIREFOLD_LIB_STORE_KEYS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/hash.h"
#include "lib/base/ulid.h"

namespace wirefold {

inline constexpr size_t kSightingKeyBytes = 32;
inline constexpr size_t kRevisionKeyBytes = 40;

// `articles`, `sketches`, `aliases`, `bases`, `stories`: the ULID's 16 bytes. `urls`, `texts`: the
// hash's 16 bytes.

// `sightings`: the story's ULID, then the copy's.
std::string SightingKey(const Ulid& story_id, const Ulid& copy_id);
// The copy's ULID of a sighting's key; nullopt if the key is none.
std::optional<Ulid> CopyOfSightingKey(std::string_view key);

// `revisions`: the ULID, the text's time (clamped to what an ID holds), the text's hash. The order
// of keys is the order in which the newest text is elected, whatever the order of arrival.
std::string RevisionKey(const Ulid& id, int64_t at_ms, const Hash128& text_hash);

// `raw`: RevisionKey of the text that the raw file became.

// `tombstones`: what was deleted, by its ID; and what must not come again, by its identity or the
// hash of its text.
std::string RemovedIdKey(const Ulid& id);
std::string BlockedUrlKey(const Hash128& identity);
std::string BlockedTextKey(const Hash128& text_hash);

// `meta`: the article, deleted, that others are still stored against.
std::string RebaseKey(const Ulid& id);

// `meta`: a dictionary by its number; `prefix` is one of those below.
std::string DictionaryKey(std::string_view prefix, uint32_t number);

// `events`: the sequence number.
std::string EventKey(uint64_t sequence);

// `checkpoints`: the name, a NUL, the number of the next event, the number of the piece.
std::string CheckpointPieceKey(std::string_view name, uint64_t next_event, uint32_t piece);
// `meta`: where a checkpoint is.
std::string CheckpointKey(std::string_view name);

// `meta`: the versions in force from the commit group behind `commits` on.
std::string VersionsKey(uint64_t commits);

// The first key behind every key that starts with `prefix`; empty if there is none.
std::string PrefixEnd(std::string_view prefix);

// `meta`.
inline constexpr std::string_view kFormatKey = "format";
inline constexpr std::string_view kKeyRulesKey = "key_rules";
// There once the store was moved to other key rules.
inline constexpr std::string_view kRekeyedKey = "rekeyed";
// What the value of kKeyRulesKey begins with while the store is moved to other rules.
inline constexpr std::string_view kRekeyingPrefix = "moving to ";
inline constexpr std::string_view kSketchVersionKey = "sketch_version";
inline constexpr std::string_view kCountsKey = "counts";
// The table of scripts that deltas are made with, from format 3 on.
inline constexpr std::string_view kScriptTableKey = "script_table";
inline constexpr std::string_view kVersionsPrefix = "versions/";
inline constexpr std::string_view kCheckpointPrefix = "checkpoints/";
inline constexpr std::string_view kRebasePrefix = "rebase/";
inline constexpr std::string_view kRawDictionaryPrefix = "raw_dictionary/";
inline constexpr std::string_view kRecordDictionaryPrefix = "record_dictionary/";
// The event that a record dictionary is as old as.
inline constexpr std::string_view kRecordDictionaryEventPrefix = "record_dictionary_event/";
// The number of the event behind the last removal.
inline constexpr std::string_view kLastRemovalKey = "last_removal";

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_KEYS_H_
