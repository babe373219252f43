// Pipeline: normalize in parallel, decide in order on one thread, commit in groups; the answer
// comes once the file is durable.
//
// Example:
//   std::unique_ptr<Pipeline> pipeline = *Pipeline::Open({.workers = 2}, store, clock, space);
//   std::shared_ptr<Lane> lane = pipeline->OpenLane();
//   pipeline->Submit(lane, {.bytes = std::move(file), .source = "rfi"},
//                    [](FileOutcome outcome) { … });        // in the lane's order
//   pipeline->Drain();
//
// Threads: Submit, Check and GetStats may be called from any thread; the Submits of one lane must
// not overlap, and their order is the lane's. Answers are called on the commit thread, one after
// the other, and must not block. Bytes in flight are bounded by FairBudget (lib/pipeline/
// fair_budget.h) ahead of Submit, not here.
#ifndef WIREFOLD_LIB_PIPELINE_PIPELINE_H_
#define WIREFOLD_LIB_PIPELINE_PIPELINE_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/article/article.h"
#include "lib/base/clock.h"
#include "lib/base/reason.h"
#include "lib/base/stage_clock.h"
#include "lib/base/ulid.h"
#include "lib/dedup/boilerplate_view.h"
#include "lib/dedup/match.h"
#include "lib/dedup/passages.h"
#include "lib/dedup/stream_statistics.h"
#include "lib/pipeline/removal_plan.h"
#include "lib/store/store.h"
#include "lib/url/rules.h"

namespace wirefold {

// A file that owns its bytes.
struct IncomingFile {
  std::string bytes{};
  std::string source{};
  Hints hints{};
};

enum class FileStatus : uint8_t {
  kNew = 1,
  kDuplicate = 2,
  kRevision = 3,
  kUnchanged = 4,
  kRejected = 5,
};
inline constexpr int kFileStatuses = 6;  // array size, index by value

// What became of a file.
struct FileOutcome {
  FileStatus status = FileStatus::kRejected;
  Ulid id;  // zero when rejected, as are the next two
  Ulid story_id;
  Ulid representative_id;
  // kDuplicate: what it matched. Otherwise, where something was compared (`compared`), the scores
  // of the best candidate, with relation kNone.
  Match match;
  bool compared = false;
  std::vector<Ulid> related;             // share much, are not the same story
  Reason reason = Reason::kUnspecified;  // kRejected
  std::string message;                   // kRejected: what is wrong and what to do
  std::vector<Warning> warnings;
};

using FileDone = std::function<void(FileOutcome)>;

// One article that a file was compared with; for CheckDocument.
struct CheckedCandidate {
  Ulid id;
  std::string title;
  Match match;  // relation kNone: not a duplicate
  std::string explanation;
  uint32_t bands = 0;    // how it was found: of kBands those that agree …
  uint32_t anchors = 0;  // … and the rare anchors that both have
  std::string reason{};  // why it is a copy or not
  Passages passages{};   // ours: the file's
};

struct CheckResult {
  FileOutcome outcome;
  NormalizedArticle article;                 // meaningless when rejected
  std::vector<CheckedCandidate> candidates;  // best first
};

// Whether and how raw files are kept (lib/pipeline/raw_keeper.h).
struct RawOptions {
  bool keep = false;
  // Raw bytes after which the first dictionary is trained.
  size_t first_window_bytes = size_t{2} << 20;
};

struct PipelineOptions {
  int workers = 0;                               // normalizing threads; 0: one a core and one more
  int64_t window_ms = int64_t{30} * 86'400'000;  // near-duplicates within ± this; 0: all
  size_t max_group_files = 1024;                 // of one commit
  size_t comparison_cache_bytes = size_t{256} << 20;
  size_t index_memory_bytes = 0;         // of the candidate index; 0: without a bound
  std::string index_folder{};            // for its runs; empty: it lies in memory alone
  StreamStatistics::Sizes statistics{};  // of what is learnt from the stream
  // Those that the store's keys were made under; must outlive the pipeline.
  const UrlRules* url_rules = &UrlRules::BuiltIn();
  RawOptions raw{};
};

struct PipelineStats {
  std::array<uint64_t, kFileStatuses> outcomes{};  // by FileStatus, since Open
  std::map<std::string, uint64_t> rejected_by_reason;
  uint64_t index_articles = 0;
  uint64_t index_bytes = 0;
  uint64_t candidate_bytes = 0;  // of index_bytes: without the texts
  uint64_t index_runs = 0;       // on disk, and what they take there
  uint64_t index_resident_runs = 0;
  uint64_t index_disk_bytes = 0;
  std::string index_problem{};  // why the index can't be written to disk, or read from it
  std::string index_rebuilt{};  // why the one on disk was of no use at the start; empty: it was
  uint64_t capped_buckets = 0;
  uint64_t largest_bucket = 0;
  uint64_t expired_articles = 0;
  uint64_t outside_window_files = 0;  // accepted, and older than what the index keeps
  uint64_t comparisons = 0;
  uint64_t files_in_flight = 0;
  uint64_t groups = 0;       // committed since Open
  uint64_t group_files = 0;  // files in them
  // CPU time since Open, by Stage. How the workers' is parted comes from one file in sixteen; of
  // kTransport there is only what answers cost, for the rest has threads of its own.
  std::array<uint64_t, kStages> stage_cpu_ns{};
  // Set once nothing is accepted any more, or not now; the reason is in the status.
  absl::Status read_only;
};

// What a deletion took away.
struct DeleteResult {
  Ulid story_id;
  Ulid representative_id;       // who stands for the story now; zero if all of it is gone
  std::vector<Ulid> removed{};  // with their copies' and older texts
};

// From so many files on that wait to be decided no further ones are prepared.
inline constexpr size_t kMaxUndecided = 512;
// … but for what workers have in hand just then: so many files each at most, and of several no more
// bytes than that, since none of them goes on before all are prepared.
inline constexpr size_t kPreparedTogether = 8;
inline constexpr size_t kPreparedTogetherBytes = size_t{64} << 10;

// Answers whether there is room on disk; lib/store/space_guard.h has the real one.
using SpaceCheck = std::function<absl::Status()>;

// The order of one stream.
class Lane;

class Pipeline {
 public:
  // Takes over the index that lies in its folder and what came since, or rebuilds it from the
  // store's sketches; then starts the threads. `store` and `clock`
  // must outlive the pipeline. `space_check` is asked about once a second.
  static absl::StatusOr<std::unique_ptr<Pipeline>> Open(const PipelineOptions& options,
                                                        Store& store, const Clock& clock,
                                                        SpaceCheck space_check);
  virtual ~Pipeline() = default;  // drains

  virtual std::shared_ptr<Lane> OpenLane() = 0;

  // Calls `done` exactly once. After a failed commit, while the disk is nearly full, and after
  // Drain every file is kRejected with kStoreFailed, kReadOnly or kShuttingDown: those three say
  // nothing about the file, and it should be sent again elsewhere or later.
  virtual void Submit(const std::shared_ptr<Lane>& lane, IncomingFile file, FileDone done) = 0;

  // What would become of the file now. Nothing is stored or learnt.
  virtual CheckResult Check(const IncomingFile& file) = 0;

  // Deletes an article, or its story, for good; returns when that is durable. Files wait meanwhile,
  // for a time that goes with the size of the story. kNotFound, kStoreFailed, kShuttingDown.
  virtual absl::StatusOr<DeleteResult> Delete(const DeleteRequest& request) = 0;

  // Refuses further files, waits until every submitted one has been answered. Idempotent.
  virtual void Drain() = 0;

  virtual PipelineStats GetStats() const = 0;

  // The text of a stored article as a reader sees it, without what is learnt to be boilerplate.
  struct ReaderText {
    TextView view;
    uint64_t version = 0;  // of what is learnt: articles that it rests on
  };
  [[nodiscard]] ReaderText ReaderTextOf(const CanonicalArticle& article) const {
    const ReaderEdges edges =
        ReaderEdgesOf(article.text, article.registrable_domain, article.host, article.source);
    return {ViewWithin(article.text, edges.edges), edges.version};
  }
  // The same as the part of a stored text that is left.
  struct ReaderEdges {
    TextEdges edges;
    uint64_t version = 0;
  };
  virtual ReaderEdges ReaderEdgesOf(std::string_view text, std::string_view registrable_domain,
                                    std::string_view host, std::string_view source) const = 0;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_PIPELINE_H_
