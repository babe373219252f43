#include "lib/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace wirefold {
namespace {

// Written at a time: a signal to the writeback that there is something to do.
constexpr size_t kMaxWriteBytes = size_t{8} << 20;

absl::Status Failed(const char* what, const std::string& path) {
  return absl::UnavailableError(absl::StrCat(what, " ", path, ": ", std::strerror(errno)));
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, std::max<size_t>(slash, 1));
}

absl::Status WriteFully(int fd, uint64_t offset, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed("writing", path);
    offset += static_cast<uint64_t>(count);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileReader>> FileReader::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return absl::NotFoundError(absl::StrCat("there is no ", path));
  if (fd < 0) return Failed("opening", path);
  struct stat info {};
  const bool known = fstat(fd, &info) == 0;
  if (!known || !S_ISREG(info.st_mode)) {
    const absl::Status failed =
        known ? absl::UnavailableError(absl::StrCat(path, " is no file")) : Failed("reading", path);
    close(fd);
    return failed;
  }
  return std::unique_ptr<FileReader>(new FileReader(fd, static_cast<uint64_t>(info.st_size)));
}

FileReader::~FileReader() { close(fd_); }

bool FileReader::ReadAt(uint64_t offset, std::span<char> buffer) const {
  while (!buffer.empty()) {
    const ssize_t count = pread(fd_, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    offset += static_cast<uint64_t>(count);
    buffer = buffer.subspan(static_cast<size_t>(count));
  }
  return true;
}

bool FileReader::ReadAtOnce(uint64_t offset, std::span<char> buffer) const {
  iovec one{buffer.data(), buffer.size()};
  const ssize_t count = preadv2(fd_, &one, 1, static_cast<off_t>(offset), RWF_NOWAIT);
  return count == static_cast<ssize_t>(buffer.size());
}

void FileReader::Prefetch(uint64_t offset, uint64_t bytes) const {
  posix_fadvise(fd_, static_cast<off_t>(offset), static_cast<off_t>(bytes), POSIX_FADV_WILLNEED);
}

void FileReader::Forget(uint64_t offset, uint64_t bytes) const {
  posix_fadvise(fd_, static_cast<off_t>(offset), static_cast<off_t>(bytes), POSIX_FADV_DONTNEED);
}

absl::StatusOr<FileAppender> FileAppender::Create(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0 && errno == EEXIST) {
    return absl::AlreadyExistsError(absl::StrCat("there is a ", path));
  }
  if (fd < 0) return Failed("creating", path);
  return FileAppender(fd, path);
}

FileAppender::~FileAppender() {
  if (fd_ >= 0) close(fd_);
}

absl::Status FileAppender::Append(std::string_view bytes) {
  if (absl::Status status = WriteFully(fd_, size_, bytes, path_); !status.ok()) return status;
  size_ += bytes.size();
  return absl::OkStatus();
}

absl::StatusOr<FileWriter> FileWriter::Create(const std::string& path) {
  const int fd = open((path + ".tmp").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return Failed("creating", path);
  return FileWriter(fd, path);
}

FileWriter::~FileWriter() {
  if (fd_ < 0) return;
  close(fd_);
  unlink((path_ + ".tmp").c_str());
}

absl::Status FileWriter::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd_, bytes.data(), std::min(bytes.size(), kMaxWriteBytes));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed("writing", path_);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status FileWriter::WriteAt(uint64_t offset, std::string_view bytes) {
  return WriteFully(fd_, offset, bytes, path_);
}

absl::Status FileWriter::Commit() {
  const std::string written = path_ + ".tmp";
  if (fdatasync(fd_) != 0 || rename(written.c_str(), path_.c_str()) != 0) {
    return Failed("writing", path_);
  }
  close(std::exchange(fd_, -1));
  const std::string folder = FolderOf(path_);
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Failed("syncing", folder);
  const bool synced = fsync(fd) == 0;
  const absl::Status failed = synced ? absl::OkStatus() : Failed("syncing", folder);
  close(fd);
  return failed;
}

}  // namespace wirefold
