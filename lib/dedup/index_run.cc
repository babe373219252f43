#include "lib/dedup/index_run.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/hash.h"
#include "lib/dedup/index_run_layout.h"

namespace wirefold {
namespace {

absl::Status Damaged(const std::string& path) {
  return absl::DataLossError(absl::StrCat(path, " is damaged"));
}
absl::Status Unreadable() { return absl::UnavailableError("a run of the index can't be read"); }

uint64_t EndOf(const IndexRun::Header& header) {
  const IndexRun::Header::Shard& last = header.shards.back();
  return last.FilterOffset() + FilterPlaces(last);
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileReader>> IndexRun::OpenFile(const std::string& path,
                                                               Header* header) {
  absl::StatusOr<std::unique_ptr<FileReader>> file = FileReader::Open(path);
  if (!file.ok()) return file.status();
  std::string bytes(kHeaderBytes, '\0');
  if (!(*file)->ReadAt(0, bytes)) return Damaged(path);
  std::memcpy(header, bytes.data() + sizeof(Opening), sizeof *header);
  // Whatever else there is, another version's header is none of this one's.
  if (bytes != HeaderBytes(*header)) return Damaged(path);
  if (header->shards.front().offset != ShardsOffset(*header) || (*file)->size() < EndOf(*header)) {
    return Damaged(path);
  }
  return file;
}

absl::StatusOr<HugePageVector<IndexEntry>> IndexRun::ReadEntries(const FileReader& file,
                                                                 const Header& header,
                                                                 std::vector<uint32_t>* by_id) {
  HugePageVector<IndexEntry> entries(header.entries);
  std::vector<uint32_t> places(header.by_id);
  if (!file.ReadAt(EntriesOffset(), WritableBytesOf(entries)) ||
      !file.ReadAt(ByIdOffset(header), WritableBytesOf(places))) {
    return Unreadable();
  }
  if (HashBytes64(BytesOf(places), HashBytes64(BytesOf(entries))) != header.base_checksum) {
    return absl::DataLossError("its entries are damaged");
  }
  if (by_id != nullptr) *by_id = std::move(places);
  return entries;
}

absl::StatusOr<PostingTable::Shard> IndexRun::ReadShard(const FileReader& file,
                                                        const Header::Shard& from) {
  PostingTable::Shard shard;
  shard.shape = ShardShape(from.lines);
  shard.lines = HugePageVector<PostingLine>(size_t{from.lines} + 1);
  shard.stash.resize(from.stash);
  shard.stashed = from.stashed;
  shard.postings = from.postings;
  if (!file.ReadAt(from.offset, WritableBytesOf(shard.lines)) ||
      !file.ReadAt(from.offset + from.LineBytes(), WritableBytesOf(shard.stash))) {
    return Unreadable();
  }
  if (HashBytes64(BytesOf(shard.stash), HashBytes64(BytesOf(shard.lines))) != from.checksum) {
    return absl::DataLossError("its postings are damaged");
  }
  return shard;
}

absl::StatusOr<KeyFilter> IndexRun::ReadFilter(const FileReader& file, const Header::Shard& from) {
  std::vector<uint8_t> places(FilterPlaces(from));
  if (!file.ReadAt(from.FilterOffset(), WritableBytesOf(places))) return Unreadable();
  if (HashBytes64(BytesOf(places)) != from.filter_checksum) {
    return absl::DataLossError("its filter is damaged");
  }
  return KeyFilter(from.filter_keys, from.filter_seed, std::move(places));
}

absl::StatusOr<std::shared_ptr<IndexRun>> IndexRun::Open(const std::string& path,
                                                         Residency residency) {
  auto core = std::make_shared<Core>();
  absl::StatusOr<std::unique_ptr<FileReader>> file = OpenFile(path, &core->header);
  if (!file.ok()) return file.status();
  core->path = path;
  core->file = *std::move(file);
  for (size_t i = 0; i < PostingTable::kShards; ++i) {
    core->shapes[i] = ShardShape(core->header.shards[i].lines);
  }
  core->dead = std::vector<std::atomic<uint64_t>>((size_t{core->header.entries} + 63) / 64);
  const auto bare = std::make_shared<IndexRun>();
  bare->core_ = std::move(core);
  absl::StatusOr<std::shared_ptr<IndexRun>> run = bare->With(residency);
  if (!run.ok()) return run.status();
  // What is not needed now is seen to as well, so that it will do when it is.
  const FileReader& whole = *bare->core_->file;
  const Header& header = bare->header();
  if (!(*run)->in_memory()) {
    if (const auto entries = ReadEntries(whole, header, nullptr); !entries.ok()) {
      return entries.status();
    }
  }
  for (size_t i = 0; i < PostingTable::kShards; ++i) {
    if ((*run)->shards_.at(i) == nullptr) {
      const auto shard = ReadShard(whole, header.shards.at(i));
      if (!shard.ok()) return shard.status();
    }
    if ((*run)->filters_.at(i) == nullptr) {
      const auto filter = ReadFilter(whole, header.shards.at(i));
      if (!filter.ok()) return filter.status();
      whole.Forget(header.shards.at(i).FilterOffset(), FilterPlaces(header.shards.at(i)));
    }
  }
  return run;
}

absl::StatusOr<IndexRun::Header> IndexRun::ReadHeader(const std::string& path) {
  Header header;
  const absl::StatusOr<std::unique_ptr<FileReader>> file = OpenFile(path, &header);
  if (!file.ok()) return file.status();
  return header;
}

absl::StatusOr<IndexTables> IndexRun::ReadTables(const std::string& path) {
  Header header;
  const absl::StatusOr<std::unique_ptr<FileReader>> file = OpenFile(path, &header);
  if (!file.ok()) return file.status();
  IndexTables tables;
  absl::StatusOr<HugePageVector<IndexEntry>> entries = ReadEntries(**file, header, &tables.by_id);
  if (!entries.ok()) return entries.status();
  tables.entries = *std::move(entries);
  std::vector<PostingTable::Shard> shards;
  for (const Header::Shard& from : header.shards) {
    absl::StatusOr<PostingTable::Shard> shard = ReadShard(**file, from);
    if (!shard.ok()) return shard.status();
    shards.push_back(*std::move(shard));
  }
  tables.postings = PostingTable(std::move(shards));
  return tables;
}

// What lies in memory here need not be kept by the system as well, which has better use for the
// room.
absl::StatusOr<std::shared_ptr<IndexRun>> IndexRun::With(Residency residency) const {
  auto run = std::make_shared<IndexRun>();
  run->core_ = core_;
  run->residency_ = residency;
  for (size_t i = 0; i < PostingTable::kShards; ++i) {
    const Header::Shard& from = header().shards.at(i);
    if (i < residency.shards) {
      run->shards_.at(i) = shards_.at(i);
      if (run->shards_.at(i) != nullptr) continue;
      absl::StatusOr<PostingTable::Shard> shard = ReadShard(*core_->file, from);
      if (!shard.ok()) return shard.status();
      run->shards_.at(i) = std::make_shared<const PostingTable::Shard>(*std::move(shard));
      core_->file->Forget(from.offset, from.LineBytes() + from.StashBytes());
    } else if (residency.filters) {
      run->filters_.at(i) = filters_.at(i);
      if (run->filters_.at(i) != nullptr) continue;
      absl::StatusOr<KeyFilter> filter = ReadFilter(*core_->file, from);
      if (!filter.ok()) return filter.status();
      run->filters_.at(i) = std::make_shared<const KeyFilter>(*std::move(filter));
      core_->file->Forget(from.FilterOffset(), FilterPlaces(from));
    }
  }
  if (residency.shards < PostingTable::kShards) return run;
  run->entries_ = entries_;
  if (run->entries_ == nullptr) {
    absl::StatusOr<HugePageVector<IndexEntry>> entries =
        ReadEntries(*core_->file, header(), nullptr);
    if (!entries.ok()) return entries.status();
    run->entries_ = std::make_shared<const HugePageVector<IndexEntry>>(*std::move(entries));
    core_->file->Forget(EntriesOffset(), EntryBytes(header()));
  }
  return run;
}

bool IndexRun::Read(uint64_t offset, std::span<char> buffer) const {
  if (core_->file->ReadAt(offset, buffer)) return true;
  NoteDamaged();
  return false;
}

void IndexRun::VisitOnDisk(std::span<const uint64_t> keys, std::span<const uint32_t> sought,
                           const std::function<void(uint32_t, uint32_t)>& visit) const {
  const auto filter_of = [&](uint32_t which) {
    return filters_.at(PostingTable::ShardOf(keys[which])).get();
  };
  std::vector<uint32_t> found;
  found.reserve(sought.size());
  for (const uint32_t which : sought) {
    const KeyFilter* const filter = filter_of(which);
    if (filter != nullptr) filter->Prefetch(PostingTable::RestOf(keys[which]));
  }
  for (const uint32_t which : sought) {
    const KeyFilter* const filter = filter_of(which);
    if (filter == nullptr || filter->MayHold(PostingTable::RestOf(keys[which]))) {
      found.push_back(which);
    }
  }
  // What is not in the page cache is asked for together, so that the disk reads it side by side.
  std::vector<std::array<PostingLine, 2>> lines(found.size());
  std::vector<uint32_t> waiting;
  const auto place = [&](uint32_t which) {
    const size_t shard = PostingTable::ShardOf(keys[which]);
    return core_->header.shards[shard].offset +
           uint64_t{core_->shapes[shard].Home(PostingTable::RestOf(keys[which]))} *
               sizeof(PostingLine);
  };
  for (uint32_t i = 0; i < found.size(); ++i) {
    if (core_->file->ReadAtOnce(place(found[i]), WritableBytesOf(lines[i]))) continue;
    core_->file->Prefetch(place(found[i]), sizeof lines[i]);
    waiting.push_back(i);
  }
  for (const uint32_t i : waiting) {
    if (!Read(place(found[i]), WritableBytesOf(lines[i]))) lines[i] = {};
  }
  for (uint32_t i = 0; i < found.size(); ++i) {
    const uint32_t which = found[i];
    const size_t shard = PostingTable::ShardOf(keys[which]);
    const uint32_t rest = PostingTable::RestOf(keys[which]);
    const auto tell = [&](uint32_t entry) {
      if (entry < core_->header.entries) visit(which, entry);
      return true;
    };
    if (core_->shapes[shard].VisitLines(rest, lines[i].data(), tell)) {
      VisitStash(core_->header.shards[shard], rest, tell);
    }
  }
}

void IndexRun::VisitStash(const Header::Shard& shard, uint32_t rest,
                          const std::function<void(uint32_t)>& visit) const {
  if (shard.stash == 0) return;
  std::array<uint64_t, 64> places{};
  size_t at = ShardShape::StashHome(rest, shard.stash);
  for (size_t looked = 0; looked < shard.stash;) {
    const size_t count = std::min<size_t>(places.size(), shard.stash - at);
    const std::span<uint64_t> some = std::span(places).first(count);
    if (!Read(shard.offset + shard.LineBytes() + at * sizeof(uint64_t), WritableBytesOf(some))) {
      return;
    }
    for (const uint64_t one : some) {
      if (one == 0) return;
      if (one >> 32 == rest) visit(static_cast<uint32_t>(one) - 1);
    }
    looked += count;
    at = at + count < shard.stash ? at + count : 0;
  }
}

std::optional<IndexEntry> IndexRun::EntryAt(uint32_t entry) const {
  if (in_memory()) return at(entry);
  std::array<IndexEntry, 1> one;
  if (!Read(EntriesOffset() + uint64_t{entry} * sizeof(IndexEntry), WritableBytesOf(one))) {
    return std::nullopt;
  }
  return one[0];
}

std::optional<uint32_t> IndexRun::NumberOf(const Ulid& id) const {
  const uint64_t key = KeyOfId(id);
  const KeyFilter* const filter = filters_.at(PostingTable::ShardOf(key)).get();
  if (filter != nullptr && !filter->MayHold(PostingTable::RestOf(key))) return std::nullopt;
  const size_t size = header().by_id;
  std::array<uint32_t, 16> places{};
  size_t at = IndexTables::HomeOf(id, size);
  for (size_t looked = 0; looked < size;) {
    const size_t count = std::min<size_t>(places.size(), size - at);
    const std::span<uint32_t> some = std::span(places).first(count);
    if (!Read(ByIdOffset(header()) + at * sizeof(uint32_t), WritableBytesOf(some))) {
      return std::nullopt;
    }
    for (const uint32_t one : some) {
      if (one == 0) return std::nullopt;
      if (one > header().entries || !IsLive(one - 1)) continue;
      const std::optional<IndexEntry> entry = EntryAt(one - 1);
      if (entry.has_value() && entry->id == id) return one - 1;
    }
    looked += count;
    at = at + count < size ? at + count : 0;
  }
  return std::nullopt;
}

void IndexRun::Kill(uint32_t entry) {
  core_->dead[entry / 64].fetch_or(uint64_t{1} << entry % 64, std::memory_order_relaxed);
  ++core_->deaths;
}

std::vector<bool> IndexRun::Dead() const {
  std::vector<bool> dead(header().entries);
  ForDead([&](uint32_t entry) { dead[entry] = true; });
  return dead;
}

size_t IndexRun::ShardBytes(const Header& header, size_t shard) {
  const Header::Shard& from = header.shards.at(shard);
  return sizeof(PostingTable::Shard) + from.LineBytes() + from.StashBytes();
}

size_t IndexRun::FilterBytes(const Header& header, size_t shard) {
  return FilterPlaces(header.shards.at(shard));
}

size_t IndexRun::MemoryBytes(const Header& header, Residency residency) {
  size_t bytes = sizeof(IndexRun) + sizeof(Core) + header.entries / 8;
  if (residency.shards == PostingTable::kShards) bytes += EntryBytes(header);
  for (size_t i = 0; i < PostingTable::kShards; ++i) {
    if (i < residency.shards) {
      bytes += ShardBytes(header, i);
    } else if (residency.filters) {
      bytes += FilterBytes(header, i);
    }
  }
  return bytes;
}

}  // namespace wirefold
