// RecordPacking: how records become packed ones (lib/store/packed_record.h) and back.
//
// Example:
//   auto packing = std::make_shared<RecordPacking>();
//   packing->SetUp(articles_options);                   // ahead of DB::Open
//   absl::Status attached = packing->Attach(db, meta, articles, /*sync=*/true);
//   absl::StatusOr<std::string> record = packing->Unpack(value);
//
// A commit writes records as they are, so that nobody waits. They are packed where a write buffer
// is written to a table, and where tables are merged (RocksDB's compaction filters, which may
// replace values; the same records, so no reader sees a difference). Dictionaries are trained from
// what is committed and stored before anything is packed with them. At recovery, ahead of Attach,
// tables are written as they are: packing takes time, and a start shouldn't.
//
// Thread-safe, behind Attach, except that Renew, RemoveUnused and Stop are called by one thread at
// a time.
#ifndef WIREFOLD_LIB_STORE_RECORD_PACKING_H_
#define WIREFOLD_LIB_STORE_RECORD_PACKING_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/store/dictionary_table.h"
#include "lib/store/dictionary_trainer.h"
#include "lib/store/keys.h"
#include "lib/store/packed_record.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"

namespace wirefold {

// Whether the dictionaries are sound, and there is each that a table of `articles` needs. Changes
// nothing; the database may be open for reading alone. kStoreCorrupt, kStoreTooNew.
[[nodiscard]] absl::Status CheckRecordDictionaries(rocksdb::DB& db,
                                                   rocksdb::ColumnFamilyHandle* meta,
                                                   rocksdb::ColumnFamilyHandle* articles);

class RecordPacking {
 public:
  RecordPacking();

  // Has the column family pack what it writes, and note in each table which dictionaries its values
  // need. This object must outlive the database.
  void SetUp(rocksdb::ColumnFamilyOptions& articles);
  // Reads the dictionaries and starts packing. All must outlive Stop. kStoreCorrupt, also where one
  // is missing that `articles` needs; kStoreTooNew.
  [[nodiscard]] absl::Status Attach(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta,
                                    rocksdb::ColumnFamilyHandle* articles, bool sync);
  // Ends training; before the database is closed.
  void Stop();

  // A record that is committed; `event` is the number of the next event, as of then.
  void Sample(std::string_view record, uint64_t event) { trainer_.Sample(record, event); }

  // `value` of `articles`, whole. kStoreCorrupt, kStoreTooNew.
  absl::StatusOr<std::string> Unpack(std::string_view value) const;

  // By numbers of events. A dictionary is stale that is older than the last removal: an article
  // that is no more may be among those that it was trained from.
  struct Age {
    uint64_t last_removal = 0;
    uint64_t sampled_from = 0;  // taken ahead of the samples
  };
  struct Renewed {
    uint64_t last_removal = 0;
    uint32_t first_kept = 0;  // the number in use, else that of the next one
  };
  // From now on records are packed with a dictionary that is better, by a hundredth at least, for
  // `samples`, records of the store, if there is such; and in any case with none that is stale. If
  // there are stale ones, no table is being written any more, on return, that would need one anew.
  // kStoreFailed.
  [[nodiscard]] absl::StatusOr<Renewed> Renew(rocksdb::DB& db,
                                              const std::vector<std::string>& samples,
                                              const Age& age);
  // Takes away the dictionaries ahead of `renewed.first_kept` that no table of `articles` needs.
  // Whether none is left that was stale then. Waits for the tables that are being written.
  // kStoreFailed.
  [[nodiscard]] absl::StatusOr<bool> RemoveUnused(rocksdb::DB& db,
                                                  rocksdb::ColumnFamilyHandle* articles,
                                                  const Renewed& renewed);

  // Behind a wait for all reads that may hold a value which needs a dictionary that was removed.
  void ForgetRemoved() { dictionaries_.ForgetRemoved(); }

  // For the database's threads, which may run ahead of Attach.
  [[nodiscard]] bool IsAttached() const { return attached_.load(); }
  // Whatever is merged is packed anew if it needs a dictionary ahead of this one.
  [[nodiscard]] uint32_t StaleBelow() const { return stale_below_.load(); }
  [[nodiscard]] DictionaryTrainer::Dictionary InUse() const { return trainer_.InUse(); }

 private:
  // Whether there is one ahead of `renewed.first_kept` that is older than the last removal.
  [[nodiscard]] absl::StatusOr<bool> AnyStale(const Renewed& renewed) const;
  DictionaryTrainer::Dictionary Add(std::string bytes, uint64_t event);

  std::atomic<bool> attached_ = false;
  std::atomic<uint32_t> stale_below_ = 0;
  DictionaryTable dictionaries_;
  DictionaryTrainer trainer_;  // last, since its thread uses the others
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_RECORD_PACKING_H_
