// Runs of the index that become one.
#include <algorithm>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "lib/dedup/index.h"

namespace wirefold {
namespace {

// Runs of one key become one as soon as there are so many …
constexpr size_t kMergedRuns = 2;
// … of which each has at most so many times as much as those behind it together.
constexpr size_t kMergeFactor = 4;
// Merging takes so many bytes an entry, and such a share of the memory at most.
constexpr size_t kMergeBytes = 60;
constexpr size_t kMergeMemoryShare = 4;

}  // namespace

// Which runs are to be one, the newest of a key; fewer than kMergedRuns if there are none. Merging
// takes memory for each entry, so there may be but so many.
std::vector<CandidateIndex::MergeSource> CandidateIndex::ToMerge() const {
  uint64_t most = PostingTable::kMaxEntries - 1;
  if (options_.memory_bytes != 0) {
    most = std::min<uint64_t>(most, options_.memory_bytes / kMergeMemoryShare / kMergeBytes);
  }
  std::vector<MergeSource> sources;
  const std::shared_lock lock(mutex_);
  for (size_t p = parts_.size(); p > 0 && sources.size() < kMergedRuns;) {
    const int64_t key = parts_[p - 1].key;
    sources.clear();
    uint64_t entries = 0;
    for (; p > 0 && parts_[p - 1].key == key; --p) {
      const Part& part = parts_[p - 1];
      if (part.run == nullptr || key == kAheadKey) continue;
      const uint64_t more = part.run->header().entries;
      if (!sources.empty() && (more > kMergeFactor * entries || entries + more > most)) break;
      entries += more;
      sources.insert(sources.begin(), {part.run, part.file});
    }
    while (p > 0 && parts_[p - 1].key == key) --p;
  }
  return sources;
}

// By the thread that writes. An error costs nothing: what the runs are made of is there still.
absl::Status CandidateIndex::Merge() {
  std::vector<MergeSource> sources = ToMerge();
  if (sources.size() < kMergedRuns) return absl::OkStatus();
  size_t entries = 0;
  for (const MergeSource& source : sources) entries += source.run->header().entries;
  sources.clear();  // so that what they let go of is freed
  KeepWithin(std::min(entries * kMergeBytes, MemoryForRuns(0)));
  sources = ToMerge();
  if (sources.size() < kMergedRuns) return absl::OkStatus();  // the window has left some
  const auto go_on = [this]() -> absl::Status {
    {
      const std::lock_guard lock(keeper_mutex_);
      if (stopping_) return absl::CancelledError();
    }
    return options_.has_room ? options_.has_room() : absl::OkStatus();
  };
  Merged merged;
  std::vector<std::shared_ptr<IndexRun>> runs;
  for (MergeSource& source : sources) {
    merged.files.push_back(source.file);
    runs.push_back(std::move(source.run));
  }
  merged.file = next_file_++;
  const std::string path = folder_.PathOf(merged.file);
  absl::Status written = IndexRun::Merge(path, runs, go_on);
  runs.clear();
  if (written.ok()) written = go_on();
  if (!written.ok()) return written;
  const absl::StatusOr<IndexRun::Header> header = IndexRun::ReadHeader(path);
  if (!header.ok()) return header.status();
  // Beside those that it is made of its filters and what else there is room for; the rest when they
  // are gone.
  const size_t room = MemoryForRuns(0);
  KeepWithin(std::min(IndexRun::MemoryBytes(*header, {.shards = 0, .filters = true}), room));
  size_t taken = 0;
  {
    const std::shared_lock lock(mutex_);
    for (const Part& part : parts_) taken += part.run != nullptr ? part.run->memory_bytes() : 0;
  }
  absl::StatusOr<std::shared_ptr<IndexRun>> run =
      IndexRun::Open(path, ResidencyWithin({*header}, room - std::min(room, taken)).front());
  if (!run.ok()) return run.status();
  merged.run = *std::move(run);
  merged_file_ = merged.file;
  const std::lock_guard lock(keeper_mutex_);
  merged_ = std::move(merged);
  has_merged_ = true;
  return absl::OkStatus();
}

// By the thread that adds: parts come and go by it alone.
void CandidateIndex::TakeMerged() {
  if (!has_merged_.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock(keeper_mutex_);
  if (!merged_.has_value()) return;
  const Merged merged = *std::exchange(merged_, std::nullopt);
  has_merged_ = false;
  // What goes is freed by the thread that writes: that takes a while.
  took_merged_ = true;
  keeping_.notify_all();
  const std::unique_lock parts_lock(mutex_);
  const auto first = std::find_if(parts_.begin(), parts_.end(), [&](const Part& part) {
    return part.file == merged.files.front();
  });
  const auto count = static_cast<ptrdiff_t>(merged.files.size());
  // The window may have left some of them.
  if (parts_.end() - first < count ||
      !std::equal(merged.files.begin(), merged.files.end(), first,
                  [](uint64_t file, const Part& part) { return part.file == file; })) {
    let_go_.push_back(merged.run);
    return;
  }
  Part part;
  part.key = first->key;
  part.number = next_part_++;
  part.run = merged.run;
  part.file = merged.file;
  // What a Find saw before goes by other numbers.
  part.deaths_known_since = ++next_change_;
  uint32_t offset = 0;
  for (auto from = first; from != first + count; ++from) {
    from->run->ForDead([&](uint32_t entry) { part.run->Kill(offset + entry); });
    offset += from->run->header().entries;
    let_go_.push_back(std::move(from->run));
  }
  *first = std::move(part);
  parts_.erase(first + 1, first + count);
  merged_runs_ += merged.files.size() - 1;
}

}  // namespace wirefold
