#include "lib/store/rocksdb_check.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/dedup/sketch.h"
#include "lib/store/data_folder.h"
#include "lib/store/keys.h"
#include "lib/store/record_packing.h"
#include "lib/store/rocksdb_status.h"
#include "lib/store/rocksdb_store.h"
#include "lib/store/script_table.h"
#include "rocksdb/metadata.h"
#include "rocksdb/sst_file_reader.h"
#include "rocksdb/table_properties.h"

namespace wirefold {
namespace {

constexpr std::string_view kOpening = "opening the store";

// Keeps RocksDB from writing a log file of its own into a folder that is only looked at.
class SilentLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

// A store that is open for reading, with its handles.
class ReadOnlyStore {
 public:
  // `present` names its families, `meta` among them.
  static absl::StatusOr<std::unique_ptr<ReadOnlyStore>> Open(const RocksDbOptions& options,
                                                             const std::set<std::string>& present) {
    rocksdb::DBOptions db_options = MakeDbOptions(options);
    db_options.info_log = std::make_shared<SilentLogger>();
    auto store = std::make_unique<ReadOnlyStore>();
    auto families = MakeFamilies(options, MakeBlockCache(options));
    std::erase_if(families, [&](const auto& family) { return !present.contains(family.name); });
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status =
        rocksdb::DB::OpenForReadOnly(db_options, options.path, families, &store->handles_, &db);
    if (!status.ok()) return FromRocksDb(status, kOpening);
    for (size_t i = 0; i < families.size(); ++i) {
      if (families[i].name == FamilyName(kMeta)) store->meta_ = store->handles_[i];
      if (families[i].name == FamilyName(kArticles)) store->articles_ = store->handles_[i];
    }
    store->db_.reset(db);
    return store;
  }
  ~ReadOnlyStore() {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  }

  rocksdb::DB& db() { return *db_; }
  rocksdb::ColumnFamilyHandle* meta() { return meta_; }
  rocksdb::ColumnFamilyHandle* articles() { return articles_; }  // null if it is missing

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;  // of those that are present
  rocksdb::ColumnFamilyHandle* meta_ = nullptr;
  rocksdb::ColumnFamilyHandle* articles_ = nullptr;
};

absl::Status Corrupt(std::string_view what) {
  return Reject(Reason::kStoreCorrupt,
                absl::StrCat("the store is damaged: ", ToAbsl(what),
                             "; nothing was changed, restore it from a backup"));
}

// The families that a store of `format` has must be there.
absl::Status CheckPresent(const std::set<std::string>& present, uint64_t format) {
  for (const FamilyRow& row : kFamilyTable) {
    if (row.since_format <= format && !present.contains(row.name)) {
      return Corrupt(ToStd(absl::StrCat("its part '", row.name, "' is missing")));
    }
  }
  return absl::OkStatus();
}

// The names of the families: those that every store has, and known ones alone.
absl::StatusOr<std::set<std::string>> ReadFamilies(const RocksDbOptions& options) {
  std::vector<std::string> names;
  const rocksdb::Status status =
      rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), options.path, &names);
  if (!status.ok()) return FromRocksDb(status, kOpening);
  std::set<std::string> present(names.begin(), names.end());
  if (!present.contains(FamilyName(kMeta))) {
    return Corrupt(ToStd(absl::StrCat(
        options.path, " holds a RocksDB database without the part '", FamilyName(kMeta),
        "' that every Wirefold store has (is it another program's?)")));
  }
  if (absl::Status complete = CheckPresent(present, 1); !complete.ok()) return complete;
  for (const std::string& name : names) {
    if (std::ranges::find(kFamilyTable, name, &FamilyRow::name) == kFamilyTable.end()) {
      return Reject(Reason::kStoreTooNew,
                    absl::StrCat("the store has a part '", name,
                                 "' that this version does not know; use a newer wirefoldd"));
    }
  }
  return present;
}

absl::StatusOr<std::string> ReadMeta(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta,
                                     std::string_view key) {
  std::string value;
  const rocksdb::Status status = db.Get({}, meta, {key.data(), key.size()}, &value);
  if (status.IsNotFound()) {
    return Corrupt(ToStd(absl::StrCat("'", ToAbsl(key), "' is missing from its meta data")));
  }
  if (!status.ok()) return FromRocksDb(status, kOpening);
  return value;
}

// A number that must be at least 1 and at most `known`.
absl::StatusOr<uint64_t> CheckNumber(ReadOnlyStore& store, std::string_view key, uint64_t known) {
  const absl::StatusOr<std::string> value = ReadMeta(store.db(), store.meta(), key);
  if (!value.ok()) return value.status();
  if (value->size() != 8) {
    return Corrupt(ToStd(absl::StrCat("'", ToAbsl(key), "' in its meta data is no number")));
  }
  const uint64_t number = ReadBigEndian64(*value);
  if (number > known) {
    return Reject(Reason::kStoreTooNew,
                  absl::StrCat("the store's ", ToAbsl(key), " is ", number,
                               ", and this program knows ", known, "; use a newer wirefoldd"));
  }
  if (number == 0) return Corrupt(ToStd(absl::StrCat("its ", ToAbsl(key), " is 0")));
  return number;
}

absl::Status CheckKeyRules(ReadOnlyStore& store, const RocksDbOptions& options) {
  const absl::StatusOr<std::string> value = ReadMeta(store.db(), store.meta(), kKeyRulesKey);
  if (!value.ok()) return value.status();
  const absl::StatusOr<std::string_view> rules = Payload(*value, kKeyRulesKey);
  if (!rules.ok()) return rules.status();
  if (options.accept_other_rules || *rules == options.key_rules_fingerprint) {
    return absl::OkStatus();
  }
  if (rules->starts_with(kRekeyingPrefix)) {
    return Reject(Reason::kStoreRulesDiffer,
                  absl::StrCat("'wirefoldd rekey' was interrupted while it moved ", options.path,
                               " to other rules; run it again"));
  }
  return Reject(
      Reason::kStoreRulesDiffer,
      absl::StrCat("the store's keys were made under the rules '", ToAbsl(*rules),
                   "', and those in force are '", options.key_rules_fingerprint,
                   "'; start with the --url-rules that it was written with, or move it with "
                   "'wirefoldd rekey --data-dir ",
                   options.path, options.key_rules_flags, "' (--dry-run tells what changes)"));
}

// Someone may take *.log for logs that can be cleared away. RocksDB notices when one of several is
// missing that had been closed, and opens in silence when all are.
absl::Status CheckLog(ReadOnlyStore& store, const RocksDbOptions& options) {
  uint64_t oldest_needed = 0;
  store.db().GetIntProperty(rocksdb::DB::Properties::kMinLogNumberToKeep, &oldest_needed);
  const absl::StatusOr<std::vector<std::string>> logs = FilesEndingIn(options.path, ".log");
  if (!logs.ok()) return logs.status();
  const bool found = std::ranges::any_of(*logs, [&](const std::string& name) {
    uint64_t number = 0;
    return absl::SimpleAtoi(name.substr(0, name.find('.')), &number) && number >= oldest_needed;
  });
  return found ? absl::OkStatus() : Corrupt("its write-ahead logs (*.log) are missing");
}

// Tables that the manifest does not name are left behind by a crash and hold nothing that is not
// elsewhere too, unless the manifest lost its end: then such a table knows of commits that the
// store doesn't. RocksDB would delete it and open without them.
absl::Status CheckLeftovers(ReadOnlyStore& store, const RocksDbOptions& options,
                            uint64_t known_commits) {
  std::vector<rocksdb::LiveFileMetaData> live;
  store.db().GetLiveFilesMetaData(&live);
  std::set<std::string> live_files;
  for (const rocksdb::LiveFileMetaData& file : live) live_files.insert(file.relative_filename);
  const absl::StatusOr<std::vector<std::string>> files = FilesEndingIn(options.path, ".sst");
  if (!files.ok()) return files.status();
  for (const std::string& file : *files) {
    if (live_files.contains(file)) continue;
    rocksdb::SstFileReader reader{rocksdb::Options()};
    // One that can't be read was not finished when the process ended, so nothing rests on it.
    if (!reader.Open(absl::StrCat(options.path, "/", file)).ok()) continue;
    if (reader.GetTableProperties()->column_family_name != FamilyName(kMeta)) continue;
    const std::unique_ptr<rocksdb::Iterator> entry(reader.NewIterator({}));
    const rocksdb::Slice key(kCountsKey.data(), kCountsKey.size());
    entry->Seek(key);
    if (!entry->Valid() || entry->key() != key) continue;
    const absl::StatusOr<StoredCounts> counts = DecodeCounts(entry->value().ToStringView());
    if (counts.ok() && counts->counts.commits > known_commits) {
      return Corrupt(ToStd(absl::StrCat("its manifest ends at commit ", known_commits, " and ",
                                        file, " knows commit ", counts->counts.commits)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StoredCounts> ReadCounts(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta) {
  const absl::StatusOr<std::string> value = ReadMeta(db, meta, kCountsKey);
  if (!value.ok()) return value.status();
  return DecodeCounts(*value);
}

absl::StatusOr<uint64_t> CheckStore(const RocksDbOptions& options) {
  const absl::StatusOr<std::set<std::string>> families = ReadFamilies(options);
  if (!families.ok()) return families.status();
  absl::StatusOr<std::unique_ptr<ReadOnlyStore>> opened = ReadOnlyStore::Open(options, *families);
  if (!opened.ok()) return opened.status();
  ReadOnlyStore& store = **opened;
  if (absl::Status status = CheckLog(store, options); !status.ok()) return status;
  const absl::StatusOr<uint64_t> format = CheckNumber(store, kFormatKey, kStoreFormat);
  if (!format.ok()) return format.status();
  if (absl::Status status = CheckPresent(*families, *format); !status.ok()) return status;
  if (const auto sketches = CheckNumber(store, kSketchVersionKey, kSketchVersion); !sketches.ok()) {
    return sketches.status();
  }
  if (*format >= kScriptTableFormat) {
    const absl::StatusOr<std::string> table = ReadMeta(store.db(), store.meta(), kScriptTableKey);
    if (!table.ok()) return table.status();
    const absl::StatusOr<std::string_view> bytes = Payload(*table, kScriptTableKey);
    if (!bytes.ok()) return bytes.status();
    if (const auto made = ScriptTable::Make(*bytes); !made.ok()) return made.status();
  }
  if (absl::Status status = CheckRecordDictionaries(store.db(), store.meta(), store.articles());
      !status.ok()) {
    return status;
  }
  const absl::StatusOr<StoredCounts> counts = ReadCounts(store.db(), store.meta());
  if (!counts.ok()) return counts.status();
  if (absl::Status status = CheckLeftovers(store, options, counts->counts.commits); !status.ok()) {
    return status;
  }
  uint64_t table_bytes = 0;
  store.db().GetAggregatedIntProperty(rocksdb::DB::Properties::kLiveSstFilesSize, &table_bytes);
  if (table_bytes <= options.verify_bytes_at_open) {
    const rocksdb::Status status = store.db().VerifyChecksum();
    if (!status.ok()) return FromRocksDb(status, kOpening);
  }
  if (absl::Status status = CheckKeyRules(store, options); !status.ok()) return status;
  return *format;
}

}  // namespace wirefold
