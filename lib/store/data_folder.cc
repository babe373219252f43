#include "lib/store/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"

namespace wirefold {
namespace {

namespace fs = std::filesystem;

absl::Status SystemError(std::string_view what, const std::string& path, int error) {
  return Reject(Reason::kStoreFailed, absl::StrCat("can't ", ToAbsl(what), " ", path, ": ",
                                                   std::generic_category().message(error)));
}

absl::StatusOr<std::vector<std::string>> Names(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entries(path, error);
  if (error == std::errc::no_such_file_or_directory) return names;
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    names.push_back(entries->path().filename().string());
  }
  if (error) return SystemError("read the folder", path, error.value());
  return names;
}

absl::Status SyncFolder(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return SystemError("open the folder", path, errno);
  const int error = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  return error == 0 ? absl::OkStatus() : SystemError("sync the folder", path, error);
}

std::string ReadAll(int fd) {
  std::string content(64, '\0');
  const ssize_t size = pread(fd, content.data(), content.size(), 0);
  content.resize(size > 0 ? static_cast<size_t>(size) : 0);
  return content;
}

// Best effort: the lock is flock's, the content only helps to find its holder.
void Overwrite(int fd, std::string_view content) {
  if (ftruncate(fd, 0) != 0) return;
  const ssize_t written = pwrite(fd, content.data(), content.size(), 0);
  static_cast<void>(written);
}

// Whether `file` is still the one that `fd` has open.
bool SameFile(int fd, const std::string& file) {
  struct stat opened {};
  struct stat named {};
  return fstat(fd, &opened) == 0 && stat(file.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

absl::StatusOr<FolderContent> InspectFolder(const std::string& path) {
  const absl::StatusOr<std::vector<std::string>> names = Names(path);
  if (!names.ok()) return names.status();
  bool current = false;
  bool creating = false;
  std::string store_file;
  std::string foreign;
  for (const std::string& name : *names) {
    if (name == kLockFile || name == "lost+found") continue;
    if (name == kCreatingFile) {
      creating = true;
    } else if (name == "CURRENT") {
      current = true;
    } else if (name.ends_with(".sst") || name.starts_with("MANIFEST-")) {
      store_file = name;
    } else {
      foreign = name;
    }
  }
  if (creating) return FolderContent::kUnfinished;
  if (current) return FolderContent::kStore;
  if (!store_file.empty()) {
    return Reject(Reason::kStoreCorrupt,
                  absl::StrCat("the store in ", path, " is damaged: it has ", store_file,
                               " but no CURRENT; nothing was changed, restore it from a backup"));
  }
  if (!foreign.empty()) {
    return Reject(Reason::kInvalidArgument,
                  absl::StrCat(path, " holds files that are not Wirefold's (", foreign,
                               ") and no store; name an empty folder or one that does not exist"));
  }
  return FolderContent::kNothing;
}

absl::StatusOr<std::vector<std::string>> FilesEndingIn(const std::string& path,
                                                       std::string_view suffix) {
  absl::StatusOr<std::vector<std::string>> names = Names(path);
  if (names.ok()) std::erase_if(*names, [&](const auto& name) { return !name.ends_with(suffix); });
  return names;
}

absl::Status MarkCreating(const std::string& path) {
  const std::string file = absl::StrCat(path, "/", kCreatingFile);
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return SystemError("create", file, errno);
  close(fd);
  return SyncFolder(path);
}

absl::Status UnmarkCreating(const std::string& path) {
  const std::string file = absl::StrCat(path, "/", kCreatingFile);
  if (unlink(file.c_str()) != 0 && errno != ENOENT) return SystemError("remove", file, errno);
  return SyncFolder(path);
}

absl::StatusOr<std::unique_ptr<FolderLock>> FolderLock::Take(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return SystemError("create the folder", path, error.value());
  const std::string file = absl::StrCat(path, "/", kLockFile);
  while (true) {
    const bool existed = access(file.c_str(), F_OK) == 0;
    const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return SystemError("open", file, errno);
    std::string content = ReadAll(fd);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
      const int reason = errno;
      close(fd);
      if (reason != EWOULDBLOCK) return SystemError("lock", file, reason);
      while (!content.empty() && content.back() == '\n') content.pop_back();
      return Reject(Reason::kStoreLocked,
                    absl::StrCat("the data folder ", path, " is in use by ",
                                 content.empty() ? "another process" : "process " + content,
                                 "; stop that one or name another folder"));
    }
    // The last holder may have removed the file between our open and our lock.
    if (!SameFile(fd, file)) {
      close(fd);
      continue;
    }
    Overwrite(fd, absl::StrCat(getpid(), "\n"));
    return std::unique_ptr<FolderLock>(new FolderLock(fd, file, existed, std::move(content)));
  }
}

FolderLock::~FolderLock() {
  if (keep_) {
    Overwrite(fd_, "");
  } else if (existed_) {
    Overwrite(fd_, found_);
  } else {
    unlink(file_.c_str());
  }
  close(fd_);
}

}  // namespace wirefold
