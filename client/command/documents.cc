#include "client/command/documents.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "client/command/files.h"
#include "lib/base/reason.h"

namespace wirefold {

DocumentReader::DocumentReader()
    : chunk_(std::make_unique_for_overwrite<char[]>(kFileChunkBytes)) {}

DocumentReader::~DocumentReader() { Close(); }

void DocumentReader::Close() {
  if (fd_ > STDERR_FILENO) close(fd_);
  fd_ = -1;
}

absl::Status DocumentReader::Open(const std::string& path, const std::string& content_type) {
  Close();
  splitter_.reset();
  path_ = path;
  documents_ = 0;
  fd_ = path == kStdinPath ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) return FileError(errno, path);
  struct stat info {};
  if (fstat(fd_, &info) != 0) return FileError(errno, path);
  if (S_ISDIR(info.st_mode)) return FileError(EISDIR, path);
  splitter_.emplace(SplitHints{.content_type = content_type, .name = path});
  return absl::OkStatus();
}

std::optional<SplitDocument> DocumentReader::Next() {
  while (splitter_.has_value()) {
    if (std::optional<SplitDocument> document = splitter_->Next()) {
      ++documents_;
      return document;
    }
    if (fd_ < 0 || splitter_->done()) break;
    if (absl::Status status = Read(); !status.ok()) {
      Close();
      SplitDocument document;
      document.error = std::move(status);
      document.item = documents_++;
      return document;
    }
  }
  Close();
  return std::nullopt;
}

absl::Status DocumentReader::Read() {
  ssize_t count = 0;
  do {
    count = read(fd_, chunk_.get(), kFileChunkBytes);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return FileError(errno, path_);
  if (count == 0) {
    splitter_->End();
    Close();
  } else {
    splitter_->Push({chunk_.get(), static_cast<size_t>(count)});
  }
  return absl::OkStatus();
}

Place DocumentReader::PlaceOf(const SplitDocument& document) const {
  Place place{.path = path_, .item = document.item, .offset = std::nullopt};
  if (splitter_.has_value() && splitter_->holds_many()) place.offset = document.offset;
  return place;
}

std::string NotWholeWarnings::Tell(const Place& place) {
  if (++documents_ > kMaxNotWholeLines) return {};
  std::string line = "wirefold: ";
  AppendPlace(place, line);
  line += ": the archive holds only a part of this document (NOT_WHOLE)\n";
  return line;
}

std::string NotWholeWarnings::Rest() const {
  if (documents_ <= kMaxNotWholeLines) return {};
  return absl::StrCat("wirefold: ", documents_ - kMaxNotWholeLines,
                      " more documents are not whole (NOT_WHOLE)\n");
}

std::string_view RejectionName(const absl::Status& error) {
  const Reason reason = ReasonOf(error);
  return reason == Reason::kUnspecified ? "UNREADABLE" : ReasonName(reason);
}

}  // namespace wirefold
