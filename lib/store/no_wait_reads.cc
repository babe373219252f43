#include "lib/store/no_wait_reads.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>

#include "rocksdb/file_system.h"

namespace wirefold {
namespace {

rocksdb::IOStatus ErrorOf(const std::string& what, const std::string& path, int error) {
  const std::string cause = std::generic_category().message(error);
  return error == ENOENT ? rocksdb::IOStatus::PathNotFound(what + " " + path, cause)
                         : rocksdb::IOStatus::IOError(what + " " + path, cause);
}

rocksdb::IOStatus NotInMemory() {
  return rocksdb::status_to_io_status(rocksdb::Status::Incomplete("not in memory"));
}

int AdviceOf(rocksdb::FSRandomAccessFile::AccessPattern pattern) {
  switch (pattern) {
    case rocksdb::FSRandomAccessFile::kRandom:
      return POSIX_FADV_RANDOM;
    case rocksdb::FSRandomAccessFile::kSequential:
      return POSIX_FADV_SEQUENTIAL;
    case rocksdb::FSRandomAccessFile::kWillNeed:
      return POSIX_FADV_WILLNEED;
    case rocksdb::FSRandomAccessFile::kWontNeed:
      return POSIX_FADV_DONTNEED;
    case rocksdb::FSRandomAccessFile::kNormal:
      break;
  }
  return POSIX_FADV_NORMAL;
}

// A table, read with preadv2.
class TableFile final : public rocksdb::FSRandomAccessFile {
 public:
  // Takes `fd`.
  TableFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~TableFile() override { close(fd_); }
  TableFile(const TableFile&) = delete;
  TableFile& operator=(const TableFile&) = delete;

  rocksdb::IOStatus Read(uint64_t offset, size_t size, const rocksdb::IOOptions& /*options*/,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* /*debug*/) const override {
    *result = rocksdb::Slice(scratch, 0);
    const int flags = NoWaitReads::IsOn() ? RWF_NOWAIT : 0;
    size_t done = 0;
    while (done < size) {
      iovec rest{scratch + done, size - done};
      const ssize_t count = preadv2(fd_, &rest, 1, static_cast<off_t>(offset + done), flags);
      if (count > 0) {
        done += static_cast<size_t>(count);
      } else if (flags != 0 && (count == 0 || errno == EAGAIN || errno == EOPNOTSUPP)) {
        // Linux 5.9 and 5.10 say 0 as well where they would have to wait.
        return NotInMemory();
      } else if (count == 0) {
        break;  // the file's end
      } else if (errno != EINTR) {
        return ErrorOf("reading", path_, errno);
      }
    }
    *result = rocksdb::Slice(scratch, done);
    return rocksdb::IOStatus::OK();
  }

  rocksdb::IOStatus Prefetch(uint64_t offset, size_t size, const rocksdb::IOOptions& /*options*/,
                             rocksdb::IODebugContext* /*debug*/) override {
    return Advise(offset, size, POSIX_FADV_WILLNEED);
  }
  rocksdb::IOStatus InvalidateCache(size_t offset, size_t length) override {
    return Advise(offset, length, POSIX_FADV_DONTNEED);
  }
  void Hint(AccessPattern pattern) override {
    Advise(0, 0, AdviceOf(pattern)).PermitUncheckedError();
  }

 private:
  [[nodiscard]] rocksdb::IOStatus Advise(uint64_t offset, size_t size, int advice) const {
    const int error =
        posix_fadvise(fd_, static_cast<off_t>(offset), static_cast<off_t>(size), advice);
    return error == 0 ? rocksdb::IOStatus::OK() : ErrorOf("advising of", path_, error);
  }

  const int fd_;
  const std::string path_;
};

class NoWaitFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  NoWaitFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

  [[nodiscard]] const char* Name() const override { return "NoWaitFileSystem"; }

  rocksdb::IOStatus NewRandomAccessFile(const std::string& path,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override {
    // Opening one waits, and one that was opened with but a part of it in memory would be kept
    // without its filter.
    if (NoWaitReads::IsOn()) return NotInMemory();
    if (options.use_mmap_reads || options.use_direct_reads) {
      return FileSystemWrapper::NewRandomAccessFile(path, options, file, debug);
    }
    int fd = -1;
    do {
      fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) return ErrorOf("opening", path, errno);
    *file = std::make_unique<TableFile>(fd, path);
    return rocksdb::IOStatus::OK();
  }
};

}  // namespace

thread_local int NoWaitReads::depth_ = 0;

rocksdb::Env* NoWaitEnv() {
  // Never destroyed: RocksDB's threads may outlive what is destroyed at the end.
  static rocksdb::Env* const env =
      rocksdb::NewCompositeEnv(std::make_shared<NoWaitFileSystem>()).release();
  return env;
}

}  // namespace wirefold
