// What of the index's runs lies in memory.
#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

#include "lib/dedup/index.h"

namespace wirefold {

// What may be taken by runs, while so many bytes come that do not count among theirs yet.
size_t CandidateIndex::MemoryForRuns(size_t coming_bytes) const {
  if (options_.memory_bytes == 0) return std::numeric_limits<size_t>::max();
  {
    // What was merged and is not in its place yet.
    const std::lock_guard lock(keeper_mutex_);
    if (merged_.has_value()) coming_bytes += merged_->run->memory_bytes();
  }
  // A segment that is added to takes a quarter more than in the mean at most.
  const size_t kept = segment_articles_ * kBytesAnArticle * 5 / 4 + coming_bytes;
  return options_.memory_bytes > kept ? options_.memory_bytes - kept : 0;
}

// What of each run, the newest first, lies in memory, so that all together take no more than
// `bytes`: filters first, then shards, for as many of the newest as they go.
std::vector<IndexRun::Residency> CandidateIndex::ResidencyWithin(
    const std::vector<IndexRun::Header>& newest_first, size_t bytes) {
  std::vector<IndexRun::Residency> all(newest_first.size());
  size_t taken = 0;
  for (const IndexRun::Header& run : newest_first) taken += IndexRun::MemoryBytes(run, {});
  const auto take = [&](size_t more) {
    if (taken + more > bytes) return false;
    taken += more;
    return true;
  };
  for (size_t i = 0; i < all.size(); ++i) {
    const size_t more = IndexRun::MemoryBytes(newest_first[i], {.shards = 0, .filters = true}) -
                        IndexRun::MemoryBytes(newest_first[i], {});
    if (!take(more)) return all;
    all[i].filters = true;
  }
  for (size_t i = 0; i < all.size(); ++i) {
    const IndexRun::Header& run = newest_first[i];
    for (size_t shard = 0; shard < PostingTable::kShards; ++shard) {
      const bool is_last = shard + 1 == PostingTable::kShards;
      const size_t more =
          IndexRun::ShardBytes(run, shard) + (is_last ? IndexRun::EntryBytes(run) : 0);
      if (!take(more - std::min(more, IndexRun::FilterBytes(run, shard)))) return all;
      all[i].shards = shard + 1;
    }
  }
  return all;
}

// Frees runs that became one with others: whoever takes their room has to call it first.
void CandidateIndex::LetGo() {
  std::vector<std::shared_ptr<IndexRun>> let_go;
  const std::lock_guard lock(keeper_mutex_);
  let_go.swap(let_go_);
}

// Lets go of what is too much, and takes back what there is room for; so many bytes are about to be
// taken beside it.
void CandidateIndex::KeepWithin(size_t coming_bytes) {
  LetGo();
  std::vector<std::shared_ptr<IndexRun>> runs;  // the newest first
  {
    const std::shared_lock lock(mutex_);
    for (size_t p = parts_.size(); p-- > 0;) {
      if (parts_[p].run != nullptr) runs.push_back(parts_[p].run);
    }
  }
  std::vector<IndexRun::Header> headers;
  for (const auto& run : runs) headers.push_back(run->header());
  const std::vector<IndexRun::Residency> wanted =
      ResidencyWithin(headers, MemoryForRuns(coming_bytes));
  const auto change = [&](size_t i, IndexRun::Residency residency) {
    absl::StatusOr<std::shared_ptr<IndexRun>> other = runs[i]->With(residency);
    if (!other.ok()) {
      runs[i]->NoteDamaged();
      return false;
    }
    const std::unique_lock lock(mutex_);
    const auto part = std::find_if(parts_.begin(), parts_.end(),
                                   [&](const Part& one) { return one.run == runs[i]; });
    if (part != parts_.end()) std::swap(part->run, *other);
    return true;
  };
  // First what lets go, and whole before anything is taken.
  for (const bool lets_go : {true, false}) {
    for (size_t i = 0; i < runs.size(); ++i) {
      if (runs[i] == nullptr || wanted[i] == runs[i]->residency()) continue;
      if ((IndexRun::MemoryBytes(headers[i], wanted[i]) < runs[i]->memory_bytes()) != lets_go) {
        continue;
      }
      if (!change(i, wanted[i]) && lets_go) change(i, {});
      runs[i].reset();
    }
  }
}

}  // namespace wirefold
