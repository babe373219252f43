#include "lib/parse/unpack.h"

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <array>
#include <utility>

#include "lib/base/reason.h"

namespace wirefold {
namespace {

constexpr std::string_view kGzipMagic = "\x1F\x8B\x08";
constexpr std::string_view kZstdMagic = "\x28\xB5\x2F\xFD";
constexpr size_t kBufferBytes = size_t{64} << 10;

absl::Status OutOfMemory() {
  return Reject(Reason::kNormalizeFailed, "no memory to decompress with; send the file again");
}

absl::Status Broken(std::string_view format, uint64_t offset) {
  return Reject(Reason::kArchiveBroken, "the " + std::string(format) + " data is damaged at byte " +
                                            std::to_string(offset) + "; fetch it again");
}

std::string_view NameOf(Compression compression) {
  return compression == Compression::kGzip   ? "gzip"
         : compression == Compression::kZstd ? "zstd"
                                             : "deflate";
}

}  // namespace

// One format's decoder, which knows nothing of members beyond where one ends.
class Unpacker::Decoder {
 public:
  enum class Progress : uint8_t { kMore, kMemberEnd, kBroken, kUnsupported, kNoMemory };

  virtual ~Decoder() = default;
  virtual bool Reset() = 0;  // for a new member; false: no memory
  // Takes from `input` and writes to `out`, `produced` bytes of `capacity`.
  virtual Progress Decode(std::string_view& input, char* out, size_t capacity,
                          size_t& produced) = 0;
};

class Unpacker::ZlibDecoder final : public Decoder {
 public:
  explicit ZlibDecoder(bool gzip) : gzip_(gzip) {}
  ~ZlibDecoder() override {
    if (open_) inflateEnd(&stream_);
  }
  ZlibDecoder(const ZlibDecoder&) = delete;
  ZlibDecoder& operator=(const ZlibDecoder&) = delete;

  bool Reset() override {
    head_.clear();
    if (!gzip_) return true;  // its first bytes will tell which kind it is
    return Open(kGzipWindowBits);
  }

  Progress Decode(std::string_view& input, char* out, size_t capacity, size_t& produced) override {
    produced = 0;
    if (!gzip_ && head_.size() < 2) {
      while (head_.size() < 2 && !input.empty()) {
        head_.push_back(input.front());
        input.remove_prefix(1);
      }
      if (head_.size() < 2) return Progress::kMore;
      if (!Open(HasZlibHeader() ? MAX_WBITS : -MAX_WBITS)) return Progress::kNoMemory;
      std::string_view head = head_;
      const Progress progress = Inflate(head, out, capacity, produced);
      if (progress != Progress::kMore) return progress;
    }
    size_t further = 0;
    const Progress progress = Inflate(input, out + produced, capacity - produced, further);
    produced += further;
    return progress;
  }

 private:
  static constexpr int kGzipWindowBits = MAX_WBITS + 16;

  // RFC 1950, section 2.2: the method is 8, and both bytes are a multiple of 31.
  [[nodiscard]] bool HasZlibHeader() const {
    const auto first = static_cast<unsigned char>(head_[0]);
    const auto second = static_cast<unsigned char>(head_[1]);
    return (first & 0x0F) == 8 && first >> 4 <= 7 && (first * 256 + second) % 31 == 0;
  }

  bool Open(int window_bits) {
    if (open_) return inflateReset2(&stream_, window_bits) == Z_OK;
    open_ = inflateInit2(&stream_, window_bits) == Z_OK;
    return open_;
  }

  Progress Inflate(std::string_view& input, char* out, size_t capacity, size_t& produced) {
    constexpr size_t kMaxPiece = size_t{1} << 30;  // zlib counts in 32 bits
    const size_t piece = std::min(input.size(), kMaxPiece);
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(piece);
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(capacity);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    input.remove_prefix(piece - stream_.avail_in);
    produced = capacity - stream_.avail_out;
    switch (result) {
      case Z_OK:
      case Z_BUF_ERROR:
        return Progress::kMore;
      case Z_STREAM_END:
        return Progress::kMemberEnd;
      case Z_MEM_ERROR:
        return Progress::kNoMemory;
      case Z_NEED_DICT:
        return Progress::kUnsupported;
      default:
        return Progress::kBroken;
    }
  }

  const bool gzip_;
  bool open_ = false;
  z_stream stream_ = {};
  std::string head_;
};

class Unpacker::ZstdDecoder final : public Decoder {
 public:
  explicit ZstdDecoder(int max_window_log) : stream_(ZSTD_createDStream()) {
    if (stream_ != nullptr) {
      ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, max_window_log);
    }
  }
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;

  bool Reset() override {
    head_.clear();
    head_given_ = false;
    output_ = 0;
    return stream_ != nullptr &&
           ZSTD_isError(ZSTD_DCtx_reset(stream_, ZSTD_reset_session_only)) == 0;
  }

  Progress Decode(std::string_view& input, char* out, size_t capacity, size_t& produced) override {
    produced = 0;
    if (!head_given_) {
      while (head_.size() < HeadBytes()) {
        if (input.empty()) return Progress::kMore;
        const std::string_view taken = input.substr(0, HeadBytes() - head_.size());
        head_.append(taken);
        input.remove_prefix(taken.size());
        // libzstd may read formats from before RFC 8878 too, if it sees their magic in one piece.
        if (head_.size() == kMagicBytes && head_ != kZstdMagic && !IsSkippable(head_)) {
          return Progress::kBroken;
        }
      }
      head_given_ = true;
      // Always in these two pieces: what libzstd says of a header depends on how it comes.
      const std::string_view head = head_;
      for (std::string_view piece : {head.substr(0, kMagicBytes), head.substr(kMagicBytes)}) {
        if (piece.empty()) continue;
        const Progress progress = Decompress(piece, out, capacity, produced);
        if (progress != Progress::kMore) return progress;
      }
    }
    const Progress progress = Decompress(input, out, capacity, produced);
    output_ += produced;
    if (progress == Progress::kMemberEnd && !HasDeclaredSize()) return Progress::kBroken;
    return progress;
  }

 private:
  static constexpr size_t kMagicBytes = kZstdMagic.size();

  // Of the magic and the frame's header (RFC 8878, section 3.1.1), as far as what is known of it
  // tells; of a skippable frame the magic alone.
  [[nodiscard]] size_t HeadBytes() const {
    if (head_.size() < kMagicBytes || head_ == kZstdMagic || IsSkippable(head_)) {
      return head_ == kZstdMagic ? kMagicBytes + 1 : kMagicBytes;
    }
    constexpr std::array<size_t, 4> kDictionaryIdBytes = {0, 1, 2, 4};
    constexpr std::array<size_t, 4> kContentSizeBytes = {0, 2, 4, 8};
    const auto descriptor = static_cast<uint8_t>(head_[kMagicBytes]);
    const bool single_segment = (descriptor & 0x20) != 0;
    size_t content_size_bytes = kContentSizeBytes.at(descriptor >> 6);
    if (content_size_bytes == 0 && single_segment) content_size_bytes = 1;
    return kMagicBytes + 1 + (single_segment ? 0 : 1) + kDictionaryIdBytes.at(descriptor & 3) +
           content_size_bytes;
  }

  // RFC 8878, section 3.1.2: sixteen magic numbers.
  static bool IsSkippable(std::string_view magic) {
    return (magic[0] & 0xF0) == 0x50 && magic.substr(1) == "\x2A\x4D\x18";
  }

  Progress Decompress(std::string_view& input, char* out, size_t capacity, size_t& produced) {
    ZSTD_inBuffer in = {input.data(), input.size(), 0};
    ZSTD_outBuffer to = {out, capacity, 0};
    const size_t result = ZSTD_decompressStream(stream_, &to, &in);
    input.remove_prefix(in.pos);
    produced = to.pos;
    if (ZSTD_isError(result) == 0) return result == 0 ? Progress::kMemberEnd : Progress::kMore;
    switch (ZSTD_getErrorCode(result)) {
      case ZSTD_error_dictionary_wrong:
      case ZSTD_error_frameParameter_unsupported:
      case ZSTD_error_frameParameter_windowTooLarge:
      case ZSTD_error_version_unsupported:
        return Progress::kUnsupported;
      case ZSTD_error_memory_allocation:
        return Progress::kNoMemory;
      default:
        return Progress::kBroken;
    }
  }

  // Whether the frame holds as many bytes as its header says, if it does. libzstd checks that
  // itself, but not for frames that come in pieces and end with an empty block.
  [[nodiscard]] bool HasDeclaredSize() const {
    const unsigned long long size = ZSTD_getFrameContentSize(head_.data(), head_.size());
    return size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size == output_;
  }

  ZSTD_DStream* const stream_;
  std::string head_;         // of the frame: HeadBytes
  bool head_given_ = false;  // to libzstd
  uint64_t output_ = 0;
};

Compression RecognizeCompression(std::string_view bytes) {
  if (bytes.starts_with(kGzipMagic)) return Compression::kGzip;
  if (bytes.starts_with(kZstdMagic)) return Compression::kZstd;
  return Compression::kNone;
}

Unpacker::Unpacker(Compression compression, const UnpackLimits& limits)
    : compression_(compression), limits_(limits) {
  if (compression == Compression::kNone) return;
  buffer_ = std::make_unique_for_overwrite<char[]>(kBufferBytes);
  if (compression == Compression::kZstd) {
    decoder_ = std::make_unique<ZstdDecoder>(limits.max_window_log);
  } else {
    decoder_ = std::make_unique<ZlibDecoder>(compression == Compression::kGzip);
  }
}

Unpacker::~Unpacker() = default;

absl::Status Unpacker::StartMember() {
  in_member_ = true;
  any_member_ = true;
  member_offset_ = consumed_;
  member_output_ = 0;
  if (!decoder_->Reset()) return OutOfMemory();
  if (!magic_taken_) return absl::OkStatus();
  std::string_view magic = compression_ == Compression::kZstd ? kZstdMagic : kGzipMagic;
  magic_taken_ = false;
  member_offset_ -= magic.size();
  size_t produced;
  decoder_->Decode(magic, buffer_.get(), kBufferBytes, produced);
  return absl::OkStatus();
}

absl::Status Unpacker::CountOutput(size_t bytes) {
  member_output_ += bytes;
  output_ += bytes;
  if (output_ > limits_.max_output_bytes) {
    return Reject(Reason::kDocumentTooLarge, "it unpacks to more than " +
                                                 std::to_string(limits_.max_output_bytes) +
                                                 " bytes; split it, or leave it out");
  }
  const auto bomb = [](uint64_t output, uint64_t input) {
    return output > kRatioFreeBytes && output / kMaxUnpackRatio >= input;
  };
  if (bomb(member_output_, consumed_ - member_offset_) || bomb(output_, consumed_)) {
    return Reject(Reason::kArchiveRatio,
                  "it unpacks to more than " + std::to_string(kMaxUnpackRatio) +
                      " times its size, as bombs do; unpack it yourself if it is meant");
  }
  return absl::OkStatus();
}

absl::StatusOr<Unpacker::Step> Unpacker::Next(std::string_view& input) {
  if (compression_ == Compression::kNone) {
    const Step step{.output = input.substr(0, kBufferBytes)};
    input.remove_prefix(step.output.size());
    consumed_ += step.output.size();
    if (absl::Status status = CountOutput(step.output.size()); !status.ok()) return status;
    return step;
  }
  if (!failed_.ok()) return std::exchange(failed_, absl::OkStatus());
  if (!in_member_) {
    if (any_member_ && !magic_taken_) {
      // Tape blocks are padded with NULs; behind a deflate stream anything may follow.
      const size_t skip = compression_ == Compression::kDeflate
                              ? input.size()
                              : std::min(input.find_first_not_of('\0'), input.size());
      input.remove_prefix(skip);
      consumed_ += skip;
    }
    if (input.empty() && !magic_taken_) return Step{};
    if (absl::Status status = StartMember(); !status.ok()) return status;
  }
  while (true) {
    const size_t before = input.size();
    size_t produced = 0;
    const Decoder::Progress progress =
        decoder_->Decode(input, buffer_.get(), kBufferBytes, produced);
    consumed_ += before - input.size();
    if (progress == Decoder::Progress::kNoMemory) return OutOfMemory();
    if (progress == Decoder::Progress::kBroken) {
      const absl::Status broken = Broken(NameOf(compression_), consumed_);
      if (produced == 0) return broken;
      failed_ = broken;  // what came out before is handed over first
    }
    if (progress == Decoder::Progress::kUnsupported) {
      return Reject(Reason::kUnsupportedEncoding,
                    "the " + std::string(NameOf(compression_)) +
                        " data needs a dictionary or too large a window; recompress it without");
    }
    if (absl::Status status = CountOutput(produced); !status.ok()) return status;
    const bool ended = progress == Decoder::Progress::kMemberEnd;
    if (ended) in_member_ = false;
    if (ended || produced > 0) {
      return Step{.output = {buffer_.get(), produced}, .member_ended = ended};
    }
    if (input.empty()) return Step{};
    if (input.size() == before) return Broken(NameOf(compression_), consumed_);
  }
}

absl::Status Unpacker::Finish() const {
  if (!in_member_) return absl::OkStatus();
  return Reject(Reason::kArchiveBroken, "the " + std::string(NameOf(compression_)) +
                                            " data ends early, after " + std::to_string(consumed_) +
                                            " bytes; fetch it again");
}

bool Unpacker::SkipToNextMember(std::string_view& input) {
  in_member_ = false;
  if (compression_ != Compression::kGzip && compression_ != Compression::kZstd) {
    consumed_ += input.size();
    input = {};
    return false;
  }
  // The first byte occurs but once in either magic, so that a mismatch needs no way back.
  const std::string_view magic = compression_ == Compression::kZstd ? kZstdMagic : kGzipMagic;
  while (!input.empty() && magic_matched_ < magic.size()) {
    const char c = input.front();
    magic_matched_ = c == magic[magic_matched_] ? magic_matched_ + 1 : c == magic[0] ? 1 : 0;
    input.remove_prefix(1);
    ++consumed_;
  }
  magic_taken_ = magic_matched_ == magic.size();
  if (magic_taken_) magic_matched_ = 0;
  return magic_taken_;
}

absl::StatusOr<std::string> Unpack(std::string_view bytes, Compression compression,
                                   const UnpackLimits& limits) {
  Unpacker unpacker(compression, limits);
  std::string out;
  while (true) {
    const absl::StatusOr<Unpacker::Step> step = unpacker.Next(bytes);
    if (!step.ok()) return step.status();
    if (step->output.empty() && !step->member_ended) break;
    out.append(step->output);
  }
  if (absl::Status status = unpacker.Finish(); !status.ok()) return status;
  return out;
}

absl::StatusOr<std::string> Unpack(std::string_view bytes, const UnpackLimits& limits) {
  return Unpack(bytes, RecognizeCompression(bytes), limits);
}

}  // namespace wirefold
