// Opening and closing: the folder, the checks, then RocksDB.
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/hash.h"
#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/store/rocksdb_check.h"
#include "lib/store/rocksdb_status.h"
#include "lib/store/rocksdb_store.h"
#include "lib/store/space_guard.h"
#include "rocksdb/convenience.h"

namespace wirefold {
namespace {

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }

std::string BigEndian64(uint64_t value) {
  std::string bytes;
  AppendBigEndian64(value, bytes);
  return bytes;
}

std::string ScriptTableValue() {
  return std::string(1, static_cast<char>(kValueVersion)) + ScriptTable::BytesOfThisBuild();
}

// What a new store starts with, in one synced batch.
absl::Status WriteFirstMeta(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta,
                            const RocksDbOptions& options) {
  rocksdb::WriteBatch batch;
  batch.Put(meta, ToSlice(kFormatKey), BigEndian64(kStoreFormat));
  batch.Put(meta, ToSlice(kSketchVersionKey), BigEndian64(kSketchVersion));
  batch.Put(meta, ToSlice(kKeyRulesKey),
            std::string(1, static_cast<char>(kValueVersion)) + options.key_rules_fingerprint);
  batch.Put(meta, ToSlice(kCountsKey), EncodeCounts({}));
  batch.Put(meta, ToSlice(kScriptTableKey), ScriptTableValue());
  rocksdb::WriteOptions write;
  write.sync = true;
  return FromRocksDb(db.Write(write, &batch), "creating the store");
}

// The store has all of this program's parts now. From here on programs that don't know them refuse
// it by its format.
absl::Status RaiseFormat(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta) {
  rocksdb::WriteOptions write;
  write.sync = true;
  rocksdb::WriteBatch batch;
  std::string known;
  if (db.Get({}, meta, ToSlice(kScriptTableKey), &known).IsNotFound()) {
    batch.Put(meta, ToSlice(kScriptTableKey), ScriptTableValue());
  }
  batch.Put(meta, ToSlice(kFormatKey), BigEndian64(kStoreFormat));
  return FromRocksDb(db.Write(write, &batch), "raising the store's format");
}

uint64_t LogBytes(const std::string& folder) {
  uint64_t sum = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".log") continue;
    const uintmax_t bytes = entry.file_size(error);
    if (!error) sum += bytes;
  }
  return sum;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RocksDbStore>> RocksDbStore::Open(const RocksDbOptions& options) {
  // Before the lock, so that a folder which is none of ours doesn't even get a lock file; and again
  // behind it, when nobody else changes it any more.
  if (const auto content = InspectFolder(options.path); !content.ok()) return content.status();
  absl::StatusOr<std::unique_ptr<FolderLock>> lock = FolderLock::Take(options.path);
  if (!lock.ok()) return lock.status();
  const absl::StatusOr<FolderContent> content = InspectFolder(options.path);
  if (!content.ok()) return content.status();

  const StatvfsProbe disk(options.path);
  if (absl::Status room = CheckRoomToOpen(disk, LogBytes(options.path)); !room.ok()) return room;

  rocksdb::DBOptions db_options = MakeDbOptions(options);
  const bool create = *content != FolderContent::kStore;
  uint64_t format = kStoreFormat;
  if (create) {
    if (absl::Status status = MarkCreating(options.path); !status.ok()) return status;
    if (*content == FolderContent::kUnfinished) {
      const rocksdb::Status status = rocksdb::DestroyDB(options.path, rocksdb::Options());
      if (!status.ok()) return FromRocksDb(status, "removing an unfinished store");
    }
    db_options.create_if_missing = true;
    db_options.create_missing_column_families = true;
  } else {
    const absl::StatusOr<uint64_t> checked = CheckStore(options);
    if (!checked.ok()) return checked.status();
    format = *checked;
    db_options.create_missing_column_families = format < kStoreFormat;
  }
  (*lock)->Keep();

  rocksdb::DB* db = nullptr;
  Handles handles;
  auto families = MakeFamilies(options, MakeBlockCache(options));
  const auto packing = std::make_shared<RecordPacking>();
  packing->SetUp(families[kArticles].options);
  const rocksdb::Status status =
      rocksdb::DB::Open(db_options, options.path, families, &handles, &db);
  if (!status.ok()) return FromRocksDb(status, "opening the store");
  // From here on the destructor closes what is open.
  std::unique_ptr<RocksDbStore> store(
      new RocksDbStore(options, *std::move(lock), packing, db, std::move(handles), {}));
  rocksdb::ColumnFamilyHandle* meta = store->handles_[kMeta];
  if (create) {
    if (absl::Status first = WriteFirstMeta(*db, meta, options); !first.ok()) return first;
    if (absl::Status unmark = UnmarkCreating(options.path); !unmark.ok()) return unmark;
  }
  if (format < kStoreFormat) {
    // Last of all: a store that has later parts already and the old number gets the number later.
    if (absl::Status raised = RaiseFormat(*db, meta); !raised.ok()) return raised;
  }
  store->raw_dictionaries_.Attach(*db, meta, options.sync);
  if (absl::Status attached = packing->Attach(*db, meta, store->handles_[kArticles], options.sync);
      !attached.ok()) {
    return attached;
  }
  const absl::StatusOr<StoredCounts> counts = ReadCounts(*db, meta);
  if (!counts.ok()) return counts.status();
  store->counts_ = *counts;
  const auto rekeyed = store->Get({}, kMeta, std::string(kRekeyedKey));
  if (!rekeyed.ok()) return rekeyed.status();
  store->rekeyed_ = rekeyed->has_value();
  const auto table = store->Get({}, kMeta, std::string(kScriptTableKey));
  if (!table.ok()) return table.status();
  if (!table->has_value()) {
    return Reject(
        Reason::kStoreCorrupt,
        "the store is damaged: its table of scripts is missing; restore it from a backup");
  }
  const absl::StatusOr<std::string_view> bytes = Payload((*table)->ToStringView(), kScriptTableKey);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<ScriptTable> scripts = ScriptTable::Make(*bytes);
  if (!scripts.ok()) return scripts.status();
  store->script_table_ = std::make_unique<const ScriptTable>(*std::move(scripts));
  store->NoteElected();
  store->has_tombstones_.store(store->HasEntries(kTombstones));
  if (absl::Status recorded = store->RecordVersions(); !recorded.ok()) return recorded;
  return store;
}

void RocksDbStore::NoteElected() {
  rocksdb::ReadOptions read;
  read.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read, handles_[kStories]));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const absl::StatusOr<Ulid> elected = DecodeStory(it->value().ToStringView());
    if (it->key().size() != Ulid::kBytes || !elected.ok()) return elected_.AddAll();
    elected_.Add(Ulid::FromBytes(it->key().ToStringView()));
    elected_.Add(*elected);
  }
  if (!it->status().ok()) elected_.AddAll();
}

bool RocksDbStore::HasEntries(Family family) const {
  rocksdb::ReadOptions read;
  read.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read, handles_[family]));
  it->SeekToFirst();
  return it->Valid() || !it->status().ok();  // in doubt there are some
}

RocksDbStore::~RocksDbStore() {
  packing_->Stop();
  // What packs uses the handles.
  rocksdb::CancelAllBackgroundWork(db_.get(), /*wait=*/true);
  for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  // An error here costs nothing: what was acknowledged is in the log.
  db_->Close().PermitUncheckedError();
}

absl::StatusOr<RocksDbStore::VersionHistory> RocksDbStore::Versions() const {
  rocksdb::ReadOptions read;
  const std::string end = PrefixEnd(kVersionsPrefix);
  const rocksdb::Slice bound(end);
  read.iterate_upper_bound = &bound;
  VersionHistory history;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read, handles_[kMeta]));
  for (it->Seek(ToSlice(kVersionsPrefix)); it->Valid(); it->Next()) {
    const std::string_view number = it->key().ToStringView().substr(kVersionsPrefix.size());
    absl::StatusOr<std::map<std::string, std::string>> versions =
        DecodeVersions(it->value().ToStringView());
    if (!versions.ok()) return versions.status();
    if (number.size() != 8) {
      return Reject(Reason::kStoreCorrupt, "a key in the store's meta data is damaged");
    }
    history.emplace_back(ReadBigEndian64(number), *std::move(versions));
  }
  if (!it->status().ok()) return FromRocksDb(it->status(), "reading the store's versions");
  return history;
}

absl::Status RocksDbStore::RecordVersions() {
  if (options_.versions.empty()) return absl::OkStatus();
  const absl::StatusOr<VersionHistory> history = Versions();
  if (!history.ok()) return history.status();
  if (!history->empty() && history->back().second == options_.versions) return absl::OkStatus();
  rocksdb::WriteOptions write;
  write.sync = options_.sync;
  return FromRocksDb(db_->Put(write, handles_[kMeta], VersionsKey(counts_.counts.commits),
                              EncodeVersions(options_.versions)),
                     "recording the versions");
}

}  // namespace wirefold
