#include "lib/dedup/stream_statistics.h"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

#include "lib/base/hash.h"
#include "lib/base/numbers.h"
#include "lib/base/prefetch.h"
#include "lib/base/reason.h"
#include "zstd.h"

namespace wirefold {
namespace {

// The first byte of what Serialize makes; then its size before compression (8 bytes), then XXH3 of
// that (8), then a zstd frame.
constexpr uint8_t kFormVersion = 3;
constexpr size_t kHeaderBytes = 1 + 8 + 8;
constexpr size_t kMaxBytes = size_t{16} << 30;
constexpr int64_t kDayMs = 86'400'000;
// Fast: what is compressed are hashes and small numbers.
constexpr int kLevel = 1;

absl::Status Damaged() {
  return Reject(Reason::kStoreCorrupt, "what was learnt from the stream is damaged");
}

}  // namespace

uint64_t StreamStatistics::EpochLength(uint64_t articles) {
  // While there is little, each article counts; a small stream is read by people.
  const uint64_t share = articles < kFewArticles ? articles / 16 : articles / 2;
  return std::bit_floor(std::clamp<uint64_t>(share, 1, kMaxEpoch));
}

uint64_t StreamStatistics::NextStamp() {
  static std::atomic<uint64_t> last = 0;
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

bool StreamStatistics::Learn(LearntArticle article) {
  if (!article.ahead) position_.Add(article.at_ms);
  article.stream_day = position_.has_value() ? position_.ms() / kDayMs : 0;
  pending_.push_back(std::move(article));
  ++learnt_;
  // Epochs end at multiples of their length, so that one that is restored goes on in step.
  if (learnt_ % EpochLength(learnt_) != 0) return false;
  const auto lock = gate_.Lock();
  LearnShingles();
  LearnParagraphs();
  position_at_version_ = position_;
  version_ = learnt_;
  stamp_ = NextStamp();
  pending_.clear();
  return true;
}

// What the epoch brought.
void StreamStatistics::LearnShingles() {
  {
    const std::lock_guard lock(room_mutex_);
    rarity_.GrowIfDue(std::exchange(room_, {}));
  }
  std::vector<RarityText> texts;
  texts.reserve(pending_.size());
  for (const LearntArticle& article : pending_) {
    if (article.stream_day > 0) rarity_.Advance(article.stream_day);
    if (article.learning == Learning::kNone) continue;
    texts.push_back({article.shingles, article.distinct, article.day});
  }
  // So many at a time bound the memory that is taken beside the table to some megabytes.
  constexpr size_t kTexts = 4096;
  for (std::span<const RarityText> rest = texts; !rest.empty();) {
    const size_t count = std::min(kTexts, rest.size());
    rarity_.Learn(rest.first(count));
    rest = rest.subspan(count);
  }
}

void StreamStatistics::LearnParagraphs() {
  // Articles whose paragraphs, and what is known of them, is asked for ahead of time.
  constexpr size_t kFarAhead = 6;
  constexpr size_t kAhead = 2;
  // So many at a time: who reads an article would wait for all of a large epoch otherwise.
  constexpr size_t kArticles = 64;
  std::unique_lock<std::shared_mutex> lock;
  for (size_t i = 0; i < pending_.size(); ++i) {
    if (i % kArticles == 0) {
      if (lock.owns_lock()) lock.unlock();
      lock = boilerplate_gate_.Lock();
    }
    if (i + kFarAhead < pending_.size()) {
      const std::vector<uint64_t>& paragraphs = pending_[i + kFarAhead].paragraphs;
      for (size_t p = 0; p < paragraphs.size(); p += 8) PrefetchRead(&paragraphs[p]);
    }
    if (i + kAhead < pending_.size()) {
      const LearntArticle& next = pending_[i + kAhead];
      for (const uint64_t paragraph : next.paragraphs)
        boilerplate_.Prefetch(next.domain, paragraph);
    }
    LearntArticle& article = pending_[i];
    boilerplate_.Learn(article.learning, article.domain, article.day,
                       std::move(article.paragraphs));
    ++boilerplate_version_;
  }
}

void StreamStatistics::MakeRoom() {
  size_t wanted = 0;
  {
    const auto lock = gate_.LockShared();
    wanted = rarity_.GrowthNear();
  }
  // This takes the longest, and nobody waits for it.
  if (zeros_.size() != wanted) {
    zeros_ = HugePageVector<uint64_t>(wanted);
    zeros_bytes_ = wanted * sizeof(uint64_t);
  }
  const auto lock = gate_.LockShared();
  if (wanted == 0 || rarity_.GrowthDue() != wanted) return;
  rarity_.CopyTo(zeros_);
  // Handed over before the lock is let go of: learning, if it waits, finds it.
  const std::lock_guard room_lock(room_mutex_);
  room_ = std::exchange(zeros_, {});
  zeros_bytes_ = 0;
}

size_t StreamStatistics::memory_bytes() const {
  const auto lock = gate_.LockShared();
  const std::lock_guard room_lock(room_mutex_);
  return boilerplate_.memory_bytes() + rarity_.memory_bytes() + room_.size() * sizeof(uint64_t) +
         zeros_bytes_;
}

std::string StreamStatistics::Serialize(uint64_t* version) const {
  std::string plain;
  {
    const auto lock = gate_.LockShared();
    if (version != nullptr) *version = version_;
    AppendNumber(version_, 8, plain);
    position_at_version_.AppendTo(plain);
    boilerplate_.AppendTo(plain);
    rarity_.AppendTo(plain);
  }
  std::string out(1, static_cast<char>(kFormVersion));
  AppendNumber(plain.size(), 8, out);
  AppendNumber(HashBytes64(plain), 8, out);
  out.resize(kHeaderBytes + ZSTD_compressBound(plain.size()));
  const size_t size = ZSTD_compress(out.data() + kHeaderBytes, out.size() - kHeaderBytes,
                                    plain.data(), plain.size(), kLevel);
  out.resize(ZSTD_isError(size) != 0 ? 0 : kHeaderBytes + size);
  return out;
}

absl::Status StreamStatistics::Restore(std::string_view bytes) {
  const auto lock = gate_.Lock();
  const auto boilerplate_lock = boilerplate_gate_.Lock();
  pending_.clear();
  stamp_ = NextStamp();
  {
    const std::lock_guard room_lock(room_mutex_);
    room_ = {};
  }
  absl::Status status = TakeFrom(bytes);
  if (!status.ok()) {
    // Empty again, whichever part failed.
    boilerplate_ = BoilerplateTable(sizes_.boilerplate_entries);
    rarity_ = RarityTable(sizes_.rarity_entries, sizes_.window_days);
    version_ = 0;
    position_at_version_ = StreamPosition(sizes_.recent_articles);
  }
  learnt_ = version_;
  boilerplate_version_ = version_;
  position_ = position_at_version_;
  return status;
}

absl::Status StreamStatistics::TakeFrom(std::string_view bytes) {
  if (bytes.empty()) return Damaged();
  const auto form = static_cast<uint8_t>(TakeNumber(1, bytes));
  if (form > kFormVersion) {
    return Reject(Reason::kStoreTooNew,
                  "what was learnt from the stream was written by a newer version; use a newer "
                  "wirefoldd");
  }
  if (form != kFormVersion || bytes.size() < kHeaderBytes - 1) return Damaged();
  const uint64_t size = TakeNumber(8, bytes);
  const uint64_t checksum = TakeNumber(8, bytes);
  if (size > kMaxBytes || size != ZSTD_getFrameContentSize(bytes.data(), bytes.size())) {
    return Damaged();
  }
  std::string plain(size, '\0');
  if (ZSTD_decompress(plain.data(), plain.size(), bytes.data(), bytes.size()) != size ||
      HashBytes64(plain) != checksum || size < 8) {
    return Damaged();
  }
  std::string_view rest = plain;
  version_ = TakeNumber(8, rest);
  if (absl::Status status = position_at_version_.TakeFrom(rest); !status.ok()) return status;
  if (absl::Status status = boilerplate_.TakeFrom(rest); !status.ok()) return status;
  if (absl::Status status = rarity_.TakeFrom(rest); !status.ok()) return status;
  return rest.empty() ? absl::OkStatus() : Damaged();
}

}  // namespace wirefold
