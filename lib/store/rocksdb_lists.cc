// Reading what is several: articles in order, the copies of a story, older texts.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/store/no_wait_reads.h"
#include "lib/store/one_state.h"
#include "lib/store/rocksdb_status.h"
#include "lib/store/rocksdb_store.h"
#include "rocksdb/snapshot.h"

namespace wirefold {
namespace {

bool LanguageMatches(std::string_view language, std::string_view wanted) {
  return language.starts_with(wanted) &&
         (language.size() == wanted.size() || language[wanted.size()] == '-');
}

bool Selects(const ListQuery& query, const RecordFields& fields) {
  return (query.host.empty() || query.host == fields.host ||
          query.host == fields.registrable_domain) &&
         (query.source.empty() || query.source == fields.source) &&
         (query.language.empty() || LanguageMatches(fields.language, query.language));
}

// A range of keys. The bounds are borrowed by the iterators that use them.
struct Range {
  std::string lower;                 // the first key
  std::optional<std::string> upper;  // behind the last one; unset: to the end
};

Range RangeOf(const ListQuery& query) {
  Range range;
  range.lower = Ulid::FirstAt(query.start_ms).ToBytes();
  if (query.end_ms <= kMaxTimeMs) range.upper = Ulid::FirstAt(query.end_ms).ToBytes();
  if (query.after.has_value()) {
    const std::string after = query.after->ToBytes();
    if (query.descending) {
      range.upper = range.upper.has_value() ? std::min(*range.upper, after) : after;
    } else {
      range.lower = std::max(range.lower, after + '\0');
    }
  }
  return range;
}

}  // namespace

absl::StatusOr<ListRecordPage> RocksDbStore::ListRecords(const ListQuery& query) const {
  rocksdb::ManagedSnapshot snapshot(db_.get());
  rocksdb::ReadOptions read;
  read.snapshot = snapshot.snapshot();
  const Range range = RangeOf(query);
  const rocksdb::Slice lower(range.lower);
  const rocksdb::Slice upper = range.upper.has_value() ? *range.upper : rocksdb::Slice();
  ListRecordPage page;
  if (range.upper.has_value() && *range.upper <= range.lower) return page;
  rocksdb::ReadOptions scan = read;
  scan.iterate_lower_bound = &lower;
  if (range.upper.has_value()) scan.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(scan, handles_[kArticles]));

  const std::unique_ptr<rocksdb::Iterator> revision_keys = RevisionKeys(read);
  const bool has_filters = !query.host.empty() || !query.source.empty() || !query.language.empty();
  const size_t limit = std::max<size_t>(query.limit, 1);
  size_t scanned = 0;
  size_t scanned_bytes = 0;
  size_t page_bytes = 0;
  Ulid last;
  query.descending ? it->SeekToLast() : it->SeekToFirst();
  for (; it->Valid(); query.descending ? it->Prev() : it->Next()) {
    if (page.articles.size() >= limit || page_bytes >= kMaxPageBytes ||
        scanned >= kMaxScannedRecords || scanned_bytes >= kMaxScannedBytes) {
      page.next_after = last;
      break;
    }
    if (it->key().size() != Ulid::kBytes) return DamagedKey(kArticles);
    last = Ulid::FromBytes(it->key().ToStringView());
    ++scanned;
    absl::StatusOr<std::string> record = packing_->Unpack(it->value().ToStringView());
    if (!record.ok()) return record.status();
    scanned_bytes += record->size();
    if (has_filters) {
      const absl::StatusOr<RecordFields> fields = PeekRecord(*record);
      if (!fields.ok()) return fields.status();
      if (!Selects(query, *fields)) continue;
    }
    StoredRecord article;
    article.id = article.story_id = article.representative_id = last;
    if (elected_.MayHold(last)) {
      const absl::StatusOr<Ulid> story_id = Reader(read).StoryOf(last);
      if (!story_id.ok()) return story_id.status();
      article.story_id = *story_id;
    }
    article.record = *std::move(record);
    const absl::StatusOr<uint32_t> revisions = CountRevisions(*revision_keys, last);
    if (!revisions.ok()) return revisions.status();
    article.revision_count = *revisions;
    page_bytes += article.record.size();
    page.articles.push_back(std::move(article));
  }
  if (!it->status().ok()) return FromRocksDb(it->status(), "listing articles");
  return page;
}

absl::StatusOr<SightingRecordPage> RocksDbStore::ListSightingRecords(const Ulid& story_id,
                                                                     std::optional<Ulid> after,
                                                                     size_t limit) const {
  rocksdb::ManagedSnapshot snapshot(db_.get());
  rocksdb::ReadOptions read;
  read.snapshot = snapshot.snapshot();
  return ReadSightings(read, story_id, after, limit, /*counts=*/true);
}

std::optional<absl::StatusOr<SightingRecordPage>> RocksDbStore::TryListSightingRecords(
    const Ulid& story_id, size_t limit) const {
  const NoWaitReads no_wait;
  absl::StatusOr<SightingRecordPage> page = OfOneState(*db_, [&](const rocksdb::ReadOptions& read) {
    return ReadSightings(read, story_id, std::nullopt, limit, /*counts=*/false);
  });
  if (IsOnDisk(page.status()) || (page.ok() && page->next_after.has_value())) return std::nullopt;
  return page;
}

absl::StatusOr<SightingRecordPage> RocksDbStore::ReadSightings(const rocksdb::ReadOptions& read,
                                                               const Ulid& story_id,
                                                               std::optional<Ulid> after,
                                                               size_t limit, bool counts) const {
  rocksdb::ReadOptions scan = read;
  scan.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(scan, handles_[kSightings]));
  RecordReader reader = Reader(read);
  const absl::StatusOr<Ulid> representative = reader.Representative(story_id);
  if (!representative.ok()) return representative.status();
  const std::unique_ptr<rocksdb::Iterator> revision_keys = RevisionKeys(read);
  SightingRecordPage page;
  page.representative_id = *representative;
  limit = std::max<size_t>(limit, 1);
  size_t page_bytes = 0;
  Ulid last;
  // The first key behind `after` is its own with a byte more.
  const std::string from =
      after.has_value() ? SightingKey(story_id, *after) + '\0' : SightingKey(story_id, Ulid());
  for (it->Seek(from); it->Valid(); it->Next()) {
    const std::optional<Ulid> copy_id = CopyOfSightingKey(it->key().ToStringView());
    if (!copy_id.has_value()) return DamagedKey(kSightings);
    if (page.sightings.size() >= limit || page_bytes >= kMaxPageBytes) {
      page.next_after = last;
      break;
    }
    absl::StatusOr<Sighting> sighting = DecodeSighting(it->value().ToStringView(), story_id);
    if (!sighting.ok()) return sighting.status();
    absl::StatusOr<std::string> record = reader.Whole(std::move(sighting->record), story_id);
    if (!record.ok()) return record.status();
    StoredRecord article;
    article.id = last = *copy_id;
    article.story_id = story_id;
    article.representative_id = *representative;
    article.match = sighting->match;
    article.record = *std::move(record);
    const absl::StatusOr<uint32_t> revisions = CountRevisions(*revision_keys, *copy_id);
    if (!revisions.ok()) return revisions.status();
    article.revision_count = *revisions;
    page_bytes += article.record.size();
    page.sightings.push_back(std::move(article));
  }
  if (!after.has_value()) {
    page.total = page.sightings.size();
    for (; counts && it->Valid() && page.total < kMaxCountedSightings; it->Next()) ++page.total;
  }
  if (!it->status().ok()) return FromRocksDb(it->status(), "listing copies");
  return page;
}

absl::StatusOr<StoredArticle> RocksDbStore::ReadOlder(RecordReader& reader,
                                                      const StoredArticle& newest,
                                                      std::string stored) const {
  absl::StatusOr<std::string> record = reader.Whole(std::move(stored), newest.id);
  if (!record.ok()) return record.status();
  return DecodeArticle({newest.id, newest.story_id, newest.representative_id, newest.match,
                        newest.revision_count, *std::move(record)});
}

absl::StatusOr<std::vector<StoredArticle>> RocksDbStore::ListRevisions(
    const Ulid& id, const std::optional<Hash128>& after, size_t limit) const {
  rocksdb::ManagedSnapshot snapshot(db_.get());
  rocksdb::ReadOptions read;
  read.snapshot = snapshot.snapshot();
  absl::StatusOr<StoredArticle> newest = ReadArticle(read, id);
  if (!newest.ok()) return newest.status();
  RecordReader reader = Reader(read);
  read.prefix_same_as_start = true;
  std::vector<StoredArticle> revisions;
  size_t bytes = 0;
  bool passed = !after.has_value();
  const std::string wanted = after.value_or(Hash128()).ToBytes();
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read, handles_[kRevisions]));
  for (it->Seek(id.ToBytes()); it->Valid(); it->Next()) {
    if (it->key().size() != kRevisionKeyBytes) return DamagedKey(kRevisions);
    if (!passed) {
      passed = it->key().ToStringView().ends_with(wanted);
      continue;
    }
    if (revisions.size() >= std::max<size_t>(limit, 1) || bytes >= kMaxPageBytes) break;
    absl::StatusOr<StoredArticle> older = ReadOlder(reader, *newest, it->value().ToString());
    if (!older.ok()) return older.status();
    bytes += older->article.text.size();
    revisions.push_back(*std::move(older));
  }
  if (!it->status().ok()) return FromRocksDb(it->status(), "listing revisions");
  return revisions;
}

absl::StatusOr<StoredArticle> RocksDbStore::GetText(const Ulid& id,
                                                    const Hash128& text_hash) const {
  rocksdb::ManagedSnapshot snapshot(db_.get());
  rocksdb::ReadOptions read;
  read.snapshot = snapshot.snapshot();
  absl::StatusOr<StoredArticle> newest = ReadArticle(read, id);
  if (!newest.ok()) return newest.status();
  if (newest->text_hash == text_hash) return newest;
  RecordReader reader = Reader(read);
  read.prefix_same_as_start = true;
  const std::string wanted = text_hash.ToBytes();
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read, handles_[kRevisions]));
  for (it->Seek(id.ToBytes()); it->Valid(); it->Next()) {
    if (!it->key().ToStringView().ends_with(wanted)) continue;
    return ReadOlder(reader, *newest, it->value().ToString());
  }
  if (!it->status().ok()) return FromRocksDb(it->status(), "reading an older text");
  return Reject(Reason::kNotFound,
                absl::StrCat("the article ", id.ToString(),
                             " never had the text with this hash; ListRevisions has those it had"));
}

}  // namespace wirefold
