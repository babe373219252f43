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
// was seen last the longest ago. Shingles are known by 32 bits.
//
// Not thread-safe by itself: StreamStatistics (stream_statistics.h) guards it.
#ifndef WIREFOLD_LIB_DEDUP_RARITY_H_
#define WIREFOLD_LIB_DEDUP_RARITY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace wirefold {

class RarityTable {
 public:
  static constexpr size_t kDefaultMaxEntries = size_t{1} << 24;  // 128 MiB
  static constexpr size_t kWays = 8;
  static constexpr uint32_t kSampledAbove = 256;
  static constexpr uint32_t kSampleRate = 8;
  // More days than this are not told apart.
  static constexpr uint32_t kMaxDays = 15;

  // `max_entries` is rounded up to a power of two, kFirstEntries at least.
  explicit RarityTable(size_t max_entries = kDefaultMaxEntries);

  // Whether a text of so many distinct shingles counts and looks up this one.
  static bool UsesShingle(uint32_t shingle, uint32_t distinct) {
    return distinct <= kSampledAbove || (shingle * 0x9E3779B1u) >> 29 == 0;
  }

  // Counts the shingles of a text, repeats once. `day`: of its time, days since 1970.
  void Learn(std::span<const uint32_t> shingles, uint32_t distinct, int64_t day);

  struct Counts {
    uint32_t days = 0;       // that have shown it; 0: never seen, or forgotten
    int64_t days_since = 0;  // from the first of them to `day`; negative if it is later
  };
  // As seen from `day`. First days are told apart within ±22 years.
  [[nodiscard]] Counts Of(uint32_t shingle, int64_t day) const;

  // Has the processor fetch what Of will read; a table is larger than its caches.
  void Prefetch(uint32_t shingle) const { __builtin_prefetch(&entries_[BucketOf(shingle)]); }

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] size_t memory_bytes() const { return entries_.size() * sizeof(uint64_t); }

  // The same bytes for the same texts in the same order.
  void AppendTo(std::string& out) const;
  // Takes over what AppendTo made, by a table of any size, and removes it from the front of
  // `bytes`. kStoreCorrupt if it is none; the table is empty then.
  [[nodiscard]] absl::Status TakeFrom(std::string_view& bytes);

 private:
  static constexpr size_t kFirstEntries = size_t{1} << 12;

  [[nodiscard]] size_t BucketOf(uint32_t shingle) const;
  void Put(uint64_t entry);
  void Grow();

  size_t max_entries_;
  size_t size_ = 0;
  // Shingle (32 bits), last day (14), first day (14), days (4); 0: empty.
  std::vector<uint64_t> entries_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_RARITY_H_
