// Compaction: everything written anew, with nothing left of what was deleted.
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "absl/strings/str_cat.h"
#include "lib/base/hash.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/store/dictionary_trainer.h"
#include "lib/store/keys.h"
#include "lib/store/rocksdb_snapshots.h"
#include "lib/store/rocksdb_status.h"
#include "lib/store/rocksdb_store.h"

namespace wirefold {
namespace {

// Of the articles that Compact trains a dictionary from; four times that while it does.
constexpr size_t kMaxTightSampledBytes = size_t{24} << 20;
constexpr size_t kArticleReadaheadBytes = size_t{2} << 20;
// What a read that began before sees, compaction must keep.
constexpr std::chrono::seconds kMaxWaitForReads{30};
constexpr int kMaxForcedCompactions = 3;
// Beside the one that runs.
constexpr int kWaitingCompactions = 1;

absl::Status CompactAgain(std::string_view why) {
  return Reject(Reason::kNotCompacted, absl::StrCat("the store was not compacted as a whole (",
                                                    ToAbsl(why), "); compact it again"));
}

}  // namespace

absl::Status WaitForSnapshots(rocksdb::DB& db, std::chrono::milliseconds longest) {
  const rocksdb::SequenceNumber now = db.GetLatestSequenceNumber();
  const auto end = std::chrono::steady_clock::now() + longest;
  do {
    uint64_t oldest = 0;  // none
    if (db.GetIntProperty(rocksdb::DB::Properties::kOldestSnapshotSequence, &oldest) &&
        (oldest == 0 || oldest >= now)) {
      return absl::OkStatus();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  } while (std::chrono::steady_clock::now() < end);
  return CompactAgain("a read that began before has not ended");
}

absl::Status RocksDbStore::CompactionsEnded() const {
  return compactions_ended_ ? CompactAgain("the store is being closed") : absl::OkStatus();
}

absl::StatusOr<RecordPacking::Renewed> RocksDbStore::RenewDictionary() {
  const auto last_removal = Get({}, kMeta, std::string(kLastRemovalKey));
  if (!last_removal.ok()) return last_removal.status();
  RecordPacking::Age age;
  if (last_removal->has_value()) {
    if ((*last_removal)->size() != 8) {
      return Reject(Reason::kStoreCorrupt, "a value in the store's meta data is damaged");
    }
    age.last_removal = ReadBigEndian64((*last_removal)->ToStringView());
  }
  age.sampled_from = NextEvent();
  EvenSample sample(kMaxTightSampledBytes);
  rocksdb::ReadOptions read;
  read.fill_cache = false;
  read.readahead_size = kArticleReadaheadBytes;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read, handles_[kArticles]));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (absl::Status ended = CompactionsEnded(); !ended.ok()) return ended;
    if (!sample.IsWanted()) {
      sample.Skip();
      continue;
    }
    // What is damaged is for those to be told who read it.
    const absl::StatusOr<std::string> record = packing_->Unpack(it->value().ToStringView());
    if (record.ok()) sample.Add(*record);
  }
  if (!it->status().ok()) return FromRocksDb(it->status(), "compacting the store");
  return packing_->Renew(*db_, sample.Take(), age);
}

absl::Status RocksDbStore::CompactFamily(size_t family, rocksdb::BottommostLevelCompaction last) {
  rocksdb::ColumnFamilyHandle* const handle = handles_[family];
  const auto set = [&](bool compacted) {
    const auto last_level = LastLevelOptions(family, compacted);
    return last_level.empty() ? rocksdb::Status::OK() : db_->SetOptions(handle, last_level);
  };
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = last;
  options.canceled = &compactions_ended_;
  if (absl::Status ended = CompactionsEnded(); !ended.ok()) return ended;
  rocksdb::Status status = set(/*compacted=*/true);
  if (status.ok()) status = db_->Flush(rocksdb::FlushOptions(), handle);
  if (status.ok()) status = db_->CompactRange(options, handle, nullptr, nullptr);
  if (rocksdb::Status back = set(/*compacted=*/false); status.ok()) status = back;
  if (status.IsManualCompactionPaused()) return CompactionsEnded();
  return FromRocksDb(status, "compacting the store");
}

absl::Status RocksDbStore::Compact() {
  // One at a time, and one that waits; more would do what that one will.
  if (compactions_.fetch_add(1) > kWaitingCompactions) {
    compactions_.fetch_sub(1);
    return CompactAgain("others wait for it to be compacted already");
  }
  absl::Status status;
  {
    const std::lock_guard compacting(compact_mutex_);
    status = CompactNow();
  }
  compactions_.fetch_sub(1);
  return status;
}

absl::Status RocksDbStore::CompactNow() {
  using Last = rocksdb::BottommostLevelCompaction;
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  if (absl::Status status = WaitForSnapshots(*db_, kMaxWaitForReads); !status.ok()) return status;
  packing_->ForgetRemoved();
  const absl::StatusOr<RecordPacking::Renewed> renewed = RenewDictionary();
  if (!renewed.ok()) return renewed.status();
  absl::Status status;
  for (size_t family = 0; family < handles_.size() && status.ok(); ++family) {
    status = CompactFamily(family, Last::kForceOptimized);
  }
  // What a merge beside it has written is not written again, and may have been read before.
  for (int tries = 0; status.ok(); ++tries) {
    const absl::StatusOr<bool> is_clean =
        packing_->RemoveUnused(*db_, handles_[kArticles], *renewed);
    if (!is_clean.ok()) return is_clean.status();
    if (*is_clean) break;
    if (tries == kMaxForcedCompactions) {
      return CompactAgain("pieces of removed articles are in use");
    }
    status = WaitForSnapshots(*db_, kMaxWaitForReads);
    if (status.ok()) status = CompactFamily(kArticles, Last::kForce);
  }
  // Of a dictionary that nothing needs nothing is to be left either.
  if (status.ok()) status = WaitForSnapshots(*db_, kMaxWaitForReads);
  return status.ok() ? CompactFamily(kMeta, Last::kForceOptimized) : status;
}

}  // namespace wirefold
