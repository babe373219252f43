// What events changed of what is to be found by others, for an index that goes on behind one.
#include <algorithm>
#include <string>
#include <utility>

#include "lib/base/reason.h"
#include "lib/store/keys.h"
#include "lib/store/rocksdb_status.h"
#include "lib/store/rocksdb_store.h"
#include "rocksdb/snapshot.h"

namespace wirefold {
namespace {

constexpr size_t kReadaheadBytes = size_t{1} << 20;
// Events whose sketches are read together.
constexpr size_t kEventsAtOnce = 1024;

}  // namespace

absl::Status RocksDbStore::ScanSketchChanges(
    uint64_t first, const std::function<bool(const SketchChange&)>& visit) const {
  rocksdb::ManagedSnapshot snapshot(db_.get());
  rocksdb::ReadOptions read;
  read.snapshot = snapshot.snapshot();
  read.fill_cache = false;
  rocksdb::ReadOptions scan = read;
  scan.readahead_size = kReadaheadBytes;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(scan, handles_[kEvents]));
  RecordReader reader = Reader(read);

  // An article whose sketch decides whether it is there or gone.
  struct Asked {
    size_t change;
    Ulid id;
    bool was_there;  // it may be told to be gone
    bool operator<(const Asked& other) const { return id < other.id; }
  };
  std::vector<SketchChange> changes;
  std::vector<Asked> asked;
  bool goes_on = true;
  const auto tell = [&]() -> absl::Status {
    // In the order of keys, so that each block is read once.
    std::stable_sort(asked.begin(), asked.end());
    std::vector<std::string> keys;
    keys.reserve(asked.size());
    for (const Asked& one : asked) keys.push_back(one.id.ToBytes());
    const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    db_->MultiGet(read, handles_[kSketches], slices.size(), slices.data(), values.data(),
                  statuses.data(), /*sorted_input=*/true);
    for (size_t i = 0; i < asked.size(); ++i) {
      if (statuses[i].IsNotFound()) {
        if (asked[i].was_there) changes[asked[i].change].gone.push_back(asked[i].id);
        continue;
      }
      if (!statuses[i].ok()) return FromRocksDb(statuses[i], "reading the sketches");
      absl::StatusOr<Sketch> sketch = DecodeSketch(values[i].ToStringView());
      if (!sketch.ok()) return sketch.status();
      changes[asked[i].change].there.emplace_back(asked[i].id, *std::move(sketch));
    }
    for (const SketchChange& change : changes) {
      goes_on = goes_on && visit(change);
    }
    changes.clear();
    asked.clear();
    return absl::OkStatus();
  };
  for (it->Seek(EventKey(first)); goes_on && it->Valid(); it->Next()) {
    if (it->key().size() != 8) return Reject(Reason::kStoreCorrupt, "a key in 'events' is damaged");
    const absl::StatusOr<Event> event = DecodeEvent(it->value().ToStringView());
    if (!event.ok()) return event.status();
    const size_t number = changes.size();
    SketchChange& change = changes.emplace_back();
    change.event = ReadBigEndian64(it->key().ToStringView());
    if (event->forgotten_variant.has_value()) change.gone.push_back(*event->forgotten_variant);
    const bool is_removal = event->kind == Mutation::Kind::kRemoval;
    asked.push_back({number, event->id, is_removal || event->kind == Mutation::Kind::kRevision});
    if (is_removal) {
      // Another may have taken its place.
      const absl::StatusOr<Ulid> representative = reader.Representative(event->story_id);
      if (!representative.ok()) return representative.status();
      if (*representative != event->id) asked.push_back({number, *representative, false});
    }
    if (changes.size() < kEventsAtOnce) continue;
    if (absl::Status told = tell(); !told.ok()) return told;
  }
  if (!it->status().ok()) return FromRocksDb(it->status(), "reading the events");
  return goes_on ? tell() : absl::OkStatus();
}

}  // namespace wirefold
