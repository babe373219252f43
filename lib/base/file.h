// Files of derived data: read at any place by many threads, written whole or not at all, or appended
// to.
//
// Example:
//   absl::StatusOr<FileWriter> writer = FileWriter::Create(path);
//   absl::Status written = writer->Append(bytes);
//   absl::Status there = writer->Commit();                 // durable, under its name
//   absl::StatusOr<std::unique_ptr<FileReader>> reader = FileReader::Open(path);
//   bool whole = (*reader)->ReadAt(4096, buffer);
//   absl::StatusOr<std::unique_ptr<FileLog>> log = FileLog::Open(path);
//   absl::Status grown = (*log)->Append(bytes);
//
// FileReader is thread-safe; a FileWriter belongs to one thread. A FileLog is changed by one thread
// and read by any.
#ifndef WIREFOLD_LIB_BASE_FILE_H_
#define WIREFOLD_LIB_BASE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wirefold {

class FileReader {
 public:
  // Opens a file to read. kNotFound; kUnavailable for all else.
  static absl::StatusOr<std::unique_ptr<FileReader>> Open(const std::string& path);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  // When it was opened.
  [[nodiscard]] uint64_t size() const { return size_; }
  // Fills the buffer from `offset` on. False if the file can't be read or is too short.
  [[nodiscard]] bool ReadAt(uint64_t offset, std::span<char> buffer) const;
  // The same, but only if that needs no wait for the disk.
  [[nodiscard]] bool ReadAtOnce(uint64_t offset, std::span<char> buffer) const;
  // Asks for what will be read soon, and does not wait for it.
  void Prefetch(uint64_t offset, uint64_t bytes) const;
  // Says that this won't be read soon, so that the system need not keep it in memory.
  void Forget(uint64_t offset, uint64_t bytes) const;

 private:
  friend class FileLog;

  FileReader(int fd, uint64_t size) : fd_(fd), size_(size) {}
  static absl::StatusOr<std::unique_ptr<FileReader>> OpenAs(const std::string& path, int flags);

  const int fd_;
  const uint64_t size_;
};

// A file that grows. Nothing is synced: what a power cut leaves of it has to be told from the bytes.
class FileLog {
 public:
  // Opens a file, or makes an empty one. Errors here and below are kUnavailable.
  static absl::StatusOr<std::unique_ptr<FileLog>> Open(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] uint64_t size() const { return size_; }
  // Behind what is there. An error may leave a part of it there, beyond size().
  [[nodiscard]] absl::Status Append(std::string_view bytes);
  // Leaves the first so many bytes.
  [[nodiscard]] absl::Status Truncate(uint64_t bytes);
  // As FileReader's.
  [[nodiscard]] bool ReadAt(uint64_t offset, std::span<char> buffer) const {
    return reader_->ReadAt(offset, buffer);
  }
  [[nodiscard]] bool ReadAtOnce(uint64_t offset, std::span<char> buffer) const {
    return reader_->ReadAtOnce(offset, buffer);
  }
  void Prefetch(uint64_t offset, uint64_t bytes) const { reader_->Prefetch(offset, bytes); }

 private:
  FileLog(std::unique_ptr<FileReader> reader, const std::string& path)
      : path_(path), reader_(std::move(reader)), size_(reader_->size()) {}

  const std::string path_;
  const std::unique_ptr<FileReader> reader_;  // of a descriptor that may be written to
  uint64_t size_;
};

class FileWriter {
 public:
  // Writes to `path` with ".tmp" behind it until Commit; what lay there goes. Errors here and below
  // are kUnavailable.
  static absl::StatusOr<FileWriter> Create(const std::string& path);
  // Without Commit nothing is left.
  ~FileWriter();
  FileWriter(FileWriter&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
  FileWriter& operator=(FileWriter&&) = delete;

  [[nodiscard]] absl::Status Append(std::string_view bytes);
  // Over what was appended before.
  [[nodiscard]] absl::Status WriteAt(uint64_t offset, std::string_view bytes);
  // Puts the file under its name, in the place of one that had it; durable on return.
  [[nodiscard]] absl::Status Commit();

 private:
  FileWriter(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  int fd_;
  std::string path_;
};

// The bytes that a vector's or a span's elements are in memory.
template <typename Values>
std::string_view BytesOf(const Values& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(*values.data())};
}
template <typename Values>
std::span<char> WritableBytesOf(Values& values) {
  return {reinterpret_cast<char*>(values.data()), values.size() * sizeof(*values.data())};
}

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_FILE_H_
