// What is learnt from the stream: checkpoints of it, and the files to learn again behind one.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/store/rocksdb_status.h"
#include "lib/store/rocksdb_store.h"
#include "rocksdb/snapshot.h"

namespace wirefold {
namespace {

constexpr size_t kPieceBytes = size_t{1} << 20;
constexpr size_t kEventReadaheadBytes = size_t{1} << 20;

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

absl::Status RocksDbStore::WriteCheckpoint(std::string_view name, const Checkpoint& checkpoint) {
  if (failed_.load()) return Reject(Reason::kStoreFailed, "the store failed earlier");
  rocksdb::ColumnFamilyHandle* const family = handles_[kCheckpoints];
  const auto writing = [](const rocksdb::Status& status) {
    return FromRocksDb(status, "writing a checkpoint");
  };
  // Not through the log, which would double what is written: the pieces are flushed as a table
  // before anything points to them.
  rocksdb::WriteOptions unlogged;
  unlogged.disableWAL = true;
  CheckpointHead head{checkpoint.next_event, 0, checkpoint.bytes.size()};
  for (size_t at = 0; at < checkpoint.bytes.size(); at += kPieceBytes) {
    const std::string_view piece = std::string_view(checkpoint.bytes).substr(at, kPieceBytes);
    const rocksdb::Status status =
        db_->Put(unlogged, family, CheckpointPieceKey(name, checkpoint.next_event, head.pieces++),
                 ToSlice(piece));
    if (!status.ok()) return writing(status);
  }
  if (head.pieces > 0) {
    const rocksdb::Status status = db_->Flush(rocksdb::FlushOptions(), family);
    if (!status.ok()) return writing(status);
  }
  rocksdb::WriteOptions synced;
  synced.sync = options_.sync;
  const rocksdb::Status pointed =
      db_->Put(synced, handles_[kMeta], CheckpointKey(name), EncodeCheckpointHead(head));
  if (!pointed.ok()) return writing(pointed);
  // What went before goes. Left over by a crash, it goes the next time.
  const std::string first = CheckpointPieceKey(name, 0, 0);
  const std::string current = CheckpointPieceKey(name, checkpoint.next_event, 0);
  return writing(db_->DeleteRange(unlogged, family, first, current));
}

absl::StatusOr<std::optional<Checkpoint>> RocksDbStore::ReadCheckpoint(
    std::string_view name) const {
  const auto value = Get({}, kMeta, CheckpointKey(name));
  if (!value.ok()) return value.status();
  if (!value->has_value()) return std::nullopt;
  const absl::StatusOr<CheckpointHead> head = DecodeCheckpointHead((*value)->ToStringView());
  if (!head.ok()) return head.status();
  std::optional<Checkpoint> checkpoint(Checkpoint{head->next_event, {}});
  rocksdb::ReadOptions read;
  read.fill_cache = false;
  for (uint32_t piece = 0; piece < head->pieces; ++piece) {
    const auto bytes = Get(read, kCheckpoints, CheckpointPieceKey(name, head->next_event, piece));
    if (!bytes.ok()) return bytes.status();
    if (!bytes->has_value()) break;
    checkpoint->bytes.append((*bytes)->data(), (*bytes)->size());
  }
  if (checkpoint->bytes.size() != head->bytes) {
    return Reject(Reason::kStoreCorrupt,
                  absl::StrCat("the checkpoint '", std::string(name), "' is damaged"));
  }
  return checkpoint;
}

absl::StatusOr<std::optional<std::string>> RocksDbStore::ReadRecordOf(
    const rocksdb::ReadOptions& read, const Event& event) const {
  RecordReader reader = Reader(read);
  absl::StatusOr<NewestText> newest = reader.Newest(event.id);
  if (!newest.ok()) {
    if (ReasonOf(newest.status()) == Reason::kNotFound) return std::nullopt;
    return newest.status();
  }
  std::string record = std::move(newest->record);
  if (!event.text_hash.has_value()) return record;
  const std::string hash = event.text_hash->ToBytes();
  const absl::StatusOr<RecordFields> fields = PeekRecord(record);
  if (!fields.ok()) return fields.status();
  if (fields->text_hash == hash) return record;
  // It is the newest no more.
  rocksdb::ReadOptions scan = read;
  scan.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(scan, handles_[kRevisions]));
  for (it->Seek(event.id.ToBytes()); it->Valid(); it->Next()) {
    if (!it->key().ToStringView().ends_with(hash)) continue;
    absl::StatusOr<std::string> whole = reader.Whole(it->value().ToString(), event.id);
    if (!whole.ok()) return whole.status();
    return *std::move(whole);
  }
  if (!it->status().ok()) return FromRocksDb(it->status(), "reading an older text");
  return std::nullopt;
}

absl::Status RocksDbStore::ScanLearnt(uint64_t first,
                                      const std::function<bool(const LearntFile&)>& visit) const {
  rocksdb::ManagedSnapshot snapshot(db_.get());
  rocksdb::ReadOptions read;
  read.snapshot = snapshot.snapshot();
  read.fill_cache = false;
  rocksdb::ReadOptions scan = read;
  scan.readahead_size = kEventReadaheadBytes;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(scan, handles_[kEvents]));
  for (it->Seek(EventKey(first)); it->Valid(); it->Next()) {
    if (it->key().size() != 8) return Reject(Reason::kStoreCorrupt, "a key in 'events' is damaged");
    absl::StatusOr<Event> event = DecodeEvent(it->value().ToStringView());
    if (!event.ok()) return event.status();
    // Format 1 did not say; a unique article is learnt from as far as its newest text goes.
    if (!event->text_hash.has_value() && event->kind == Mutation::Kind::kNew) {
      event->learning = Learning::kFull;
    }
    if (event->learning == Learning::kNone) continue;
    const absl::StatusOr<std::optional<std::string>> record = ReadRecordOf(read, *event);
    if (!record.ok()) return record.status();
    if (!record->has_value()) continue;
    const absl::StatusOr<RecordFields> fields = PeekRecord(**record);
    if (!fields.ok()) return fields.status();
    LearntFile file;
    file.event = ReadBigEndian64(it->key().ToStringView());
    file.learning = event->learning;
    file.at_ms = LearntAtMs(event->id, fields->ingested_at_ms);
    file.ingested_at_ms = fields->ingested_at_ms;
    file.registrable_domain = fields->registrable_domain;
    file.host = fields->host;
    file.source = fields->source;
    file.text = fields->text;
    if (!visit(file)) return absl::OkStatus();
  }
  return FromRocksDb(it->status(), "reading the events");
}

}  // namespace wirefold
