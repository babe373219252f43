#include "lib/dedup/sketch_log.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <numeric>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "lib/base/hash.h"
#include "lib/base/strings.h"

namespace wirefold {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".sketches";
// Groups that are not kept once something could not be written.
constexpr uint64_t kPause = 4096;

template <typename Value>
std::string_view BytesOfOne(const Value& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

void RemoveFile(const std::string& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
}

}  // namespace

uint32_t SketchLog::ChecksumOf(std::string_view coarse, const Ulid& id, uint64_t change) {
  return static_cast<uint32_t>(HashBytes64(coarse, HashBytes64(BytesOfOne(id), change)));
}

uint64_t SketchLog::ChecksumOf(const GroupHeader& header) {
  return HashBytes64(BytesOfOne(header).substr(0, offsetof(GroupHeader, checksum)),
                     /*seed=*/kSketchVersion);
}

uint64_t SketchLog::ChecksumOf(const Footer& footer, const std::vector<uint32_t>& directory) {
  return HashBytes64(BytesOfOne(footer).substr(0, offsetof(Footer, checksum)),
                     HashBytes64(BytesOf(directory), /*seed=*/kSketchVersion));
}

std::string_view SketchLog::SketchAt(const std::array<uint16_t, kGroup>& sizes,
                                     std::string_view sketches, size_t place) {
  const size_t offset =
      std::accumulate(sizes.begin(), sizes.begin() + static_cast<ptrdiff_t>(place), size_t{0});
  return offset + sizes[place] > sketches.size() ? std::string_view()
                                                 : sketches.substr(offset, sizes[place]);
}

std::string_view SketchLog::SketchIn(std::string_view group, uint64_t change) {
  GroupHeader header;
  if (group.size() < sizeof header) return {};
  std::memcpy(&header, group.data(), sizeof header);
  if (header.number != GroupOf(change)) return {};
  return SketchAt(header.sizes, group.substr(sizeof header), change % kGroup);
}

CoarseAnswer SketchLog::Answer(const CoarseProbe& probe, std::string_view sketch,
                               const Asked& asked) {
  uint32_t checksum = 0;
  if (sketch.size() <= sizeof checksum) return CoarseAnswer::kUnknown;
  std::memcpy(&checksum, sketch.data(), sizeof checksum);
  sketch.remove_prefix(sizeof checksum);
  if (checksum != ChecksumOf(sketch, asked.id, asked.change)) return CoarseAnswer::kUnknown;
  return probe.SharesTooLittle(sketch) ? CoarseAnswer::kTooLittle : CoarseAnswer::kPerhaps;
}

std::string SketchLog::PathOf(uint64_t first_group) const {
  return absl::StrCat(folder_, "/", first_group * kGroup, ToAbsl(kSuffix));
}

std::vector<uint64_t> SketchLog::FilesThere() const {
  std::vector<uint64_t> first_groups;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
    if (entry.path().extension().string() != kSuffix) continue;
    const std::string name = entry.path().stem().string();
    uint64_t first = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), first);
    // Other people's files stay.
    if (failed != std::errc() || end != name.data() + name.size() || first % kGroup != 0) continue;
    first_groups.push_back(first / kGroup);
  }
  std::sort(first_groups.begin(), first_groups.end());
  return first_groups;
}

bool SketchLog::LoadDirectory(File& file) {
  const uint64_t size = file.file->size();
  Footer footer;
  if (size < sizeof footer ||
      !file.file->ReadAt(size - sizeof footer,
                         {reinterpret_cast<char*>(&footer), sizeof footer}) ||
      footer.first_group != file.first_group || footer.groups > kFileGroups) {
    return false;
  }
  std::vector<uint32_t> directory(footer.groups + 1);
  const uint64_t behind = directory.size() * sizeof(uint32_t) + sizeof footer;
  if (size < behind || !file.file->ReadAt(size - behind, WritableBytesOf(directory)) ||
      ChecksumOf(footer, directory) != footer.checksum || directory.back() + behind != size) {
    return false;
  }
  file.directory = std::move(directory);
  file.last_ms = footer.last_ms;
  return true;
}

void SketchLog::ScanGroups(File& file) {
  for (uint64_t offset = 0;;) {
    GroupHeader header;
    if (!file.file->ReadAt(offset, {reinterpret_cast<char*>(&header), sizeof header}) ||
        header.checksum != ChecksumOf(header) ||
        header.number < file.first_group + file.groups() ||
        header.number >= file.first_group + kFileGroups) {
      return;
    }
    offset += sizeof header +
              std::accumulate(header.sizes.begin(), header.sizes.end(), uint64_t{0});
    if (offset > file.file->size()) return;
    file.directory.resize(header.number - file.first_group + 1, file.end());
    file.directory.push_back(static_cast<uint32_t>(offset));
    file.last_ms = header.last_ms;
  }
}

std::shared_ptr<SketchLog::File> SketchLog::Load(const std::string& path, uint64_t first_group) {
  absl::StatusOr<std::unique_ptr<FileLog>> opened = FileLog::Open(path);
  if (!opened.ok()) return nullptr;
  auto file = std::make_shared<File>();
  file->file = *std::move(opened);
  file->first_group = first_group;
  if (!LoadDirectory(*file)) ScanGroups(*file);
  file->written = file->end();
  return file;
}

void SketchLog::CutBehind(File& file, uint64_t next_change) {
  const uint64_t group = GroupOf(next_change);
  const uint64_t at = group - file.first_group;
  if (at >= file.groups()) return;
  std::string bytes(file.directory[at + 1] - file.directory[at], '\0');
  file.directory.resize(at + 1);
  file.written = file.end();
  GroupHeader header;
  if (bytes.size() < sizeof header || !file.file->ReadAt(file.end(), bytes)) return;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.number != group) return;
  current_.number = group;
  for (uint64_t change = group * kGroup; change < next_change; ++change) {
    const std::string_view sketch = SketchIn(bytes, change);
    current_.sizes.at(change % kGroup) = static_cast<uint16_t>(sketch.size());
    current_.sketches += sketch;
  }
}

void SketchLog::Restore(uint64_t next_change) {
  if (folder_.empty()) return;
  const std::unique_lock lock(mutex_);
  const uint64_t next_group = GroupOf(next_change);
  for (const uint64_t first : FilesThere()) {
    std::shared_ptr<File> file;
    if (first * kGroup < next_change) file = Load(PathOf(first), first);
    const uint64_t taken =
        files_.empty() ? 0 : files_.back()->first_group + files_.back()->groups();
    if (file == nullptr || first < taken) {
      RemoveFile(PathOf(first));
      continue;
    }
    CutBehind(*file, next_change);
    files_.push_back(std::move(file));
  }
  if (files_.empty()) return;
  File& last = *files_.back();
  // Its directory goes, and what was cut off; from here on it is as it was while it grew.
  is_open_ = next_group - last.first_group < kFileGroups && last.file->Truncate(last.end()).ok();
}

void SketchLog::Clear() {
  if (folder_.empty()) return;
  const std::unique_lock lock(mutex_);
  for (const uint64_t first : FilesThere()) RemoveFile(PathOf(first));
  files_.clear();
  is_open_ = false;
  waiting_.clear();
  current_ = {};
}

void SketchLog::Append(uint64_t change, const Ulid& id, const Sketch& sketch, int64_t time_ms) {
  const uint64_t group = GroupOf(change);
  if (folder_.empty() || closed_ || group < resume_) return;
  if (group != current_.number) FinishGroup();
  std::string coarse;
  coarse.reserve(sizeof(uint32_t) + kMaxCoarseBytes);
  coarse.append(sizeof(uint32_t), '\0');
  AppendCoarse(sketch, coarse);
  if (coarse.size() == sizeof(uint32_t)) return;
  const uint32_t checksum =
      ChecksumOf(std::string_view(coarse).substr(sizeof(uint32_t)), id, change);
  std::memcpy(coarse.data(), &checksum, sizeof checksum);
  if (!HasFileFor(group) && !MakeFileFor(group)) return;
  const std::unique_lock lock(mutex_);
  current_.number = group;
  current_.sizes.at(change % kGroup) = static_cast<uint16_t>(coarse.size());
  current_.sketches += coarse;
  files_.back()->last_ms = std::max(files_.back()->last_ms, time_ms);
}

bool SketchLog::HasFileFor(uint64_t group) const {
  return is_open_ && group - files_.back()->first_group < kFileGroups;
}

bool SketchLog::MakeFileFor(uint64_t group) {
  if (is_open_) Seal();
  const std::string path = PathOf(group);
  RemoveFile(path);
  std::error_code ignored;
  fs::create_directories(folder_, ignored);
  absl::StatusOr<std::unique_ptr<FileLog>> made = FileLog::Open(path);
  if (!made.ok() || (has_room_ && !has_room_().ok())) {
    RemoveFile(path);
    resume_ = group + kPause;
    return false;
  }
  auto file = std::make_shared<File>();
  file->file = *std::move(made);
  file->first_group = group;
  const std::unique_lock lock(mutex_);
  files_.push_back(std::move(file));
  is_open_ = true;
  return true;
}

// What has been filled waits to be written.
void SketchLog::FinishGroup() {
  if (!current_.sketches.empty() && HasFileFor(current_.number)) {
    const std::unique_lock lock(mutex_);
    File& file = *files_.back();
    GroupHeader header{current_.number, file.last_ms, current_.sizes, 0};
    header.checksum = ChecksumOf(header);
    file.directory.resize(current_.number - file.first_group + 1, file.end());
    waiting_ += BytesOfOne(header);
    waiting_ += current_.sketches;
    file.directory.push_back(file.written + static_cast<uint32_t>(waiting_.size()));
  }
  {
    const std::unique_lock lock(mutex_);
    current_.sizes = {};
    current_.sketches.clear();
  }
  if (waiting_.size() >= kBufferBytes && !Flush()) GiveUp();
}

bool SketchLog::Flush() {
  if (waiting_.empty()) return true;
  File& file = *files_.back();
  if (has_room_ && !has_room_().ok()) return false;
  if (!file.file->Append(waiting_).ok()) return false;
  const std::unique_lock lock(mutex_);
  file.written += static_cast<uint32_t>(waiting_.size());
  waiting_.clear();
  return true;
}

void SketchLog::Seal() {
  if (!Flush()) {
    GiveUp();
    return;
  }
  const File& file = *files_.back();
  Footer footer{file.first_group, file.last_ms, file.groups(), 0};
  footer.checksum = ChecksumOf(footer, file.directory);
  // Without it the groups are read at the next start.
  const absl::Status appended =
      file.file->Append(absl::StrCat(ToAbsl(BytesOf(file.directory)), ToAbsl(BytesOfOne(footer))));
  if (!appended.ok()) file.file->Truncate(file.written).IgnoreError();
  const std::unique_lock lock(mutex_);
  is_open_ = false;
}

void SketchLog::GiveUp() {
  const std::unique_lock lock(mutex_);
  File& file = *files_.back();
  while (file.end() > file.written) file.directory.pop_back();
  file.file->Truncate(file.written).IgnoreError();
  waiting_.clear();
  is_open_ = false;
  resume_ = current_.number + kPause;
}

void SketchLog::Forget(int64_t before_ms) {
  const std::unique_lock lock(mutex_);
  std::erase_if(files_, [&](const std::shared_ptr<File>& file) {
    if (file->last_ms >= before_ms || (is_open_ && file == files_.back())) return false;
    RemoveFile(file->file->path());
    return true;
  });
}

void SketchLog::Close() {
  if (closed_) return;
  closed_ = true;
  FinishGroup();
  if (is_open_) Seal();
}

void SketchLog::Ask(const CoarseProbe& probe, std::span<Asked> asked) const {
  struct Place {
    size_t which;
    std::shared_ptr<const File> file;
    uint32_t offset;
    uint32_t bytes;
  };
  std::vector<Place> places;
  {
    const std::shared_lock lock(mutex_);
    for (size_t i = 0; i < asked.size(); ++i) {
      Asked& one = asked[i];
      const uint64_t group = GroupOf(one.change);
      if (group == current_.number && !current_.sketches.empty()) {
        one.answer =
            Answer(probe, SketchAt(current_.sizes, current_.sketches, one.change % kGroup), one);
        continue;
      }
      const auto next = std::upper_bound(
          files_.begin(), files_.end(), group,
          [](uint64_t sought, const auto& file) { return sought < file->first_group; });
      if (next == files_.begin()) continue;
      const std::shared_ptr<File>& file = *std::prev(next);
      const uint64_t at = group - file->first_group;
      if (at >= file->groups()) continue;
      const uint32_t offset = file->directory[at];
      const uint32_t bytes = file->directory[at + 1] - offset;
      if (offset >= file->written) {
        const std::string_view there =
            std::string_view(waiting_).substr(offset - file->written, bytes);
        one.answer = Answer(probe, SketchIn(there, one.change), one);
      } else if (bytes > 0) {
        places.push_back({i, file, offset, bytes});
      }
    }
  }
  // What is not in the page cache is asked for together, so that the disk reads it side by side.
  std::string group;
  const auto tell = [&](const Place& place) {
    Asked& one = asked[place.which];
    one.answer = Answer(probe, SketchIn(group, one.change), one);
  };
  std::vector<const Place*> waiting;
  for (const Place& place : places) {
    group.resize(place.bytes);
    if (place.file->file->ReadAtOnce(place.offset, group)) {
      tell(place);
    } else {
      place.file->file->Prefetch(place.offset, place.bytes);
      waiting.push_back(&place);
    }
  }
  for (const Place* const place : waiting) {
    group.resize(place->bytes);
    if (place->file->file->ReadAt(place->offset, group)) tell(*place);
  }
}

uint64_t SketchLog::disk_bytes() const {
  const std::shared_lock lock(mutex_);
  uint64_t bytes = 0;
  for (const auto& file : files_) bytes += file->written;
  return bytes;
}

size_t SketchLog::memory_bytes() const {
  const std::shared_lock lock(mutex_);
  size_t bytes = waiting_.capacity() + current_.sketches.capacity();
  for (const auto& file : files_) {
    bytes += sizeof(File) + file->directory.capacity() * sizeof(uint32_t);
  }
  return bytes;
}

}  // namespace wirefold
