// Prepare: the part of a file's work that needs no order and runs on many threads: normalize,
// sketch, encode, and look ahead at what is stored.
//
// Example:
//   PreparedFile prepared = PrepareFile(file, url_rules, now_ms);
//   if (prepared.error.ok()) prepared.store_error = LookAhead(view, prepared);
//
// Thread-safe: each call works on its own file.
#ifndef WIREFOLD_LIB_PIPELINE_PREPARE_H_
#define WIREFOLD_LIB_PIPELINE_PREPARE_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/article/article.h"
#include "lib/dedup/compare.h"
#include "lib/dedup/index.h"
#include "lib/dedup/stream_statistics.h"
#include "lib/pipeline/comparison_source.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/store.h"
#include "lib/url/rules.h"

namespace wirefold {

// A stored article that was compared with the file.
struct ScoredCandidate {
  IndexHit hit;
  Verdict verdict;
  ComparisonSource::Doc doc;
};

// What a look at the store and the index said, and how old it is.
struct Outlook {
  uint64_t committed = 0;  // decisions up to this one were visible in the store
  Store::Found found;
  std::optional<NewestRecord> newest;  // of found.url, where a revision is likely
  bool compared = false;               // candidates were sought, among entries below first_entry
  uint32_t first_entry = 0;
  uint64_t learnt = 0;  // what was learnt by then: the version of the statistics
  std::vector<ScoredCandidate> candidates;
};

struct PreparedFile {
  absl::Status error;        // why the file was refused
  absl::Status store_error;  // why the store could not be looked at: not about the file
  NormalizedArticle article;
  EncodedRecord record;
  int64_t ingested_at_ms = 0;
  Sketch sketch;
  ComparisonSource::Doc doc;  // of every article; those under kMinMatchingLetters are not compared
  Outlook outlook;
  PackedRaw raw;  // where raw files are kept
};

// What is stored, as the workers see it. Borrowed.
struct StoredView {
  const Store& store;
  const CandidateIndex& index;
  ComparisonSource& source;
  const StreamStatistics& statistics;
  const std::atomic<uint64_t>& committed;  // the last committed decision
  std::atomic<uint64_t>& comparisons;      // counted here
  int64_t window_ms = 0;
};

// At most so many candidates are compared for a file.
inline constexpr size_t kMaxCandidates = 16;

// Pure but for the time, which is recorded as ingested_at.
PreparedFile PrepareFile(const IncomingFile& file, const UrlRules& url_rules, int64_t now_ms);

// Fills in `prepared.outlook`. An error is the store's; LookAhead's caller keeps it in store_error.
[[nodiscard]] absl::Status LookAhead(const StoredView& view, PreparedFile& prepared);

// Gives a new article another ID where its own is another's: an article's of other key rules, or a
// story's whose first article was deleted. An error is the store's.
[[nodiscard]] absl::Status MintFreeId(const Store& store, NormalizedArticle& article);

// Whether the look-up said that this URL has this text: nothing of the file will be written.
[[nodiscard]] bool IsKnown(const PreparedFile& prepared);

// Candidates among entries from `first_entry` on, compared, the most promising first. An error is
// the store's.
[[nodiscard]] absl::StatusOr<std::vector<ScoredCandidate>> FindAndCompare(
    const StoredView& view, const PreparedFile& prepared, uint32_t first_entry);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_PREPARE_H_
