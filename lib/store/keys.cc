#include "lib/store/keys.h"

#include <algorithm>

#include "lib/base/limits.h"

namespace wirefold {

std::string SightingKey(const Ulid& story_id, const Ulid& copy_id) {
  return story_id.ToBytes() + copy_id.ToBytes();
}

std::optional<Ulid> CopyOfSightingKey(std::string_view key) {
  if (key.size() != kSightingKeyBytes) return std::nullopt;
  return Ulid::FromBytes(key.substr(Ulid::kBytes));
}

std::string RevisionKey(const Ulid& id, int64_t at_ms, const Hash128& text_hash) {
  std::string key = id.ToBytes();
  AppendBigEndian64(static_cast<uint64_t>(std::clamp<int64_t>(at_ms, 0, kMaxTimeMs)), key);
  key += text_hash.ToBytes();
  return key;
}

std::string EventKey(uint64_t sequence) {
  std::string key;
  AppendBigEndian64(sequence, key);
  return key;
}

std::string CheckpointPieceKey(std::string_view name, uint64_t next_event, uint32_t piece) {
  std::string key(name);
  key += '\0';
  AppendBigEndian64(next_event, key);
  AppendBigEndian64(piece, key);
  return key;
}

std::string CheckpointKey(std::string_view name) {
  return std::string(kCheckpointPrefix) + std::string(name);
}

std::string RemovedIdKey(const Ulid& id) { return 'i' + id.ToBytes(); }

std::string BlockedUrlKey(const Hash128& identity) { return 'u' + identity.ToBytes(); }

std::string BlockedTextKey(const Hash128& text_hash) { return 't' + text_hash.ToBytes(); }

std::string RebaseKey(const Ulid& id) { return std::string(kRebasePrefix) + id.ToBytes(); }

std::string DictionaryKey(std::string_view prefix, uint32_t number) {
  std::string key(prefix);
  AppendBigEndian64(number, key);
  return key;
}

std::string VersionsKey(uint64_t commits) {
  std::string key(kVersionsPrefix);
  AppendBigEndian64(commits, key);
  return key;
}

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<uint8_t>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<uint8_t>(end.back()) + 1);
  return end;
}

}  // namespace wirefold
