// Reading articles and sketches by their IDs, and all sketches.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/store/no_wait_reads.h"
#include "lib/store/one_state.h"
#include "lib/store/rocksdb_status.h"
#include "lib/store/rocksdb_store.h"

namespace wirefold {
namespace {

constexpr size_t kSketchReadaheadBytes = size_t{2} << 20;

std::vector<std::string> KeysOf(std::span<const Ulid> ids) {
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const Ulid& id : ids) keys.push_back(id.ToBytes());
  return keys;
}

}  // namespace

absl::StatusOr<std::optional<rocksdb::PinnableSlice>> RocksDbStore::Get(
    const rocksdb::ReadOptions& read, Family family, const std::string& key) const {
  std::optional<rocksdb::PinnableSlice> value(std::in_place);
  const rocksdb::Status status = db_->Get(read, handles_[family], key, &*value);
  if (status.IsNotFound()) {
    value.reset();
  } else if (!status.ok()) {
    return FromRocksDb(status, ToStd(absl::StrCat("reading from '", FamilyName(family), "'")));
  } else if (family == kArticles) {
    if (absl::Status unpacked = UnpackInPlace(*value); !unpacked.ok()) return unpacked;
  }
  return value;
}

absl::Status RocksDbStore::UnpackInPlace(rocksdb::PinnableSlice& value) const {
  if (!IsPackedRecord(value.ToStringView())) return absl::OkStatus();
  absl::StatusOr<std::string> record = packing_->Unpack(value.ToStringView());
  if (!record.ok()) return record.status();
  value.Reset();
  *value.GetSelf() = *std::move(record);
  value.PinSelf();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> RocksDbStore::GetString(const rocksdb::ReadOptions& read,
                                                                   Family family,
                                                                   const std::string& key) const {
  const auto value = Get(read, family, key);
  if (!value.ok()) return value.status();
  if (!value->has_value()) return std::nullopt;
  return (*value)->ToString();
}

RecordReader RocksDbStore::Reader(const rocksdb::ReadOptions& read) const {
  return {
      [this, read](Family family, const std::string& key) { return GetString(read, family, key); },
      *script_table_, elected_};
}

absl::StatusOr<StoredRecord> RocksDbStore::ReadRecord(const rocksdb::ReadOptions& read,
                                                      const Ulid& id) const {
  StoredRecord article;
  article.id = id;
  RecordReader reader = Reader(read);
  absl::StatusOr<NewestText> newest = reader.Newest(id);
  if (!newest.ok()) {
    if (ReasonOf(newest.status()) == Reason::kNotFound && has_tombstones_.load()) {
      const auto tombstone = Get(read, kTombstones, RemovedIdKey(id));
      if (!tombstone.ok()) return tombstone.status();
      if (tombstone->has_value()) {
        return Reject(Reason::kNotFound,
                      absl::StrCat("the article ", id.ToString(), " was deleted"));
      }
    }
    return newest.status();
  }
  article.story_id = newest->story_id;
  article.match = newest->match;
  if (newest->is_representative) {
    article.representative_id = id;
  } else {
    const absl::StatusOr<Ulid> representative = reader.Representative(newest->story_id);
    if (!representative.ok()) return representative.status();
    article.representative_id = *representative;
  }
  article.record = std::move(newest->record);
  const absl::StatusOr<uint32_t> revisions = CountRevisions(*RevisionKeys(read), id);
  if (!revisions.ok()) return revisions.status();
  article.revision_count = *revisions;
  return article;
}

absl::StatusOr<StoredArticle> RocksDbStore::ReadArticle(const rocksdb::ReadOptions& read,
                                                        const Ulid& id) const {
  const absl::StatusOr<StoredRecord> record = ReadRecord(read, id);
  if (!record.ok()) return record.status();
  return DecodeArticle(*record);
}

std::unique_ptr<rocksdb::Iterator> RocksDbStore::RevisionKeys(rocksdb::ReadOptions read) const {
  read.prefix_same_as_start = true;
  return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(read, handles_[kRevisions]));
}

absl::StatusOr<uint32_t> RocksDbStore::CountRevisions(rocksdb::Iterator& keys, const Ulid& id) {
  // Most articles have none, which the filters over IDs say; they are small.
  uint32_t count = 0;
  for (keys.Seek(id.ToBytes()); keys.Valid(); keys.Next()) {
    if (keys.key().size() != kRevisionKeyBytes) return DamagedKey(kRevisions);
    ++count;
  }
  if (!keys.status().ok()) return FromRocksDb(keys.status(), "counting older texts");
  return count;
}

RocksDbStore::FoundTogether RocksDbStore::GetTogether(const rocksdb::ReadOptions& read,
                                                      Family family,
                                                      const std::vector<std::string>& keys) const {
  FoundTogether found;
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  found.values.resize(keys.size());
  found.statuses.resize(keys.size());
  db_->MultiGet(read, handles_[family], slices.size(), slices.data(), found.values.data(),
                found.statuses.data());
  return found;
}

std::vector<absl::StatusOr<StoredRecord>> RocksDbStore::GetRecords(
    std::span<const Ulid> ids) const {
  return OfOneState(*db_, [&](const rocksdb::ReadOptions& read) { return ReadRecords(read, ids); });
}

std::vector<absl::StatusOr<StoredRecord>> RocksDbStore::ReadRecords(
    const rocksdb::ReadOptions& read, std::span<const Ulid> ids) const {
  std::vector<absl::StatusOr<StoredRecord>> articles;
  articles.reserve(ids.size());
  if (ids.size() == 1) {
    articles.push_back(ReadRecord(read, ids.front()));
    return articles;
  }
  // Unique articles, which most are, together; the others one by one.
  const std::vector<std::string> keys = KeysOf(ids);
  FoundTogether records = GetTogether(read, kArticles, keys);
  const std::unique_ptr<rocksdb::Iterator> revision_keys = RevisionKeys(read);
  for (size_t i = 0; i < ids.size(); ++i) {
    const bool is_unique = records.IsFound(i) && !elected_.MayHold(ids[i]);
    if (!is_unique) {
      articles.push_back(ReadRecord(read, ids[i]));
      continue;
    }
    absl::StatusOr<std::string> record = packing_->Unpack(records.values[i].ToStringView());
    records.values[i].Reset();  // so that it is not held twice
    const absl::StatusOr<uint32_t> revisions = CountRevisions(*revision_keys, ids[i]);
    if (!record.ok() || !revisions.ok()) {
      articles.emplace_back(record.ok() ? revisions.status() : record.status());
      continue;
    }
    StoredRecord article;
    article.id = article.story_id = article.representative_id = ids[i];
    article.record = *std::move(record);
    article.revision_count = *revisions;
    articles.emplace_back(std::move(article));
  }
  return articles;
}

std::optional<absl::StatusOr<StoredRecord>> RocksDbStore::TryGetRecord(const Ulid& id) const {
  const NoWaitReads no_wait;
  absl::StatusOr<StoredRecord> article =
      OfOneState(*db_, [&](const rocksdb::ReadOptions& read) { return ReadRecord(read, id); });
  if (IsOnDisk(article.status())) return std::nullopt;
  return article;
}

absl::StatusOr<StoredArticle> RocksDbStore::GetByIdentity(const Hash128& identity) const {
  const auto value = Get({}, kUrls, identity.ToBytes());
  if (!value.ok()) return value.status();
  if (!value->has_value()) return Reject(Reason::kNotFound, "there is no article of this URL");
  const absl::StatusOr<UrlState> state = DecodeUrlState((*value)->ToStringView());
  if (!state.ok()) return state.status();
  return GetArticle(state->id);
}

absl::StatusOr<std::vector<std::optional<Store::ComparisonText>>> RocksDbStore::GetComparisonTexts(
    std::span<const Ulid> ids) const {
  const std::vector<std::string> keys = KeysOf(ids);
  FoundTogether records = GetTogether({}, kArticles, keys);
  std::vector<std::optional<ComparisonText>> texts(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!records.IsFound(i) && !records.IsMissing(i)) {
      return FromRocksDb(records.statuses[i], "reading articles to compare");
    }
    if (records.IsFound(i)) {
      if (absl::Status status = UnpackInPlace(records.values[i]); !status.ok()) return status;
    }
    std::string_view record = records.values[i].ToStringView();
    NewestText variant;
    if (records.IsMissing(i)) {
      // What it is stored against may be stored anew meanwhile.
      absl::StatusOr<NewestText> newest = OfOneState(
          *db_, [&](const rocksdb::ReadOptions& read) { return Reader(read).Newest(ids[i]); });
      if (ReasonOf(newest.status()) == Reason::kNotFound) continue;
      if (!newest.ok()) return newest.status();
      variant = *std::move(newest);
      record = variant.record;
    }
    const absl::StatusOr<RecordFields> fields = PeekRecord(record);
    if (!fields.ok()) return fields.status();
    texts[i] = {std::string(fields->title),  std::string(fields->text),
                std::string(fields->host),   std::string(fields->registrable_domain),
                std::string(fields->source), std::string(fields->dateline),
                fields->observed_at_ms,      fields->published_at_ms,
                fields->has_published_at};
  }
  return texts;
}

absl::StatusOr<std::vector<std::optional<Sketch>>> RocksDbStore::GetSketches(
    std::span<const Ulid> ids) const {
  const std::vector<std::string> keys = KeysOf(ids);
  const FoundTogether found = GetTogether({}, kSketches, keys);
  std::vector<std::optional<Sketch>> sketches(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    if (found.IsMissing(i)) continue;
    if (!found.IsFound(i)) return FromRocksDb(found.statuses[i], "reading sketches");
    absl::StatusOr<Sketch> sketch = DecodeSketch(found.values[i].ToStringView());
    if (!sketch.ok()) return sketch.status();
    sketches[i] = *std::move(sketch);
  }
  return sketches;
}

absl::Status RocksDbStore::ScanSketches(
    const std::function<bool(const Ulid&, const Sketch&)>& visit, const TimeRange& range) const {
  rocksdb::ReadOptions read;
  read.fill_cache = false;
  read.readahead_size = kSketchReadaheadBytes;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read, handles_[kSketches]));
  for (it->Seek(Ulid::FirstAt(range.from_ms).ToBytes()); it->Valid(); it->Next()) {
    if (it->key().size() != Ulid::kBytes) return DamagedKey(kSketches);
    if (Ulid::FromBytes(it->key().ToStringView()).TimeMs() >= range.to_ms) break;
    const absl::StatusOr<Sketch> sketch = DecodeSketch(it->value().ToStringView());
    if (!sketch.ok()) return sketch.status();
    if (!visit(Ulid::FromBytes(it->key().ToStringView()), *sketch)) return absl::OkStatus();
  }
  return FromRocksDb(it->status(), "reading the sketches");
}

absl::Status RocksDbStore::ScanElected(
    const std::function<void(const ElectedStory&)>& visit) const {
  rocksdb::ReadOptions read;
  read.fill_cache = false;
  rocksdb::ReadOptions scan = read;
  scan.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read, handles_[kStories]));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (it->key().size() != Ulid::kBytes) return DamagedKey(kStories);
    const absl::StatusOr<Ulid> representative = DecodeStory(it->value().ToStringView());
    if (!representative.ok()) return representative.status();
    ElectedStory story{Ulid::FromBytes(it->key().ToStringView()), *representative};
    const std::unique_ptr<rocksdb::Iterator> copies(db_->NewIterator(scan, handles_[kSightings]));
    for (copies->Seek(it->key()); copies->Valid(); copies->Next()) {
      const std::optional<Ulid> id = CopyOfSightingKey(copies->key().ToStringView());
      if (!id.has_value()) return DamagedKey(kSightings);
      const auto sketch = Get(read, kSketches, id->ToBytes());
      if (!sketch.ok()) return sketch.status();
      if (sketch->has_value()) story.variants.push_back(*id);
    }
    if (!copies->status().ok()) return FromRocksDb(copies->status(), "reading the stories");
    visit(story);
  }
  return FromRocksDb(it->status(), "reading the stories");
}

}  // namespace wirefold
