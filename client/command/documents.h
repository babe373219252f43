// DocumentReader: the documents that a file holds, read piece by piece: an ordinary file is one, a
// WARC file or a feed many (lib/parse/document_splitter.h).
//
// Example:
//   DocumentReader reader;
//   absl::Status status = reader.Open("crawl.warc.gz");
//   while (std::optional<SplitDocument> document = reader.Next()) Use(*document);
//
// One reader serves file after file. Not thread-safe.
#ifndef WIREFOLD_CLIENT_COMMAND_DOCUMENTS_H_
#define WIREFOLD_CLIENT_COMMAND_DOCUMENTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/command/render.h"
#include "lib/parse/document_splitter.h"

namespace wirefold {

// So much of a file is read at a time.
inline constexpr size_t kFileChunkBytes = size_t{256} << 10;
// So many documents that are not whole are told of one by one.
inline constexpr uint64_t kMaxNotWholeLines = 20;

class DocumentReader {
 public:
  DocumentReader();
  ~DocumentReader();
  DocumentReader(const DocumentReader&) = delete;
  DocumentReader& operator=(const DocumentReader&) = delete;

  // Starts on a file, or on standard input for "-"; `content_type` is what it was served as, if
  // that is known. NOT_FOUND, PERMISSION_DENIED or UNKNOWN with the system's message if it can't be
  // opened; then there is nothing to read.
  [[nodiscard]] absl::Status Open(const std::string& path, const std::string& content_type = {});
  // The next document; nullopt at the end. Its error has a reason where the file is at fault, and
  // none where it could not be read on (as for Open): then it is the last one.
  [[nodiscard]] std::optional<SplitDocument> Next();
  // Where `document`, the last one, lies.
  [[nodiscard]] Place PlaceOf(const SplitDocument& document) const;

 private:
  void Close();
  // Hands the splitter some more. An error if that can't be read.
  absl::Status Read();

  const std::unique_ptr<char[]> chunk_;
  std::string path_;
  int fd_ = -1;
  uint64_t documents_ = 0;
  std::optional<DocumentSplitter> splitter_;
};

// What is said on standard error of documents that their archive holds only a part of: they are
// articles all the same.
class NotWholeWarnings {
 public:
  // A line on the document at `place`; empty past the first kMaxNotWholeLines.
  [[nodiscard]] std::string Tell(const Place& place);
  // A line on how many were passed over; empty if none were.
  [[nodiscard]] std::string Rest() const;

 private:
  uint64_t documents_ = 0;
};

// The name of why `error` rejects a file: its reason's, or "UNREADABLE" for one that can't be read.
std::string_view RejectionName(const absl::Status& error);

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_COMMAND_DOCUMENTS_H_
