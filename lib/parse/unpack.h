// Unpack: gzip, zlib, deflate and zstd, piece by piece or at once, with bounds on what comes out.
//
// Example:
//   Unpacker unpacker(Compression::kGzip);
//   while (ReadChunk(chunk)) {
//     std::string_view input = chunk;
//     while (true) {
//       absl::StatusOr<Unpacker::Step> step = unpacker.Next(input);
//       if (!step.ok()) return step.status();
//       if (step->output.empty() && !step->member_ended) break;   // needs the next chunk
//       Use(step->output);
//     }
//   }
//   RETURN_IF_ERROR(unpacker.Finish());
//
//   absl::StatusOr<std::string> page = Unpack(bytes, {.max_output_bytes = kMaxDocumentBytes});
//
// gzip files may have many members (RFC 1952, section 2.2), zstd files many frames (RFC 8878), both
// called members here; WARC files compress each record as one. zlib and libzstd do the decoding.
//
// Bombs: past kRatioFreeBytes of output, more than kMaxUnpackRatio bytes for one of the input, of a
// member or of all, is refused. Deflate reaches 1,032; pages and WARC files stay under 50.
//
// Not thread-safe; one per input. Memory: 64 KiB, the decoder's window (32 KiB; zstd up to
// UnpackLimits::max_window_log).
#ifndef WIREFOLD_LIB_PARSE_UNPACK_H_
#define WIREFOLD_LIB_PARSE_UNPACK_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/base/limits.h"

namespace wirefold {

inline constexpr uint64_t kMaxUnpackRatio = 200;
inline constexpr uint64_t kRatioFreeBytes = uint64_t{8} << 20;
// A zstd window of so many bits: what `zstd --long` (27) needs at most, and what RFC 9659 allows of
// HTTP bodies (23).
inline constexpr int kMaxArchiveWindowLog = 27;
inline constexpr int kMaxHttpWindowLog = 23;

enum class Compression : uint8_t {
  kNone,
  kGzip,
  kDeflate,  // with zlib's header (RFC 1950) or, as some servers send it, without (RFC 1951)
  kZstd,
};

// gzip or zstd by the magic bytes at the start; kNone for anything else. Deflate has no such bytes.
Compression RecognizeCompression(std::string_view bytes);

struct UnpackLimits {
  uint64_t max_output_bytes = std::numeric_limits<uint64_t>::max();  // of all members
  int max_window_log = kMaxArchiveWindowLog;
};

class Unpacker {
 public:
  explicit Unpacker(Compression compression, const UnpackLimits& limits = {});
  ~Unpacker();
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  struct Step {
    std::string_view output;    // valid until the next call; at most 64 KiB
    bool member_ended = false;  // a member is complete and its checksum held
  };
  // Takes some of `input` from its front (what it took is removed) and returns what that unpacks
  // to. A step never spans two members. No output and no member's end: `input` is used up.
  // kArchiveBroken, kArchiveRatio, kUnsupportedEncoding, kDocumentTooLarge (max_output_bytes),
  // kNormalizeFailed (no memory). After kArchiveBroken and kUnsupportedEncoding SkipToNextMember
  // may be called, after others nothing more.
  [[nodiscard]] absl::StatusOr<Step> Next(std::string_view& input);

  // At the end of the input: kArchiveBroken if it ended within a member.
  [[nodiscard]] absl::Status Finish() const;

  // After an error: takes from `input` until something that looks like a member's start (gzip and
  // zstd). True if it is found, then Next goes on there; false when `input` is used up, call it
  // again with more. Each byte is looked at once.
  bool SkipToNextMember(std::string_view& input);

  // Offset in the input, counted from the first byte ever given, where the member starts that is
  // being read; between members, where the last one started.
  [[nodiscard]] uint64_t member_offset() const { return member_offset_; }
  [[nodiscard]] uint64_t consumed_bytes() const { return consumed_; }
  // False before the first member, and between two of them.
  [[nodiscard]] bool in_member() const { return in_member_; }

 private:
  class Decoder;
  class ZlibDecoder;
  class ZstdDecoder;

  absl::Status StartMember();
  absl::Status CountOutput(size_t bytes);

  const Compression compression_;
  const UnpackLimits limits_;
  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<char[]> buffer_;
  size_t magic_matched_ = 0;  // of the magic bytes, at the end of what SkipToNextMember has taken
  bool magic_taken_ = false;  // SkipToNextMember found and took them
  absl::Status failed_;       // for the next call
  bool in_member_ = false;
  bool any_member_ = false;
  uint64_t consumed_ = 0;
  uint64_t member_offset_ = 0;
  uint64_t member_output_ = 0;
  uint64_t output_ = 0;
};

// All of `bytes`, unpacked. `compression` kNone copies. Errors as Unpacker::Next and Finish.
[[nodiscard]] absl::StatusOr<std::string> Unpack(std::string_view bytes, Compression compression,
                                                 const UnpackLimits& limits);
// The same, with what RecognizeCompression says.
[[nodiscard]] absl::StatusOr<std::string> Unpack(std::string_view bytes,
                                                 const UnpackLimits& limits);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PARSE_UNPACK_H_
