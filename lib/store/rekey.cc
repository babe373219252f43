#include "lib/store/rekey.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "lib/article/identity.h"
#include "lib/base/hash.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/store/keys.h"
#include "lib/store/records.h"
#include "lib/store/rocksdb_status.h"
#include "lib/store/rocksdb_store.h"
#include "lib/store/space_guard.h"

namespace wirefold {
namespace {

constexpr std::string_view kMoving = "moving the store to other rules";
// Records a write.
constexpr size_t kBatchRecords = 1024;
// `urls` entries that are held back to be merged with.
constexpr size_t kPendingUrls = 4096;
// What must stay free on the disk beside what is about to be written.
constexpr uint64_t kReserveBytes = uint64_t{64} << 20;
// The new `urls` beside the old ones, and once more while they are compacted.
constexpr uint64_t kUrlsGrowth = 3;

// Where a new entry of `urls` waits, right behind the old one's key, until all of them are there.
constexpr char kNewSuffix = '\x01';
constexpr size_t kUrlKeyBytes = 16;

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

class StoreRekeyer {
 public:
  StoreRekeyer(RocksDbStore& store, const RocksDbOptions& options, const UrlRules& rules,
               bool dry_run)
      : db_(*store.db_),
        handles_(store.handles_),
        rules_(rules),
        dry_run_(dry_run),
        fail_(options.test_fail_rekey),
        disk_(options.path),
        reserve_(disk_, {kReserveBytes, 0}) {
    report_.to = options.key_rules_fingerprint;
  }

  absl::StatusOr<RekeyReport> Run() {
    const std::vector<std::function<absl::Status()>> steps = {
        [this] { return ReadOldRules(); }, [this] { return CheckRoom(); },
        [this] { return MarkBegun(); },    [this] { return RemoveLeftovers(); },
        [this] { return MoveArticles(); }, [this] { return MoveCopies(); },
        [this] { return FlushUrls(); },    [this] { return KeepEntriesWithoutUrl(); },
        [this] { return ReplaceUrls(); },  [this] { return MarkEnded(); },
    };
    for (const auto& step : steps) {
      if (absl::Status status = step(); !status.ok()) return status;
    }
    return report_;
  }

 private:
  using Visit = std::function<absl::Status(const rocksdb::Slice& key, const rocksdb::Slice& value)>;

  // Calls `visit` for every entry of a family, as it was at the start.
  absl::Status ForEach(Family family, const Visit& visit) {
    rocksdb::ReadOptions read;
    read.total_order_seek = true;
    read.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> it(db_.NewIterator(read, handles_[family]));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      if (absl::Status status = visit(it->key(), it->value()); !status.ok()) return status;
    }
    return FromRocksDb(it->status(), kMoving);
  }

  absl::Status ReadOldRules() {
    std::string value;
    const rocksdb::Status status = db_.Get({}, handles_[kMeta], ToSlice(kKeyRulesKey), &value);
    if (!status.ok()) return FromRocksDb(status, kMoving);
    const absl::StatusOr<std::string_view> rules = Payload(value, kKeyRulesKey);
    if (!rules.ok()) return rules.status();
    report_.from = *rules;
    return absl::OkStatus();
  }

  absl::Status CheckRoom() {
    if (dry_run_) return absl::OkStatus();
    uint64_t urls_bytes = 0;
    db_.GetIntProperty(handles_[kUrls], rocksdb::DB::Properties::kLiveSstFilesSize, &urls_bytes);
    return reserve_.Check(urls_bytes * kUrlsGrowth);
  }

  absl::Status WriteRules(std::string_view rules) {
    if (dry_run_) return absl::OkStatus();
    rocksdb::WriteOptions write;
    write.sync = true;
    const std::string value = std::string(1, static_cast<char>(kValueVersion)).append(rules);
    return FromRocksDb(db_.Put(write, handles_[kMeta], ToSlice(kKeyRulesKey), value), kMoving);
  }

  // No program opens the store under such rules.
  absl::Status MarkBegun() { return WriteRules(std::string(kRekeyingPrefix) + report_.to); }
  absl::Status MarkEnded() {
    if (!dry_run_) {
      const rocksdb::Status status = db_.CompactRange({}, handles_[kUrls], nullptr, nullptr);
      if (!status.ok()) return FromRocksDb(status, kMoving);
    }
    return WriteRules(report_.to);
  }

  absl::Status Put(Family family, const rocksdb::Slice& key, const rocksdb::Slice& value) {
    if (dry_run_) return absl::OkStatus();
    const rocksdb::Status status = batch_.Put(handles_[family], key, value);
    if (!status.ok()) return FromRocksDb(status, kMoving);
    return FlushIfFull();
  }
  absl::Status Delete(Family family, const rocksdb::Slice& key) {
    if (dry_run_) return absl::OkStatus();
    const rocksdb::Status status = batch_.Delete(handles_[family], key);
    if (!status.ok()) return FromRocksDb(status, kMoving);
    return FlushIfFull();
  }
  absl::Status FlushIfFull() {
    const size_t limit = fail_ ? 1 : kBatchRecords;
    return static_cast<size_t>(batch_.Count()) < limit ? absl::OkStatus() : Flush();
  }
  absl::Status Flush() {
    if (batch_.Count() == 0) return absl::OkStatus();
    absl::Status room = reserve_.Check(batch_.GetDataSize());
    if (!room.ok()) return room;
    if (fail_ && fail_()) return Reject(Reason::kStoreFailed, "failed by a test");
    const rocksdb::Status status = db_.Write({}, &batch_);
    batch_.Clear();
    return FromRocksDb(status, kMoving);
  }

  // New entries of a run that was interrupted.
  absl::Status RemoveLeftovers() {
    absl::Status status = ForEach(kUrls, [this](const auto& key, const auto& /*value*/) {
      return key.size() == kUrlKeyBytes ? absl::OkStatus() : Delete(kUrls, key);
    });
    return status.ok() ? Flush() : status;
  }

  absl::Status MoveArticles() {
    absl::Status status =
        ForEach(kArticles, [this](const rocksdb::Slice& key, const rocksdb::Slice& value) {
          if (key.size() != Ulid::kBytes) return Damaged(kArticles);
          const Ulid id = Ulid::FromBytes(key.ToStringView());
          absl::StatusOr<RekeyedRecord> record = Rekey(value.ToStringView());
          if (!record.ok()) return record.status();
          ++report_.articles;
          if (record->is_changed) {
            absl::Status put = Put(kArticles, key, record->bytes);
            if (!put.ok()) return put;
          }
          return MoveUrl(id, id, *record);
        });
    return status.ok() ? Flush() : status;
  }

  absl::Status MoveCopies() {
    absl::Status status =
        ForEach(kSightings, [this](const rocksdb::Slice& key, const rocksdb::Slice& value) {
          const std::optional<Ulid> id = CopyOfSightingKey(key.ToStringView());
          if (!id.has_value()) return Damaged(kSightings);
          const Ulid story_id = Ulid::FromBytes(key.ToStringView().substr(0, Ulid::kBytes));
          const absl::StatusOr<Sighting> sighting = DecodeSighting(value.ToStringView());
          if (!sighting.ok()) return sighting.status();
          absl::StatusOr<RekeyedRecord> record = Rekey(sighting->record);
          if (!record.ok()) return record.status();
          ++report_.copies;
          if (record->is_changed) {
            absl::Status put = Put(kSightings, key, EncodeSighting(record->bytes, sighting->match));
            if (!put.ok()) return put;
          }
          return MoveUrl(*id, story_id, *record);
        });
    return status.ok() ? Flush() : status;
  }

  absl::StatusOr<RekeyedRecord> Rekey(std::string_view bytes) {
    absl::StatusOr<RekeyedRecord> record = RekeyRecord(bytes, rules_);
    if (record.ok()) {
      report_.rewritten += record->is_changed ? 1 : 0;
      report_.refused += record->is_refused ? 1 : 0;
    }
    return record;
  }

  // What an ID is found by: its entry of `urls`, made anew from its record and its revisions.
  absl::Status MoveUrl(const Ulid& id, const Ulid& story_id, const RekeyedRecord& newest) {
    if (newest.has_other_key) ++report_.changed;
    UrlState state;
    state.id = id;
    state.story_id = story_id;
    state.newest_at_ms = std::clamp<int64_t>(newest.observed_at_ms, 0, kMaxTimeMs);
    state.newest_text_hash = newest.text_hash;
    absl::Status status = MoveRevisions(newest.url_key, state);
    if (!status.ok()) return status;
    if (newest.url_key.empty()) {
      without_url_.insert(id);
      return absl::OkStatus();
    }
    return AddUrl(IdentityOfUrlKey(newest.url_key), std::move(state));
  }

  // Rewrites the revisions of `state.id` and puts all its texts into `state`, the newest last.
  absl::Status MoveRevisions(std::string_view newest_key, UrlState& state) {
    const std::string prefix = state.id.ToBytes();
    if (revisions_ == nullptr) {
      rocksdb::ReadOptions read;
      read.total_order_seek = true;
      revisions_.reset(db_.NewIterator(read, handles_[kRevisions]));
    }
    for (revisions_->Seek(prefix); revisions_->Valid() && revisions_->key().starts_with(prefix);
         revisions_->Next()) {
      if (revisions_->key().size() != kRevisionKeyBytes) return Damaged(kRevisions);
      absl::StatusOr<RekeyedRecord> record = Rekey(revisions_->value().ToStringView());
      if (!record.ok()) return record.status();
      ++report_.revisions;
      report_.parted += record->url_key != newest_key ? 1 : 0;
      state.text_hashes.push_back(record->text_hash);
      if (!record->is_changed) continue;
      absl::Status put = Put(kRevisions, revisions_->key(), record->bytes);
      if (!put.ok()) return put;
    }
    state.text_hashes.push_back(state.newest_text_hash);
    return FromRocksDb(revisions_->status(), kMoving);
  }

  // Who comes first, articles by ID and then copies, has the key; its texts are joined by those of
  // the others, so that these are not taken for new.
  absl::Status AddUrl(const Hash128& identity, UrlState state) {
    if (dry_run_) {
      report_.shared += known_.insert(identity).second ? 0 : 1;
      return absl::OkStatus();
    }
    auto it = pending_.find(identity);
    if (it == pending_.end()) {
      const absl::StatusOr<std::optional<UrlState>> written = ReadNewUrl(identity);
      if (!written.ok()) return written.status();
      if (!written->has_value()) {
        pending_.emplace(identity, std::move(state));
        return pending_.size() < kPendingUrls ? absl::OkStatus() : FlushUrls();
      }
      it = pending_.emplace(identity, **written).first;
    }
    ++report_.shared;
    std::vector<Hash128>& texts = it->second.text_hashes;
    for (const Hash128& text : state.text_hashes) {
      if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
    }
    return absl::OkStatus();
  }

  static std::string NewKey(const Hash128& identity) { return identity.ToBytes() + kNewSuffix; }

  absl::StatusOr<std::optional<UrlState>> ReadNewUrl(const Hash128& identity) {
    std::string value;
    const rocksdb::Status status = db_.Get({}, handles_[kUrls], NewKey(identity), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return FromRocksDb(status, kMoving);
    absl::StatusOr<UrlState> state = DecodeUrlState(value);
    if (!state.ok()) return state.status();
    return *std::move(state);
  }

  absl::Status FlushUrls() {
    for (const auto& [identity, state] : pending_) {
      absl::Status put = Put(kUrls, NewKey(identity), EncodeUrlState(state));
      if (!put.ok()) return put;
    }
    pending_.clear();
    return Flush();
  }

  // What is known by its text or its bytes stays so.
  absl::Status KeepEntriesWithoutUrl() {
    if (without_url_.empty()) return absl::OkStatus();
    absl::Status status =
        ForEach(kUrls, [this](const rocksdb::Slice& key, const rocksdb::Slice& value) {
          if (key.size() != kUrlKeyBytes) return absl::OkStatus();
          const absl::StatusOr<UrlState> state = DecodeUrlState(value.ToStringView());
          if (!state.ok()) return state.status();
          if (!without_url_.contains(state->id)) return absl::OkStatus();
          return Put(kUrls, key.ToString() + kNewSuffix, value);
        });
    return status.ok() ? Flush() : status;
  }

  // An old key sorts right ahead of the new one that takes its place. It is deleted only where
  // there is none, so that no entry is missing at any time, wherever this is interrupted.
  absl::Status ReplaceUrls() {
    std::string old;
    const auto delete_old = [&] {
      return old.empty() ? absl::OkStatus() : Delete(kUrls, std::exchange(old, {}));
    };
    absl::Status status =
        ForEach(kUrls, [&](const rocksdb::Slice& key, const rocksdb::Slice& value) {
          if (key.size() == kUrlKeyBytes) {
            absl::Status deleted = delete_old();
            old = key.ToString();
            return deleted;
          }
          const rocksdb::Slice place(key.data(), kUrlKeyBytes);
          absl::Status done = place == old ? absl::OkStatus() : delete_old();
          old.clear();
          if (done.ok()) done = Put(kUrls, place, value);
          return done.ok() ? Delete(kUrls, key) : done;
        });
    if (status.ok()) status = delete_old();
    return status.ok() ? Flush() : status;
  }

  static absl::Status Damaged(Family family) {
    return Reject(Reason::kStoreCorrupt,
                  absl::StrCat("a key in the store's '", kFamilyNames[family], "' is damaged"));
  }

  rocksdb::DB& db_;
  const std::vector<rocksdb::ColumnFamilyHandle*>& handles_;
  const UrlRules& rules_;
  const bool dry_run_;
  const std::function<bool()> fail_;  // tests also see every entry written on its own
  const StatvfsProbe disk_;
  const SpaceGuard reserve_;
  RekeyReport report_;
  rocksdb::WriteBatch batch_;
  std::unique_ptr<rocksdb::Iterator> revisions_;  // as they were at the start
  absl::flat_hash_map<Hash128, UrlState> pending_;
  absl::flat_hash_set<Hash128> known_;  // of a dry run
  absl::flat_hash_set<Ulid> without_url_;
};

absl::StatusOr<RekeyReport> RekeyStore(RocksDbOptions options, const UrlRules& rules,
                                       bool dry_run) {
  absl::StatusOr<FolderContent> content = InspectFolder(options.path);
  if (!content.ok()) return content.status();
  if (*content != FolderContent::kStore) {
    return Reject(Reason::kInvalidArgument,
                  absl::StrCat(options.path,
                               " holds no store; name the data folder with "
                               "--data-dir"));
  }
  options.accept_other_rules = true;
  if (dry_run) options.versions.clear();
  absl::StatusOr<std::unique_ptr<RocksDbStore>> store = RocksDbStore::Open(options);
  if (!store.ok()) return store.status();
  return StoreRekeyer(**store, options, rules, dry_run).Run();
}

std::string DescribeRekey(const RekeyReport& report, bool dry_run) {
  std::string out = absl::StrCat(
      dry_run ? "would move" : "moved", " the store from the rules ", report.from, " to ",
      report.to, "\n", report.articles, " articles, ", report.copies, " copies, ", report.revisions,
      " revisions looked at\n", report.changed, " articles and copies have another key, ",
      report.rewritten, " records another URL or key\n");
  if (report.shared > 0) {
    absl::StrAppend(&out, report.shared,
                    " articles and copies share their key with an older one, which later files of "
                    "that key go to; they stay as they are, by ID and in their stories\n");
  }
  if (report.parted > 0) {
    absl::StrAppend(
        &out, report.parted,
        " revisions have another key than their article has; they stay its revisions\n");
  }
  if (report.refused > 0) {
    absl::StrAppend(&out, report.refused,
                    " records have a URL that these rules refuse; they keep "
                    "their key\n");
  }
  return out;
}

}  // namespace wirefold
