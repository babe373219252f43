#include "lib/pipeline/pipeline.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "lib/base/bounded_queue.h"
#include "lib/base/stage_clock.h"
#include "lib/base/thread.h"
#include "lib/dedup/index.h"
#include "lib/pipeline/backlog.h"
#include "lib/pipeline/checked_candidates.h"
#include "lib/pipeline/combining_queue.h"
#include "lib/pipeline/committer.h"
#include "lib/pipeline/comparison_source.h"
#include "lib/pipeline/decider.h"
#include "lib/pipeline/fill_index.h"
#include "lib/pipeline/in_flight.h"
#include "lib/pipeline/learner.h"
#include "lib/pipeline/prepare.h"
#include "lib/pipeline/raw_keeper.h"
#include "lib/pipeline/write_gate.h"

namespace wirefold {

namespace {

struct Item {
  IncomingFile file;
  FileDone done;
  std::shared_ptr<Lane> lane;  // shared with the stream and its other files
  bool ready = false;          // guarded by the lane's mutex until it is decided
  bool is_ahead = false;       // prepared by a worker, and counted
  PreparedFile prepared;
  // Not a file: called by the thread that decides once everything before it is committed.
  std::function<void()> exclusive;
};

// The queues are bounded by the bytes in flight, ahead of Submit.
constexpr size_t kUnbounded = SIZE_MAX;
// Of so many times that a worker takes up files it measures one, stage by stage.
constexpr uint64_t kTimesAMeasuredOne = 16;
// Records that are stored anew in one write after a deletion.
constexpr size_t kRebasedAtOnce = 256;
constexpr int64_t kDayMs = 86'400'000;

}  // namespace

class Lane {
 public:
  std::mutex mutex;  // guards the queue and the items' ready flags
  std::deque<std::unique_ptr<Item>> items;
};

namespace {

class ThreadedPipeline final : public Pipeline {
 public:
  ThreadedPipeline(const PipelineOptions& options, Store& store, const Clock& clock,
                   SpaceCheck space_check)
      : options_(options),
        store_(store),
        clock_(clock),
        gate_(clock, space_check),
        space_check_(std::move(space_check)),
        index_(IndexOptionsOf(options, space_check_)),
        source_(store, options.comparison_cache_bytes),
        learner_(store, SizesOf(options)),
        view_{store,      index_,       source_,          learner_.statistics(),
              committed_, comparisons_, options.window_ms},
        decider_(view_, index_, stories_, learner_),
        committer_({options.max_group_files, options.window_ms},
                   {store, gate_, index_, source_, learner_, committed_}, in_flight_) {}

  ~ThreadedPipeline() override {
    Drain();
    to_prepare_.Close();
    for (std::thread& worker : workers_) worker.join();
    committer_.Stop();
    // What is lost here is learnt again at the next start.
    learner_.Stop(/*write_last=*/gate_.Failure().ok());
    if (is_started_ && gate_.Failure().ok() && (!space_check_ || space_check_().ok())) {
      index_.WriteCheckpoint(NextEvent()).IgnoreError();
    }
  }

  absl::Status Start() {
    absl::Status status = store_.ScanElected([this](const Store::ElectedStory& story) {
      stories_.SetRepresentative(story.story_id, story.representative_id);
      for (const Ulid& id : story.variants) stories_.AddVariant(story.story_id, id);
    });
    if (!status.ok()) return status;
    if (status = store_.Rebase(kRebasedAtOnce); !status.ok()) return status;
    if (status = learner_.Recall(); !status.ok()) return status;
    first_event_ = store_.NextEvent();
    const StreamPosition& position = learner_.statistics().position();
    status = FillIndex(store_, options_.window_ms, clock_.NowMs(),
                       position.has_value() ? std::optional(position.ms()) : std::nullopt, index_,
                       index_rebuilt_);
    if (!status.ok()) return status;
    if (options_.raw.keep) {
      raw_keeper_ =
          std::make_unique<RawKeeper>(store_, space_check_, options_.raw.first_window_bytes);
      if (absl::Status started = raw_keeper_->Start(); !started.ok()) return started;
    }
    learner_.Start();
    int workers = options_.workers;
    // Now and then one waits, for the disk or for another.
    if (workers <= 0) workers = static_cast<int>(std::thread::hardware_concurrency()) + 1;
    const auto count = static_cast<size_t>(std::max(workers, 1));
    for (size_t i = 0; i < count; ++i) workers_.emplace_back([this, count] { Work(count); });
    committer_.Start(first_event_);
    is_started_ = true;
    return absl::OkStatus();
  }

  std::shared_ptr<Lane> OpenLane() override { return std::make_shared<Lane>(); }

  void Submit(const std::shared_ptr<Lane>& lane, IncomingFile file, FileDone done) override {
    auto item = std::make_unique<Item>();
    item->file = std::move(file);
    item->done = std::move(done);
    item->lane = lane;
    Item* const raw = item.get();
    const bool is_open = in_flight_.Add();
    item->prepared.error = gate_.Failure();
    if (!is_open) item->prepared.error.Update(ShuttingDown());
    const bool refused = !item->prepared.error.ok();
    {
      const std::lock_guard lock(lane->mutex);
      lane->items.push_back(std::move(item));
    }
    if (refused) {
      MarkReady(*raw);
      to_prepare_.Push(nullptr);
    } else {
      to_prepare_.Push(raw);
    }
  }

  CheckResult Check(const IncomingFile& file) override;
  absl::StatusOr<DeleteResult> Delete(const DeleteRequest& request) override;
  void Drain() override {
    in_flight_.Close();
    in_flight_.AwaitNone();
  }
  PipelineStats GetStats() const override;
  ReaderEdges ReaderEdgesOf(std::string_view text, std::string_view registrable_domain,
                            std::string_view host, std::string_view source) const override {
    const uint64_t domain = DomainKey(registrable_domain, host, source);
    const StreamStatistics::BoilerplateView statistics(learner_.statistics());
    return {BoilerplateEdges(text, domain, statistics.boilerplate()), statistics.version()};
  }

 private:
  static StreamStatistics::Sizes SizesOf(const PipelineOptions& options) {
    StreamStatistics::Sizes sizes = options.statistics;
    sizes.window_days = (options.window_ms + kDayMs - 1) / kDayMs;
    return sizes;
  }

  static IndexOptions IndexOptionsOf(const PipelineOptions& options, SpaceCheck has_room) {
    IndexOptions index;
    index.window_ms = options.window_ms;
    index.memory_bytes = options.index_memory_bytes;
    index.folder = options.index_folder;
    index.has_room = std::move(has_room);
    return index;
  }

  // The event of the next decision that is written.
  uint64_t NextEvent() const { return first_event_ + decider_.sequence(); }

  // Worker threads, of which there are so many: everything that needs no order.
  void Work(size_t workers) {
    NameThread("wf-prepare");
    RawPacker packer;
    std::vector<Item*> items;
    uint64_t times = 0;
    while (true) {
      std::optional<StageClock> stages;  // of all that the thread does until it takes more
      if (times++ % kTimesAMeasuredOne == 0) stages.emplace(stage_times_, kTimesAMeasuredOne);
      items.clear();
      size_t bytes = 0;
      const auto fits = [&bytes](const Item* item) {
        if (item != nullptr) bytes += item->file.bytes.size();
        return bytes <= kPreparedTogetherBytes;
      };
      if (!to_prepare_.PopSome(kPreparedTogether, workers, fits, items)) return;
      StageClock* const clock = stages.has_value() ? &*stages : nullptr;
      std::erase(items, nullptr);
      Prepare(items, packer, clock);
      for (Item* const item : items) {
        item->is_ahead = true;
        undecided_.Add();
        MarkReady(*item);
      }
      const StageScope decide(clock, Stage::kDecide);
      // Not by a thread that only decides: it would be woken for every file, and would look at what
      // another processor has prepared. What a worker has seen of the index is the older, the more
      // files wait to be decided.
      to_decide_.Run([this](std::unique_ptr<Item> ready) { Decide(*ready); },
                     [this](const std::unique_ptr<Item>& next) {
                       if (!next->exclusive) decider_.Expect(next->prepared);
                     });
      // With nothing in hand: what the files that wait for an earlier one of their stream wait for
      // was taken up before them, by a worker that is still at it.
      undecided_.AwaitRoom();
    }
  }

  // One step for all of them before the next step, so that what it runs and reads stays in the
  // processor's caches.
  void Prepare(std::span<Item* const> items, RawPacker& packer, StageClock* stages) {
    std::vector<PreparedFile*> files;
    for (Item* const item : items) {
      item->prepared = PrepareFile(item->file, *options_.url_rules, clock_.NowMs(), stages);
      files.push_back(&item->prepared);
    }
    LookAhead(view_, files, stages);
    for (Item* const item : items) {
      if (raw_keeper_ != nullptr) {
        const StageScope store(stages, Stage::kStore);
        KeepRaw(item->file, packer, item->prepared);
      }
      item->file = {};  // the record and the packed file hold all that is kept of it
    }
  }

  void KeepRaw(const IncomingFile& file, RawPacker& packer, PreparedFile& prepared) {
    if (!prepared.error.ok() || !prepared.store_error.ok() || IsKnown(prepared)) return;
    absl::StatusOr<PackedRaw> packed = raw_keeper_->Pack(
        {.bytes = file.bytes, .source = file.source, .hints = file.hints}, packer);
    if (packed.ok()) {
      prepared.raw = *std::move(packed);
    } else {
      // A file that can't be kept as asked is not taken.
      prepared.error = packed.status();
    }
  }

  // Hands on, in order, what is ready at the front of the item's lane.
  void MarkReady(Item& item) {
    const std::shared_ptr<Lane> lane = item.lane;  // the item may be gone before the lock
    const std::lock_guard lock(lane->mutex);
    item.ready = true;
    while (!lane->items.empty() && lane->items.front()->ready) {
      to_decide_.Push(std::move(lane->items.front()));
      lane->items.pop_front();
    }
  }

  // One at a time, in order.
  void Decide(Item& item) {
    if (item.exclusive) {
      committer_.AwaitAll();
      item.exclusive();
      in_flight_.Remove(1);
      return;
    }
    Decision decision = DecideOne(item.prepared);
    if (item.is_ahead) undecided_.Remove();
    index_.Settle(NextEvent());
    committer_.Push({std::move(decision), std::move(item.done)});
  }

  Decision DecideOne(PreparedFile& prepared) {
    if (!prepared.error.ok()) return Refused(prepared.error);
    if (absl::Status refusal = gate_.Refusal(); !refusal.ok()) return Refused(refusal);
    absl::Status failure = prepared.store_error;
    if (failure.ok()) {
      absl::StatusOr<Decision> decision = decider_.Decide(prepared);
      if (decision.ok()) return *std::move(decision);
      failure = decision.status();
    }
    // Not about the file: the store can't be read, and deciding without it would be guessing.
    gate_.Fail(failure);
    return Refused(gate_.Failure());
  }

  static Decision Refused(const absl::Status& refusal) {
    Decision decision;
    decision.outcome = RefusedOutcome(refusal);
    return decision;
  }

  // By the thread that decides, while nothing is being committed.
  absl::StatusOr<DeleteResult> DeleteNow(const DeleteRequest& request) {
    if (absl::Status failure = gate_.Failure(); !failure.ok()) return failure;
    const absl::StatusOr<Removal> removal = PlanRemoval(store_, source_, request, clock_.NowMs());
    if (!removal.ok()) return removal.status();
    absl::Status status = store_.Remove(*removal);
    if (status.ok()) {
      decider_.Forget(*removal);
      committed_.store(decider_.sequence(), std::memory_order_release);
      learner_.Committed(decider_.sequence());
      index_.Committed(NextEvent());
      index_.Settle(NextEvent());
      status = store_.Rebase(kRebasedAtOnce);
    }
    if (!status.ok()) {
      if (ReasonOf(status) != Reason::kNotFound) gate_.Fail(status);
      return status;
    }
    DeleteResult result;
    result.story_id = removal->story_id;
    result.removed = removal->ids;
    const Ulid representative = stories_.RepresentativeOf(removal->story_id);
    if (std::ranges::find(result.removed, representative) == result.removed.end()) {
      result.representative_id = representative;
    }
    return result;
  }

  // The kernel counts each thread's time. The workers' is parted as that of the measured files is.
  std::array<uint64_t, kStages> StageCpuNs() const {
    uint64_t workers = 0;
    for (const std::thread& worker : workers_) workers += ThreadCpuNs(worker);
    std::array<uint64_t, kStages> ns = stage_times_.PartedLike(workers);
    const auto add = [&ns](Stage stage, uint64_t more) { ns[static_cast<size_t>(stage)] += more; };
    const Committer::CpuTime commit = committer_.cpu_time();
    add(Stage::kStore, commit.all_ns - commit.answers_ns);
    add(Stage::kTransport, commit.answers_ns);
    return ns;
  }

  static absl::Status ShuttingDown() {
    return Reject(Reason::kShuttingDown, "wirefoldd is shutting down; send the file again later");
  }

  const PipelineOptions options_;
  Store& store_;
  const Clock& clock_;
  WriteGate gate_;
  const SpaceCheck space_check_;  // the raw keeper's too
  CandidateIndex index_;
  StoryTable stories_;
  ComparisonSource source_;
  Learner learner_;
  std::atomic<uint64_t> committed_ = 0;
  std::atomic<uint64_t> comparisons_ = 0;
  StageTimes stage_times_;  // of the workers
  StoredView view_;
  uint64_t first_event_ = 0;  // of the first decision since the start
  std::string index_rebuilt_;
  bool is_started_ = false;
  Decider decider_;                        // of the thread that decides
  std::unique_ptr<RawKeeper> raw_keeper_;  // null where raw files are not kept

  BoundedQueue<Item*> to_prepare_{kUnbounded};  // owned by their lanes; null: something is ready
  CombiningQueue<std::unique_ptr<Item>> to_decide_;  // run by workers alone
  Backlog undecided_{kMaxUndecided};                 // prepared
  InFlight in_flight_;
  Committer committer_;
  std::vector<std::thread> workers_;
};

absl::StatusOr<DeleteResult> ThreadedPipeline::Delete(const DeleteRequest& request) {
  std::promise<absl::StatusOr<DeleteResult>> answer;
  auto item = std::make_unique<Item>();
  item->exclusive = [&] { answer.set_value(DeleteNow(request)); };
  absl::Status closed = gate_.Failure();
  if (!in_flight_.Add()) closed.Update(ShuttingDown());
  if (!closed.ok()) {
    in_flight_.Remove(1);
    return closed;
  }
  to_decide_.Push(std::move(item));
  to_prepare_.Push(nullptr);
  return answer.get_future().get();
}

CheckResult ThreadedPipeline::Check(const IncomingFile& file) {
  CheckResult result;
  PreparedFile prepared = PrepareFile(file, *options_.url_rules, clock_.NowMs());
  PreparedFile* const looked_at = &prepared;
  LookAhead(view_, {&looked_at, 1});
  const absl::Status& error = prepared.error.ok() ? prepared.store_error : prepared.error;
  if (!error.ok()) {
    result.outcome = RefusedOutcome(error);
    return result;
  }
  result.outcome = decider_.Foresee(prepared);
  result.candidates = DescribeCandidates(store_, prepared);
  result.article = std::move(prepared.article);
  return result;
}

PipelineStats ThreadedPipeline::GetStats() const {
  PipelineStats stats;
  const IndexStats index = index_.stats();
  stats.index_articles = index.articles;
  stats.index_bytes = index.memory_bytes + source_.memory_bytes();
  stats.candidate_bytes = index.memory_bytes;
  stats.index_runs = index.runs;
  stats.index_resident_runs = index.resident_runs;
  stats.index_disk_bytes = index.disk_bytes;
  stats.index_problem = index.problem;
  stats.index_rebuilt = index_rebuilt_;
  stats.capped_buckets = index.capped_buckets;
  stats.largest_bucket = index.largest_bucket;
  stats.expired_articles = index.expired;
  stats.comparisons = comparisons_.load(std::memory_order_relaxed);
  stats.stage_cpu_ns = StageCpuNs();
  // Asked anew, so that it is true as well while no files come in.
  stats.read_only = gate_.Refusal();
  committer_.AddTo(stats);
  stats.files_in_flight = in_flight_.count();
  return stats;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Pipeline>> Pipeline::Open(const PipelineOptions& options,
                                                         Store& store, const Clock& clock,
                                                         SpaceCheck space_check) {
  auto pipeline = std::make_unique<ThreadedPipeline>(options, store, clock, std::move(space_check));
  absl::Status status = pipeline->Start();
  if (!status.ok()) return status;
  return pipeline;
}

}  // namespace wirefold
