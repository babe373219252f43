// Writing, and the two reads of a decision.
#include "lib/store/rocksdb_store.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/store/one_state.h"
#include "lib/store/rocksdb_status.h"

namespace wirefold {
CommitGroup RocksDbStore::NewGroup() {
  CommitGroup::State state;
  {
    const std::lock_guard guard(counts_mutex_);
    state.counts = counts_;
  }
  state.has_tombstones = has_tombstones_.load();
  return {[this](Family family, const std::string& key) { return GetString({}, family, key); },
          [this](Family family, const std::string& prefix,
                 const std::string& except) -> absl::StatusOr<bool> {
            rocksdb::ReadOptions read;
            read.prefix_same_as_start = true;
            const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read, handles_[family]));
            it->Seek(prefix);
            if (it->Valid() && it->key() == except) it->Next();
            if (!it->status().ok()) return FromRocksDb(it->status(), "preparing a commit");
            return it->Valid();
          },
          handles_,
          *script_table_,
          packer_,
          elected_,
          state};
}

absl::Status RocksDbStore::WriteGroup(CommitGroup& group) {
  ++group.state().counts.counts.commits;
  group.Put(kMeta, std::string(kCountsKey), EncodeCounts(group.state().counts));
  rocksdb::Status status = group.status();
  if (status.ok() && options_.test_fail_commit && options_.test_fail_commit()) {
    status = rocksdb::Status::IOError("failed by a test");
  }
  rocksdb::WriteOptions write;
  write.sync = options_.sync;
  // Readers look for what the group brings as soon as it can be there.
  if (group.state().has_tombstones) has_tombstones_.store(true);
  if (status.ok()) status = db_->Write(write, &group.batch());
  if (!status.ok()) {
    return Reject(Reason::kStoreFailed,
                  absl::StrCat("a commit could not be written (", status.ToString(),
                               "); nothing more is taken until the cause is gone and wirefoldd "
                               "has been restarted"));
  }
  const std::lock_guard guard(counts_mutex_);
  counts_ = group.state().counts;
  return absl::OkStatus();
}

absl::Status RocksDbStore::CheckWritable() const {
  if (!failed_.load()) return absl::OkStatus();
  return Reject(Reason::kStoreFailed,
                "an earlier commit failed, so nothing more is written; see the log for its cause "
                "and restart wirefoldd");
}

absl::Status RocksDbStore::Commit(std::span<const Mutation> mutations) {
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  if (mutations.empty()) return absl::OkStatus();
  CommitGroup group = NewGroup();
  absl::Status status;
  for (const Mutation& mutation : mutations) {
    status = group.Add(mutation);
    if (!status.ok()) break;
  }
  if (status.ok()) status = WriteGroup(group);
  if (!status.ok()) {
    failed_.store(true);
    return status;
  }
  for (const Mutation& mutation : mutations) {
    if (mutation.kind == Mutation::Kind::kNew) {
      packing_->Sample(*mutation.record, group.state().counts.events);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Store::Found>> RocksDbStore::LookupAll(
    std::span<const Sought> sought) const {
  const auto get = [&](Family family, const auto& key_of) {
    std::vector<std::string> keys;
    keys.reserve(sought.size());
    for (const Sought& one : sought) keys.push_back(key_of(one));
    return GetTogether({}, family, keys);
  };
  const auto failure = [](const FoundTogether& found, size_t i, Family family) {
    return FromRocksDb(found.statuses[i],
                       ToStd(absl::StrCat("reading from '", FamilyName(family), "'")));
  };
  // The texts first: a commit between the two reads then shows a URL whose text is missing, which
  // is seen before by its URL. The other way round a file would look like a copy of itself.
  const FoundTogether texts =
      get(kTexts, [](const Sought& one) { return one.text_hash.ToBytes(); });
  const FoundTogether urls = get(kUrls, [](const Sought& one) { return one.identity.ToBytes(); });
  std::vector<Found> found(sought.size());
  for (size_t i = 0; i < sought.size(); ++i) {
    if (texts.IsFound(i)) {
      const absl::StatusOr<TextOwner> owner = DecodeTextOwner(texts.values[i].ToStringView());
      if (!owner.ok()) return owner.status();
      found[i].text = *owner;
    } else if (!texts.IsMissing(i)) {
      return failure(texts, i, kTexts);
    }
    if (urls.IsFound(i)) {
      absl::StatusOr<UrlState> state = DecodeUrlState(urls.values[i].ToStringView());
      if (!state.ok()) return state.status();
      found[i].url = *std::move(state);
    } else if (!urls.IsMissing(i)) {
      return failure(urls, i, kUrls);
    }
  }
  if (!has_tombstones_.load()) return found;
  for (const auto& key_of : {+[](const Sought& one) { return BlockedUrlKey(one.identity); },
                             +[](const Sought& one) { return BlockedTextKey(one.text_hash); }}) {
    const FoundTogether blocked = get(kTombstones, key_of);
    for (size_t i = 0; i < sought.size(); ++i) {
      if (!blocked.IsFound(i) && !blocked.IsMissing(i)) return failure(blocked, i, kTombstones);
      found[i].is_blocked = found[i].is_blocked || blocked.IsFound(i);
    }
  }
  return found;
}

absl::StatusOr<bool> RocksDbStore::IsTaken(const Ulid& id) const {
  const auto has = [&](Family family) -> absl::StatusOr<bool> {
    const auto found = Get({}, family, id.ToBytes());
    if (!found.ok()) return found.status();
    return found->has_value();
  };
  // A story keeps the name of its first article when that is gone.
  if (elected_.MayHold(id)) {
    const absl::StatusOr<bool> names_story = has(kStories);
    if (!names_story.ok() || *names_story) return names_story;
  }
  if (!rekeyed_) return false;
  const absl::StatusOr<bool> is_article = has(kArticles);
  if (!is_article.ok() || *is_article) return is_article;
  return has(kAliases);
}

absl::StatusOr<NewestRecord> RocksDbStore::ReadNewest(const UrlState& state) const {
  // What the text is stored against may be stored anew meanwhile.
  absl::StatusOr<NewestText> newest = OfOneState(
      *db_, [&](const rocksdb::ReadOptions& read) { return Reader(read).Newest(state.id); });
  if (!newest.ok()) return newest.status();
  if (newest->story_id != state.story_id) {
    return Reject(Reason::kNotFound, absl::StrCat("there is no article ", state.id.ToString(),
                                                  " in the story ", state.story_id.ToString()));
  }
  return NewestRecord{std::make_shared<const std::string>(std::move(newest->record)),
                      newest->match};
}

uint64_t RocksDbStore::NextEvent() const {
  const std::lock_guard guard(counts_mutex_);
  return counts_.events;
}

StoreCounts RocksDbStore::Counts() const {
  const std::lock_guard guard(counts_mutex_);
  return counts_.counts;
}

std::vector<PartSize> RocksDbStore::PartSizes() const {
  std::vector<PartSize> parts;
  for (size_t i = 0; i < kFamilies; ++i) {
    if (i == kDefaultFamily) continue;
    PartSize part;
    part.name = FamilyName(i);
    db_->GetIntProperty(handles_[i], rocksdb::DB::Properties::kEstimateNumKeys, &part.entries);
    db_->GetIntProperty(handles_[i], rocksdb::DB::Properties::kLiveSstFilesSize, &part.bytes);
    parts.push_back(std::move(part));
  }
  return parts;
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
