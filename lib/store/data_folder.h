// DataFolder: who may use a data folder, and what is in it, looked at before RocksDB touches it.
//
// Example:
//   absl::StatusOr<FolderContent> content = InspectFolder(path);   // writes nothing
//   absl::StatusOr<std::unique_ptr<FolderLock>> lock = FolderLock::Take(path);
//
// Thread-safe: each lock belongs to one thread.
#ifndef WIREFOLD_LIB_STORE_DATA_FOLDER_H_
#define WIREFOLD_LIB_STORE_DATA_FOLDER_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wirefold {

// The file that is locked (flock) while a process has the folder open. It holds that process's ID.
inline constexpr char kLockFile[] = "LOCK.wirefold";
// There while a store is being created, before anything could be acknowledged: what lies beside it
// is an unfinished store without content.
inline constexpr char kCreatingFile[] = "CREATING.wirefold";

enum class FolderContent {
  kNothing,     // missing or empty: a store may be created
  kUnfinished,  // creation was interrupted: may be created anew
  kStore,       // a RocksDB database
};

// What a folder holds. kInvalidArgument for other people's files without a store, kStoreCorrupt for
// the remains of a store. Reads names only and changes nothing.
absl::StatusOr<FolderContent> InspectFolder(const std::string& path);

// Names of the folder's files that end in `suffix` (".sst").
absl::StatusOr<std::vector<std::string>> FilesEndingIn(const std::string& path,
                                                       std::string_view suffix);

// Creates and removes kCreatingFile; durable on return.
[[nodiscard]] absl::Status MarkCreating(const std::string& path);
[[nodiscard]] absl::Status UnmarkCreating(const std::string& path);

class FolderLock {
 public:
  // Takes the folder for this process. kStoreLocked, with the holder's process ID, if another (or
  // this one) has it. A process ID left behind by a crash is no obstacle: the lock died with it.
  static absl::StatusOr<std::unique_ptr<FolderLock>> Take(const std::string& path);

  // Leaves the lock file as it was found, unless Keep was called; then leaves it empty.
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  // The folder is in use from here on.
  void Keep() { keep_ = true; }

 private:
  FolderLock(int fd, std::string file, bool existed, std::string found)
      : fd_(fd), file_(std::move(file)), existed_(existed), found_(std::move(found)) {}

  const int fd_;
  const std::string file_;
  const bool existed_;
  const std::string found_;  // the file's content before
  bool keep_ = false;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_DATA_FOLDER_H_
