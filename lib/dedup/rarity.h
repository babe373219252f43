// RarityTable: how many days of the stream have shown a shingle, and since when, in a bounded table
// that forgets.
//
// Example:
//   RarityTable table;
//   table.Learn(doc.shingles, doc.distinct, /*day=*/18262);
//   if (table.Of(shingle).days <= 3) …     // rare: it tells an article from others
//
// What two articles share says much where hardly any other day of the stream has it, and nothing
// where many have: an agency's boilerplate, a template, a quoted law. docs/deduplication.md
// has the rule and its cap.
//
// A text of more than kSampledAbove distinct shingles counts one of kSampleRate of them, chosen by
// hash; a shorter one counts all. UsesShingle says which a text of a given length looks up. So an
// article costs some 90 entries of 8 bytes in the mean, for figures that are as good (measured in
// docs/deduplication.md).
//
// The table is set-associative, a cache line a bucket. It grows by doubling up to its size; from
// then on a full bucket loses the shingle that was seen on the fewest days, of those the one that
// was seen last the longest ago. Shingles are known by 32 bits, some of which the bucket says.
//
// With a window it knows which days of the window have shown a shingle, each by itself up to
// kDaysKept days, in steps of some days beyond; Advance moves the window. What the window has left
// is as if it had never been seen, and its entry is the first to be used again.
//
// Not thread-safe by itself: StreamStatistics (stream_statistics.h) guards it.
#ifndef WIREFOLD_LIB_DEDUP_RARITY_H_
#define WIREFOLD_LIB_DEDUP_RARITY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/huge_pages.h"

namespace wirefold {

// A text to learn from.
struct RarityText {
  std::span<const uint32_t> shingles;  // borrowed
  uint32_t distinct = 0;               // shingles of the text
  int64_t day = 0;                     // of its time, days since 1970
};

class RarityTable {
 public:
  static constexpr size_t kDefaultMaxEntries = size_t{1} << 24;  // 128 MiB
  static constexpr size_t kWays = 8;
  static constexpr uint32_t kSampledAbove = 256;
  static constexpr uint32_t kSampleRate = 8;
  // More days than this are not told apart.
  static constexpr uint32_t kMaxDays = 15;
  // Steps of the window beside the last, of one day each if the window has no more days.
  static constexpr int64_t kDaysKept = 30;

  // `max_entries` is rounded up to a power of two, kFirstEntries at least.
  // `window_days`: what is counted behind the day of Advance, the days of a step more; 0:
  // everything.
  explicit RarityTable(size_t max_entries = kDefaultMaxEntries, int64_t window_days = 0);

  // The stream has come to this day; never goes back.
  void Advance(int64_t day);

  // Of how many shingles a text of so many distinct ones counts and looks up one …
  static uint32_t RateOf(uint32_t distinct) { return distinct > kSampledAbove ? kSampleRate : 1; }
  // … and whether this is one.
  static bool UsesShingle(uint32_t shingle, uint32_t distinct) {
    return distinct <= kSampledAbove || (shingle * 0x9E3779B1u) >> 29 == 0;
  }

  // Counts the shingles of texts, one text after the other; repeats within one count once. With a
  // window a text that is 400 steps and more ahead of Advance counts as of that day,
  // and one from before the window, or from before there was an Advance, for nothing.
  void Learn(std::span<const RarityText> texts);
  void Learn(std::span<const uint32_t> shingles, uint32_t distinct, int64_t day);

  struct Counts {
    uint32_t days = 0;       // that have shown it; 0: never seen, or forgotten
    int64_t days_since = 0;  // from the first of them to `day`; negative if it is later
  };
  // As seen from `day`. First days are told apart within ±22 years.
  [[nodiscard]] Counts Of(uint32_t shingle, int64_t day) const;

  // Has the processor fetch what Of will read; a table is larger than its caches.
  void Prefetch(uint32_t shingle) const;

  // Grows where that is due, so that Learn hardly has to. It depends on what has been learnt alone.
  // `grown`, if not empty, is what CopyTo has filled since the last change, so that another thread
  // can do that.
  void GrowIfDue(HugePageVector<uint64_t> grown = {});
  // How many entries it would grow to; 0 where that is not due, or not near.
  [[nodiscard]] size_t GrowthDue() const { return Growth(kGrowsAheadFrom); }
  [[nodiscard]] size_t GrowthNear() const { return Growth(kGrowsAheadFrom - 1); }
  // Copies all into twice as many zeros as there are entries.
  void CopyTo(HugePageVector<uint64_t>& larger) const;

  // Entries in use, those that the window has left included.
  [[nodiscard]] size_t size() const { return size_; }
  // With what Learn has taken beside the table, 8 bytes a shingle of the most texts in one call.
  [[nodiscard]] size_t memory_bytes() const {
    return entries_.size() * sizeof(uint64_t) + sights_.capacity() * sizeof(Sight);
  }

  // The same bytes for the same texts in the same order.
  void AppendTo(std::string& out) const;
  // Takes over what AppendTo made, by a table of any size, and removes it from the front of
  // `bytes`. kStoreCorrupt if it is none; the table is empty then.
  [[nodiscard]] absl::Status TakeFrom(std::string_view& bytes);

 private:
  static constexpr size_t kFirstEntries = size_t{1} << 12;
  // Of 32 places, those in use from which on it grows ahead of having to: what comes until it can
  // again, which is half of what it has at most, finds room.
  static constexpr size_t kGrowsAheadFrom = 5;

  struct Sight {
    uint32_t shingle = 0;
    uint32_t step = 0;
  };
  // An entry in full.
  struct Fields {
    uint32_t shingle = 0;
    uint32_t last = 0;  // step, by its low bits
    // With a window: bit i, the step i + 1 before the last. Else the first step, and how many.
    uint32_t before = 0;
    uint32_t first = 0;
    uint32_t days = 0;
  };

  [[nodiscard]] uint64_t Pack(const Fields& fields) const;
  // Of a table of so many buckets.
  [[nodiscard]] Fields Unpack(uint64_t entry, size_t bucket, size_t buckets) const;
  [[nodiscard]] Fields Unpack(uint64_t entry, size_t bucket) const {
    return Unpack(entry, bucket, entries_.size() / kWays);
  }
  // Whether an entry of the shingle's bucket is the shingle's.
  [[nodiscard]] bool IsOf(uint64_t entry, uint32_t shingle) const;
  [[nodiscard]] size_t BucketOf(uint32_t shingle) const;
  // The days of an entry that the window has, and the first of them; 0 if it has left the window.
  [[nodiscard]] uint32_t DaysOf(const Fields& fields, uint32_t* first) const;
  [[nodiscard]] uint32_t StepOf(int64_t day) const;
  void Count(uint32_t shingle, uint32_t step);
  void Put(const Fields& fields);
  [[nodiscard]] size_t Growth(size_t from) const;
  [[nodiscard]] HugePageVector<uint64_t> Doubled() const;
  void Sweep();

  size_t max_entries_;
  int64_t window_days_;
  int64_t step_days_;  // 1 without a window
  int64_t day_ = 0;    // of Advance
  bool advanced_ = false;
  int64_t swept_ = 0;  // the day of the last Sweep
  size_t size_ = 0;
  // 0: empty. With a window: the part of the shingle that the bucket does not say (23 bits), the
  // last step (11), and the steps before it (30). Else shingle (32), last day (14), first day (14),
  // days (4).
  HugePageVector<uint64_t> entries_;
  std::vector<Sight> sights_;  // what Learn counts; kept for its memory
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_RARITY_H_
