// RecordReader: an article's record wherever it lies, whole: a unique article's, a copy's, an older
// text's, and the base that a delta rests on.
//
// Example:
//   RecordReader reader([&](Family family, const std::string& key) { return Get(…); }, table);
//   absl::StatusOr<NewestText> newest = reader.Newest(id);
//   absl::StatusOr<std::string> record = reader.Whole(value, story_id);
//
// Entries are asked for through a function, so that the same code reads the database and a commit
// group that is not in it yet. A reader remembers the last base it read, since the copies of a
// story mostly rest on one; so it is for one look at one state. Belongs to one thread.
#ifndef WIREFOLD_LIB_STORE_RECORD_READER_H_
#define WIREFOLD_LIB_STORE_RECORD_READER_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/base/ulid.h"
#include "lib/dedup/match.h"
#include "lib/store/families.h"
#include "lib/store/id_filter.h"
#include "lib/store/records.h"
#include "lib/store/script_table.h"

namespace wirefold {

// The name of the text that a record holds.
absl::StatusOr<BaseName> NameOf(std::string_view record);

// An article's newest text.
struct NewestText {
  std::string record{};  // whole
  Ulid story_id{};
  bool is_representative = false;
  bool is_stored_whole = true;
  Match match{};  // of a copy
};

class RecordReader {
 public:
  // nullopt where there is no such key.
  using Get = std::function<absl::StatusOr<std::optional<std::string>>(Family, const std::string&)>;

  // Both must outlive the reader. `elected`: the stories that ever changed their representative,
  // and the articles that were elected; for others nothing is looked up for that.
  RecordReader(Get get, const ScriptTable& table, const IdFilter& elected)
      : get_(std::move(get)), table_(table), elected_(elected) {}

  // kNotFound if there is no such article.
  absl::StatusOr<NewestText> Newest(const Ulid& id);
  // The story that an ID belongs to: its own, unless it is or was a copy.
  absl::StatusOr<Ulid> StoryOf(const Ulid& id);
  // Who stands for a story: the article it is named after, unless another was elected.
  absl::StatusOr<Ulid> Representative(const Ulid& story_id);

  // A value of `sightings` (its record) or `revisions`, whole. `implied_id`: the base that goes
  // without saying.
  absl::StatusOr<std::string> Whole(std::string stored, const Ulid& implied_id);
  // The record that deltas against `id` rest on: the older text that `bases` names, else the
  // newest. kNotFound if there is no such article; kStoreCorrupt if it is not where it should be.
  absl::StatusOr<std::string> Base(const Ulid& id);
  // What `bases` says; nullopt if it says nothing.
  absl::StatusOr<std::optional<BaseName>> NamedBase(const Ulid& id);

 private:
  const Get get_;
  const ScriptTable& table_;
  const IdFilter& elected_;
  Ulid base_id_;  // whose base is in base_record_; zero: none
  std::string base_record_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_RECORD_READER_H_
