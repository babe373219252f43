// Writing runs: a segment as one, and several as one.
#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/file.h"
#include "lib/base/hash.h"
#include "lib/base/huge_pages.h"
#include "lib/dedup/index_run.h"
#include "lib/dedup/index_run_layout.h"

namespace wirefold {

class IndexRun::Writer {
 public:
  // `about`: what the header says of the run as a whole; `go_on` is borrowed.
  static absl::StatusOr<Writer> Create(const std::string& path, const Header& about,
                                       const std::function<absl::Status()>& go_on) {
    if (absl::Status status = go_on(); !status.ok()) return status;
    absl::StatusOr<FileWriter> file = FileWriter::Create(path);
    if (!file.ok()) return file.status();
    // Room for the header, which comes last.
    if (absl::Status status = file->Append(std::string(kHeaderBytes, '\0')); !status.ok()) {
      return status;
    }
    return Writer(*std::move(file), about, go_on);
  }

  // All of them in their order, in any number of pieces.
  absl::Status AddEntries(std::span<const IndexEntry> entries) {
    if (absl::Status status = go_on_(); !status.ok()) return status;
    for (const IndexEntry& entry : entries) {
      const uint64_t key = KeyOfId(entry.id);
      ids_[PostingTable::ShardOf(key)].push_back(PostingTable::RestOf(key));
      IndexTables::NoteId(entry.id, noted_++, by_id_);
    }
    entries_hash_->Add(BytesOf(entries));
    return file_.Append(BytesOf(entries));
  }

  // Behind the last entries, each shard in its turn.
  absl::Status AddShard(const PostingTable::Shard& packed) {
    if (next_ == 0) {
      header_.base_checksum = HashBytes64(BytesOf(by_id_), entries_hash_->Hash64());
      const uint64_t end = ByIdOffset(header_) + header_.by_id * sizeof(uint32_t);
      offset_ = ShardsOffset(header_);
      const std::string padding(offset_ - end, '\0');
      for (const std::string_view bytes : {BytesOf(by_id_), std::string_view(padding)}) {
        if (absl::Status status = file_.Append(bytes); !status.ok()) return status;
      }
      by_id_ = {};
    }
    if (absl::Status status = go_on_(); !status.ok()) return status;
    const KeyFilter filter = KeyFilter::Of(KeysOf(packed, std::move(ids_.at(next_))));
    Header::Shard& shard = header_.shards.at(next_++);
    shard.offset = offset_;
    shard.checksum = HashBytes64(BytesOf(packed.stash), HashBytes64(BytesOf(packed.lines)));
    shard.filter_checksum = HashBytes64(BytesOf(filter.places()));
    shard.filter_seed = filter.seed();
    shard.lines = packed.shape.lines();
    shard.stash = static_cast<uint32_t>(packed.stash.size());
    shard.stashed = packed.stashed;
    shard.postings = packed.postings;
    shard.filter_keys = static_cast<uint32_t>(filter.keys());
    // Lines begin where a cache line would.
    const size_t end = shard.FilterOffset() + FilterPlaces(shard);
    const std::string gap((64 - end % 64) % 64, '\0');
    offset_ = end + gap.size();
    for (const std::string_view bytes : {BytesOf(packed.lines), BytesOf(packed.stash),
                                         BytesOf(filter.places()), std::string_view(gap)}) {
      if (absl::Status status = file_.Append(bytes); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status Commit() {
    if (absl::Status status = file_.WriteAt(0, HeaderBytes(header_)); !status.ok()) return status;
    return file_.Commit();
  }

 private:
  Writer(FileWriter file, const Header& about, const std::function<absl::Status()>& go_on)
      : file_(std::move(file)), go_on_(go_on), header_(about), by_id_(PlacesFor(about.entries)) {
    header_.by_id = by_id_.size();
  }
  // The keys of a shard's postings and those of IDs: ascending, each once.
  static HugePageVector<uint32_t> KeysOf(const PostingTable::Shard& shard,
                                         std::vector<uint32_t> ids) {
    // Lines stand in the order of their keys, and no posting is further than one line from its
    // home: each has few others to pass. The stash has no order.
    HugePageVector<uint32_t> in_lines;
    in_lines.reserve(shard.postings - shard.stashed);
    std::vector<uint32_t> others = std::move(ids);
    size_t passed = 0;
    PostingTable::ForAll(shard, [&](uint32_t rest, uint32_t) {
      if (passed++ >= shard.postings - shard.stashed) {
        others.push_back(rest);
        return;
      }
      auto at = in_lines.end();
      while (at != in_lines.begin() && *(at - 1) > rest) --at;
      if (at == in_lines.begin() || *(at - 1) != rest) in_lines.insert(at, rest);
    });
    std::sort(others.begin(), others.end());
    others.erase(std::unique(others.begin(), others.end()), others.end());
    HugePageVector<uint32_t> keys;
    keys.reserve(in_lines.size() + others.size());
    std::set_union(in_lines.begin(), in_lines.end(), others.begin(), others.end(),
                   std::back_inserter(keys));
    return keys;
  }
  static size_t PlacesFor(uint32_t entries) { return size_t{entries} + entries / 3 + 1; }

  FileWriter file_;
  const std::function<absl::Status()>& go_on_;
  Header header_;
  std::vector<uint32_t> by_id_;
  std::array<std::vector<uint32_t>, PostingTable::kShards> ids_;  // as keys of the filters
  std::unique_ptr<HashOfPieces> entries_hash_ = std::make_unique<HashOfPieces>();
  uint32_t noted_ = 0;
  size_t next_ = 0;  // shard
  uint64_t offset_ = 0;
};

absl::Status IndexRun::Write(const std::string& path, const IndexSegment& segment, int64_t part_key,
                             const std::function<absl::Status()>& go_on) {
  const IndexTables& tables = segment.tables();
  Header header;
  header.part_key = part_key;
  header.last_change = tables.entries.empty() ? 0 : tables.entries.back().change;
  header.first_ms = segment.first_ms();
  header.last_ms = segment.last_ms();
  header.entries = static_cast<uint32_t>(tables.entries.size());
  absl::StatusOr<Writer> writer = Writer::Create(path, header, go_on);
  if (!writer.ok()) return writer.status();
  if (absl::Status status = writer->AddEntries(tables.entries); !status.ok()) return status;
  for (const PostingTable::Shard& shard : tables.postings.shards()) {
    absl::Status status = writer->AddShard(PostingTable::Packed(shard, header.entries));
    if (!status.ok()) return status;
  }
  return writer->Commit();
}

absl::Status IndexRun::Merge(const std::string& path,
                             std::span<const std::shared_ptr<IndexRun>> runs,
                             const std::function<absl::Status()>& go_on) {
  Header header = runs.front()->header();
  header.entries = 0;
  header.shards = {};
  std::vector<uint32_t> first;  // the number that each run's first entry has
  std::vector<std::vector<bool>> dead;
  for (const std::shared_ptr<IndexRun>& run : runs) {
    first.push_back(header.entries);
    dead.push_back(run->Dead());
    header.entries += run->header().entries;
    header.last_change = std::max(header.last_change, run->header().last_change);
    header.first_ms = std::min(header.first_ms, run->header().first_ms);
    header.last_ms = std::max(header.last_ms, run->header().last_ms);
  }
  absl::StatusOr<Writer> writer = Writer::Create(path, header, go_on);
  if (!writer.ok()) return writer.status();
  for (const std::shared_ptr<IndexRun>& run : runs) {
    absl::Status status;
    if (run->entries_ != nullptr) {
      status = writer->AddEntries(*run->entries_);
    } else {
      const auto entries = ReadEntries(*run->core_->file, run->header(), nullptr);
      if (!entries.ok()) return entries.status();
      status = writer->AddEntries(*entries);
    }
    if (!status.ok()) return status;
  }
  for (size_t i = 0; i < PostingTable::kShards; ++i) {
    std::vector<std::shared_ptr<const PostingTable::Shard>> shards;
    std::vector<PostingTable::Source> sources;
    for (size_t r = 0; r < runs.size(); ++r) {
      shards.push_back(runs[r]->shards_.at(i));
      if (shards.back() == nullptr) {
        absl::StatusOr<PostingTable::Shard> shard =
            ReadShard(*runs[r]->core_->file, runs[r]->header().shards.at(i));
        if (!shard.ok()) return shard.status();
        shards.back() = std::make_shared<const PostingTable::Shard>(*std::move(shard));
      }
      sources.push_back({shards.back().get(), first[r],
                         [&gone = dead[r]](uint32_t entry) { return !gone[entry]; }});
    }
    const auto most_of = [i](uint32_t rest) {
      const uint64_t key = uint64_t{i} << ShardShape::kRestBits | rest;
      return IndexSegment::MergedPostingsKept(PostingTable::KindOf(key) ==
                                              PostingTable::Kind::kBand);
    };
    absl::Status status = writer->AddShard(PostingTable::Merged(sources, header.entries, most_of));
    if (!status.ok()) return status;
  }
  return writer->Commit();
}

}  // namespace wirefold
