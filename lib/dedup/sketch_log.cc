#include "lib/dedup/sketch_log.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <numeric>
#include <random>
#include <system_error>
#include <utility>

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
template <typename Value>
std::span<char> WritableBytesOfOne(Value& value) {
  return {reinterpret_cast<char*>(&value), sizeof value};
}

template <typename Sizes>
uint64_t SumOf(const Sizes& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), uint64_t{0});
}

uint64_t NewEra() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

bool TakeNumberOf(std::string_view text, int base, uint64_t& number) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return failed == std::errc() && end == text.data() + text.size();
}

void RemoveFile(const std::string& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
}

}  // namespace

SketchLog::SketchLog(std::string folder, std::function<absl::Status()> has_room)
    : folder_(std::move(folder)), has_room_(std::move(has_room)), era_(NewEra()) {}

uint32_t SketchLog::ChecksumOf(uint64_t era, std::string_view coarse, const Ulid& id,
                               uint64_t change) {
  return static_cast<uint32_t>(
      HashBytes64(coarse, HashBytes64(BytesOfOne(id), HashBytes64(BytesOfOne(change), era))));
}

uint64_t SketchLog::ChecksumOf(uint64_t era, const GroupHeader& header) {
  return HashBytes64(BytesOfOne(header).substr(0, offsetof(GroupHeader, checksum)), era);
}

uint64_t SketchLog::ChecksumOf(uint64_t era, const Footer& footer,
                               const std::vector<uint32_t>& directory) {
  return HashBytes64(BytesOfOne(footer).substr(0, offsetof(Footer, checksum)),
                     HashBytes64(BytesOf(directory), era));
}

std::string_view SketchLog::SketchAt(const std::array<uint16_t, kGroup>& sizes,
                                     std::string_view sketches, size_t place) {
  const uint64_t offset = SumOf(std::span(sizes).first(place));
  return offset + sizes.at(place) > sketches.size() ? std::string_view()
                                                    : sketches.substr(offset, sizes.at(place));
}

std::string_view SketchLog::SketchIn(uint64_t era, std::string_view group, uint64_t change) {
  GroupHeader header;
  if (group.size() < sizeof header) return {};
  std::memcpy(&header, group.data(), sizeof header);
  if (header.number != GroupOf(change) || header.checksum != ChecksumOf(era, header)) return {};
  return SketchAt(header.sizes, group.substr(sizeof header), change % kGroup);
}

CoarseAnswer SketchLog::Answer(const CoarseProbe& probe, uint64_t era, std::string_view sketch,
                               const Asked& asked) {
  uint32_t checksum = 0;
  if (sketch.size() <= sizeof checksum) return CoarseAnswer::kUnknown;
  std::memcpy(&checksum, sketch.data(), sizeof checksum);
  sketch.remove_prefix(sizeof checksum);
  if (checksum != ChecksumOf(era, sketch, asked.id, asked.change)) return CoarseAnswer::kUnknown;
  return probe.SharesTooLittle(sketch) ? CoarseAnswer::kTooLittle : CoarseAnswer::kPerhaps;
}

std::string SketchLog::PathOf(const Name& name) const {
  return absl::StrCat(folder_, "/", name.first_change, "-", absl::Hex(name.era, absl::kZeroPad16),
                      ToAbsl(kSuffix));
}

std::vector<SketchLog::Name> SketchLog::FilesThere() const {
  std::vector<Name> names;
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const std::string path = at->path().string();
    const std::string stem = at->path().stem().string();
    const size_t dash = stem.find('-');
    Name name{};
    // Other people's files stay.
    if (dash != std::string::npos &&
        TakeNumberOf(std::string_view(stem).substr(0, dash), 10, name.first_change) &&
        TakeNumberOf(std::string_view(stem).substr(dash + 1), 16, name.era) &&
        fs::path(PathOf(name)).filename() == at->path().filename()) {
      names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end(),
            [](const Name& a, const Name& b) { return a.first_change < b.first_change; });
  return names;
}

bool SketchLog::LoadDirectory(File& file, uint64_t size) {
  Footer footer;
  if (size < sizeof footer ||
      !file.reader->ReadAt(size - sizeof footer, WritableBytesOfOne(footer)) ||
      footer.first_change != file.first_change || footer.groups > kFileGroups) {
    return false;
  }
  std::vector<uint32_t> directory(footer.groups + 1);
  const uint64_t behind = directory.size() * sizeof(uint32_t) + sizeof footer;
  if (size < behind || !file.reader->ReadAt(size - behind, WritableBytesOf(directory)) ||
      ChecksumOf(file.era, footer, directory) != footer.checksum ||
      directory.back() + behind != size) {
    return false;
  }
  file.directory = std::move(directory);
  file.last_ms = footer.last_ms;
  return true;
}

void SketchLog::ScanGroups(File& file, uint64_t size) {
  for (uint64_t offset = 0;;) {
    GroupHeader header;
    if (!file.reader->ReadAt(offset, WritableBytesOfOne(header)) ||
        header.checksum != ChecksumOf(file.era, header) ||
        header.number < file.first_group() + file.groups() ||
        header.number >= file.first_group() + kFileGroups) {
      return;
    }
    offset += sizeof header + SumOf(header.sizes);
    if (offset > size) return;
    file.directory.resize(header.number - file.first_group() + 1, file.end());
    file.directory.push_back(static_cast<uint32_t>(offset));
    file.last_ms = header.last_ms;
  }
}

std::shared_ptr<SketchLog::File> SketchLog::Load(const Name& name, uint64_t end_change) const {
  auto file = std::make_shared<File>();
  file->path = PathOf(name);
  absl::StatusOr<std::unique_ptr<FileReader>> reader = FileReader::Open(file->path);
  if (!reader.ok()) return nullptr;
  file->reader = *std::move(reader);
  file->era = name.era;
  file->first_change = name.first_change;
  file->end_change = end_change;
  const uint64_t size = file->reader->size();
  if (!LoadDirectory(*file, size)) ScanGroups(*file, size);
  file->written = file->end();
  return file;
}

void SketchLog::Restore(std::span<const Era> eras) {
  if (folder_.empty()) return;
  std::vector<std::shared_ptr<File>> files;
  for (const Name& name : FilesThere()) {
    const auto era =
        std::find_if(eras.begin(), eras.end(), [&](const Era& one) { return one.id == name.era; });
    if (era == eras.end() || name.first_change >= era->end) {
      RemoveFile(PathOf(name));
    } else if (std::shared_ptr<File> file = Load(name, era->end); file != nullptr) {
      files.push_back(std::move(file));
    }
  }
  const std::unique_lock lock(mutex_);
  files_ = std::move(files);
}

std::vector<SketchLog::Era> SketchLog::Eras() const {
  std::vector<Era> eras;
  const std::shared_lock lock(mutex_);
  for (const std::shared_ptr<File>& file : files_) {
    const Era era{file->era, file->end_change};
    if (era.id != era_ && std::find(eras.begin(), eras.end(), era) == eras.end()) {
      eras.push_back(era);
    }
  }
  eras.push_back({era_, kOpenEnd});
  return eras;
}

void SketchLog::Append(uint64_t change, const Ulid& id, const Sketch& sketch, int64_t time_ms) {
  const uint64_t group = GroupOf(change);
  if (folder_.empty() || closed_) return;
  if (group != current_.number) FinishGroup();
  if (group < resume_) return;
  std::string coarse(sizeof(uint32_t), '\0');
  coarse.reserve(sizeof(uint32_t) + kMaxCoarseBytes);
  AppendCoarse(sketch, coarse);
  if (coarse.size() == sizeof(uint32_t)) return;
  const uint32_t checksum =
      ChecksumOf(era_, std::string_view(coarse).substr(sizeof(uint32_t)), id, change);
  std::memcpy(coarse.data(), &checksum, sizeof checksum);
  if (!HasFileFor(group) && !MakeFileFor(change)) return;
  const std::unique_lock lock(mutex_);
  current_.number = group;
  current_.sizes.at(change % kGroup) = static_cast<uint16_t>(coarse.size());
  current_.sketches += coarse;
  files_.back()->last_ms = std::max(files_.back()->last_ms, time_ms);
}

bool SketchLog::HasFileFor(uint64_t group) const {
  return appender_.has_value() && group - files_.back()->first_group() < kFileGroups;
}

bool SketchLog::MakeFileFor(uint64_t change) {
  if (appender_.has_value()) Seal();
  if (GroupOf(change) < resume_) return false;
  auto file = std::make_shared<File>();
  file->path = PathOf({change, era_});
  file->era = era_;
  file->first_change = change;
  std::error_code ignored;
  fs::create_directories(folder_, ignored);
  absl::StatusOr<FileAppender> made = has_room_ && !has_room_().ok()
                                          ? absl::UnavailableError("there is no room")
                                          : FileAppender::Create(file->path);
  absl::StatusOr<std::unique_ptr<FileReader>> reader =
      made.ok() ? FileReader::Open(file->path) : made.status();
  if (!reader.ok()) {
    if (made.ok()) RemoveFile(file->path);
    resume_ = GroupOf(change) + kPause;
    return false;
  }
  file->reader = *std::move(reader);
  appender_.emplace(*std::move(made));
  const std::unique_lock lock(mutex_);
  files_.push_back(std::move(file));
  return true;
}

// What has been filled waits to be written.
void SketchLog::FinishGroup() {
  if (current_.sketches.empty()) return;
  {
    const std::unique_lock lock(mutex_);
    File& file = *files_.back();
    GroupHeader header{current_.number, file.last_ms, current_.sizes, 0};
    header.checksum = ChecksumOf(era_, header);
    file.directory.resize(current_.number - file.first_group() + 1, file.end());
    waiting_ += BytesOfOne(header);
    waiting_ += current_.sketches;
    file.directory.push_back(file.written + static_cast<uint32_t>(waiting_.size()));
    current_.sizes = {};
    current_.sketches.clear();
  }
  if (waiting_.size() >= kBufferBytes && !Flush()) GiveUp();
}

bool SketchLog::Flush() {
  if (waiting_.empty()) return true;
  if (has_room_ && !has_room_().ok()) return false;
  if (!appender_->Append(waiting_).ok()) return false;
  const std::unique_lock lock(mutex_);
  files_.back()->written += static_cast<uint32_t>(waiting_.size());
  waiting_.clear();
  return true;
}

void SketchLog::Seal() {
  if (!Flush()) {
    GiveUp();
    return;
  }
  const File& file = *files_.back();
  Footer footer{file.first_change, file.last_ms, file.groups(), 0};
  footer.checksum = ChecksumOf(era_, footer, file.directory);
  // Without it the groups are read at the next start.
  appender_->Append(absl::StrCat(ToAbsl(BytesOf(file.directory)), ToAbsl(BytesOfOne(footer))))
      .IgnoreError();
  appender_.reset();
}

void SketchLog::GiveUp() {
  appender_.reset();
  resume_ = current_.number + kPause;
  const std::unique_lock lock(mutex_);
  File& file = *files_.back();
  while (file.end() > file.written) file.directory.pop_back();
  waiting_.clear();
}

void SketchLog::Forget(int64_t before_ms) {
  const std::unique_lock lock(mutex_);
  const auto stays = [&](const std::shared_ptr<File>& file) {
    return file->last_ms >= before_ms || (appender_.has_value() && file == files_.back());
  };
  const auto gone = std::stable_partition(files_.begin(), files_.end(), stays);
  gone_.insert(gone_.end(), std::make_move_iterator(gone), std::make_move_iterator(files_.end()));
  files_.erase(gone, files_.end());
}

void SketchLog::Sweep() {
  std::vector<std::shared_ptr<File>> gone;
  {
    const std::unique_lock lock(mutex_);
    gone.swap(gone_);
  }
  for (const std::shared_ptr<File>& file : gone) RemoveFile(file->path);
}

void SketchLog::Close() {
  if (closed_) return;
  closed_ = true;
  FinishGroup();
  if (appender_.has_value()) Seal();
  Sweep();
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
      one.answer = CoarseAnswer::kUnknown;
      const uint64_t group = GroupOf(one.change);
      if (group == current_.number && current_.sizes.at(one.change % kGroup) > 0) {
        one.answer = Answer(probe, era_,
                            SketchAt(current_.sizes, current_.sketches, one.change % kGroup), one);
        continue;
      }
      const auto next = std::upper_bound(
          files_.begin(), files_.end(), one.change,
          [](uint64_t change, const auto& file) { return change < file->first_change; });
      if (next == files_.begin()) continue;
      const std::shared_ptr<File>& file = *std::prev(next);
      const uint64_t at = group - file->first_group();
      if (at >= file->groups() || one.change >= file->end_change) continue;
      const uint32_t offset = file->directory[at];
      const uint32_t bytes = file->directory[at + 1] - offset;
      if (offset >= file->written) {
        const std::string_view there =
            std::string_view(waiting_).substr(offset - file->written, bytes);
        one.answer = Answer(probe, file->era, SketchIn(file->era, there, one.change), one);
      } else if (bytes > 0) {
        places.push_back({i, file, offset, bytes});
      }
    }
  }
  // What is not in the page cache is asked for together, so that the disk reads it side by side.
  std::string group;
  const auto tell = [&](const Place& place) {
    Asked& one = asked[place.which];
    const uint64_t era = place.file->era;
    one.answer = Answer(probe, era, SketchIn(era, group, one.change), one);
  };
  std::vector<const Place*> waiting;
  for (const Place& place : places) {
    group.resize(place.bytes);
    if (place.file->reader->ReadAtOnce(place.offset, group)) {
      tell(place);
    } else {
      place.file->reader->Prefetch(place.offset, place.bytes);
      waiting.push_back(&place);
    }
  }
  for (const Place* const place : waiting) {
    group.resize(place->bytes);
    if (place->file->reader->ReadAt(place->offset, group)) tell(*place);
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
