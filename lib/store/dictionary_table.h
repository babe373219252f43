// DictionaryTable: the dictionaries of one kind that a store has, by their numbers. They lie in
// `meta` under a prefix and the number, each as a version byte and its bytes; and, where it
// matters, under another prefix the event that each is as old as.
//
// Example:
//   DictionaryTable table({.prefix = kRawDictionaryPrefix, .what = "raw files", .level = 3});
//   table.Attach(db, meta, /*sync=*/true);
//   absl::StatusOr<std::shared_ptr<const ZstdDictionary>> dictionary = table.Read(number);
//
// What was read once stays in memory. Thread-safe, behind Attach.
#ifndef WIREFOLD_LIB_STORE_DICTIONARY_TABLE_H_
#define WIREFOLD_LIB_STORE_DICTIONARY_TABLE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/store/zstd_dictionary.h"
#include "rocksdb/db.h"

namespace wirefold {

class DictionaryTable {
 public:
  using Dictionary = std::shared_ptr<const ZstdDictionary>;

  // All of it must outlive the table.
  struct Kind {
    std::string_view prefix;
    std::string_view event_prefix{};  // empty: the events are not kept
    std::string_view what;            // what errors call the things that are compressed
    int level = 0;                    // zstd's, to compress them with
  };

  explicit DictionaryTable(Kind kind) : kind_(kind) {}

  // Both must outlive the table's use. `sync`: whether a dictionary is on the disk when Add
  // returns.
  void Attach(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta, bool sync);

  // kStoreCorrupt if it is missing or damaged; kStoreTooNew.
  absl::StatusOr<Dictionary> Read(uint32_t number) const;
  // Those that are in `meta`, ascending. kStoreCorrupt for a damaged key.
  absl::StatusOr<std::vector<uint32_t>> Numbers() const;
  // The one of the highest number; null if there is none.
  absl::StatusOr<Dictionary> Newest() const;
  // The event that a dictionary is as old as; 0 where none is kept.
  absl::StatusOr<uint64_t> EventOf(uint32_t number) const;
  // The number that the next one gets: above all that there are, and that were while this is open.
  absl::StatusOr<uint32_t> NextNumber() const;
  // Stores one under a number of its own. `event`: the next one's number when the first sample was
  // taken that it is trained from. kFailedPrecondition once there are kMaxDictionaries, or no
  // numbers; kStoreFailed if it could not be written: whether it is there then nobody knows.
  absl::StatusOr<Dictionary> Add(std::string bytes, uint64_t event = 0);
  // Takes these out of `meta`, which nothing in the store needs. Who holds a value that does still
  // reads it, until ForgetRemoved.
  [[nodiscard]] absl::Status Remove(const std::vector<uint32_t>& numbers);
  void ForgetRemoved();

 private:
  const Kind kind_;
  rocksdb::DB* db_ = nullptr;
  rocksdb::ColumnFamilyHandle* meta_ = nullptr;
  bool sync_ = true;
  std::mutex changing_;              // held while one is added or some are removed
  mutable std::shared_mutex mutex_;  // guards what follows; not held while the database is written
  mutable std::map<uint32_t, Dictionary> read_;
  uint32_t last_number_ = 0;       // of those that were added
  std::vector<uint32_t> removed_;  // since ForgetRemoved
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_DICTIONARY_TABLE_H_
