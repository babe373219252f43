// Warc: the pages of a WARC file (ISO 28500; versions 1.0, 1.1 and the drafts before them), read
// piece by piece, compressed or not.
//
// Example:
//   WarcReader reader;
//   while (ReadChunk(chunk)) {
//     reader.Push(chunk);
//     while (std::optional<WarcItem> item = reader.Next()) Use(*item);
//   }
//   reader.End();
//   while (std::optional<WarcItem> item = reader.Next()) Use(*item);
//   Log(reader.counts());
//
// What of a record is a document says warc_record.h; everything else is passed over and counted.
// What is broken becomes an error item, and reading goes on where the next record can be found:
//   - a record that its gzip member or its file ends in,
//   - a Content-Length that is too short or too long: no line end follows the block; the next
//     "WARC/" at the start of a line goes on, within the block if there is one,
//   - a Content-Length over kMaxSkippedRecordBytes, which is not believed,
//   - a document over kMaxDocumentBytes,
//   - damaged gzip or zstd data: the next member goes on.
// kArchiveRatio (a bomb) ends the file.
//
// gzip and zstd are told by their magic bytes; records may be a member each, as the standard wants,
// or lie in one stream. Not thread-safe; one per file. Linear time. Memory: one record
// (kMaxWarcBlockBytes) and its decoded document.
#ifndef WIREFOLD_LIB_PARSE_WARC_H_
#define WIREFOLD_LIB_PARSE_WARC_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "lib/parse/unpack.h"
#include "lib/parse/warc_header.h"
#include "lib/parse/warc_record.h"

namespace wirefold {

// A larger record is passed over; so much is believed of its length.
inline constexpr uint64_t kMaxSkippedRecordBytes = uint64_t{16} << 30;

class WarcReader {
 public:
  WarcReader();
  ~WarcReader();

  // The next bytes of the file. They must stay where they are until Next returns nothing, and Push
  // must not be called before.
  void Push(std::string_view chunk);
  // There are no more.
  void End() { ended_ = true; }
  // The next item; nothing until more is pushed, and after End nothing any more.
  std::optional<WarcItem> Next();

  [[nodiscard]] const WarcCounts& counts() const { return counts_; }

 private:
  enum class State : uint8_t { kSeek, kHeader, kBlock, kTail, kResync };

  bool Pull();
  void Append(const Unpacker::Step& step);
  void OnMemberEnd();
  void OnUnpackError(const absl::Status& status);
  void OnEnd();
  bool Parse(bool boundary);
  bool ParseSeek();
  bool ParseHeader();
  bool ParseBlock();
  bool ParseTail(bool boundary);
  bool ParseResync();
  void StartBlock();
  void EndRecord();
  void CutRecord(const absl::Status& status);
  void WrongLength();
  bool Rewind();
  void Deliver();
  void Fail(const absl::Status& status);
  void Flush();
  [[nodiscard]] std::string_view Rest() const;
  void Take(size_t bytes);

  std::string_view input_;  // pushed, not unpacked yet
  std::string file_head_;   // the first bytes, until they tell the compression
  std::string_view head_left_;
  bool ended_ = false;
  bool finished_ = false;
  bool dead_ = false;  // a bomb: nothing more is read
  bool packed_ = false;
  bool skipping_ = false;  // to the next member
  std::unique_ptr<Unpacker> unpacker_;

  // A member ended within a record: the next one's first bytes tell whether the record goes on.
  bool boundary_ = false;
  std::string boundary_bytes_;

  std::string buffer_;     // unpacked, from position_ - taken_ on
  size_t taken_ = 0;       // of buffer_
  uint64_t position_ = 0;  // of the first byte not taken, in the unpacked bytes
  uint64_t pulled_ = 0;
  uint64_t rewound_ = 0;

  State state_ = State::kSeek;
  size_t scanned_ = 0;  // of the header
  uint64_t offset_ = 0;
  uint64_t unpacked_offset_ = 0;
  WarcHeader header_;
  std::string block_;
  uint64_t block_left_ = 0;
  bool oversized_ = false;  // only the block's beginning is kept

  std::optional<WarcItem> pending_;  // whole, but for its member's checksum
  std::deque<WarcItem> items_;
  uint64_t next_index_ = 0;
  WarcCounts counts_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_WARC_H_
