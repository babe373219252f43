#include "lib/dedup/index.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <mutex>
#include <utility>

namespace wirefold {
namespace {

constexpr int64_t kDayMs = 86'400'000;
// So much of the memory is for the segment that is added to, for what is being written, and for the
// rest of what it needs.
constexpr size_t kSegmentShare = 5;  // halves

int64_t FloorDiv(int64_t value, int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

size_t SegmentArticles(const IndexOptions& options) {
  if (options.segment_articles != 0) return options.segment_articles;
  if (options.memory_bytes == 0) return CandidateIndex::kSegmentArticles;
  return std::clamp(
      std::bit_floor(options.memory_bytes * 2 / (kSegmentShare * CandidateIndex::kBytesAnArticle)),
      CandidateIndex::kMinSegmentArticles, CandidateIndex::kSegmentArticles);
}

}  // namespace

CandidateIndex::CandidateIndex(IndexOptions options)
    : options_(std::move(options)),
      segment_ms_((options_.window_ms + kSegmentsOfWindow * kDayMs - 1) /
                  (kSegmentsOfWindow * kDayMs) * kDayMs),
      segment_articles_(SegmentArticles(options_)),
      folder_(options_.folder),
      sketches_(options_.folder, options_.has_room) {}

CandidateIndex::~CandidateIndex() { Stop(); }

int64_t CandidateIndex::KeyOf(int64_t time_ms) const {
  return segment_ms_ == 0 ? 0 : FloorDiv(time_ms, segment_ms_);
}

CandidateIndex::Range CandidateIndex::TimesOf(int64_t key) const {
  constexpr Range kAny{std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
  if (segment_ms_ == 0 || key == kAheadKey) return kAny;
  return {key * segment_ms_, (key + 1) * segment_ms_ - 1};
}

CandidateIndex::Range CandidateIndex::RangeOf(const FindOptions& options) const {
  Range range{std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
  if (options.window_ms != 0) {
    range = {options.time_ms - options.window_ms, options.time_ms + options.window_ms};
  }
  range.from_ms = std::max(range.from_ms, floor_ms());
  return range;
}

void CandidateIndex::Advance(int64_t newest_ms, std::optional<int64_t> position_ms) {
  if (options_.window_ms == 0) return;
  // By whole days, so that it is seldom that something goes.
  const int64_t floor = position_ms.has_value()
                            ? FloorDiv(*position_ms, kDayMs) * kDayMs - options_.window_ms
                            : kNoFloor;
  {
    const std::shared_lock lock(mutex_);
    if (newest_ms <= newest_ms_ && floor <= floor_ms()) return;
  }
  {
    const std::unique_lock lock(mutex_);
    newest_ms_ = std::max(newest_ms_, newest_ms);
    if (floor <= floor_ms()) return;
    floor_ms_.store(floor, std::memory_order_relaxed);
    floor_changed_ = next_change_++;
    PostLocked();
    std::erase_if(parts_, [&](const Part& part) {
      if (TimesOf(part.key).to_ms >= floor) return false;
      expired_ += part.live();
      return true;
    });
  }
  sketches_.Forget(floor);
}

std::optional<int64_t> CandidateIndex::KeyOfNew(int64_t time_ms) const {
  if (time_ms < floor_ms()) return std::nullopt;
  const bool ahead = options_.window_ms != 0 && newest_ms_ != kNoFloor && time_ms > newest_ms_;
  return ahead ? kAheadKey : KeyOf(time_ms);
}

// The segment that takes an article of this time; null if none does.
std::shared_ptr<IndexSegment> CandidateIndex::SegmentFor(int64_t time_ms) {
  const std::optional<int64_t> key = KeyOfNew(time_ms);
  if (!key.has_value()) return nullptr;
  const auto next = std::partition_point(parts_.begin(), parts_.end(),
                                         [&](const Part& part) { return part.key <= *key; });
  if (next != parts_.begin() && std::prev(next)->key == *key) {
    const Part& last = *std::prev(next);
    if (*key == kAheadKey && last.live() >= kMaxAhead) return nullptr;
    if (last.is_open() && !last.segment->full()) return last.segment;
  }
  Part part;
  part.key = *key;
  part.number = next_part_++;
  part.segment = std::make_shared<IndexSegment>();
  return parts_.insert(next, std::move(part))->segment;
}

void CandidateIndex::Add(const Ulid& id, const Sketch& sketch, bool is_new,
                         const SketchKeys* keys) {
  if (!is_new) Remove(id);
  if (sketch.shingles < kMinShingles) return;
  SketchKeys made;
  if (keys == nullptr || keys->keys.empty()) made = SketchKeys(sketch);
  const SketchKeys& all = made.keys.empty() ? *keys : made;
  const IndexSegment::Kept kept = IndexSegment::KeptOf(sketch);
  uint64_t change = 0;
  bool is_ahead = false;
  {
    const std::unique_lock lock(mutex_);
    const std::shared_ptr<IndexSegment> segment = SegmentFor(id.TimeMs());
    if (segment == nullptr) return;
    is_ahead = KeyOfNew(id.TimeMs()) == kAheadKey;
    change = next_change_++;
    kept.ForKeys(all, [&](uint64_t key) { changed_keys_.Note(key, change); });
    const uint32_t entry = segment->Add(id, change, kept);
    unposted_.Add(segment, entry, change, kept, all);
    if (unposted_.size() >= UnpostedEntries::kMax) {
      PostLocked();
    } else {
      unposted_count_.store(unposted_.size(), std::memory_order_relaxed);
    }
  }
  if (change < options_.sketches_from) return;
  // What is ahead of the stream keeps no file from leaving with the rest.
  sketches_.Append(change, id, sketch,
                   is_ahead ? std::numeric_limits<int64_t>::min() : id.TimeMs());
}

void CandidateIndex::PostLocked() const {
  unposted_.Post();
  unposted_count_.store(0, std::memory_order_relaxed);
}

void CandidateIndex::Post() const {
  if (unposted_count_.load(std::memory_order_relaxed) == 0) return;
  const std::unique_lock lock(mutex_);
  PostLocked();
}

void CandidateIndex::Prefetch(const FindState& state) const {
  for (const uint64_t key : state.keys.keys) {
    changed_keys_.Prefetch(key);
    unposted_.Prefetch(key);
  }
}

bool CandidateIndex::Remove(const Ulid& id) {
  const int64_t key = KeyOf(id.TimeMs());
  std::vector<std::pair<size_t, std::shared_ptr<IndexRun>>> runs;
  {
    const std::unique_lock lock(mutex_);
    for (size_t p = 0; p < parts_.size(); ++p) {
      const Part& part = parts_[p];
      if (part.key != key && part.key != kAheadKey) continue;
      if (part.run != nullptr) {
        runs.emplace_back(p, part.run);
        continue;
      }
      if (part.segment->RemoveRenumbers()) PostLocked();
      if (part.segment->Remove(id, next_change_)) {
        ++next_change_;
        return true;
      }
    }
  }
  // By a run's file that may have to be read, so without the lock. Meanwhile a segment may become
  // a run and a run may leave memory, but each stays in its place.
  for (const auto& [p, run] : runs) {
    const std::optional<uint32_t> entry = run->NumberOf(id);
    if (!entry.has_value()) continue;
    const std::unique_lock lock(mutex_);
    Part& part = parts_[p];
    part.run->Kill(*entry);
    if (part.deaths.size() >= kDeathsKept) {
      part.deaths_known_since = part.deaths.front().first + 1;
      part.deaths.pop_front();
    }
    part.deaths.emplace_back(next_change_++, *entry);
    return true;
  }
  return false;
}

std::vector<CoarseAnswer> CandidateIndex::Ask(const Sketch& sketch,
                                              std::span<const IndexHit> hits) const {
  std::vector<SketchLog::Asked> asked;
  asked.reserve(hits.size());
  for (const IndexHit& hit : hits) asked.push_back({hit.id, hit.entry});
  sketches_.Ask(CoarseProbe(sketch), asked);
  std::vector<CoarseAnswer> answers;
  answers.reserve(hits.size());
  for (const SketchLog::Asked& one : asked) answers.push_back(one.answer);
  return answers;
}

IndexStats CandidateIndex::stats() const {
  IndexStats stats;
  stats.memory_bytes += sketches_.memory_bytes();
  stats.disk_bytes += sketches_.disk_bytes();
  {
    const std::lock_guard lock(keeper_mutex_);
    stats.problem = problem_;
    // What is about to come, and what is about to go.
    if (merged_.has_value()) stats.memory_bytes += merged_->run->memory_bytes();
    for (const auto& run : let_go_) stats.memory_bytes += run->memory_bytes();
  }
  const std::shared_lock lock(mutex_);
  stats.memory_bytes += unposted_.memory_bytes();
  for (const Part& part : parts_) {
    stats.articles += part.live();
    if (part.run == nullptr) {
      ++stats.segments;
      stats.memory_bytes += part.segment->memory_bytes();
      continue;
    }
    ++stats.runs;
    stats.resident_runs += part.run->in_memory() ? 1 : 0;
    stats.bare_runs += part.run->residency() == IndexRun::Residency{} ? 1 : 0;
    stats.memory_bytes += part.run->memory_bytes();
    stats.disk_bytes += part.run->file_bytes();
    if (part.run->damaged()) stats.problem = "a run of the index can't be read";
  }
  stats.capped_buckets = capped_buckets_.load(std::memory_order_relaxed);
  stats.largest_bucket = largest_bucket_.load(std::memory_order_relaxed);
  stats.expired = expired_;
  stats.merged_runs = merged_runs_;
  return stats;
}

}  // namespace wirefold
