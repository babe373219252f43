// IndexFolder: the files of the candidate index, which are made again whenever they are of no use.
//
// Example:
//   IndexFolder folder("wirefold-data/index");
//   absl::StatusOr<IndexManifest> manifest = folder.Read();
//   absl::Status written = folder.Write(manifest);            // durable, whole or not at all
//   folder.KeepOnly(&manifest, 0);                            // what else lies there goes
//
// `manifest` names the runs (index_run.h) that make up the index as of one event, and what of them
// is dead. Not thread-safe.
#ifndef WIREFOLD_LIB_DEDUP_INDEX_FOLDER_H_
#define WIREFOLD_LIB_DEDUP_INDEX_FOLDER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/dedup/sketch_log.h"

namespace wirefold {

struct IndexManifest {
  struct Part {
    uint64_t file = 0;
    int64_t key = 0;  // CandidateIndex's
    bool sealed = false;
    uint64_t last_change = 0;
    std::vector<bool> dead{};  // by entry

    friend bool operator==(const Part&, const Part&) = default;
  };
  int64_t window_ms = 0;
  uint64_t next_event = 0;  // all before this event is in it, none from it on
  uint64_t next_change = 1;
  std::vector<Part> parts{};
  std::vector<SketchLog::Era> eras{};  // of coarse sketches that belong to it

  friend bool operator==(const IndexManifest&, const IndexManifest&) = default;
};

class IndexFolder {
 public:
  explicit IndexFolder(std::string path) : path_(std::move(path)) {}

  // Makes the folder if it is missing.
  [[nodiscard]] absl::Status Make() const;
  [[nodiscard]] std::string PathOf(uint64_t file) const;
  // kNotFound if there is none; kDataLoss if it is damaged or of another version; kUnavailable.
  [[nodiscard]] absl::StatusOr<IndexManifest> Read() const;
  // Takes the place of the one before; durable on return.
  [[nodiscard]] absl::Status Write(const IndexManifest& manifest) const;
  // Deletes the files that it does not name, but for `also`; with null all, the manifest first.
  void KeepOnly(const IndexManifest* manifest, uint64_t also) const;

 private:
  const std::string path_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_INDEX_FOLDER_H_
