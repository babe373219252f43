#include "lib/parse/warc.h"

#include <algorithm>
#include <utility>

#include "lib/base/reason.h"
#include "lib/parse/http_message.h"

namespace wirefold {
namespace {

constexpr std::string_view kLineEnds = "\r\n";
constexpr std::string_view kRecordMark = "\nWARC/";
// What tells the compression: the longest magic.
constexpr size_t kFileHeadBytes = 4;
// Bytes of buffer_ that may be taken before it is moved up.
constexpr size_t kMaxTakenBytes = size_t{64} << 10;

absl::Status NoRecord() {
  return Reject(Reason::kRecordBroken,
                "no WARC record stands where one should start; write the file anew");
}
absl::Status LengthIsWrong() {
  return Reject(Reason::kRecordBroken,
                "the WARC record's Content-Length is wrong; write the file anew");
}
absl::Status EndsEarly() {
  return Reject(Reason::kRecordBroken, "the WARC file ends within this record; fetch it again");
}
absl::Status MemberEndsEarly() {
  return Reject(Reason::kRecordBroken,
                "the WARC record's compressed member ends within it; write the file anew");
}

// Where `text` has a record's start at the beginning of a line; npos if it has none.
size_t FindRecord(std::string_view text) {
  for (size_t pos = text.find(kRecordMark); pos != std::string_view::npos;
       pos = text.find(kRecordMark, pos + 1)) {
    const std::string_view rest = text.substr(pos + 1);
    if (rest.size() > kRecordMark.size() - 1 && MayStartRecord(rest)) return pos + 1;
  }
  return std::string_view::npos;
}

}  // namespace

WarcReader::WarcReader() = default;
WarcReader::~WarcReader() = default;

void WarcReader::Push(std::string_view chunk) { input_ = chunk; }

std::optional<WarcItem> WarcReader::Next() {
  while (items_.empty()) {
    if (!dead_ && Parse(/*boundary=*/false)) continue;
    if (!dead_ && Pull()) continue;
    if (dead_) input_ = {};
    if (!ended_ || finished_) return std::nullopt;
    OnEnd();
  }
  WarcItem item = std::move(items_.front());
  items_.pop_front();
  return item;
}

// Unpacks some more. False if there is nothing to do it with.
bool WarcReader::Pull() {
  if (unpacker_ == nullptr) {
    const size_t missing = std::min(kFileHeadBytes - file_head_.size(), input_.size());
    file_head_.append(input_.substr(0, missing));
    input_.remove_prefix(missing);
    if (file_head_.empty() || (file_head_.size() < kFileHeadBytes && !ended_)) return false;
    const Compression compression = RecognizeCompression(file_head_);
    packed_ = compression != Compression::kNone;
    unpacker_ = std::make_unique<Unpacker>(compression);
    head_left_ = file_head_;
  }
  std::string_view& input = head_left_.empty() ? input_ : head_left_;
  if (skipping_ && !unpacker_->SkipToNextMember(input)) return !input_.empty();
  skipping_ = false;
  const absl::StatusOr<Unpacker::Step> step = unpacker_->Next(input);
  if (!step.ok()) {
    OnUnpackError(step.status());
    return true;
  }
  Append(*step);
  if (step->member_ended) OnMemberEnd();
  return !step->output.empty() || step->member_ended || !input_.empty();
}

void WarcReader::Append(const Unpacker::Step& step) {
  pulled_ += step.output.size();
  if (!boundary_) {
    buffer_.append(step.output);
    return;
  }
  boundary_bytes_.append(step.output);
  constexpr size_t kEnough = 6;  // "WARC/" and a digit
  if (boundary_bytes_.size() < kEnough && !step.member_ended) return;
  boundary_ = false;
  if (boundary_bytes_.size() >= kEnough && MayStartRecord(boundary_bytes_)) {
    CutRecord(MemberEndsEarly());
  }
  buffer_.append(boundary_bytes_);
  boundary_bytes_.clear();
}

void WarcReader::OnMemberEnd() {
  while (Parse(/*boundary=*/true)) {
  }
  if (state_ == State::kResync) {
    Take(Rest().size());
    state_ = State::kSeek;
  }
  if (state_ == State::kSeek) {
    Flush();
  } else {
    boundary_ = true;
  }
}

void WarcReader::OnUnpackError(const absl::Status& status) {
  const bool bomb =
      ReasonOf(status) == Reason::kArchiveRatio || ReasonOf(status) == Reason::kNormalizeFailed;
  // What was read so far has no checksum that held; in one long member that is one record at most.
  if (state_ == State::kSeek && !pending_.has_value()) {
    offset_ = unpacker_->member_offset();
    unpacked_offset_ = position_;
    header_ = {};
  }
  if (pending_.has_value()) {
    offset_ = pending_->offset;
    unpacked_offset_ = pending_->unpacked_offset;
    pending_.reset();
  }
  boundary_ = false;
  boundary_bytes_.clear();
  CutRecord(status);
  dead_ = bomb;
  skipping_ = !bomb;
}

void WarcReader::OnEnd() {
  if (dead_) {
    finished_ = true;
    return;
  }
  if (boundary_) {
    buffer_.append(boundary_bytes_);
    boundary_bytes_.clear();
    boundary_ = false;
  }
  while (Parse(/*boundary=*/true)) {
  }
  absl::Status whole = unpacker_ == nullptr ? absl::OkStatus() : unpacker_->Finish();
  if (state_ == State::kSeek || state_ == State::kResync) {
    Flush();
    if (!whole.ok() && state_ == State::kSeek) {
      offset_ = unpacker_->member_offset();
      unpacked_offset_ = position_;
      header_ = {};
      Fail(whole);
    }
  } else if (!(state_ == State::kBlock && Rewind())) {
    CutRecord(EndsEarly());
  } else {
    return;  // there is more to read within the block
  }
  finished_ = true;
}

std::string_view WarcReader::Rest() const { return std::string_view(buffer_).substr(taken_); }

void WarcReader::Take(size_t bytes) {
  taken_ += bytes;
  position_ += bytes;
  if (taken_ == buffer_.size()) {
    buffer_.clear();
    taken_ = 0;
  } else if (taken_ > kMaxTakenBytes && taken_ > buffer_.size() / 2) {
    buffer_.erase(0, taken_);
    taken_ = 0;
  }
}

// One step; false if it needs more bytes. `boundary`: no more will come in this member, or at all.
bool WarcReader::Parse(bool boundary) {
  switch (state_) {
    case State::kSeek:
      return ParseSeek();
    case State::kHeader:
      return ParseHeader();
    case State::kBlock:
      return ParseBlock();
    case State::kTail:
      return ParseTail(boundary);
    case State::kResync:
      return ParseResync();
  }
  return false;
}

bool WarcReader::ParseSeek() {
  const std::string_view rest = Rest();
  const size_t lines = std::min(rest.find_first_not_of(kLineEnds), rest.size());
  Take(lines);
  if (Rest().empty()) return false;
  Flush();
  unpacked_offset_ = position_;
  offset_ = packed_ ? unpacker_->member_offset() : position_;
  header_ = {};
  scanned_ = 0;
  state_ = State::kHeader;
  return true;
}

bool WarcReader::ParseHeader() {
  const std::string_view rest = Rest();
  if (!MayStartRecord(rest)) {
    Fail(NoRecord());
    state_ = State::kResync;
    return true;
  }
  const size_t end = FindFieldsEnd(rest.substr(0, kMaxWarcHeaderBytes), scanned_);
  if (end == std::string_view::npos) {
    if (rest.size() >= kMaxWarcHeaderBytes) {
      Fail(Reject(Reason::kRecordBroken, "the WARC record's header does not end; write it anew"));
      // No header ends within these bytes, so that only the last start among them can be a
      // record's: what lies ahead of it needs no second look.
      const size_t last = rest.substr(0, kMaxWarcHeaderBytes).rfind(kRecordMark);
      Take(last == std::string_view::npos ? kMaxWarcHeaderBytes : last);
      state_ = State::kResync;
      return true;
    }
    scanned_ = rest.size() < 3 ? 0 : rest.size() - 3;
    return false;
  }
  absl::StatusOr<WarcHeader> header = ReadWarcHeader(rest.substr(0, end));
  if (!header.ok()) {
    Fail(header.status());
    Take(end - 1);  // its last line end may be the one ahead of the next record
    state_ = State::kResync;
    return true;
  }
  header_ = *std::move(header);
  Take(end);
  StartBlock();
  return true;
}

void WarcReader::StartBlock() {
  block_.clear();
  block_left_ = header_.content_length;
  oversized_ = block_left_ > kMaxWarcBlockBytes;
  state_ = State::kBlock;
  if (block_left_ > kMaxSkippedRecordBytes) {
    Fail(LengthIsWrong());
    state_ = State::kResync;
  }
}

bool WarcReader::ParseBlock() {
  const std::string_view rest = Rest();
  const auto length = static_cast<size_t>(std::min<uint64_t>(block_left_, rest.size()));
  const size_t room =
      oversized_ ? kMaxHttpHeadBytes - std::min(block_.size(), kMaxHttpHeadBytes) : length;
  block_.append(rest.substr(0, std::min(length, room)));
  block_left_ -= length;
  Take(length);
  if (block_left_ > 0) return false;
  state_ = State::kTail;
  return true;
}

// Behind a block: two line ends by the standard; one, or none at all ahead of the next record, is
// let pass.
bool WarcReader::ParseTail(bool boundary) {
  const std::string_view rest = Rest();
  const size_t lines = rest.find_first_not_of(kLineEnds);
  if (rest.starts_with("\r\n\r\n") || rest.starts_with("\n\n")) {
    EndRecord();
    return true;
  }
  if (lines == std::string_view::npos) {
    if (!boundary) return false;
    EndRecord();
    return true;
  }
  const std::string_view next = rest.substr(lines);
  if (!MayStartRecord(next)) {
    WrongLength();
    return true;
  }
  if (next.size() <= kRecordMark.size() - 1 && !boundary) return false;
  EndRecord();
  return true;
}

bool WarcReader::ParseResync() {
  const std::string_view rest = Rest();
  const size_t found = FindRecord(rest);
  if (found == std::string_view::npos) {
    // The mark and its digit may be cut by the end of what there is.
    Take(rest.size() - std::min(rest.size(), kRecordMark.size()));
    return false;
  }
  Take(found);
  state_ = State::kSeek;
  return true;
}

void WarcReader::EndRecord() {
  ++counts_.records;
  state_ = State::kSeek;
  Deliver();
  block_.clear();
}

// The record that is being read is lost.
void WarcReader::CutRecord(const absl::Status& status) {
  Fail(status);
  Take(Rest().size());
  block_.clear();
  state_ = State::kSeek;
}

void WarcReader::WrongLength() {
  if (Rewind()) return;
  Fail(LengthIsWrong());
  block_.clear();
  state_ = State::kResync;
}

// If the block holds the next record already, goes on there. The bytes read twice never exceed
// those read once by more than a block, so that time stays linear.
bool WarcReader::Rewind() {
  if (oversized_) return false;
  const size_t found = FindRecord(block_);
  if (found == std::string_view::npos) return false;
  const size_t again = block_.size() - found;
  if (rewound_ + again > pulled_ + kMaxWarcBlockBytes) return false;
  rewound_ += again;
  Fail(LengthIsWrong());
  std::string rest = block_.substr(found);
  rest.append(Rest());
  buffer_ = std::move(rest);
  taken_ = 0;
  position_ -= again;
  block_.clear();
  state_ = State::kSeek;
  return true;
}

void WarcReader::Deliver() {
  absl::StatusOr<std::optional<WarcItem>> item =
      ReadWarcRecord(header_, std::move(block_), oversized_, counts_);
  if (!item.ok()) {
    Fail(item.status());
    return;
  }
  if (!item->has_value()) return;
  pending_ = **std::move(item);
  pending_->offset = offset_;
  pending_->unpacked_offset = unpacked_offset_;
}

void WarcReader::Fail(const absl::Status& status) {
  Flush();
  WarcItem item;
  item.error = status;
  item.offset = offset_;
  item.unpacked_offset = unpacked_offset_;
  item.url = header_.target_uri;
  item.index = next_index_++;
  ++counts_.errors;
  items_.push_back(std::move(item));
}

void WarcReader::Flush() {
  if (!pending_.has_value()) return;
  pending_->index = next_index_++;
  ++counts_.documents;
  items_.push_back(*std::move(pending_));
  pending_.reset();
}

}  // namespace wirefold
