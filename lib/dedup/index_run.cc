#include "lib/dedup/index_run.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/hash.h"
#include "lib/dedup/sketch.h"

namespace wirefold {
namespace {

static_assert(std::endian::native == std::endian::little, "runs lie on disk as in memory");

// In front of the header, and of its checksum.
struct Opening {
  std::array<char, 8> magic{'W', 'F', 'I', 'N', 'D', 'E', 'X', '\n'};
  uint32_t version = 1;
  uint32_t sketch_version = kSketchVersion;

  friend bool operator==(const Opening&, const Opening&) = default;
};
static_assert(sizeof(Opening) + sizeof(IndexRun::Header) + sizeof(uint64_t) <=
              IndexRun::kHeaderBytes);

constexpr size_t kReadBytes = size_t{4} << 20;

// Where the entries begin, and the table of IDs, and the first shard.
uint64_t EntriesOffset() { return IndexRun::kHeaderBytes; }
uint64_t ByIdOffset(const IndexRun::Header& header) {
  return EntriesOffset() + uint64_t{header.entries} * sizeof(IndexEntry);
}
uint64_t ShardsOffset(const IndexRun::Header& header) {
  return (ByIdOffset(header) + header.by_id * sizeof(uint32_t) + 63) / 64 * 64;
}

absl::Status Damaged(const std::string& path) {
  return absl::DataLossError(absl::StrCat(path, " is damaged"));
}
absl::Status Unreadable() { return absl::UnavailableError("a run of the index can't be read"); }

// A number for an article's ID in the filters, as if it were a key.
uint64_t KeyOfId(const Ulid& id) { return IdHash(id) >> (64 - PostingTable::kKeyBits); }

std::string HeaderBytes(const IndexRun::Header& header) {
  const Opening opening;
  std::string bytes(IndexRun::kHeaderBytes, '\0');
  std::memcpy(bytes.data(), &opening, sizeof opening);
  std::memcpy(bytes.data() + sizeof opening, &header, sizeof header);
  const uint64_t checksum =
      HashBytes64(std::string_view(bytes).substr(0, bytes.size() - sizeof(uint64_t)));
  std::memcpy(bytes.data() + bytes.size() - sizeof checksum, &checksum, sizeof checksum);
  return bytes;
}

std::string_view FilterBytes(const KeyFilter& filter) { return BytesOf(filter.places()); }

size_t FilterPlaces(const IndexRun::Header::Shard& shard) {
  return shard.filter_keys == 0 ? 0 : KeyFilter::Shape::For(shard.filter_keys).places();
}

uint64_t EndOf(const IndexRun::Header& header) {
  const IndexRun::Header::Shard& last = header.shards.back();
  return last.FilterOffset() + FilterPlaces(last);
}

}  // namespace

absl::Status IndexRun::Write(const std::string& path, const IndexSegment& segment, int64_t part_key,
                             const std::function<absl::Status()>& go_on) {
  if (absl::Status status = go_on(); !status.ok()) return status;
  absl::StatusOr<FileWriter> writer = FileWriter::Create(path);
  if (!writer.ok()) return writer.status();
  const IndexTables& tables = segment.tables();
  Header header;
  header.part_key = part_key;
  header.last_change = tables.entries.empty() ? 0 : tables.entries.back().change;
  header.first_ms = segment.first_ms();
  header.last_ms = segment.last_ms();
  header.entries = static_cast<uint32_t>(tables.entries.size());
  const std::vector<uint32_t> by_id =
      tables.ByIdOfSize(size_t{header.entries} + header.entries / 3 + 1);
  header.by_id = by_id.size();
  header.base_checksum = HashBytes64(BytesOf(by_id), HashBytes64(BytesOf(tables.entries)));
  uint64_t offset = ShardsOffset(header);
  const std::string padding(offset - ByIdOffset(header) - header.by_id * sizeof(uint32_t), '\0');
  const std::string room(kHeaderBytes, '\0');  // for the header, which comes last
  for (const std::string_view bytes : {std::string_view(room), BytesOf(tables.entries),
                                       BytesOf(by_id), std::string_view(padding)}) {
    if (absl::Status status = writer->Append(bytes); !status.ok()) return status;
  }
  std::array<std::vector<uint32_t>, PostingTable::kShards> ids;
  for (const IndexEntry& entry : tables.entries) {
    const uint64_t key = KeyOfId(entry.id);
    ids[PostingTable::ShardOf(key)].push_back(PostingTable::RestOf(key));
  }
  for (size_t i = 0; i < PostingTable::kShards; ++i) {
    if (absl::Status status = go_on(); !status.ok()) return status;
    const PostingTable::Shard packed =
        PostingTable::Packed(tables.postings.shards()[i], header.entries);
    std::vector<uint32_t> keys = std::move(ids[i]);
    keys.reserve(keys.size() + packed.postings);
    PostingTable::ForAll(packed, [&](uint32_t rest, uint32_t) { keys.push_back(rest); });
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    const KeyFilter filter = KeyFilter::Of(keys);
    Header::Shard& shard = header.shards[i];
    shard.offset = offset;
    shard.checksum = HashBytes64(BytesOf(packed.stash), HashBytes64(BytesOf(packed.lines)));
    shard.filter_checksum = HashBytes64(FilterBytes(filter));
    shard.filter_seed = filter.seed();
    shard.lines = packed.shape.lines();
    shard.stash = static_cast<uint32_t>(packed.stash.size());
    shard.stashed = packed.stashed;
    shard.postings = packed.postings;
    shard.filter_keys = static_cast<uint32_t>(filter.keys());
    // Lines begin where a cache line would.
    const size_t end = shard.FilterOffset() + FilterPlaces(shard);
    const std::string gap((64 - end % 64) % 64, '\0');
    offset = end + gap.size();
    for (const std::string_view bytes : {BytesOf(packed.lines), BytesOf(packed.stash),
                                         FilterBytes(filter), std::string_view(gap)}) {
      if (absl::Status status = writer->Append(bytes); !status.ok()) return status;
    }
  }
  if (absl::Status status = writer->WriteAt(0, HeaderBytes(header)); !status.ok()) return status;
  return writer->Commit();
}

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

absl::StatusOr<IndexTables> IndexRun::TablesOf(const FileReader& file, const Header& header) {
  IndexTables tables;
  tables.entries.resize(header.entries);
  tables.by_id.resize(header.by_id);
  if (!file.ReadAt(EntriesOffset(), WritableBytesOf(tables.entries)) ||
      !file.ReadAt(ByIdOffset(header), WritableBytesOf(tables.by_id))) {
    return Unreadable();
  }
  if (HashBytes64(BytesOf(tables.by_id), HashBytes64(BytesOf(tables.entries))) !=
      header.base_checksum) {
    return absl::DataLossError("its entries are damaged");
  }
  std::vector<PostingTable::Shard> shards(PostingTable::kShards);
  for (size_t i = 0; i < shards.size(); ++i) {
    const Header::Shard& from = header.shards[i];
    PostingTable::Shard& shard = shards[i];
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
  }
  tables.postings = PostingTable(std::move(shards));
  return tables;
}

absl::StatusOr<std::shared_ptr<const IndexRun::Filters>> IndexRun::FiltersOf(const FileReader& file,
                                                                             const Header& header) {
  auto filters = std::make_shared<Filters>();
  filters->reserve(PostingTable::kShards);
  for (const Header::Shard& shard : header.shards) {
    std::vector<uint8_t> places(FilterPlaces(shard));
    if (!file.ReadAt(shard.FilterOffset(), WritableBytesOf(places))) return Unreadable();
    if (HashBytes64(BytesOf(places)) != shard.filter_checksum) {
      return absl::DataLossError("its filter is damaged");
    }
    filters->emplace_back(shard.filter_keys, shard.filter_seed, std::move(places));
  }
  return std::shared_ptr<const Filters>(std::move(filters));
}

absl::Status IndexRun::CheckBase(const FileReader& file, const Header& header) {
  HugePageVector<IndexEntry> entries(header.entries);
  std::vector<uint32_t> by_id(header.by_id);
  if (!file.ReadAt(EntriesOffset(), WritableBytesOf(entries)) ||
      !file.ReadAt(ByIdOffset(header), WritableBytesOf(by_id))) {
    return Unreadable();
  }
  return HashBytes64(BytesOf(by_id), HashBytes64(BytesOf(entries))) == header.base_checksum
             ? absl::OkStatus()
             : absl::DataLossError("its entries are damaged");
}

absl::Status IndexRun::CheckShards(const FileReader& file, const Header& header) {
  std::vector<char> lines;
  std::vector<char> stash;
  for (const Header::Shard& shard : header.shards) {
    lines.resize(shard.LineBytes());
    stash.resize(shard.StashBytes());
    if (!file.ReadAt(shard.offset, lines) ||
        !file.ReadAt(shard.offset + shard.LineBytes(), stash)) {
      return Unreadable();
    }
    if (HashBytes64(BytesOf(stash), HashBytes64(BytesOf(lines))) != shard.checksum) {
      return absl::DataLossError("its postings are damaged");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<IndexRun>> IndexRun::Open(const std::string& path, Tier tier) {
  auto core = std::make_shared<Core>();
  absl::StatusOr<std::unique_ptr<FileReader>> file = OpenFile(path, &core->header);
  if (!file.ok()) return file.status();
  core->path = path;
  core->file = *std::move(file);
  for (size_t i = 0; i < PostingTable::kShards; ++i) {
    core->shapes[i] = ShardShape(core->header.shards[i].lines);
  }
  core->dead = std::vector<std::atomic<uint64_t>>((size_t{core->header.entries} + 63) / 64);
  auto bare = std::make_shared<IndexRun>();
  bare->core_ = std::move(core);
  if (tier != Tier::kResident) {
    absl::Status whole = CheckBase(*bare->core_->file, bare->header());
    if (whole.ok()) whole = CheckShards(*bare->core_->file, bare->header());
    if (!whole.ok()) return whole;
  }
  // Seen to even if it is not needed now, so that it will do when it is.
  if (tier != Tier::kFiltered) {
    const auto filters = FiltersOf(*bare->core_->file, bare->header());
    if (!filters.ok()) return filters.status();
  }
  return bare->In(tier);
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
  return TablesOf(**file, header);
}

absl::StatusOr<std::shared_ptr<IndexRun>> IndexRun::In(Tier tier) const {
  auto run = std::make_shared<IndexRun>();
  run->core_ = core_;
  run->tier_ = tier;
  if (tier == Tier::kResident) {
    absl::StatusOr<IndexTables> tables = TablesOf(*core_->file, header());
    if (!tables.ok()) return tables.status();
    run->tables_ = std::make_shared<const IndexTables>(*std::move(tables));
  } else if (tier == Tier::kFiltered) {
    absl::StatusOr<std::shared_ptr<const Filters>> filters = FiltersOf(*core_->file, header());
    if (!filters.ok()) return filters.status();
    run->filters_ = *std::move(filters);
  }
  return run;
}

bool IndexRun::Read(uint64_t offset, std::span<char> buffer) const {
  if (core_->file->ReadAt(offset, buffer)) return true;
  core_->damaged.store(true, std::memory_order_relaxed);
  return false;
}

void IndexRun::Visit(std::span<const uint64_t> keys, std::span<const uint32_t> sought,
                     const std::function<void(uint32_t, uint32_t)>& visit) const {
  if (tables_ != nullptr) {
    for (const uint32_t which : sought) tables_->postings.Prefetch(keys[which]);
    for (const uint32_t which : sought) {
      tables_->postings.Visit(keys[which], [&](uint32_t entry) {
        visit(which, entry);
        return true;
      });
    }
    return;
  }
  std::vector<uint32_t> found;
  found.reserve(sought.size());
  if (filters_ != nullptr) {
    for (const uint32_t which : sought) {
      (*filters_)[PostingTable::ShardOf(keys[which])].Prefetch(PostingTable::RestOf(keys[which]));
    }
    for (const uint32_t which : sought) {
      const KeyFilter& filter = (*filters_)[PostingTable::ShardOf(keys[which])];
      if (filter.MayHold(PostingTable::RestOf(keys[which]))) found.push_back(which);
    }
  } else {
    found.assign(sought.begin(), sought.end());
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
  std::array<uint64_t, 8> places{};
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
  if (tables_ != nullptr) return tables_->entries[entry];
  std::array<IndexEntry, 1> one;
  if (!Read(EntriesOffset() + uint64_t{entry} * sizeof(IndexEntry), WritableBytesOf(one))) {
    return std::nullopt;
  }
  return one[0];
}

std::optional<uint32_t> IndexRun::NumberOf(const Ulid& id) const {
  if (tables_ != nullptr) {
    return tables_->NumberOf(id, [this](uint32_t entry) { return IsLive(entry); });
  }
  if (filters_ != nullptr) {
    const uint64_t key = KeyOfId(id);
    if (!(*filters_)[PostingTable::ShardOf(key)].MayHold(PostingTable::RestOf(key))) {
      return std::nullopt;
    }
  }
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
  for (uint32_t i = 0; i < dead.size(); ++i) dead[i] = !IsLive(i);
  return dead;
}

size_t IndexRun::MemoryBytes(const Header& header, Tier tier) {
  size_t bytes = sizeof(IndexRun) + sizeof(Core) + header.entries / 8;
  if (tier == Tier::kResident) {
    bytes += header.entries * sizeof(IndexEntry) + header.by_id * sizeof(uint32_t);
  }
  for (const Header::Shard& shard : header.shards) {
    if (tier == Tier::kResident) bytes += shard.LineBytes() + shard.StashBytes();
    if (tier == Tier::kFiltered) bytes += FilterPlaces(shard);
  }
  return bytes;
}

}  // namespace wirefold
