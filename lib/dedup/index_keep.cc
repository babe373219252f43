// Keeping the index: what is sealed and when, the thread that writes it, and how it comes back.
#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/thread.h"
#include "lib/dedup/index.h"

namespace wirefold {
namespace {

// A segment with less than such a share of what is sealed stays open …
constexpr size_t kSealedShare = 8;
// … unless more than such a share were left open by that, in many segments.
constexpr size_t kOpenShare = 2;
// No more than such a share of a segment is added while another is being written.
constexpr size_t kBesideWriting = 4;
// What could not be written is tried again after so long.
constexpr std::chrono::seconds kPause{15};

}  // namespace

void CandidateIndex::Settle(std::optional<uint64_t> next_event) {
  TakeMerged();
  size_t open = 0;
  {
    const std::shared_lock lock(mutex_);
    for (const Part& part : parts_) {
      if (part.key != kAheadKey && part.is_open()) open += part.segment->entries();
    }
  }
  if (open >= segment_articles_ / kBesideWriting + 1 && unwritten_.load() > 0) {
    // As when all is added at a start. Without a disk to write to it stays in memory.
    std::unique_lock lock(keeper_mutex_);
    keeping_.wait(lock, [this] { return unwritten_ == 0 || stopping_; });
  }
  if (open < segment_articles_) return;
  Seal(open);
  Checkpoint(next_event);
}

// The largest first, `open` articles being in all that may be sealed.
void CandidateIndex::Seal(size_t open) {
  const std::unique_lock lock(mutex_);
  PostLocked();
  std::vector<Part*> largest_first;
  for (Part& part : parts_) {
    if (part.key != kAheadKey && part.is_open()) largest_first.push_back(&part);
  }
  std::stable_sort(largest_first.begin(), largest_first.end(), [](const Part* a, const Part* b) {
    return a->segment->entries() > b->segment->entries();
  });
  for (Part* const part : largest_first) {
    const size_t entries = part->segment->entries();
    if (entries * kSealedShare < segment_articles_ && open * kOpenShare <= segment_articles_) break;
    part->segment->Seal();
    part->file = next_file_++;
    open -= entries;
  }
}

void CandidateIndex::Checkpoint(std::optional<uint64_t> next_event) {
  if (options_.folder.empty()) return;
  TakeMerged();
  Snapshot snapshot = TakeSnapshot(next_event, /*copies=*/true);
  const std::lock_guard lock(keeper_mutex_);
  if (stopping_) return;
  unwritten_ = static_cast<size_t>(std::count_if(
      snapshot.items.begin(), snapshot.items.end(),
      [](const Snapshot::Item& item) { return item.segment != nullptr && item.part.sealed; }));
  to_write_ = std::move(snapshot);
  if (!keeper_.joinable()) {
    keeper_ = std::thread([this] {
      NameThread("wf-index");
      Keep();
    });
  }
  keeping_.notify_all();
}

// By the thread that adds. `copies`: what is added to is copied, so that this can go on.
CandidateIndex::Snapshot CandidateIndex::TakeSnapshot(std::optional<uint64_t> next_event,
                                                      bool copies) {
  Snapshot snapshot;
  snapshot.next_event = next_event;
  snapshot.eras = sketches_.Eras();
  Post();
  const std::shared_lock lock(mutex_);
  snapshot.next_change = next_change_;
  for (const Part& part : parts_) {
    Snapshot::Item item;
    item.part = {.file = part.file, .key = part.key, .sealed = true};
    if (part.run != nullptr) {
      item.part.last_change = part.run->header().last_change;
      item.part.dead = part.run->Dead();
    } else {
      item.segment = part.segment;
      item.part.last_change = part.segment->last_change();
      item.part.dead = part.segment->dead();
      item.part.sealed = part.segment->sealed();
      if (!item.part.sealed) {
        if (!next_event.has_value()) continue;  // it is not written
        item.part.file = next_file_++;
        if (copies) item.segment = std::make_shared<IndexSegment>(*part.segment);
      }
    }
    snapshot.items.push_back(std::move(item));
  }
  return snapshot;
}

void CandidateIndex::Committed(uint64_t next_event) {
  if (options_.folder.empty()) return;
  const std::lock_guard lock(keeper_mutex_);
  committed_ = next_event;
  if (keeper_.joinable()) keeping_.notify_all();
}

// The thread that writes.
void CandidateIndex::Keep() {
  std::optional<Snapshot> snapshot;  // what could not be written is tried again
  std::unique_lock lock(keeper_mutex_);
  for (;;) {
    const auto is_due = [this] { return stopping_ || to_write_.has_value() || took_merged_; };
    if (snapshot.has_value()) {
      keeping_.wait_for(lock, kPause, is_due);
    } else {
      keeping_.wait(lock, is_due);
    }
    if (stopping_) return;
    if (std::exchange(took_merged_, false)) {
      lock.unlock();
      KeepWithin(0);
      lock.lock();
      if (stopping_) return;
    }
    if (to_write_.has_value()) snapshot = std::exchange(to_write_, std::nullopt);
    if (!snapshot.has_value()) continue;
    lock.unlock();
    const bool is_checkpoint = snapshot->next_event.has_value();
    const absl::Status written = Write(*snapshot, /*waits=*/true);
    lock.lock();
    problem_ = written.ok() || absl::IsCancelled(written) ? "" : std::string(written.message());
    if (!problem_.empty()) unwritten_ = 0;
    if (written.ok()) snapshot.reset();
    keeping_.notify_all();
    // What runs were made of stays on disk until the next checkpoint, so without those none are.
    if (!written.ok() || !is_checkpoint || to_write_.has_value() || stopping_) continue;
    lock.unlock();
    const absl::Status merged = Merge();
    const bool failed = !merged.ok() && !absl::IsCancelled(merged);
    if (failed) KeepWithin(0);  // what made room for it comes back
    lock.lock();
    if (failed) problem_ = std::string(merged.message());
  }
}

// `waits`: for what is in it to be committed; kCancelled if there is a newer one by then.
absl::Status CandidateIndex::Write(Snapshot& snapshot, bool waits) {
  if (absl::Status made = folder_.Make(); !made.ok()) return made;
  const auto go_on = [this] { return options_.has_room ? options_.has_room() : absl::OkStatus(); };
  for (Snapshot::Item& item : snapshot.items) {
    if (item.segment == nullptr || !item.part.sealed) continue;
    if (absl::Status written = WriteRun(item); !written.ok()) return written;
  }
  if (waits) KeepWithin(0);
  if (!snapshot.next_event.has_value()) return absl::OkStatus();
  for (Snapshot::Item& item : snapshot.items) {
    if (item.segment == nullptr) continue;
    absl::Status written =
        IndexRun::Write(folder_.PathOf(item.part.file), *item.segment, item.part.key, go_on);
    if (!written.ok()) return written;
    item.segment.reset();
  }
  if (waits) {
    std::unique_lock lock(keeper_mutex_);
    keeping_.wait(lock, [&] {
      return stopping_ || to_write_.has_value() || committed_ >= *snapshot.next_event;
    });
    if (committed_ < *snapshot.next_event) return absl::CancelledError();
  }
  IndexManifest manifest{
      options_.window_ms, *snapshot.next_event, snapshot.next_change, {}, snapshot.eras};
  for (const Snapshot::Item& item : snapshot.items) {
    if (item.part.file != 0) manifest.parts.push_back(item.part);
  }
  if (absl::Status written = folder_.Write(manifest); !written.ok()) return written;
  folder_.KeepOnly(&manifest, merged_file_);
  sketches_.Sweep();
  return absl::OkStatus();
}

// Writes a sealed segment and puts the run in its place.
absl::Status CandidateIndex::WriteRun(Snapshot::Item& item) {
  const auto go_on = [this] { return options_.has_room ? options_.has_room() : absl::OkStatus(); };
  const auto part_of = [&] {
    return std::find_if(parts_.begin(), parts_.end(),
                        [&](const Part& part) { return part.segment == item.segment; });
  };
  bool is_there = false;
  {
    const std::shared_lock lock(mutex_);
    is_there = part_of() != parts_.end();
  }
  const std::string path = folder_.PathOf(item.part.file);
  if (is_there) {
    absl::Status written = IndexRun::Write(path, *item.segment, item.part.key, go_on);
    if (!written.ok()) return written;
  } else if (!IndexRun::ReadHeader(path).ok()) {
    // The window has left it; else it was written for an earlier snapshot.
    item.part.file = 0;
  }
  if (is_there) {
    const absl::StatusOr<IndexRun::Header> header = IndexRun::ReadHeader(path);
    if (!header.ok()) return header.status();
    const size_t whole = IndexRun::MemoryBytes(*header, IndexRun::kWhole);
    // The other runs make room first, as far as this one is to stay.
    KeepWithin(std::min(whole, MemoryForRuns(0)));
    absl::StatusOr<std::shared_ptr<IndexRun>> run =
        IndexRun::Open(path, ResidencyWithin({*header}, MemoryForRuns(0)).front());
    if (!run.ok()) return run.status();
    std::shared_ptr<IndexSegment> old;  // goes without the lock
    const std::unique_lock lock(mutex_);
    if (const auto part = part_of(); part != parts_.end()) {
      part->deaths_known_since = part->segment->deaths_known_since();
      for (const auto& [change, entry] : part->segment->deaths()) {
        (*run)->Kill(entry);
        part->deaths.emplace_back(change, entry);
        if (part->deaths.size() > kDeathsKept) {
          part->deaths_known_since = part->deaths.front().first + 1;
          part->deaths.pop_front();
        }
      }
      old = std::exchange(part->segment, nullptr);
      part->run = *std::move(run);
    }
  }
  item.segment.reset();
  const std::lock_guard lock(keeper_mutex_);
  if (unwritten_ > 0) --unwritten_;
  keeping_.notify_all();
  return absl::OkStatus();
}

absl::Status CandidateIndex::WriteCheckpoint(uint64_t next_event) {
  Stop();  // two that write would take each other's files
  TakeMerged();
  if (options_.folder.empty()) return absl::OkStatus();
  sketches_.Close();
  Snapshot snapshot = TakeSnapshot(next_event, /*copies=*/false);
  return Write(snapshot, /*waits=*/false);
}

void CandidateIndex::Stop() {
  {
    const std::lock_guard lock(keeper_mutex_);
    stopping_ = true;
    keeping_.notify_all();
  }
  if (keeper_.joinable()) keeper_.join();
}

std::optional<uint64_t> CandidateIndex::Restore(uint64_t next_event, std::string* why) {
  if (options_.folder.empty()) return std::nullopt;
  const absl::StatusOr<IndexManifest> manifest = folder_.Read();
  absl::Status status = manifest.status();
  if (status.ok() && manifest->window_ms != options_.window_ms) {
    status = absl::FailedPreconditionError("it was made for another window");
  }
  if (status.ok() && manifest->next_event > next_event) {
    status = absl::FailedPreconditionError("it knows of later events than the store");
  }
  if (status.ok()) status = RestoreParts(*manifest);
  if (status.ok()) {
    folder_.KeepOnly(&*manifest, 0);
    std::vector<SketchLog::Era> eras = manifest->eras;
    for (SketchLog::Era& era : eras) era.end = std::min(era.end, manifest->next_change);
    sketches_.Restore(eras);
    return manifest->next_event;
  }
  if (!absl::IsNotFound(status)) *why = std::string(status.message());
  // Derived from the store: it is made again, as a whole.
  parts_.clear();
  next_change_ = 1;
  folder_.KeepOnly(nullptr, 0);
  sketches_.Clear();
  return std::nullopt;
}

absl::Status CandidateIndex::RestoreParts(const IndexManifest& manifest) {
  const auto missing = [](absl::Status status) {
    return absl::IsNotFound(status) ? absl::DataLossError(status.message()) : status;
  };
  std::vector<IndexRun::Header> sealed;  // the newest first
  for (size_t i = manifest.parts.size(); i-- > 0;) {
    if (!manifest.parts[i].sealed) continue;
    absl::StatusOr<IndexRun::Header> header =
        IndexRun::ReadHeader(folder_.PathOf(manifest.parts[i].file));
    if (!header.ok()) return missing(header.status());
    if (header->entries != manifest.parts[i].dead.size()) {
      return absl::DataLossError("the runs of the index are not those of its manifest");
    }
    sealed.push_back(*header);
  }
  const std::vector<IndexRun::Residency> wanted = ResidencyWithin(sealed, MemoryForRuns(0));
  size_t number = sealed.size();  // of the run in these two
  for (const IndexManifest::Part& from : manifest.parts) {
    next_file_ = std::max(next_file_.load(), from.file + 1);
    const std::string path = folder_.PathOf(from.file);
    Part part;
    part.number = next_part_++;
    part.key = from.key;
    part.file = from.file;
    if (from.sealed) {
      --number;
      if (TimesOf(from.key).to_ms < floor_ms()) continue;  // the window has left it
      absl::StatusOr<std::shared_ptr<IndexRun>> run = IndexRun::Open(path, wanted[number]);
      if (!run.ok()) return missing(run.status());
      for (uint32_t entry = 0; entry < from.dead.size(); ++entry) {
        if (from.dead[entry]) (*run)->Kill(entry);
      }
      part.run = *std::move(run);
      part.deaths_known_since = manifest.next_change;
    } else {
      absl::StatusOr<IndexTables> tables = IndexRun::ReadTables(path);
      if (!tables.ok()) return missing(tables.status());
      if (tables->entries.size() != from.dead.size()) {
        return absl::DataLossError("the runs of the index are not those of its manifest");
      }
      part.segment =
          std::make_shared<IndexSegment>(*std::move(tables), from.dead, from.last_change);
    }
    const std::unique_lock lock(mutex_);
    parts_.push_back(std::move(part));
  }
  next_change_ = manifest.next_change;
  return absl::OkStatus();
}

}  // namespace wirefold
