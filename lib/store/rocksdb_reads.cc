// Reading articles, copies, revisions and sketches.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/article/identity.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/store/rocksdb_status.h"
#include "lib/store/rocksdb_store.h"
#include "rocksdb/snapshot.h"

namespace wirefold {
namespace {

constexpr size_t kSketchReadaheadBytes = size_t{2} << 20;

absl::Status NoArticle(const Ulid& id) {
  return Reject(Reason::kNotFound, absl::StrCat("there is no article ", id.ToString()));
}

absl::Status DamagedKey(Family family) {
  return Reject(Reason::kStoreCorrupt,
                absl::StrCat("a key in the store's '", FamilyName(family), "' is damaged"));
}

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

absl::StatusOr<std::optional<rocksdb::PinnableSlice>> RocksDbStore::Get(
    const rocksdb::ReadOptions& read, Family family, const std::string& key) const {
  std::optional<rocksdb::PinnableSlice> value(std::in_place);
  const rocksdb::Status status = db_->Get(read, handles_[family], key, &*value);
  if (status.IsNotFound()) {
    value.reset();
  } else if (!status.ok()) {
    return FromRocksDb(status, ToStd(absl::StrCat("reading from '", FamilyName(family), "'")));
  }
  return value;
}

absl::StatusOr<Sighting> RocksDbStore::ReadSighting(const rocksdb::ReadOptions& read,
                                                    const Ulid& story_id,
                                                    const Ulid& copy_id) const {
  const auto value = Get(read, kSightings, SightingKey(story_id, copy_id));
  if (!value.ok()) return value.status();
  if (!value->has_value()) return NoArticle(copy_id);
  return DecodeSighting((*value)->ToStringView());
}

absl::StatusOr<StoredArticle> RocksDbStore::ReadArticle(const rocksdb::ReadOptions& read,
                                                        const Ulid& id) const {
  StoredArticle article;
  article.id = id;
  const auto record = Get(read, kArticles, id.ToBytes());
  if (!record.ok()) return record.status();
  absl::Status status;
  if (record->has_value()) {
    article.story_id = id;
    status = DecodeRecord((*record)->ToStringView(), article);
  } else {
    const auto alias = Get(read, kAliases, id.ToBytes());
    if (!alias.ok()) return alias.status();
    if (!alias->has_value()) return NoArticle(id);
    const absl::StatusOr<Ulid> story_id = DecodeAlias((*alias)->ToStringView());
    if (!story_id.ok()) return story_id.status();
    const absl::StatusOr<Sighting> sighting = ReadSighting(read, *story_id, id);
    if (!sighting.ok()) return sighting.status();
    article.story_id = *story_id;
    article.match = sighting->match;
    status = DecodeRecord(sighting->record, article);
  }
  if (!status.ok()) return status;
  article.representative_id = article.story_id;
  return article;
}

absl::Status RocksDbStore::CountRevisions(const rocksdb::ReadOptions& read,
                                          StoredArticle& article) const {
  article.revision_count = 0;
  if (article.article.url_key.empty()) return absl::OkStatus();
  const Hash128 identity = IdentityOfUrlKey(article.article.url_key);
  const auto value = Get(read, kUrls, identity.ToBytes());
  if (!value.ok()) return value.status();
  if (!value->has_value()) return absl::OkStatus();
  const absl::StatusOr<UrlState> state = DecodeUrlState((*value)->ToStringView());
  if (!state.ok()) return state.status();
  article.revision_count = static_cast<uint32_t>(state->text_hashes.size() - 1);
  return absl::OkStatus();
}

absl::StatusOr<StoredArticle> RocksDbStore::GetArticle(const Ulid& id) const {
  return std::move(GetArticles({&id, 1}).front());
}

std::vector<absl::StatusOr<StoredArticle>> RocksDbStore::GetArticles(
    std::span<const Ulid> ids) const {
  rocksdb::ManagedSnapshot snapshot(db_.get());
  rocksdb::ReadOptions read;
  read.snapshot = snapshot.snapshot();
  std::vector<absl::StatusOr<StoredArticle>> articles;
  articles.reserve(ids.size());
  for (const Ulid& id : ids) {
    absl::StatusOr<StoredArticle> article = ReadArticle(read, id);
    if (article.ok()) {
      if (absl::Status status = CountRevisions(read, *article); !status.ok()) article = status;
    }
    articles.push_back(std::move(article));
  }
  return articles;
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
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const Ulid& id : ids) keys.push_back(id.ToBytes());
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(ids.size());
  std::vector<rocksdb::Status> statuses(ids.size());
  db_->MultiGet({}, handles_[kArticles], slices.size(), slices.data(), values.data(),
                statuses.data());
  std::vector<std::optional<ComparisonText>> texts(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return FromRocksDb(statuses[i], "reading articles to compare");
    const absl::StatusOr<RecordFields> fields = PeekRecord(values[i].ToStringView());
    if (!fields.ok()) return fields.status();
    texts[i] = {std::string(fields->title), std::string(fields->text), std::string(fields->host),
                std::string(fields->registrable_domain), std::string(fields->source)};
  }
  return texts;
}

absl::StatusOr<ListPage> RocksDbStore::ListArticles(const ListQuery& query) const {
  rocksdb::ManagedSnapshot snapshot(db_.get());
  rocksdb::ReadOptions read;
  read.snapshot = snapshot.snapshot();
  const Range range = RangeOf(query);
  const rocksdb::Slice lower(range.lower);
  const rocksdb::Slice upper = range.upper.has_value() ? *range.upper : rocksdb::Slice();
  ListPage page;
  if (range.upper.has_value() && *range.upper <= range.lower) return page;
  rocksdb::ReadOptions scan = read;
  scan.iterate_lower_bound = &lower;
  if (range.upper.has_value()) scan.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(scan, handles_[kArticles]));

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
    scanned_bytes += it->value().size();
    const absl::StatusOr<RecordFields> fields = PeekRecord(it->value().ToStringView());
    if (!fields.ok()) return fields.status();
    if (!Selects(query, *fields)) continue;
    StoredArticle article;
    article.id = article.story_id = article.representative_id = last;
    if (absl::Status status = DecodeRecord(it->value().ToStringView(), article); !status.ok()) {
      return status;
    }
    if (absl::Status status = CountRevisions(read, article); !status.ok()) return status;
    page_bytes += it->value().size();
    page.articles.push_back(std::move(article));
  }
  if (!it->status().ok()) return FromRocksDb(it->status(), "listing articles");
  return page;
}

absl::StatusOr<SightingPage> RocksDbStore::ListSightings(const Ulid& story_id,
                                                         std::optional<Ulid> after,
                                                         size_t limit) const {
  rocksdb::ManagedSnapshot snapshot(db_.get());
  rocksdb::ReadOptions read;
  read.snapshot = snapshot.snapshot();
  rocksdb::ReadOptions scan = read;
  scan.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(scan, handles_[kSightings]));
  SightingPage page;
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
    const absl::StatusOr<Sighting> sighting = DecodeSighting(it->value().ToStringView());
    if (!sighting.ok()) return sighting.status();
    StoredArticle article;
    article.id = last = *copy_id;
    article.story_id = article.representative_id = story_id;
    article.match = sighting->match;
    if (absl::Status status = DecodeRecord(sighting->record, article); !status.ok()) return status;
    if (absl::Status status = CountRevisions(read, article); !status.ok()) return status;
    page_bytes += it->value().size();
    page.sightings.push_back(std::move(article));
  }
  if (!after.has_value()) {
    page.total = page.sightings.size();
    for (; it->Valid() && page.total < kMaxCountedSightings; it->Next()) ++page.total;
  }
  if (!it->status().ok()) return FromRocksDb(it->status(), "listing copies");
  return page;
}

absl::StatusOr<std::vector<StoredArticle>> RocksDbStore::ListRevisions(const Ulid& id) const {
  rocksdb::ManagedSnapshot snapshot(db_.get());
  rocksdb::ReadOptions read;
  read.snapshot = snapshot.snapshot();
  absl::StatusOr<StoredArticle> newest = ReadArticle(read, id);
  if (!newest.ok()) return newest.status();
  if (absl::Status status = CountRevisions(read, *newest); !status.ok()) return status;
  read.prefix_same_as_start = true;
  std::vector<StoredArticle> revisions;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read, handles_[kRevisions]));
  for (it->Seek(id.ToBytes()); it->Valid(); it->Next()) {
    if (it->key().size() != kRevisionKeyBytes) return DamagedKey(kRevisions);
    StoredArticle revision;
    revision.id = newest->id;
    revision.story_id = newest->story_id;
    revision.representative_id = newest->representative_id;
    revision.match = newest->match;
    revision.revision_count = newest->revision_count;
    if (absl::Status status = DecodeRecord(it->value().ToStringView(), revision); !status.ok()) {
      return status;
    }
    revisions.push_back(std::move(revision));
  }
  if (!it->status().ok()) return FromRocksDb(it->status(), "listing revisions");
  return revisions;
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

}  // namespace wirefold
