// Prepare: the part of a file's work that needs no order and runs on many threads: normalize,
// sketch, encode, and look ahead at what is stored.
//
// Example:
//   PreparedFile prepared = PrepareFile(file, url_rules, now_ms);
//   PreparedFile* const files[] = {&prepared};
//   LookAhead(view, files);
//
// Thread-safe: each call works on its own file.
#ifndef WIREFOLD_LIB_PIPELINE_PREPARE_H_
#define WIREFOLD_LIB_PIPELINE_PREPARE_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/article/article.h"
#include "lib/base/stage_clock.h"
#include "lib/dedup/compare.h"
#include "lib/dedup/index.h"
#include "lib/dedup/stream_statistics.h"
#include "lib/pipeline/comparison_source.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/store.h"
#include "lib/url/rules.h"

namespace wirefold {

struct PreparedFile;

// A stored article that was compared with the file.
struct ScoredCandidate {
  IndexHit hit;
  Verdict verdict;
  ComparisonSource::Doc doc;
  std::optional<Scores> whole;     // of the whole texts, where the verdict's are of a sample
  std::optional<uint64_t> learnt;  // by which version of the statistics; nullopt: not compared
};

// The better match comes first: the score, then Jaccard, then the older ID. Not by `whole`, which
// only some have.
bool BetterMatch(const ScoredCandidate& a, const ScoredCandidate& b);

// The best match of those with a relation, the one that it shares most with (Jaccard, then the
// score: of an article and an excerpt of it the article); or of all. Null if there is none.
const ScoredCandidate* BestCopy(std::span<const ScoredCandidate> candidates);
const ScoredCandidate* BestMatch(std::span<const ScoredCandidate> candidates);

// The scores of the whole texts; those of `whole` where it is known, else made here.
Scores WholeScores(const PreparedFile& prepared, const ScoredCandidate& candidate);

// What a look at the store and the index said, and how old it is.
struct Outlook {
  uint64_t committed = 0;  // decisions up to this one were visible in the store
  Store::Found found;
  std::optional<NewestRecord> newest;       // of found.url, where a revision is likely
  bool follows_unrelated = false;           // … and shares next to nothing with the file's text
  bool compared = false;                    // candidates were sought
  FindState index;                          // … of the index as it was then
  uint64_t learnt = 0;                      // … and compared by this version of the statistics
  std::vector<ScoredCandidate> candidates;  // the most promising first
  std::vector<IndexHit> unlike;             // by their sketches they share too little, or gone
  std::vector<IndexHit> more_of_template;   // behind kTellTemplate that tell of one
};

struct PreparedFile {
  absl::Status error;        // why the file was refused
  absl::Status store_error;  // why the store could not be looked at: not about the file
  NormalizedArticle article;
  EncodedRecord record;
  int64_t ingested_at_ms = 0;
  // Of every article; those under kMinMatchingLetters are not compared and have no sketch.
  ComparisonSource::Doc doc;
  LearntArticle learnt;  // what is learnt from it, but for how far
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
inline constexpr size_t kMaxCandidates = 64;

// An outlet may fill in one text again and again, each instance sharing more with the others than
// most copies share. Where the so many most promising candidates are all of the file's outlet,
// share at least CompareRules::kTooLittle, and none is its story, those behind them are not
// compared.
inline constexpr size_t kTellTemplate = 4;

// Pure but for the time, which is recorded as ingested_at. `stages` may be null, here and below.
PreparedFile PrepareFile(const IncomingFile& file, const UrlRules& url_rules, int64_t now_ms,
                         StageClock* stages = nullptr);

// A time that is later than this is not believed, where the clock says `now_ms`.
inline int64_t LastBelievedMs(int64_t now_ms) { return now_ms + 86'400'000; }

// Whether the file is older than what the index holds, and is matched by URL and exact text alone.
bool IsOutsideWindow(const StoredView& view, const PreparedFile& prepared);

// Fills in the outlook of those files that were not refused, or their store_error.
void LookAhead(const StoredView& view, std::span<PreparedFile* const> files,
               StageClock* stages = nullptr);

// Gives a new article another ID where its own is another's: an article's of other key rules, or a
// story's whose first article was deleted. An error is the store's.
[[nodiscard]] absl::Status MintFreeId(const Store& store, NormalizedArticle& article);

// Whether the text that a URL has now has next to nothing in common with the file's.
[[nodiscard]] bool FollowsUnrelatedText(const PreparedFile& prepared, const NewestRecord& newest);

// Whether the look-up said that this URL has this text: nothing of the file will be written.
[[nodiscard]] bool IsKnown(const PreparedFile& prepared);

// Where its candidates are sought.
FindOptions FindOptionsOf(const StoredView& view, const PreparedFile& prepared);

// Fills in what `prepared.outlook` says of candidates: those that the index has now, the most
// promising first, compared by what is learnt by now. What is there already and still holds is
// kept, so that little is done where little has changed. An error is the store's.
[[nodiscard]] absl::Status FindAndCompare(const StoredView& view, PreparedFile& prepared);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_PREPARE_H_
