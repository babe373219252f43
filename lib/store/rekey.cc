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
#include "lib/store/record_reader.h"
#include "lib/store/records.h"
#include "lib/store/rekeyed_deltas.h"
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
// The new `urls` beside the old ones, and once more while they are compacted; records that are
// written again likewise.
constexpr uint64_t kUrlsGrowth = 3;
constexpr uint64_t kRecordsGrowth = 2;

// Where a new entry of `urls` waits, right behind the old one's key, until all of them are there.
constexpr char kNewSuffix = '\x01';
constexpr size_t kUrlKeyBytes = 16;

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }

// Who has the better right to a key, the lowest first.
enum class Right : uint8_t {
  kMinted,           // the ID was made from this key
  kNewestOfArticle,  // the newest text came under it
  kNewestOfCopy,
  kOlderOfArticle,  // an older text came under it
  kOlderOfCopy,
};

// What an ID asks of a key, and what is written ahead of the entry while it is not final.
struct Claim {
  Right right = Right::kOlderOfCopy;
  bool is_newest = false;  // of the ID's newest text
  UrlState state;
};

std::string EncodeClaim(const Claim& claim) {
  std::string value;
  value.push_back(static_cast<char>(claim.right));
  value.push_back(static_cast<char>(claim.is_newest));
  return value + EncodeUrlState(claim.state);
}
constexpr size_t kClaimBytes = 2;  // ahead of the state

absl::StatusOr<Claim> DecodeClaim(std::string_view value) {
  if (value.size() < kClaimBytes) {
    return Reject(Reason::kStoreCorrupt, "a value of the store that is being moved is damaged");
  }
  absl::StatusOr<UrlState> state = DecodeUrlState(value.substr(kClaimBytes));
  if (!state.ok()) return state.status();
  return Claim{static_cast<Right>(value[0]), value[1] != 0, *std::move(state)};
}

// Adds the texts of `from` to those of `to`.
void JoinTexts(const UrlState& from, UrlState& to) {
  if (to.text_hashes.size() >= kMaxJoinedTexts) return;
  for (const Hash128& text : from.text_hashes) {
    if (to.text_hashes.size() >= kMaxJoinedTexts) return;
    if (std::ranges::find(to.text_hashes, text) == to.text_hashes.end()) {
      to.text_hashes.push_back(text);
    }
  }
}

}  // namespace

class StoreRekeyer {
 public:
  StoreRekeyer(RocksDbStore& store, const RocksDbOptions& options, const UrlRules& rules,
               bool dry_run)
      : db_(*store.db_),
        packing_(*store.packing_),
        handles_(store.handles_),
        rules_(rules),
        dry_run_(dry_run),
        reader_(store.Reader({})),
        deltas_(store.Reader({}), rules),
        fail_(options.test_fail_rekey),
        disk_(options.path) {
    report_.to = options.key_rules_fingerprint;
  }

  absl::StatusOr<RekeyReport> Run() {
    const std::vector<std::function<absl::Status()>> steps = {
        [this] { return ReadOldRules(); },
        [this] { return MarkBegun(); },
        [this] { return RemoveLeftovers(); },
        [this] { return MakeWhole(kSightings); },
        [this] { return MakeWhole(kRevisions); },
        [this] { return MoveArticles(); },
        [this] { return MoveCopies(); },
        [this] { return FlushUrls(); },
        [this] { return KeepEntriesWithoutUrl(); },
        [this] { return ReplaceUrls(); },
        [this] { return MarkEnded(); },
    };
    for (const auto& step : steps) {
      if (absl::Status status = step(); !status.ok()) return status;
    }
    return report_;
  }

  // Whether there is room for a run of which a dry one has counted this. kReadOnly.
  absl::Status CheckRoom(const RekeyReport& counted) const {
    uint64_t urls_bytes = 0;
    db_.GetIntProperty(handles_[kUrls], rocksdb::DB::Properties::kLiveSstFilesSize, &urls_bytes);
    return CheckRoomFor(urls_bytes * kUrlsGrowth + counted.rewritten_bytes * kRecordsGrowth);
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
    report_.was_interrupted = rules->starts_with(kRekeyingPrefix);
    if (report_.was_interrupted) report_.from.clear();
    return absl::OkStatus();
  }

  absl::Status CheckRoomFor(uint64_t bytes) const {
    const absl::StatusOr<DiskSpace> space = disk_.Read();
    if (!space.ok()) return space.status();
    if (space->free_bytes >= bytes + kReserveBytes) return absl::OkStatus();
    return Reject(Reason::kReadOnly,
                  absl::StrCat("moving the store needs ", (bytes + kReserveBytes) >> 20,
                               " MiB on the disk of its folder and ", space->free_bytes >> 20,
                               " MiB are free; make room and run wirefoldd rekey again"));
  }

  absl::Status WriteRules(std::string_view rules) {
    if (dry_run_) return absl::OkStatus();
    rocksdb::WriteBatch batch;
    const std::string value = std::string(1, static_cast<char>(kValueVersion)).append(rules);
    rocksdb::Status status = batch.Put(handles_[kMeta], ToSlice(kKeyRulesKey), value);
    if (status.ok()) status = batch.Put(handles_[kMeta], ToSlice(kRekeyedKey), "");
    rocksdb::WriteOptions write;
    write.sync = true;
    if (status.ok()) status = db_.Write(write, &batch);
    return FromRocksDb(status, kMoving);
  }

  // No program opens the store under such rules.
  absl::Status MarkBegun() { return WriteRules(std::string(kRekeyingPrefix) + report_.to); }
  absl::Status MarkEnded() {
    if (absl::Status status = WriteRules(report_.to); !status.ok() || dry_run_) return status;
    // The move is done, whatever becomes of this; RocksDB compacts by itself in the end.
    db_.CompactRange({}, handles_[kUrls], nullptr, nullptr).PermitUncheckedError();
    return absl::OkStatus();
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
    if (absl::Status room = CheckRoomFor(batch_.GetDataSize()); !room.ok()) return room;
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

  // Copies and older texts that rest on a record that will change are stored whole from now on.
  absl::Status MakeWhole(Family family) {
    if (dry_run_) return absl::OkStatus();
    absl::Status status = ForEach(
        family, [&](const rocksdb::Slice& key, const rocksdb::Slice& value) -> absl::Status {
          if (key.size() < Ulid::kBytes) return DamagedKey(family);
          const absl::StatusOr<std::optional<std::string>> whole =
              deltas_.WholeIfBaseChanges(family, key.ToStringView(), value.ToString());
          if (!whole.ok()) return whole.status();
          return whole->has_value() ? Put(family, key, **whole) : absl::OkStatus();
        });
    return status.ok() ? Flush() : status;
  }

  absl::Status MoveArticles() {
    absl::Status status =
        ForEach(kArticles, [this](const rocksdb::Slice& key, const rocksdb::Slice& value) {
          if (key.size() != Ulid::kBytes) return DamagedKey(kArticles);
          const Ulid id = Ulid::FromBytes(key.ToStringView());
          const absl::StatusOr<std::string> whole = packing_.Unpack(value.ToStringView());
          if (!whole.ok()) return whole.status();
          absl::StatusOr<RekeyedRecord> record = Rekey(*whole);
          if (!record.ok()) return record.status();
          ++report_.articles;
          const absl::StatusOr<Ulid> story_id = reader_.StoryOf(id);
          if (!story_id.ok()) return story_id.status();
          if (record->is_changed) {
            absl::Status put = Put(kArticles, key, record->bytes);
            if (!put.ok()) return put;
          }
          return MoveUrl(id, *story_id, /*is_copy=*/false, *record);
        });
    return status.ok() ? Flush() : status;
  }

  absl::Status MoveCopies() {
    absl::Status status =
        ForEach(kSightings, [this](const rocksdb::Slice& key, const rocksdb::Slice& value) {
          const std::optional<Ulid> id = CopyOfSightingKey(key.ToStringView());
          if (!id.has_value()) return DamagedKey(kSightings);
          const Ulid story_id = Ulid::FromBytes(key.ToStringView().substr(0, Ulid::kBytes));
          absl::StatusOr<Sighting> sighting = DecodeSighting(value.ToStringView(), story_id);
          if (!sighting.ok()) return sighting.status();
          const absl::StatusOr<std::string> whole =
              reader_.Whole(std::move(sighting->record), story_id);
          if (!whole.ok()) return whole.status();
          absl::StatusOr<RekeyedRecord> record = Rekey(*whole);
          if (!record.ok()) return record.status();
          ++report_.copies;
          if (record->is_changed) {
            absl::Status put =
                Put(kSightings, key, EncodeSighting(record->bytes, sighting->match, story_id));
            if (!put.ok()) return put;
          }
          return MoveUrl(*id, story_id, /*is_copy=*/true, *record);
        });
    return status.ok() ? Flush() : status;
  }

  absl::StatusOr<RekeyedRecord> Rekey(std::string_view bytes) {
    absl::StatusOr<RekeyedRecord> record = RekeyRecord(bytes, rules_);
    if (record.ok()) {
      report_.rewritten += record->is_changed ? 1 : 0;
      report_.rewritten_bytes += record->bytes.size();
      report_.refused += record->is_refused ? 1 : 0;
    }
    return record;
  }

  // What an ID is found by: its claims to the keys of its texts, made from its record and its
  // revisions.
  absl::Status MoveUrl(const Ulid& id, const Ulid& story_id, bool is_copy,
                       const RekeyedRecord& newest) {
    if (newest.has_other_key) ++report_.changed;
    Claim claim;
    claim.state.id = id;
    claim.state.story_id = story_id;
    claim.state.newest_at_ms = std::clamp<int64_t>(newest.observed_at_ms, 0, kMaxTimeMs);
    claim.state.newest_text_hash = newest.text_hash;
    absl::flat_hash_set<std::string> older_keys;
    absl::Status status = MoveRevisions(newest.url_key, claim.state, older_keys);
    if (!status.ok()) return status;
    if (newest.url_key.empty()) {
      without_url_.insert(id);
      return absl::OkStatus();
    }
    for (const std::string& key : older_keys) {
      claim.right = is_copy ? Right::kOlderOfCopy : Right::kOlderOfArticle;
      status = AddClaim(IdentityOfUrlKey(key), claim);
      if (!status.ok()) return status;
    }
    claim.is_newest = true;
    claim.right = is_copy ? Right::kNewestOfCopy : Right::kNewestOfArticle;
    return AddClaim(IdentityOfUrlKey(newest.url_key), std::move(claim));
  }

  // Rewrites the revisions of `state.id`, puts all its texts into `state`, the newest last, and
  // their keys other than the newest's into `older_keys`.
  absl::Status MoveRevisions(std::string_view newest_key, UrlState& state,
                             absl::flat_hash_set<std::string>& older_keys) {
    const std::string prefix = state.id.ToBytes();
    if (revisions_ == nullptr) {
      rocksdb::ReadOptions read;
      read.total_order_seek = true;
      revisions_.reset(db_.NewIterator(read, handles_[kRevisions]));
    }
    for (revisions_->Seek(prefix); revisions_->Valid() && revisions_->key().starts_with(prefix);
         revisions_->Next()) {
      if (revisions_->key().size() != kRevisionKeyBytes) return DamagedKey(kRevisions);
      const absl::StatusOr<std::string> whole =
          reader_.Whole(revisions_->value().ToString(), state.id);
      if (!whole.ok()) return whole.status();
      absl::StatusOr<RekeyedRecord> record = Rekey(*whole);
      if (!record.ok()) return record.status();
      ++report_.revisions;
      state.text_hashes.push_back(record->text_hash);
      if (record->url_key != newest_key && !record->url_key.empty()) {
        ++report_.parted;
        older_keys.insert(record->url_key);
      }
      if (!record->is_changed) continue;
      absl::Status put = Put(kRevisions, revisions_->key(), record->bytes);
      if (!put.ok()) return put;
    }
    state.text_hashes.push_back(state.newest_text_hash);
    return FromRocksDb(revisions_->status(), kMoving);
  }

  // Of several claims to a key the best has it, the older ID's where two are equal, and takes over
  // the texts of the others, so that these are not taken for new.
  absl::Status AddClaim(const Hash128& identity, Claim claim) {
    if (dry_run_) {
      if (claim.is_newest) report_.shared += known_.insert(identity).second ? 0 : 1;
      return absl::OkStatus();
    }
    if (Ulid::Make(claim.state.id.TimeMs(), identity) == claim.state.id) {
      claim.right = Right::kMinted;
    }
    auto it = pending_.find(identity);
    if (it == pending_.end()) {
      absl::StatusOr<std::optional<Claim>> written = ReadNewUrl(identity);
      if (!written.ok()) return written.status();
      if (pending_.size() >= kPendingUrls) {
        if (absl::Status status = FlushUrls(); !status.ok()) return status;
      }
      if (!written->has_value()) {
        pending_.emplace(identity, std::move(claim));
        return absl::OkStatus();
      }
      it = pending_.emplace(identity, **std::move(written)).first;
    }
    Claim& known = it->second;
    report_.shared += known.is_newest && claim.is_newest ? 1 : 0;
    const bool is_newest = known.is_newest || claim.is_newest;
    if (std::pair(claim.right, claim.state.id) < std::pair(known.right, known.state.id)) {
      std::swap(known, claim);
    }
    known.is_newest = is_newest;
    JoinTexts(claim.state, known.state);
    return absl::OkStatus();
  }

  static std::string NewKey(const Hash128& identity) { return identity.ToBytes() + kNewSuffix; }

  absl::StatusOr<std::optional<Claim>> ReadNewUrl(const Hash128& identity) {
    std::string value;
    const rocksdb::Status status = db_.Get({}, handles_[kUrls], NewKey(identity), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return FromRocksDb(status, kMoving);
    absl::StatusOr<Claim> claim = DecodeClaim(value);
    if (!claim.ok()) return claim.status();
    return *std::move(claim);
  }

  absl::Status FlushUrls() {
    for (const auto& [identity, claim] : pending_) {
      absl::Status put = Put(kUrls, NewKey(identity), EncodeClaim(claim));
      if (!put.ok()) return put;
    }
    pending_.clear();
    return Flush();
  }

  // What is known by its text or its bytes stays so.
  absl::Status KeepEntriesWithoutUrl() {
    if (without_url_.empty()) return absl::OkStatus();
    absl::Status status = ForEach(kUrls, [this](const rocksdb::Slice& key,
                                                const rocksdb::Slice& value) {
      if (key.size() != kUrlKeyBytes) return absl::OkStatus();
      const absl::StatusOr<UrlState> state = DecodeUrlState(value.ToStringView());
      if (!state.ok()) return state.status();
      if (!without_url_.contains(state->id)) return absl::OkStatus();
      return Put(kUrls, key.ToString() + kNewSuffix, EncodeClaim({Right::kMinted, true, *state}));
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
          if (done.ok() && value.size() < kClaimBytes) done = DamagedKey(kUrls);
          const rocksdb::Slice state(value.data() + kClaimBytes, value.size() - kClaimBytes);
          if (done.ok()) done = Put(kUrls, place, state);
          return done.ok() ? Delete(kUrls, key) : done;
        });
    if (status.ok()) status = delete_old();
    return status.ok() ? Flush() : status;
  }

  rocksdb::DB& db_;
  const RecordPacking& packing_;
  const std::vector<rocksdb::ColumnFamilyHandle*>& handles_;
  const UrlRules& rules_;
  const bool dry_run_;
  RecordReader reader_;
  RekeyedDeltas deltas_;
  const std::function<bool()> fail_;  // tests also see every entry written on its own
  const StatvfsProbe disk_;
  RekeyReport report_;
  rocksdb::WriteBatch batch_;
  std::unique_ptr<rocksdb::Iterator> revisions_;  // as they were at the start
  absl::flat_hash_map<Hash128, Claim> pending_;
  absl::flat_hash_set<Hash128> known_;  // of a dry run
  absl::flat_hash_set<Ulid> without_url_;
};

absl::StatusOr<RekeyReport> RekeyStore(RocksDbOptions options, const UrlRules& rules,
                                       bool dry_run) {
  absl::StatusOr<FolderContent> content = InspectFolder(options.path);
  if (!content.ok() || *content != FolderContent::kStore) {
    return Reject(Reason::kInvalidArgument,
                  absl::StrCat(options.path,
                               " holds no store of Wirefold; name its data folder with "
                               "--data-dir"));
  }
  options.accept_other_rules = true;
  options.versions.clear();  // the daemon that opens it next records them
  absl::StatusOr<std::unique_ptr<RocksDbStore>> store = RocksDbStore::Open(options);
  if (!store.ok()) return store.status();
  StoreRekeyer counting(**store, options, rules, /*dry_run=*/true);
  absl::StatusOr<RekeyReport> counted = counting.Run();
  if (!counted.ok() || dry_run) return counted;
  if (counted->from == counted->to && counted->rewritten == 0) return counted;
  if (absl::Status room = counting.CheckRoom(*counted); !room.ok()) return room;
  return StoreRekeyer(**store, options, rules, /*dry_run=*/false).Run();
}

}  // namespace wirefold
