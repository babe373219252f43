// Files of derived data: read at any place by many threads, written whole or not at all, or
// appended to.
//
// Example:
//   absl::StatusOr<FileWriter> writer = FileWriter::Create(path);
//   absl::Status written = writer->Append(bytes);
//   absl::Status there = writer->Commit();                 // durable, under its name
//   absl::StatusOr<std::unique_ptr<FileReader>> reader = FileReader::Open(path);
//   bool whole = (*reader)->ReadAt(4096, buffer);
//   absl::StatusOr<FileAppender> appender = FileAppender::Create(other_path);
//   absl::Status grown = appender->Append(bytes);          // to be read at once, not durable
//
// FileReader is thread-safe; a FileWriter or FileAppender belongs to one thread.
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
  FileReader(int fd, uint64_t size) : fd_(fd), size_(size) {}

  const int fd_;
  const uint64_t size_;
};

// A file that grows while others read it. Nothing is synced: what a power cut leaves of it has to
// be told from the bytes.
class FileAppender {
 public:
  // Makes an empty file; kAlreadyExists if there is one of this name. Other errors here and below
  // are kUnavailable.
  static absl::StatusOr<FileAppender> Create(const std::string& path);
  ~FileAppender();
  FileAppender(FileAppender&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), size_(other.size_) {}
  FileAppender& operator=(FileAppender&&) = delete;

  // An error may leave a part behind what was there; the next Append goes over it.
  [[nodiscard]] absl::Status Append(std::string_view bytes);

 private:
  FileAppender(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  int fd_;
  std::string path_;
  uint64_t size_ = 0;
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
