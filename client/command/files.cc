#include "client/command/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <iostream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wirefold {
namespace {

// What a folder's entry is; some file systems leave it to lstat.
mode_t EntryMode(const dirent& entry, int folder_fd) {
  if (entry.d_type == DT_DIR) return S_IFDIR;
  if (entry.d_type == DT_REG) return S_IFREG;
  struct stat info {};
  if (entry.d_type != DT_UNKNOWN ||
      fstatat(folder_fd, entry.d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return 0;
  }
  return info.st_mode & S_IFMT;
}

}  // namespace

absl::Status FileError(int error, const std::string& path) {
  const std::string message =
      absl::StrCat("cannot read ", path, ": ", std::generic_category().message(error));
  if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError(message);
  if (error == EACCES || error == EPERM) return absl::PermissionDeniedError(message);
  return absl::UnknownError(message);
}

std::optional<ListedFile> FileLister::NextArgument() {
  if (list_ != nullptr) return NextLine();
  if (next_argument_ == arguments_.size()) return std::nullopt;
  return ListedFile{.path = arguments_[next_argument_++], .error = {}};
}

std::optional<ListedFile> FileLister::NextLine() {
  while (std::optional<Line> line = lines_->Next()) {
    const auto no_path = [&line](const std::string& why) {
      return ListedFile{
          .path = absl::StrCat("--files-from:", line->number),
          .error = absl::InvalidArgumentError(absl::StrCat("line ", line->number, " of the list ",
                                                           why, "; write one path a line"))};
    };
    if (line->too_long) return no_path(absl::StrCat("has more than ", kMaxListLineBytes, " bytes"));
    if (line->text.empty()) continue;
    if (line->text.find('\0') != std::string::npos) return no_path("holds a NUL byte");
    return ListedFile{.path = std::move(line->text), .error = {}};
  }
  return std::nullopt;
}

absl::Status FileLister::Enter(std::string prefix) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(prefix.c_str()), closedir);
  if (folder == nullptr) return FileError(errno, prefix);
  Folder entered{.prefix = std::move(prefix), .remaining = {}};
  errno = 0;
  // readdir is safe here: nobody else reads this DIR.
  while (const dirent* entry = readdir(folder.get())) {  // NOLINT(concurrency-mt-unsafe)
    if (entry->d_name[0] == '.') continue;
    const mode_t mode = EntryMode(*entry, dirfd(folder.get()));
    if (mode == S_IFREG) entered.remaining.push_back({entry->d_name});
    if (mode == S_IFDIR) entered.remaining.push_back({absl::StrCat(entry->d_name, "/")});
  }
  if (errno != 0) return FileError(errno, entered.prefix);
  // A folder's slash takes part, so that this order of names is the order of full paths.
  std::sort(entered.remaining.begin(), entered.remaining.end(),
            [](const Entry& a, const Entry& b) { return a.name > b.name; });
  open_.push_back(std::move(entered));
  return absl::OkStatus();
}

std::optional<ListedFile> FileLister::Next() {
  while (true) {
    std::string path;
    bool is_folder = false;
    if (!open_.empty()) {
      Folder& folder = open_.back();
      if (folder.remaining.empty()) {
        open_.pop_back();
        continue;
      }
      const std::string name = std::move(folder.remaining.back().name);
      folder.remaining.pop_back();
      path = folder.prefix + name;
      is_folder = name.back() == '/';
    } else {
      std::optional<ListedFile> argument = NextArgument();
      if (!argument.has_value()) {
        if (list_ == nullptr || !list_->bad() || std::exchange(told_unreadable_, true)) {
          return std::nullopt;
        }
        return ListedFile{.path = "--files-from",
                          .error = absl::DataLossError("cannot read the list of files to its end")};
      }
      if (!argument->error.ok()) return argument;
      path = std::move(argument->path);
      if (path == kStdinPath) return ListedFile{.path = std::move(path), .error = {}};
      struct stat info {};
      if (stat(path.c_str(), &info) != 0) {
        absl::Status error = FileError(errno, path);
        return ListedFile{.path = std::move(path), .error = std::move(error)};
      }
      is_folder = S_ISDIR(info.st_mode);
      if (is_folder && path.back() != '/') path += '/';
    }
    if (!is_folder) return ListedFile{.path = std::move(path), .error = {}};
    if (absl::Status error = Enter(path); !error.ok()) {
      return ListedFile{.path = std::move(path), .error = std::move(error)};
    }
  }
}

absl::StatusOr<FileLister> OpenLister(const FileArguments& arguments,
                                      std::unique_ptr<std::ifstream>& list) {
  if (arguments.files_from.empty()) {
    if (arguments.paths.empty()) {
      return absl::InvalidArgumentError(
          "no files named; give a PATH, - for standard input, or --files-from LIST");
    }
    if (std::count(arguments.paths.begin(), arguments.paths.end(), kStdinPath) > 1) {
      return absl::InvalidArgumentError("standard input (-) can be read once; name it once");
    }
    return FileLister(arguments.paths);
  }
  if (!arguments.paths.empty()) {
    return absl::InvalidArgumentError("give either PATHs or --files-from, not both");
  }
  if (arguments.files_from == kStdinPath) return FileLister(std::cin);
  struct stat info {};
  if (stat(arguments.files_from.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat(arguments.files_from, " is a folder and no list; name it as a PATH"));
  }
  list = std::make_unique<std::ifstream>(arguments.files_from, std::ios::binary);
  if (!list->is_open()) {
    return absl::NotFoundError(absl::StrCat("cannot read the list ", arguments.files_from));
  }
  return FileLister(*list);
}

}  // namespace wirefold
