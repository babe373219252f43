#include "lib/dedup/index_folder.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/base/hash.h"
#include "lib/base/numbers.h"
#include "lib/base/strings.h"
#include "lib/dedup/sketch.h"

namespace wirefold {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifestName = "manifest";
constexpr std::string_view kRunSuffix = ".run";
// The first byte of a manifest; what the sketches are made by follows, and XXH3 of the rest.
constexpr uint8_t kFormVersion = 2;
constexpr size_t kMaxManifestBytes = size_t{1} << 30;

absl::Status Damaged() { return absl::DataLossError("the manifest of the index is damaged"); }

void AppendPart(const IndexManifest::Part& part, std::string& out) {
  AppendNumber(part.file, 8, out);
  AppendNumber(static_cast<uint64_t>(part.key), 8, out);
  AppendNumber(part.sealed ? 1 : 0, 1, out);
  AppendNumber(part.last_change, 8, out);
  AppendNumber(part.dead.size(), 8, out);
  for (size_t i = 0; i < part.dead.size(); i += 8) {
    uint8_t bits = 0;
    for (size_t bit = 0; bit < 8 && i + bit < part.dead.size(); ++bit) {
      bits |= static_cast<uint8_t>(part.dead[i + bit] ? 1u << bit : 0u);
    }
    AppendNumber(bits, 1, out);
  }
}

bool TakePart(std::string_view& in, IndexManifest::Part& part) {
  if (in.size() < 33) return false;
  part.file = TakeNumber(8, in);
  part.key = static_cast<int64_t>(TakeNumber(8, in));
  part.sealed = TakeNumber(1, in) != 0;
  part.last_change = TakeNumber(8, in);
  const uint64_t entries = TakeNumber(8, in);
  if (entries / 8 > in.size() || (entries + 7) / 8 > in.size()) return false;
  part.dead.resize(entries);
  for (size_t i = 0; i < entries; i += 8) {
    const uint64_t bits = TakeNumber(1, in);
    for (size_t bit = 0; bit < 8 && i + bit < entries; ++bit) {
      part.dead[i + bit] = (bits >> bit & 1) != 0;
    }
  }
  return true;
}

}  // namespace

absl::Status IndexFolder::Make() const {
  std::error_code error;
  fs::create_directories(path_, error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("making ", path_, ": ", error.message()));
}

std::string IndexFolder::PathOf(uint64_t file) const {
  return absl::StrCat(path_, "/", file, ToAbsl(kRunSuffix));
}

absl::StatusOr<IndexManifest> IndexFolder::Read() const {
  const absl::StatusOr<std::unique_ptr<FileReader>> file =
      FileReader::Open(absl::StrCat(path_, "/", ToAbsl(kManifestName)));
  if (!file.ok()) return file.status();
  if ((*file)->size() < 17 || (*file)->size() > kMaxManifestBytes) return Damaged();
  std::string bytes((*file)->size(), '\0');
  if (!(*file)->ReadAt(0, bytes)) return Damaged();
  std::string_view in = bytes;
  if (TakeNumber(1, in) != kFormVersion || TakeNumber(8, in) != kSketchVersion ||
      TakeNumber(8, in) != HashBytes64(in) || in.size() < 32) {
    return Damaged();
  }
  IndexManifest manifest;
  manifest.window_ms = static_cast<int64_t>(TakeNumber(8, in));
  manifest.next_event = TakeNumber(8, in);
  manifest.next_change = TakeNumber(8, in);
  for (uint64_t parts = TakeNumber(8, in); parts > 0; --parts) {
    if (!TakePart(in, manifest.parts.emplace_back())) return Damaged();
  }
  if (in.size() < 8) return Damaged();
  const uint64_t eras = TakeNumber(8, in);
  if (in.size() % 16 != 0 || in.size() / 16 != eras) return Damaged();
  while (!in.empty()) {
    const uint64_t id = TakeNumber(8, in);
    manifest.eras.push_back({id, TakeNumber(8, in)});
  }
  return manifest;
}

absl::Status IndexFolder::Write(const IndexManifest& manifest) const {
  std::string body;
  AppendNumber(static_cast<uint64_t>(manifest.window_ms), 8, body);
  AppendNumber(manifest.next_event, 8, body);
  AppendNumber(manifest.next_change, 8, body);
  AppendNumber(manifest.parts.size(), 8, body);
  for (const IndexManifest::Part& part : manifest.parts) AppendPart(part, body);
  AppendNumber(manifest.eras.size(), 8, body);
  for (const SketchLog::Era& era : manifest.eras) {
    AppendNumber(era.id, 8, body);
    AppendNumber(era.end, 8, body);
  }
  std::string head;
  AppendNumber(kFormVersion, 1, head);
  AppendNumber(kSketchVersion, 8, head);
  AppendNumber(HashBytes64(body), 8, head);
  absl::StatusOr<FileWriter> writer =
      FileWriter::Create(absl::StrCat(path_, "/", ToAbsl(kManifestName)));
  if (!writer.ok()) return writer.status();
  if (absl::Status status = writer->Append(head); !status.ok()) return status;
  if (absl::Status status = writer->Append(body); !status.ok()) return status;
  return writer->Commit();
}

void IndexFolder::KeepOnly(const IndexManifest* manifest, uint64_t also) const {
  std::error_code error;
  if (manifest == nullptr) fs::remove(fs::path(path_) / kManifestName, error);
  for (fs::directory_iterator at(path_, error), end; !error && at != end; at.increment(error)) {
    const fs::directory_entry& entry = *at;
    const std::string path = entry.path().string();
    const bool named = manifest != nullptr &&
                       (entry.path().filename() == kManifestName || path == PathOf(also) ||
                        std::any_of(manifest->parts.begin(), manifest->parts.end(),
                                    [&](const auto& part) { return PathOf(part.file) == path; }));
    const std::string extension = entry.path().extension().string();
    // Other people's files stay.
    if (named || (extension != kRunSuffix && extension != ".tmp")) continue;
    std::error_code ignored;
    fs::remove(entry.path(), ignored);
  }
}

}  // namespace wirefold
