// Writing, and the two reads of a decision.
#include "lib/store/rocksdb_store.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/store/rocksdb_status.h"

namespace wirefold {
namespace {

// Why a mutation can't be written as it is; nullptr if it can.
const char* Malformed(const Mutation& mutation) {
  const UrlState& url = mutation.url;
  if (mutation.id.IsZero() || mutation.story_id.IsZero()) return "no ID";
  if (mutation.record == nullptr) return "no record";
  if (url.id != mutation.id || url.story_id != mutation.story_id) return "another article's URL";
  if (std::ranges::find(url.text_hashes, url.newest_text_hash) == url.text_hashes.end()) {
    return "a URL whose newest text is not among its texts";
  }
  switch (mutation.kind) {
    case Mutation::Kind::kNew:
      return mutation.id == mutation.story_id ? nullptr : "a new article in another story";
    case Mutation::Kind::kDuplicate:
      return mutation.id != mutation.story_id ? nullptr : "a copy of itself";
    case Mutation::Kind::kRevision:
      return !mutation.becomes_newest || mutation.previous != nullptr ? nullptr
                                                                      : "no previous record";
  }
  return "an unknown kind";
}

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

absl::Status RocksDbStore::Add(const Mutation& mutation, rocksdb::WriteBatch& batch,
                               StoredCounts& counts) const {
  if (const char* fault = Malformed(mutation); fault != nullptr) {
    return Reject(Reason::kStoreFailed,
                  absl::StrCat("a commit holds a malformed change of ", mutation.id.ToString(),
                               " (", fault, "); this is a defect, please report it"));
  }
  const std::string id = mutation.id.ToBytes();
  rocksdb::Status status;
  const auto put = [&](Family family, const rocksdb::Slice& key, const rocksdb::Slice& value) {
    if (status.ok()) status = batch.Put(handles_[family], key, value);
  };
  const auto put_as_newest = [&] {
    if (mutation.id == mutation.story_id) {
      put(kArticles, id, *mutation.record);
      if (mutation.sketch.has_value()) put(kSketches, id, EncodeSketch(*mutation.sketch));
    } else {
      put(kSightings, SightingKey(mutation.story_id, mutation.id),
          EncodeSighting(*mutation.record, mutation.match));
    }
  };
  switch (mutation.kind) {
    case Mutation::Kind::kNew:
      put_as_newest();
      ++counts.counts.articles;
      break;
    case Mutation::Kind::kDuplicate:
      put_as_newest();
      put(kAliases, id, EncodeAlias(mutation.story_id));
      ++counts.counts.sightings;
      break;
    case Mutation::Kind::kRevision:
      if (mutation.becomes_newest) put_as_newest();
      put(kRevisions, RevisionKey(mutation.id, mutation.older_at_ms, mutation.older_text_hash),
          mutation.becomes_newest ? *mutation.previous : *mutation.record);
      ++counts.counts.revisions;
      break;
  }
  put(kUrls, mutation.identity.ToBytes(), EncodeUrlState(mutation.url));
  if (mutation.new_text.has_value()) {
    put(kTexts, mutation.new_text->ToBytes(), EncodeTextOwner({mutation.id, mutation.story_id}));
  }
  if (mutation.raw.value != nullptr) {
    const bool newest = mutation.kind != Mutation::Kind::kRevision || mutation.becomes_newest;
    put(kRaw,
        newest ? RevisionKey(mutation.id, mutation.url.newest_at_ms, mutation.url.newest_text_hash)
               : RevisionKey(mutation.id, mutation.older_at_ms, mutation.older_text_hash),
        *mutation.raw.value);
    ++counts.counts.raw_files;
    counts.counts.raw_bytes += mutation.raw.raw_bytes;
    counts.counts.raw_stored_bytes += mutation.raw.value->size();
  }
  put(kEvents, EventKey(counts.events++),
      EncodeEvent(
          {mutation.kind, mutation.id, mutation.story_id, mutation.text_hash, mutation.learning}));
  return FromRocksDb(status, "preparing a commit");
}

absl::Status RocksDbStore::Commit(std::span<const Mutation> mutations) {
  if (failed_.load()) {
    return Reject(Reason::kStoreFailed,
                  "an earlier commit failed, so nothing more is written; see the log for its cause "
                  "and restart wirefoldd");
  }
  if (mutations.empty()) return absl::OkStatus();
  StoredCounts counts;
  {
    const std::lock_guard guard(counts_mutex_);
    counts = counts_;
  }
  rocksdb::WriteBatch batch;
  absl::Status result;
  for (const Mutation& mutation : mutations) {
    result = Add(mutation, batch, counts);
    if (!result.ok()) break;
  }
  ++counts.counts.commits;
  if (result.ok()) {
    rocksdb::Status status = batch.Put(handles_[kMeta], ToSlice(kCountsKey), EncodeCounts(counts));
    if (status.ok() && options_.test_fail_commit && options_.test_fail_commit()) {
      status = rocksdb::Status::IOError("failed by a test");
    }
    rocksdb::WriteOptions write;
    write.sync = options_.sync;
    if (status.ok()) status = db_->Write(write, &batch);
    if (!status.ok()) {
      result = Reject(Reason::kStoreFailed,
                      absl::StrCat("a commit could not be written (", status.ToString(),
                                   "); nothing more is taken until the cause is gone and wirefoldd "
                                   "has been restarted"));
    }
  }
  if (!result.ok()) {
    failed_.store(true);
    return result;
  }
  const std::lock_guard guard(counts_mutex_);
  counts_ = counts;
  return absl::OkStatus();
}

absl::StatusOr<Store::Found> RocksDbStore::Lookup(const Hash128& identity,
                                                  const Hash128& text_hash) const {
  // The text first: a commit between the two reads then shows a URL whose text is missing, which is
  // seen before by its URL. The other way round a file would look like a copy of itself.
  const auto text = Get({}, kTexts, text_hash.ToBytes());
  if (!text.ok()) return text.status();
  const auto url = Get({}, kUrls, identity.ToBytes());
  if (!url.ok()) return url.status();
  Found found;
  if (text->has_value()) {
    const absl::StatusOr<TextOwner> owner = DecodeTextOwner((*text)->ToStringView());
    if (!owner.ok()) return owner.status();
    found.text = *owner;
  }
  if (url->has_value()) {
    absl::StatusOr<UrlState> state = DecodeUrlState((*url)->ToStringView());
    if (!state.ok()) return state.status();
    found.url = *std::move(state);
  }
  return found;
}

absl::StatusOr<bool> RocksDbStore::IsTaken(const Ulid& id) const {
  if (!rekeyed_) return false;
  for (const Family family : {kArticles, kAliases}) {
    const auto found = Get({}, family, id.ToBytes());
    if (!found.ok()) return found.status();
    if (found->has_value()) return true;
  }
  return false;
}

absl::StatusOr<NewestRecord> RocksDbStore::ReadNewest(const UrlState& state) const {
  NewestRecord newest;
  if (state.id != state.story_id) {
    absl::StatusOr<Sighting> sighting = ReadSighting({}, state.story_id, state.id);
    if (!sighting.ok()) return sighting.status();
    newest.record = std::make_shared<const std::string>(std::move(sighting->record));
    newest.match = sighting->match;
    return newest;
  }
  const auto record = Get({}, kArticles, state.id.ToBytes());
  if (!record.ok()) return record.status();
  if (!record->has_value()) {
    return Reject(Reason::kNotFound, absl::StrCat("there is no article ", state.id.ToString()));
  }
  newest.record = std::make_shared<const std::string>((*record)->ToString());
  return newest;
}

uint64_t RocksDbStore::NextEvent() const {
  const std::lock_guard guard(counts_mutex_);
  return counts_.events;
}

StoreCounts RocksDbStore::Counts() const {
  const std::lock_guard guard(counts_mutex_);
  return counts_.counts;
}

uint64_t RocksDbStore::DiskBytes() const {
  uint64_t bytes = 0;
  std::error_code error;
  std::filesystem::directory_iterator entries(options_.path, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    // A file may be gone before it is asked for its size.
    std::error_code gone;
    const uint64_t size = entries->file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

}  // namespace wirefold
