#include "lib/store/dictionary_table.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/store/keys.h"
#include "lib/store/records.h"
#include "lib/store/rocksdb_status.h"
#include "rocksdb/write_batch.h"

namespace wirefold {

void DictionaryTable::Attach(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta, bool sync) {
  db_ = &db;
  meta_ = meta;
  sync_ = sync;
}

absl::StatusOr<DictionaryTable::Dictionary> DictionaryTable::Read(uint32_t number) const {
  {
    const std::shared_lock guard(mutex_);
    if (const auto found = read_.find(number); found != read_.end()) return found->second;
  }
  std::string value;
  const rocksdb::Status status = db_->Get({}, meta_, DictionaryKey(kind_.prefix, number), &value);
  if (status.IsNotFound()) {
    return Reject(Reason::kStoreCorrupt,
                  absl::StrCat("the store is damaged: ", ToAbsl(kind_.what),
                               " were compressed with dictionary ", number,
                               ", which is missing; restore it from a backup"));
  }
  if (!status.ok()) return FromRocksDb(status, "reading a dictionary");
  const absl::StatusOr<std::string_view> bytes = Payload(value, kind_.prefix);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<Dictionary> made = ZstdDictionary::Make(number, std::string(*bytes), kind_.level);
  if (!made.ok()) return made;
  const std::unique_lock guard(mutex_);
  return read_.try_emplace(number, *std::move(made)).first->second;
}

absl::StatusOr<std::vector<uint32_t>> DictionaryTable::Numbers() const {
  const std::string end = PrefixEnd(kind_.prefix);
  const rocksdb::Slice bound(end);
  rocksdb::ReadOptions read;
  read.iterate_upper_bound = &bound;
  std::vector<uint32_t> numbers;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read, meta_));
  for (it->Seek({kind_.prefix.data(), kind_.prefix.size()}); it->Valid(); it->Next()) {
    const std::string_view number = it->key().ToStringView().substr(kind_.prefix.size());
    // 0 stands for none.
    if (number.size() != 8 || ReadBigEndian64(number) == 0 ||
        ReadBigEndian64(number) > kMaxDictionaryNumber) {
      return Reject(Reason::kStoreCorrupt, "a key in the store's meta data is damaged");
    }
    numbers.push_back(static_cast<uint32_t>(ReadBigEndian64(number)));
  }
  if (!it->status().ok()) return FromRocksDb(it->status(), "reading the dictionaries");
  return numbers;
}

absl::StatusOr<DictionaryTable::Dictionary> DictionaryTable::Newest() const {
  const absl::StatusOr<std::vector<uint32_t>> numbers = Numbers();
  if (!numbers.ok()) return numbers.status();
  if (numbers->empty()) return nullptr;
  return Read(numbers->back());
}

absl::StatusOr<uint64_t> DictionaryTable::EventOf(uint32_t number) const {
  if (kind_.event_prefix.empty()) return 0;
  std::string value;
  const rocksdb::Status status =
      db_->Get({}, meta_, DictionaryKey(kind_.event_prefix, number), &value);
  if (status.IsNotFound()) return 0;
  if (!status.ok()) return FromRocksDb(status, "reading a dictionary's age");
  if (value.size() != 8) {
    return Reject(Reason::kStoreCorrupt, "a value in the store's meta data is damaged");
  }
  return ReadBigEndian64(value);
}

absl::StatusOr<uint32_t> DictionaryTable::NextNumber() const {
  const absl::StatusOr<std::vector<uint32_t>> numbers = Numbers();
  if (!numbers.ok()) return numbers.status();
  const std::shared_lock guard(mutex_);
  return std::max(last_number_, numbers->empty() ? 0 : numbers->back()) + 1;
}

absl::StatusOr<DictionaryTable::Dictionary> DictionaryTable::Add(std::string bytes,
                                                                 uint64_t event) {
  const std::lock_guard changing(changing_);
  const absl::StatusOr<std::vector<uint32_t>> numbers = Numbers();
  if (!numbers.ok()) return numbers.status();
  const absl::StatusOr<uint32_t> number = NextNumber();
  if (!number.ok()) return number.status();
  if (numbers->size() >= kMaxDictionaries || *number > kMaxDictionaryNumber) {
    return absl::FailedPreconditionError(absl::StrCat("the store has ", kMaxDictionaries,
                                                      " dictionaries of ", ToAbsl(kind_.what),
                                                      " already, or no number for one more"));
  }
  rocksdb::WriteBatch batch;
  batch.Put(meta_, DictionaryKey(kind_.prefix, *number),
            std::string(1, static_cast<char>(kValueVersion)) + bytes);
  if (!kind_.event_prefix.empty()) {
    std::string value;
    AppendBigEndian64(event, value);
    batch.Put(meta_, DictionaryKey(kind_.event_prefix, *number), value);
  }
  absl::StatusOr<Dictionary> made = ZstdDictionary::Make(*number, std::move(bytes), kind_.level);
  if (!made.ok()) return made;
  rocksdb::WriteOptions write;
  write.sync = sync_;
  const rocksdb::Status status = db_->Write(write, &batch);
  if (!status.ok()) {
    return Reject(Reason::kStoreFailed, absl::StrCat("storing a dictionary of ", ToAbsl(kind_.what),
                                                     ": ", status.ToString()));
  }
  const std::unique_lock guard(mutex_);
  read_[*number] = *made;
  last_number_ = *number;
  return made;
}

absl::Status DictionaryTable::Remove(const std::vector<uint32_t>& numbers) {
  const std::lock_guard changing(changing_);
  rocksdb::WriteBatch batch;
  for (const uint32_t number : numbers) {
    if (const absl::StatusOr<Dictionary> read = Read(number); !read.ok()) return read.status();
    batch.Delete(meta_, DictionaryKey(kind_.prefix, number));
    if (!kind_.event_prefix.empty()) {
      batch.Delete(meta_, DictionaryKey(kind_.event_prefix, number));
    }
  }
  if (!numbers.empty()) {
    const rocksdb::Status status = db_->Write({}, &batch);
    if (!status.ok()) return FromRocksDb(status, "removing dictionaries");
  }
  const std::unique_lock guard(mutex_);
  removed_.insert(removed_.end(), numbers.begin(), numbers.end());
  for (const uint32_t number : numbers) last_number_ = std::max(last_number_, number);
  return absl::OkStatus();
}

void DictionaryTable::ForgetRemoved() {
  const std::unique_lock guard(mutex_);
  for (const uint32_t number : removed_) read_.erase(number);
  removed_.clear();
}

}  // namespace wirefold
