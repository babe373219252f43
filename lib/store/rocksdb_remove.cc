// Deleting articles, storing anew what rested on them, and old sketches.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "lib/article/identity.h"
#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/store/rocksdb_status.h"
#include "lib/store/rocksdb_store.h"
#include "lib/text/matching.h"

namespace wirefold {
namespace {

constexpr size_t kHashBytes = 16;
// An ID ends with so many of its identity's first bytes.
constexpr size_t kIdentityBytesOfId = 10;
constexpr size_t kTimeBytesOfId = Ulid::kBytes - kIdentityBytesOfId;

Hash128 TextOfRevisionKey(std::string_view key) {
  return Hash128::FromBytes(key.substr(key.size() - kHashBytes));
}

absl::Status ReadingToDelete(const rocksdb::Status& status) {
  return FromRocksDb(status, "reading what is to be deleted");
}

}  // namespace

struct RocksDbStore::Leaving {
  Ulid id;
  bool is_representative = false;
  std::string record{};               // of the newest text, whole
  std::vector<Hash128> identities{};  // that lead to the article
  std::vector<Hash128> texts{};       // all of them
  std::vector<std::string> revision_keys{};
  std::vector<std::string> raw_keys{};
  uint64_t raw_bytes = 0;
  uint64_t raw_stored_bytes = 0;
  std::optional<BaseName> base{};
};

absl::StatusOr<bool> RocksDbStore::LeadsTo(const Hash128& identity, const Ulid& id) const {
  const auto value = Get({}, kUrls, identity.ToBytes());
  if (!value.ok()) return value.status();
  if (!value->has_value()) return false;
  const absl::StatusOr<UrlState> state = DecodeUrlState((*value)->ToStringView());
  if (!state.ok()) return state.status();
  return state->id == id;
}

absl::StatusOr<RocksDbStore::Leaving> RocksDbStore::ReadLeaving(const Ulid& story_id,
                                                                const Ulid& id) const {
  RecordReader reader = Reader({});
  absl::StatusOr<NewestText> newest = reader.Newest(id);
  if (!newest.ok()) return newest.status();
  if (newest->story_id != story_id) {
    return Reject(Reason::kNotFound, absl::StrCat("there is no article ", id.ToString(),
                                                  " in the story ", story_id.ToString()));
  }
  Leaving leaving{.id = id, .is_representative = newest->is_representative};
  leaving.record = std::move(newest->record);
  const absl::StatusOr<BaseName> name = NameOf(leaving.record);
  if (!name.ok()) return name.status();
  leaving.texts.push_back(name->text_hash);
  const absl::StatusOr<std::optional<BaseName>> base = reader.NamedBase(id);
  if (!base.ok()) return base.status();
  leaving.base = *base;
  if (!leaving.base.has_value() && (newest->is_representative || newest->is_stored_whole)) {
    leaving.base = *name;
  }

  std::vector<Hash128> identities;
  bool has_url = false;
  const auto add_identity = [&](const std::string& record) -> absl::Status {
    StoredArticle article;
    if (absl::Status status = DecodeRecord(record, article); !status.ok()) return status;
    const std::string& url_key = article.article.url_key;
    if (url_key.empty()) return absl::OkStatus();
    has_url = true;
    identities.push_back(IdentityOfUrlKey(url_key));
    return absl::OkStatus();
  };
  if (absl::Status status = add_identity(leaving.record); !status.ok()) return status;
  rocksdb::ReadOptions scan;
  scan.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> older(db_->NewIterator(scan, handles_[kRevisions]));
  for (older->Seek(id.ToBytes()); older->Valid(); older->Next()) {
    leaving.revision_keys.push_back(older->key().ToString());
    leaving.texts.push_back(TextOfRevisionKey(leaving.revision_keys.back()));
    const absl::StatusOr<std::string> record = reader.Whole(older->value().ToString(), id);
    if (!record.ok()) return record.status();
    if (absl::Status status = add_identity(*record); !status.ok()) return status;
  }
  if (!older->status().ok()) return ReadingToDelete(older->status());
  const std::unique_ptr<rocksdb::Iterator> raw(db_->NewIterator(scan, handles_[kRaw]));
  for (raw->Seek(id.ToBytes()); raw->Valid(); raw->Next()) {
    leaving.raw_keys.push_back(raw->key().ToString());
    leaving.raw_stored_bytes += raw->value().size();
    const absl::StatusOr<uint64_t> bytes = RawBytesOf(raw->value().ToStringView());
    if (!bytes.ok()) return bytes.status();
    leaving.raw_bytes += *bytes;
  }
  if (!raw->status().ok()) return ReadingToDelete(raw->status());
  if (!has_url) {
    // Known by its text, or if that is next to nothing by its bytes, of which the ID has the last
    // part alone.
    const absl::StatusOr<RecordFields> fields = PeekRecord(leaving.record);
    if (!fields.ok()) return fields.status();
    identities.push_back(IdentityOfText(ToMatching(fields->text).text));
    const absl::StatusOr<bool> leads = LeadsTo(identities.back(), id);
    if (!leads.ok()) return leads.status();
    if (!*leads) {
      rocksdb::ReadOptions all;
      all.total_order_seek = true;
      all.fill_cache = false;
      const std::string minted = id.ToBytes().substr(kTimeBytesOfId);
      const std::unique_ptr<rocksdb::Iterator> url(db_->NewIterator(all, handles_[kUrls]));
      for (url->SeekToFirst(); url->Valid(); url->Next()) {
        if (url->key().ToStringView().ends_with(minted)) {
          identities.push_back(Hash128::FromBytes(url->key().ToStringView()));
        }
      }
      if (!url->status().ok()) return ReadingToDelete(url->status());
    }
  }
  // Of these the ones that lead here.
  std::sort(identities.begin(), identities.end());
  identities.erase(std::unique(identities.begin(), identities.end()), identities.end());
  for (const Hash128& identity : identities) {
    const absl::StatusOr<bool> leads = LeadsTo(identity, id);
    if (!leads.ok()) return leads.status();
    if (*leads) leaving.identities.push_back(identity);
  }
  return leaving;
}

// Every text of the story's articles that stay.
absl::StatusOr<std::vector<std::pair<Ulid, Hash128>>> RocksDbStore::TextsStaying(
    const Removal& removal) const {
  std::vector<std::pair<Ulid, Hash128>> texts;
  RecordReader reader = Reader({});
  const absl::StatusOr<Ulid> representative = reader.Representative(removal.story_id);
  if (!representative.ok()) return representative.status();
  std::vector<Ulid> staying = {*representative};
  rocksdb::ReadOptions scan;
  scan.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> copies(db_->NewIterator(scan, handles_[kSightings]));
  for (copies->Seek(removal.story_id.ToBytes()); copies->Valid(); copies->Next()) {
    const std::optional<Ulid> id = CopyOfSightingKey(copies->key().ToStringView());
    if (id.has_value()) staying.push_back(*id);
  }
  if (!copies->status().ok()) return ReadingToDelete(copies->status());
  std::erase_if(staying, [&](const Ulid& id) {
    return std::ranges::find(removal.ids, id) != removal.ids.end();
  });
  for (const Ulid& id : staying) {
    const absl::StatusOr<NewestText> newest = reader.Newest(id);
    if (!newest.ok()) return newest.status();
    const absl::StatusOr<BaseName> name = NameOf(newest->record);
    if (!name.ok()) return name.status();
    texts.emplace_back(id, name->text_hash);
    const std::unique_ptr<rocksdb::Iterator> older(db_->NewIterator(scan, handles_[kRevisions]));
    for (older->Seek(id.ToBytes()); older->Valid(); older->Next()) {
      texts.emplace_back(id, TextOfRevisionKey(older->key().ToStringView()));
    }
    if (!older->status().ok()) return ReadingToDelete(older->status());
  }
  return texts;
}

absl::Status RocksDbStore::Take(const Removal& removal, const Leaving& leaving,
                                CommitGroup& group) const {
  const std::string id = leaving.id.ToBytes();
  const std::string tombstone = EncodeTombstone({removal.at_ms, leaving.id});
  StoreCounts& counts = group.state().counts.counts;
  // Behind an election its place is among the copies.
  if (leaving.is_representative && !removal.election.has_value()) {
    group.Delete(kArticles, id);
    group.Delete(kAliases, id);
    group.Delete(kStories, removal.story_id.ToBytes());
    --counts.articles;
  } else {
    group.Delete(kSightings, SightingKey(removal.story_id, leaving.id));
    group.Delete(kAliases, id);
    --counts.sightings;
  }
  group.Delete(kSketches, id);
  for (const std::string& key : leaving.revision_keys) group.Delete(kRevisions, key);
  counts.revisions -= leaving.revision_keys.size();
  for (const std::string& key : leaving.raw_keys) group.Delete(kRaw, key);
  counts.raw_files -= leaving.raw_keys.size();
  counts.raw_bytes -= leaving.raw_bytes;
  counts.raw_stored_bytes -= leaving.raw_stored_bytes;
  for (const Hash128& identity : leaving.identities) {
    group.Delete(kUrls, identity.ToBytes());
    if (removal.block) group.Put(kTombstones, BlockedUrlKey(identity), tombstone);
  }
  if (removal.block) {
    for (const Hash128& text : leaving.texts) {
      group.Put(kTombstones, BlockedTextKey(text), tombstone);
    }
  }
  group.Put(kTombstones, RemovedIdKey(leaving.id), tombstone);
  Event event;
  event.kind = Mutation::Kind::kRemoval;
  event.id = leaving.id;
  event.story_id = removal.story_id;
  group.Put(kEvents, EventKey(group.state().counts.events++), EncodeEvent(event));
  return absl::OkStatus();
}

absl::Status RocksDbStore::Remove(const Removal& removal) {
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  if (removal.ids.empty()) return Reject(Reason::kNotFound, "nothing is named to be deleted");
  std::vector<Leaving> all;
  bool takes_representative = false;
  for (const Ulid& id : removal.ids) {
    absl::StatusOr<Leaving> leaving = ReadLeaving(removal.story_id, id);
    if (!leaving.ok()) return leaving.status();
    takes_representative = takes_representative || leaving->is_representative;
    all.push_back(*std::move(leaving));
  }
  const absl::StatusOr<std::vector<std::pair<Ulid, Hash128>>> staying = TextsStaying(removal);
  if (!staying.ok()) return staying.status();
  if (takes_representative && !removal.election.has_value() && !staying->empty()) {
    return Reject(Reason::kStoreFailed,
                  absl::StrCat("the story ", removal.story_id.ToString(),
                               " would be without a representative; this is a defect, please "
                               "report it"));
  }
  absl::flat_hash_map<Hash128, Ulid> heirs;
  for (const auto& [id, text] : *staying) heirs.emplace(text, id);

  CommitGroup group = NewGroup();
  group.state().has_tombstones = true;
  absl::Status status;
  if (removal.election.has_value()) status = group.Elect(*removal.election);
  for (size_t i = 0; i < all.size() && status.ok(); ++i) {
    const Leaving& leaving = all[i];
    std::string base_record;
    const bool keeps_base = leaving.base.has_value() && !staying->empty();
    if (keeps_base) {
      absl::StatusOr<std::string> base = Reader({}).Base(leaving.id);
      if (!base.ok()) return base.status();
      base_record = *std::move(base);
    }
    status = Take(removal, leaving, group);
    if (keeps_base) {
      // Unseen, since the article is not there, until nothing rests on it any more.
      group.Put(kRevisions, RevisionKey(leaving.id, leaving.base->at_ms, leaving.base->text_hash),
                base_record);
      group.Put(kBases, leaving.id.ToBytes(), EncodeBaseName(*leaving.base));
      group.Put(kMeta, RebaseKey(leaving.id), EncodeAlias(removal.story_id));
    } else {
      group.Delete(kBases, leaving.id.ToBytes());
    }
    for (const Hash128& text : leaving.texts) {
      const auto value = Get({}, kTexts, text.ToBytes());
      if (!value.ok()) return value.status();
      if (!value->has_value()) continue;
      const absl::StatusOr<TextOwner> owner = DecodeTextOwner((*value)->ToStringView());
      if (!owner.ok()) return owner.status();
      if (owner->id != leaving.id) continue;
      const auto heir = heirs.find(text);
      if (heir == heirs.end()) {
        group.Delete(kTexts, text.ToBytes());
      } else {
        group.Put(kTexts, text.ToBytes(), EncodeTextOwner({heir->second, removal.story_id}));
      }
    }
  }
  // Dictionaries that are older than this may hold pieces of what goes.
  std::string event;
  AppendBigEndian64(group.state().counts.events, event);
  group.Put(kMeta, std::string(kLastRemovalKey), event);
  if (status.ok()) status = WriteGroup(group);
  if (!status.ok()) failed_.store(true);
  return status;
}

absl::Status RocksDbStore::RebaseStory(const Ulid& base_id, const Ulid& story_id, size_t batch) {
  RecordReader reader = Reader({});
  const absl::StatusOr<Ulid> representative = reader.Representative(story_id);
  if (!representative.ok()) return representative.status();
  std::optional<CommitGroup> group(NewGroup());
  size_t moved = 0;  // in the group
  // The record anew, or nullopt where it rests on something else.
  const auto rebased = [&](const std::string& stored,
                           const Ulid& implied) -> absl::StatusOr<std::optional<std::string>> {
    if (!IsDelta(stored)) return std::nullopt;
    const absl::StatusOr<Ulid> base = BaseOfDelta(stored, implied);
    if (!base.ok()) return base.status();
    if (*base != base_id) return std::nullopt;
    const absl::StatusOr<std::string> whole = reader.Whole(stored, implied);
    if (!whole.ok()) return whole.status();
    absl::StatusOr<std::string> packed = group->Pack(*whole, *representative, implied);
    if (!packed.ok()) return packed.status();
    return *std::move(packed);
  };
  const auto put = [&](Family family, const rocksdb::Slice& key, std::string value) {
    group->Put(family, key.ToString(), std::move(value));
    if (++moved < batch) return absl::OkStatus();
    moved = 0;
    absl::Status written = WriteGroup(*group);
    group.emplace(NewGroup());
    return written;
  };
  std::vector<Ulid> articles = {*representative};
  rocksdb::ReadOptions scan;
  scan.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> copies(db_->NewIterator(scan, handles_[kSightings]));
  for (copies->Seek(story_id.ToBytes()); copies->Valid(); copies->Next()) {
    const std::optional<Ulid> id = CopyOfSightingKey(copies->key().ToStringView());
    if (!id.has_value()) return Reject(Reason::kStoreCorrupt, "a key in 'sightings' is damaged");
    articles.push_back(*id);
    const absl::StatusOr<Sighting> sighting =
        DecodeSighting(copies->value().ToStringView(), story_id);
    if (!sighting.ok()) return sighting.status();
    const auto record = rebased(sighting->record, story_id);
    if (!record.ok()) return record.status();
    if (!record->has_value()) continue;
    absl::Status written =
        put(kSightings, copies->key(), EncodeSighting(**record, sighting->match, story_id));
    if (!written.ok()) return written;
  }
  if (!copies->status().ok()) return ReadingToDelete(copies->status());
  for (const Ulid& article : articles) {
    const std::unique_ptr<rocksdb::Iterator> older(db_->NewIterator(scan, handles_[kRevisions]));
    for (older->Seek(article.ToBytes()); older->Valid(); older->Next()) {
      auto record = rebased(older->value().ToString(), article);
      if (!record.ok()) return record.status();
      if (!record->has_value()) continue;
      absl::Status written = put(kRevisions, older->key(), **std::move(record));
      if (!written.ok()) return written;
    }
    if (!older->status().ok()) return ReadingToDelete(older->status());
  }
  const absl::StatusOr<std::optional<BaseName>> name = reader.NamedBase(base_id);
  if (!name.ok()) return name.status();
  if (name->has_value()) {
    group->Delete(kRevisions, RevisionKey(base_id, (*name)->at_ms, (*name)->text_hash));
  }
  group->Delete(kBases, base_id.ToBytes());
  group->Delete(kMeta, RebaseKey(base_id));
  return WriteGroup(*group);
}

absl::Status RocksDbStore::Rebase(size_t batch) {
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  for (;;) {
    const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}, handles_[kMeta]));
    it->Seek({kRebasePrefix.data(), kRebasePrefix.size()});
    if (!it->status().ok()) return ReadingToDelete(it->status());
    if (!it->Valid() || !it->key().ToStringView().starts_with(kRebasePrefix)) {
      return absl::OkStatus();
    }
    const std::string_view id = it->key().ToStringView().substr(kRebasePrefix.size());
    if (id.size() != Ulid::kBytes) {
      return Reject(Reason::kStoreCorrupt, "a key in the store's meta data is damaged");
    }
    const absl::StatusOr<Ulid> story_id = DecodeAlias(it->value().ToStringView());
    if (!story_id.ok()) return story_id.status();
    absl::Status status = RebaseStory(Ulid::FromBytes(id), *story_id, std::max<size_t>(batch, 1));
    if (!status.ok()) {
      failed_.store(true);
      return status;
    }
  }
}

absl::Status RocksDbStore::ForgetSketches(int64_t before_ms) {
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  if (before_ms <= 0) return absl::OkStatus();
  const std::string end = Ulid::FirstAt(before_ms).ToBytes();
  return FromRocksDb(db_->DeleteRange({}, handles_[kSketches], std::string(), end),
                     "deleting old sketches");
}

}  // namespace wirefold
