// DocFacts: what the stream has taught about one text: which of its paragraphs are boilerplate, and
// how long its other shingles are known.
//
// Example:
//   const StreamStatistics::View view(statistics);
//   const std::shared_ptr<const DocFacts> facts = doc.facts.Of(doc, day, view);
//   for (const DocFacts::Known& known : facts->known) …
//
// A text is compared with many others between two changes of what is learnt, so the document keeps
// the facts of the last time (DocFactsMemo); each of them costs a miss of the processor's caches.
//
// Thread-safe: facts don't change once made; a memo may be asked by any number of threads.
#ifndef WIREFOLD_LIB_DEDUP_DOC_FACTS_H_
#define WIREFOLD_LIB_DEDUP_DOC_FACTS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

#include "lib/dedup/stream_statistics.h"

namespace wirefold {

struct ComparisonDoc;

struct DocFacts {
  // Positions: shingles in the order of the text.
  struct Range {
    uint32_t begin = 0;
    uint32_t end = 0;
  };
  // A shingle that rarity counts, at a position outside of boilerplate.
  struct Known {
    uint32_t shingle = 0;
    // Rare: at most CompareRules::kRareDays days have shown it.
    uint32_t rare : 1 = 0;
    int32_t first_day : 31 = kNever;  // that has shown it, days since 1970
  };
  static constexpr int32_t kNever = std::numeric_limits<int32_t>::max() / 2;
  static_assert(sizeof(Known) == 8);

  uint64_t stamp = 0;              // StreamStatistics::View::stamp
  int64_t day = 0;                 // of the text
  std::vector<Range> boilerplate;  // the positions that reach into it; ascending, apart
  std::vector<uint32_t> alone;     // the shingles that stand nowhere else, ascending, each once
  std::vector<Known> known;        // in the order of the text, repeats included

  // Calls function(position) for each of so many that reach into no boilerplate.
  template <typename Function>
  void ForOwn(size_t positions, Function function) const {
    size_t i = 0;
    for (const Range& range : boilerplate) {
      for (; i < range.begin; ++i) function(i);
      i = range.end;
    }
    for (; i < positions; ++i) function(i);
  }
};

// `day`: of its time, days since 1970.
DocFacts MakeDocFacts(const ComparisonDoc& doc, int64_t day, const StreamStatistics::View& view);

// The facts of one document as of the last view that they were asked for with. A copy of the
// document begins without.
class DocFactsMemo {
 public:
  DocFactsMemo() = default;
  DocFactsMemo(const DocFactsMemo&) {}
  DocFactsMemo& operator=(const DocFactsMemo& /*other*/) {
    const std::lock_guard lock(mutex_);
    facts_ = nullptr;
    return *this;
  }

  // `doc`: the document that this is a part of. `day`: of its time.
  [[nodiscard]] std::shared_ptr<const DocFacts> Of(const ComparisonDoc& doc, int64_t day,
                                                   const StreamStatistics::View& view) const;

  // What the facts of such a document take, as far as can be said ahead.
  static size_t MemoryBytes(const ComparisonDoc& doc);

 private:
  mutable std::mutex mutex_;  // guards facts_; held to copy it
  mutable std::shared_ptr<const DocFacts> facts_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_DOC_FACTS_H_
