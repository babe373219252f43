// Raw files and their dictionaries.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/article/identity.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/store/keys.h"
#include "lib/store/rocksdb_status.h"
#include "lib/store/rocksdb_store.h"
#include "rocksdb/snapshot.h"

namespace wirefold {
namespace {

constexpr size_t kHashBytes = 16;

absl::Status NotKept(const Ulid& id) {
  return Reject(Reason::kRawNotKept,
                absl::StrCat("the raw bytes of ", id.ToString(),
                             " were not kept: wirefoldd ran without keep-raw when they came"));
}

absl::Status NoSuchText(const Ulid& id) {
  return Reject(Reason::kRawNotKept,
                absl::StrCat("no raw bytes are kept of such a text of ", id.ToString(),
                             "; without a text_hash the newest text's are asked for"));
}

}  // namespace

absl::StatusOr<StoredRaw> RocksDbStore::GetRaw(const Ulid& id,
                                               const std::optional<Hash128>& text_hash) const {
  rocksdb::ManagedSnapshot snapshot(db_.get());
  rocksdb::ReadOptions read;
  read.snapshot = snapshot.snapshot();
  const absl::StatusOr<StoredArticle> newest = ReadArticle(read, id);
  if (!newest.ok()) return newest.status();
  StoredRaw stored;
  stored.id = id;
  stored.text_hash = text_hash.value_or(newest->text_hash);
  absl::StatusOr<std::vector<Hash128>> hashes = ReadTextHashes(read, *newest);
  if (!hashes.ok()) return hashes.status();
  stored.text_hashes = *std::move(hashes);
  const RawDictionaries dictionaries = [&](uint32_t number) {
    stored.dictionary = number;
    return raw_dictionaries_.Read(number);
  };
  const auto unpack = [&](std::string_view value) -> absl::Status {
    absl::StatusOr<KeptDocument> document = UnpackRaw(value, dictionaries);
    if (!document.ok()) return document.status();
    stored.document = *std::move(document);
    return absl::OkStatus();
  };
  if (stored.text_hash == newest->text_hash) {
    const auto value =
        Get(read, kRaw, RevisionKey(id, newest->article.observed_at_ms, newest->text_hash));
    if (!value.ok()) return value.status();
    if (!value->has_value()) return NotKept(id);
    if (absl::Status status = unpack((*value)->ToStringView()); !status.ok()) return status;
    return stored;
  }
  read.prefix_same_as_start = true;
  const std::string wanted = stored.text_hash.ToBytes();
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read, handles_[kRaw]));
  for (it->Seek(id.ToBytes()); it->Valid(); it->Next()) {
    const std::string_view key = it->key().ToStringView();
    if (key.size() != kRevisionKeyBytes) {
      return Reject(Reason::kStoreCorrupt, "a key in the store's 'raw' is damaged");
    }
    if (key.substr(key.size() - kHashBytes) != wanted) continue;
    if (absl::Status status = unpack(it->value().ToStringView()); !status.ok()) return status;
    return stored;
  }
  if (!it->status().ok()) return FromRocksDb(it->status(), "reading raw bytes");
  return NoSuchText(id);
}

absl::StatusOr<std::vector<Hash128>> RocksDbStore::ReadTextHashes(
    const rocksdb::ReadOptions& read, const StoredArticle& article) const {
  std::vector<Hash128> hashes = {article.text_hash};
  if (article.article.url_key.empty()) return hashes;
  const auto value = Get(read, kUrls, IdentityOfUrlKey(article.article.url_key).ToBytes());
  if (!value.ok()) return value.status();
  if (!value->has_value()) return hashes;
  absl::StatusOr<UrlState> state = DecodeUrlState((*value)->ToStringView());
  if (!state.ok()) return state.status();
  // Of two articles that came to one key the URL is the other's.
  if (state->id != article.id) return hashes;
  hashes = std::move(state->text_hashes);
  if (hashes.size() > kMaxRawTextHashes)
    hashes.erase(hashes.begin(), hashes.end() - kMaxRawTextHashes);
  return hashes;
}

absl::StatusOr<std::shared_ptr<const ZstdDictionary>> RocksDbStore::NewestRawDictionary() const {
  return raw_dictionaries_.Newest();
}

absl::StatusOr<std::shared_ptr<const ZstdDictionary>> RocksDbStore::AddRawDictionary(
    std::string bytes) {
  if (failed_.load()) return Reject(Reason::kStoreFailed, "an earlier commit failed");
  absl::StatusOr<std::shared_ptr<const ZstdDictionary>> added =
      raw_dictionaries_.Add(std::move(bytes));
  // As after a commit that failed: whether it is there nobody knows.
  if (ReasonOf(added.status()) == Reason::kStoreFailed) failed_.store(true);
  return added;
}

}  // namespace wirefold
