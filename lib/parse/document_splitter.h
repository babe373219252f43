// DocumentSplitter: the documents that a file holds, one after the other, while it is read: the
// pages of a WARC file, the items of a feed, or the file itself.
//
// Example:
//   DocumentSplitter splitter({.name = path});
//   while (ReadChunk(chunk)) {
//     splitter.Push(chunk);
//     while (std::optional<SplitDocument> document = splitter.Next()) Use(*document);
//   }
//   splitter.End();
//   while (std::optional<SplitDocument> document = splitter.Next()) Use(*document);
//
// What a file is, its bytes tell (lib/parse/format.h). gzip and zstd are taken off first. Then
//   WARC   is read record by record (lib/parse/warc.h); a page that is a feed gives its items,
//   feeds  give a document an item (lib/parse/feed_item.h), which Normalize reads by itself,
//   else   the file is one document; a file over kMaxDocumentBytes is an error.
// What is broken is an item with an error, and the others follow. A file always has at least one
// item: without a page or an item it is an error of kNoContent.
//
// Not thread-safe; one per file. Memory: of a WARC file one record, of a feed all of it
// (kMaxFeedBytes), of anything else kMaxDocumentBytes, and kSplitterProbeBytes. Linear time.
#ifndef WIREFOLD_LIB_PARSE_DOCUMENT_SPLITTER_H_
#define WIREFOLD_LIB_PARSE_DOCUMENT_SPLITTER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "lib/parse/feed.h"
#include "lib/parse/unpack.h"
#include "lib/parse/warc.h"

namespace wirefold {

// So much is read before it is decided what a file is.
inline constexpr size_t kSplitterProbeBytes = size_t{64} << 10;

// What is known of a file beside its bytes; each may be empty.
struct SplitHints {
  std::string content_type = {};  // a Content-Type header's value
  std::string name = {};          // its name or path; stands in for a content type
};

struct SplitDocument {
  absl::Status error;  // not OK: an item that is none, with a reason; of the rest item, offset, url
  uint64_t item = 0;   // counts from 0
  // Where it starts in the file: a WARC record, in a compressed file its member; a feed's item, in
  // the feed's text as UTF-8. An item of a feed in a WARC file has its record's.
  uint64_t offset = 0;
  std::string bytes;
  // Hints for Normalize: where it was fetched from (of a feed's item: where the feed was), when, as
  // what (at most kMaxContentTypeBytes) and in which language (kMaxLanguageTagBytes). Valid UTF-8.
  std::string url;
  std::optional<int64_t> observed_at_ms;
  std::string content_type;
  std::string content_language;
  // The archive holds only a part of it; of a feed that is cut off, its last item.
  bool truncated = false;
};

class DocumentSplitter {
 public:
  explicit DocumentSplitter(SplitHints hints = {});
  ~DocumentSplitter();

  // The next bytes of the file. They must stay where they are until Next returns nothing, and Push
  // must not be called before.
  void Push(std::string_view chunk);
  // There are no more.
  void End() { ended_ = true; }
  // The next item; nothing until more is pushed, and after End nothing any more.
  [[nodiscard]] std::optional<SplitDocument> Next();
  // Nothing more will come, whatever is pushed.
  [[nodiscard]] bool done() const { return finished_ && !ready_.has_value() && !feed_.has_value(); }

  // The file is of a kind that holds many, so that item and offset mean something. Known with the
  // first item.
  [[nodiscard]] bool holds_many() const { return warc_ != nullptr || is_feed_; }

 private:
  void Step();
  void Decide();
  void ReadRecords();
  void Collect();
  [[nodiscard]] bool Keep(std::string_view bytes);
  void FinishCollecting();
  void StartFeed(std::string_view bytes, SplitDocument hints);
  void NextFeedItem();
  void Add(SplitDocument document);
  void Fail(const absl::Status& error, uint64_t offset);
  void FailFile(const absl::Status& error);

  const SplitHints hints_;
  std::string content_type_;  // of the file, by its hints
  std::string_view input_;
  bool ended_ = false;
  bool decided_ = false;
  bool finished_ = false;  // nothing more is read
  bool is_feed_ = false;
  std::string buffer_;                  // the probe, then what is collected
  std::unique_ptr<WarcReader> warc_;    // null unless the file is one
  std::unique_ptr<Unpacker> unpacker_;  // null unless what is collected is packed
  std::string packed_probe_;            // what unpacker_ has still to read ahead of input_
  std::string_view packed_probe_left_;
  // The feed that is being given out item by item.
  std::optional<Feed> feed_;
  size_t next_feed_item_ = 0;
  SplitDocument feed_hints_;
  std::optional<SplitDocument> ready_;
  uint64_t next_item_ = 0;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_DOCUMENT_SPLITTER_H_
