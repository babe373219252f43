#include "lib/store/record_delta.h"

#include <zstd.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/store/records.h"

namespace wirefold {
namespace {

// A delta: version, flags, the base's ULID if it is named, the frame.
constexpr uint8_t kNamesBase = 1;
constexpr int kScriptShift = 1;  // two bits of the flags
constexpr uint8_t kKnownFlags = 7;

// Above, a record of 3 KB takes twice as long for a fiftieth less.
constexpr int kLevel = 6;
// ZSTD_c_literalCompressionMode and ZSTD_ps_disable. zstd declares the two only for those that link
// it statically, since they may change; a version that doesn't know them compresses literals, which
// costs a little room and nothing else.
constexpr auto kLiteralMode = static_cast<ZSTD_cParameter>(1002);
constexpr int kLiteralsAsTheyAre = 2;

// A record has at most the text of a file of 8 MiB and what was dropped of it, twice over.
constexpr uint64_t kMaxRecordBytes = uint64_t{64} << 20;

absl::Status Damaged(std::string_view what) {
  return Reject(Reason::kStoreCorrupt,
                absl::StrCat("a copy or an older text in the store is damaged: ", ToAbsl(what)));
}

struct Parts {
  bool names_base = false;
  ScriptChange change = ScriptChange::kNone;
  std::string_view base_id;
  std::string_view frame;
};

absl::StatusOr<Parts> Split(std::string_view stored) {
  if (stored.size() < 2 || !IsDelta(stored)) return Damaged("it is no delta");
  const auto flags = static_cast<uint8_t>(stored[1]);
  const int change = flags >> kScriptShift;
  if (flags > kKnownFlags || change > static_cast<int>(ScriptChange::kToTraditional)) {
    return Damaged("its flags are unknown");
  }
  Parts parts;
  parts.names_base = (flags & kNamesBase) != 0;
  parts.change = static_cast<ScriptChange>(change);
  stored.remove_prefix(2);
  if (parts.names_base) {
    if (stored.size() < Ulid::kBytes) return Damaged("it ends early");
    parts.base_id = stored.substr(0, Ulid::kBytes);
    stored.remove_prefix(Ulid::kBytes);
  }
  parts.frame = stored;
  return parts;
}

// What brings the base closest to the record.
ScriptChange ChangeFor(std::string_view record, std::string_view base) {
  const absl::StatusOr<RecordFields> from = PeekRecord(base);
  const absl::StatusOr<RecordFields> to = PeekRecord(record);
  if (!from.ok() || !to.ok() || from->language == to->language) return ScriptChange::kNone;
  if (to->language == "zh-Hans") return ScriptChange::kToSimplified;
  if (to->language == "zh-Hant") return ScriptChange::kToTraditional;
  return ScriptChange::kNone;
}

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

DeltaPacker::DeltaPacker() : context_(ZSTD_createCCtx()) {}
DeltaPacker::~DeltaPacker() { ZSTD_freeCCtx(context_); }

std::string DeltaPacker::Pack(std::string_view record, const DeltaBase& base,
                              const Ulid& implied_id, const ScriptTable& table) {
  if (context_ == nullptr) return std::string(record);
  const ScriptChange change = ChangeFor(record, base.record);
  std::string changed;
  std::string_view prefix = base.record;
  if (change != ScriptChange::kNone) {
    changed = table.Apply(base.record, change);
    prefix = changed;
  }
  const bool names_base = base.id != implied_id;
  std::string stored;
  stored.push_back(static_cast<char>(kDeltaVersion));
  stored.push_back(
      static_cast<char>(static_cast<int>(change) << kScriptShift | (names_base ? kNamesBase : 0)));
  if (names_base) stored += base.id.ToBytes();
  const size_t head = stored.size();
  stored.resize(head + ZSTD_compressBound(record.size()));
  ZSTD_CCtx_reset(context_, ZSTD_reset_session_and_parameters);
  ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setParameter(context_, kLiteralMode, kLiteralsAsTheyAre);
  ZSTD_CCtx_refPrefix(context_, prefix.data(), prefix.size());
  const size_t size = ZSTD_compress2(context_, stored.data() + head, stored.size() - head,
                                     record.data(), record.size());
  if (ZSTD_isError(size) != 0 || head + size >= record.size()) return std::string(record);
  stored.resize(head + size);
  return stored;
}

bool IsDelta(std::string_view stored) {
  return !stored.empty() && static_cast<uint8_t>(stored[0]) == kDeltaVersion;
}

absl::StatusOr<Ulid> BaseOfDelta(std::string_view stored, const Ulid& implied_id) {
  const absl::StatusOr<Parts> parts = Split(stored);
  if (!parts.ok()) return parts.status();
  return parts->names_base ? Ulid::FromBytes(parts->base_id) : implied_id;
}

absl::StatusOr<std::string> UnpackDelta(std::string_view stored, std::string_view base_record,
                                        const ScriptTable& table) {
  const absl::StatusOr<Parts> parts = Split(stored);
  if (!parts.ok()) return parts.status();
  const unsigned long long size =
      ZSTD_getFrameContentSize(parts->frame.data(), parts->frame.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN ||
      size > kMaxRecordBytes) {
    return Damaged("it is not compressed as it should be");
  }
  // One a thread: it is so large that making one costs more than using it.
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  if (context == nullptr) return absl::ResourceExhaustedError("no memory to decompress with");
  std::string changed;
  std::string_view prefix = base_record;
  if (parts->change != ScriptChange::kNone) {
    changed = table.Apply(base_record, parts->change);
    prefix = changed;
  }
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_and_parameters);
  ZSTD_DCtx_refPrefix(context.get(), prefix.data(), prefix.size());
  std::string record(size, '\0');
  const size_t got = ZSTD_decompressDCtx(context.get(), record.data(), record.size(),
                                         parts->frame.data(), parts->frame.size());
  if (ZSTD_isError(got) != 0) return Damaged(ZSTD_getErrorName(got));
  if (got != size) return Damaged("it ends early");
  return record;
}

}  // namespace wirefold
