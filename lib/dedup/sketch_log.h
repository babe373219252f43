// SketchLog: the coarse sketches of what the candidate index holds, in files that are appended to,
// so that most candidates that share a few anchors by chance are told by one read at a known place.
//
// Example:
//   SketchLog log("wirefold-data/index", has_room);
//   log.Restore(eras);                         // or Clear
//   log.Append(change, id, sketch, id.TimeMs());
//   std::vector<SketchLog::Asked> asked = {{id, change}};
//   log.Ask(CoarseProbe(sketch), asked);       // … asked[0].answer
//   checkpoint.eras = log.Eras();
//   log.Close();
//
// A sketch goes by the number of the change that added it to the index, which grows with each; 16
// numbers make a group, and 2^20 a file, which goes when the window has left all that is in it.
// What is here are hints: of what was lost, has not been written for want of room, or can't be
// read, nothing is known, and whoever asks has to look into the store. Nothing is synced.
//
// Changes that came behind a checkpoint are numbered anew after a crash, and all are when the index
// is made again. So each log numbers in an *era* of its own, a random number that all checksums are
// seeded with; a checkpoint says which eras it rests on, and up to which change. Nothing of another
// era, or from there on, is believed, and no file of an earlier one is written to.
//
// Files are FIRST-ERA.sketches: the first change (decimal), the era (hexadecimal). Of a group: its
// number, the latest time in the file so far, the sizes of its sketches (0: there is none), a
// checksum over those; then the sketches, each behind a checksum over it, its change and the
// article's ID. A file that is full, or was closed, has a directory behind its groups, and can be
// used without reading them. Little-endian.
//
// Thread-safe: Ask, Eras, Sweep and the numbers at any time, beside one call of another kind.
#ifndef WIREFOLD_LIB_DEDUP_SKETCH_LOG_H_
#define WIREFOLD_LIB_DEDUP_SKETCH_LOG_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/file.h"
#include "lib/base/ulid.h"
#include "lib/dedup/coarse_sketch.h"
#include "lib/dedup/sketch.h"

namespace wirefold {

class SketchLog {
 public:
  // What of one log is believed: its changes before `end`.
  struct Era {
    uint64_t id = 0;
    uint64_t end = 0;

    friend bool operator==(const Era&, const Era&) = default;
  };
  // An article of the index, by its ID and the change that added it.
  struct Asked {
    Ulid id;
    uint64_t change = 0;
    CoarseAnswer answer = CoarseAnswer::kUnknown;
  };

  static constexpr size_t kGroup = 16;
  static constexpr uint64_t kFileChanges = uint64_t{1} << 20;
  // What waits to be written, at most so much and a group.
  static constexpr size_t kBufferBytes = size_t{256} << 10;
  // Of the log's own era, as long as it grows.
  static constexpr uint64_t kOpenEnd = std::numeric_limits<uint64_t>::max();

  // `folder` as the index's; empty: nothing is kept. `has_room` as IndexOptions'; empty: there is.
  SketchLog(std::string folder, std::function<absl::Status()> has_room);

  // Takes over what is left of these eras; what else there is goes. Changes go on behind their
  // ends.
  void Restore(std::span<const Era> eras);
  // What earlier ones left goes.
  void Clear() { Restore({}); }
  // For a checkpoint: the eras that are needed, the log's own with kOpenEnd.
  [[nodiscard]] std::vector<Era> Eras() const;

  // `change` is greater than at any call before, and `time_ms` what the window tells by when it is
  // not needed any more. Nothing is kept of a sketch that is not indexed.
  void Append(uint64_t change, const Ulid& id, const Sketch& sketch, int64_t time_ms);
  // Lets go of files without anything of this time or later; Sweep deletes them.
  void Forget(int64_t before_ms);
  void Sweep();
  // Writes what waits; nothing is appended from then on.
  void Close();

  // Fills in what is known of each and the probe's text.
  void Ask(const CoarseProbe& probe, std::span<Asked> asked) const;

  [[nodiscard]] uint64_t disk_bytes() const;
  [[nodiscard]] size_t memory_bytes() const;

 private:
  static constexpr uint64_t kFileGroups = kFileChanges / kGroup;

  struct GroupHeader {
    uint64_t number = 0;
    int64_t last_ms = 0;
    std::array<uint16_t, kGroup> sizes{};  // with their checksums
    uint64_t checksum = 0;                 // of what is in front of it
  };
  static_assert(sizeof(GroupHeader) == 56);
  struct Footer {
    uint64_t first_change = 0;
    int64_t last_ms = 0;
    uint64_t groups = 0;
    uint64_t checksum = 0;  // of the directory, and of what is in front of it
  };
  static_assert(sizeof(Footer) == 32);

  struct File {
    std::string path;
    std::unique_ptr<FileReader> reader;
    uint64_t era = 0;
    uint64_t first_change = 0;
    uint64_t end_change = kOpenEnd;  // from there on nothing is believed
    int64_t last_ms = std::numeric_limits<int64_t>::min();
    // Where each group begins, and behind them where the last one ends. What is not there has no
    // bytes.
    std::vector<uint32_t> directory{0};
    uint32_t written = 0;  // bytes of groups; of the last file's others are in waiting_

    [[nodiscard]] uint64_t first_group() const { return GroupOf(first_change); }
    [[nodiscard]] uint64_t groups() const { return directory.size() - 1; }
    [[nodiscard]] uint32_t end() const { return directory.back(); }
  };
  // A group that is being filled.
  struct Group {
    uint64_t number = 0;
    std::array<uint16_t, kGroup> sizes{};
    std::string sketches;
  };

  static uint64_t GroupOf(uint64_t change) { return change / kGroup; }
  static uint32_t ChecksumOf(uint64_t era, std::string_view coarse, const Ulid& id,
                             uint64_t change);
  static uint64_t ChecksumOf(uint64_t era, const GroupHeader& header);
  static uint64_t ChecksumOf(uint64_t era, const Footer& footer,
                             const std::vector<uint32_t>& directory);
  // The sketch of a change in its group, with its checksum; empty: there is none.
  static std::string_view SketchIn(uint64_t era, std::string_view group, uint64_t change);
  static std::string_view SketchAt(const std::array<uint16_t, kGroup>& sizes,
                                   std::string_view sketches, size_t place);
  static CoarseAnswer Answer(const CoarseProbe& probe, uint64_t era, std::string_view sketch,
                             const Asked& asked);

  // A file in the folder, by its name.
  struct Name {
    uint64_t first_change;
    uint64_t era;
  };
  [[nodiscard]] std::string PathOf(const Name& name) const;
  [[nodiscard]] std::vector<Name> FilesThere() const;
  // Null if it can't be read.
  [[nodiscard]] std::shared_ptr<File> Load(const Name& name, uint64_t end_change) const;
  static bool LoadDirectory(File& file, uint64_t size);
  static void ScanGroups(File& file, uint64_t size);

  // By the thread that appends. What changes something that others read takes the mutex.
  [[nodiscard]] bool HasFileFor(uint64_t group) const;
  [[nodiscard]] bool MakeFileFor(uint64_t change);
  void FinishGroup();
  [[nodiscard]] bool Flush();
  void Seal();
  // Nothing can be written for a while.
  void GiveUp();

  const std::string folder_;
  const std::function<absl::Status()> has_room_;
  const uint64_t era_;

  // Of the thread that appends.
  std::optional<FileAppender> appender_;  // of the last file; none: it is not appended to
  bool closed_ = false;
  uint64_t resume_ = 0;  // a group: before it nothing is kept, since nothing could be written

  mutable std::shared_mutex mutex_;  // guards all below, which the thread that appends changes
  std::vector<std::shared_ptr<File>> files_;  // by their first changes
  std::vector<std::shared_ptr<File>> gone_;   // to be deleted
  std::string waiting_;                       // of the last file, from its `written` on
  Group current_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_SKETCH_LOG_H_
