// CommitGroup: what many accepted files change, as one batch of writes. Each change sees those
// before it in the group.
//
// Example:
//   CommitGroup group(get, has_prefix, handles, script_table, packer, elected, {.counts = counts});
//   for (const Mutation& mutation : mutations) group.Add(mutation);
//   db->Write(options, &group.batch());
//
// Here it is decided what is stored whole and what as a delta. Unique articles' newest texts are
// whole. A copy rests on a text of the story's representative, an older text on one of its own
// article if that is unique, else likewise. What others rest on stays whole wherever it goes: an
// article's newest text that gives way to another becomes its base for good, named in `bases`, and
// one that gives way to another representative keeps its record whole. So no delta rests on a
// delta.
//
// Belongs to one thread.
#ifndef WIREFOLD_LIB_STORE_COMMIT_GROUP_H_
#define WIREFOLD_LIB_STORE_COMMIT_GROUP_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/store/id_filter.h"
#include "lib/store/record_delta.h"
#include "lib/store/record_reader.h"
#include "lib/store/records.h"
#include "lib/store/store.h"
#include "rocksdb/db.h"
#include "rocksdb/write_batch.h"

namespace wirefold {

class CommitGroup {
 public:
  // What the group starts from, and what is true behind it.
  struct State {
    StoredCounts counts;
    bool has_tombstones = false;  // `tombstones` may have entries
  };

  // Whether the database has a key of that family with this prefix of 16 bytes, other than one.
  using HasPrefix = std::function<absl::StatusOr<bool>(Family, const std::string& prefix,
                                                       const std::string& except)>;

  // `get` and `has_prefix` ask the database; all else is borrowed. What is elected goes into
  // `elected` (RecordReader) at once, so that it is there before the batch is written.
  CommitGroup(RecordReader::Get get, HasPrefix has_prefix,
              const std::vector<rocksdb::ColumnFamilyHandle*>& handles, const ScriptTable& table,
              DeltaPacker& packer, IdFilter& elected, State state);

  // kStoreFailed for a malformed mutation, which is a defect of the caller's; else what reading
  // answers.
  [[nodiscard]] absl::Status Add(const Mutation& mutation);
  // Puts the record of a copy that stays in its story in its place, and the elected one's in its.
  [[nodiscard]] absl::Status Elect(const Election& election);

  void Put(Family family, const std::string& key, std::string value);
  void Delete(Family family, const std::string& key);
  // What is there behind the changes so far.
  absl::StatusOr<std::optional<std::string>> Get(Family family, const std::string& key);
  RecordReader Reader();
  // A copy's newest text, or an older text, as it is stored. `base_id`: the article to store it
  // against. `implied_id`: see DeltaPacker.
  absl::StatusOr<std::string> Pack(const std::string& record, const Ulid& base_id,
                                   const Ulid& implied_id);

  [[nodiscard]] rocksdb::WriteBatch& batch() { return batch_; }
  [[nodiscard]] State& state() { return state_; }
  // Of the batch.
  [[nodiscard]] const rocksdb::Status& status() const { return status_; }

 private:
  void Put(Family family, const std::string& key, const EncodedRecord& value);
  absl::Status PutSighting(const Ulid& story_id, const Ulid& id, const std::string& record,
                           const Match& match);
  // Of a text that is not the newest (any more).
  absl::Status PutOlder(const Mutation& mutation, const std::string& record, const Ulid& base_id);
  void PutOlderAsBase(const Mutation& mutation);
  absl::Status AddRevision(const Mutation& mutation);
  // Whether anything but the copy `except` may rest on the newest text of `id`.
  absl::StatusOr<bool> MayHaveDependents(const Ulid& id, const Ulid& story_id, const Ulid& except);
  void PutRaw(const Mutation& mutation);

  const RecordReader::Get get_;
  const HasPrefix has_prefix_;
  const std::vector<rocksdb::ColumnFamilyHandle*>& handles_;
  const ScriptTable& table_;
  DeltaPacker& packer_;
  IdFilter& elected_;
  State state_;
  rocksdb::WriteBatch batch_;
  rocksdb::Status status_;  // of the batch
  // What was put and may be asked for by what follows; nullptr: deleted.
  std::array<absl::flat_hash_map<std::string, EncodedRecord>, kFamilies> written_;
  // Of the keys that were put in `sightings` and `revisions`: the first 16 bytes, and the rest.
  absl::flat_hash_map<std::string, absl::flat_hash_set<std::string>> copies_written_;
  absl::flat_hash_set<std::string> revised_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_COMMIT_GROUP_H_
