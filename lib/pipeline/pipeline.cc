#include "lib/pipeline/pipeline.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
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
#include "lib/pipeline/comparison_source.h"
#include "lib/pipeline/decider.h"
#include "lib/pipeline/fill_index.h"
#include "lib/pipeline/learner.h"
#include "lib/pipeline/outcome_counts.h"
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
// What is decided waits for more to be committed with it while more is under way, so that one sync
// is for many files; so long at most, and until there are so many.
constexpr std::chrono::milliseconds kGatherFor{8};
constexpr std::chrono::milliseconds kGatherStep{1};
constexpr size_t kGathered = 128;
constexpr int64_t kDayMs = 86'400'000;

}  // namespace

class Lane {
 public:
  std::mutex mutex;  // guards the queue and the items' ready flags
  std::deque<std::unique_ptr<Item>> items;
};

namespace {

struct DecidedItem {
  std::unique_ptr<Item> item;
  Decision decision;
  // Not a file: told once everything before it is committed. Borrowed.
  std::promise<void>* barrier = nullptr;
};

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
        decider_(view_, index_, stories_, learner_) {}

  ~ThreadedPipeline() override {
    Drain();
    to_prepare_.Close();
    for (std::thread& worker : workers_) worker.join();
    to_commit_.Close();
    if (commit_thread_.joinable()) commit_thread_.join();
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
    commit_thread_ = std::thread([this] { CommitAll(); });
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
    bool refused = false;
    {
      const std::lock_guard lock(state_mutex_);
      ++in_flight_;
      item->prepared.error = ClosedLocked();
      refused = !item->prepared.error.ok();
    }
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
    std::unique_lock lock(state_mutex_);
    draining_ = true;
    idle_.wait(lock, [this] { return in_flight_ == 0; });
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
      to_decide_.Run([this](std::unique_ptr<Item> ready) { Decide(std::move(ready)); },
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
  void Decide(std::unique_ptr<Item> item) {
    if (item->exclusive) {
      std::promise<void> committed;
      to_commit_.Push({nullptr, {}, &committed});
      committed.get_future().wait();
      item->exclusive();
      const std::lock_guard lock(state_mutex_);
      if (--in_flight_ == 0) idle_.notify_all();
      return;
    }
    DecidedItem decided{std::move(item), {}, nullptr};
    decided.decision = DecideOne(decided.item->prepared);
    if (decided.item->is_ahead) undecided_.Remove();
    index_.Settle(NextEvent());
    to_commit_.Push(std::move(decided));
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
    decision.outcome.status = FileStatus::kRejected;
    decision.outcome.reason = ReasonOf(refusal);
    decision.outcome.message = std::string(refusal.message());
    return decision;
  }

  void CommitAll() {
    NameThread("wf-commit");
    while (std::optional<DecidedItem> next = to_commit_.Pop()) {
      std::vector<DecidedItem> group;
      const auto until = std::chrono::steady_clock::now() + kGatherFor;
      for (;;) {
        while (next.has_value() && next->barrier == nullptr) {
          group.push_back(*std::move(next));
          next.reset();
          if (group.size() < options_.max_group_files) next = to_commit_.TryPop();
        }
        if (next.has_value() || group.size() >= std::min(kGathered, options_.max_group_files) ||
            !AreMoreThan(group.size()) || std::chrono::steady_clock::now() >= until) {
          break;
        }
        // Not woken for each that comes.
        std::this_thread::sleep_for(kGatherStep);
        next = to_commit_.TryPop();
      }
      if (!group.empty()) CommitGroup(group);
      if (next.has_value()) next->barrier->set_value();
    }
  }

  // Whether more files are in flight.
  bool AreMoreThan(size_t files) {
    const std::lock_guard lock(state_mutex_);
    return in_flight_ > files;
  }

  void CommitGroup(std::vector<DecidedItem>& group) {
    std::vector<Mutation> mutations;
    uint64_t last = 0;
    for (DecidedItem& decided : group) {
      if (!decided.decision.mutation.has_value()) continue;
      mutations.push_back(*std::move(decided.decision.mutation));
      last = decided.decision.sequence;
    }
    absl::Status status = gate_.Failure();
    if (status.ok() && !mutations.empty()) {
      status = store_.Commit(mutations);
      if (status.ok()) {
        committed_.store(last, std::memory_order_release);
        groups_.fetch_add(1, std::memory_order_relaxed);
        group_files_.fetch_add(mutations.size(), std::memory_order_relaxed);
        learner_.Committed(last);
        index_.Committed(first_event_ + last);
        ForgetSketches();
      } else {
        gate_.Fail(status);
        status = gate_.Failure();
      }
    }
    const uint64_t cpu_ns = ThreadCpuNs();
    for (DecidedItem& decided : group) {
      FileOutcome& outcome = decided.decision.outcome;
      if (decided.decision.pinned) source_.Unpin(outcome.id);
      // An acknowledgement may rest on a record of this very group: none is given if it failed.
      if (!status.ok() && outcome.status != FileStatus::kRejected) {
        outcome = Refused(status).outcome;
      }
      outcomes_.Count(outcome);
      decided.item->done(std::move(outcome));
    }
    answer_cpu_ns_.fetch_add(ThreadCpuNs() - cpu_ns, std::memory_order_relaxed);
    const std::lock_guard lock(state_mutex_);
    in_flight_ -= group.size();
    if (in_flight_ == 0) idle_.notify_all();
  }

  // What has left the window leaves the disk. What can't be deleted now costs a little room until
  // the window moves on.
  void ForgetSketches() {
    const int64_t floor_ms = index_.floor_ms();
    if (options_.window_ms == 0 || floor_ms <= forgotten_ms_) return;
    if (store_.ForgetSketches(floor_ms).ok()) forgotten_ms_ = floor_ms;
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
    const uint64_t commit = ThreadCpuNs(commit_thread_);
    const uint64_t answers = std::min(commit, answer_cpu_ns_.load(std::memory_order_relaxed));
    add(Stage::kStore, commit - answers);
    add(Stage::kTransport, answers);
    return ns;
  }

  // Why no further file is taken; empty while they are.
  absl::Status ClosedLocked() const {
    if (absl::Status failure = gate_.Failure(); !failure.ok() || !draining_) return failure;
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
  std::atomic<uint64_t> groups_ = 0;
  std::atomic<uint64_t> group_files_ = 0;
  OutcomeCounts outcomes_;
  StageTimes stage_times_;                   // of the workers
  std::atomic<uint64_t> answer_cpu_ns_ = 0;  // of the commit thread's time
  StoredView view_;
  uint64_t first_event_ = 0;  // of the first decision since the start
  std::string index_rebuilt_;
  bool is_started_ = false;
  int64_t forgotten_ms_ = 0;               // the commit thread's: sketches before it are deleted
  Decider decider_;                        // of the thread that decides
  std::unique_ptr<RawKeeper> raw_keeper_;  // null where raw files are not kept

  BoundedQueue<Item*> to_prepare_{kUnbounded};  // owned by their lanes; null: something is ready
  CombiningQueue<std::unique_ptr<Item>> to_decide_;  // run by workers alone
  Backlog undecided_{kMaxUndecided};                 // prepared
  BoundedQueue<DecidedItem> to_commit_{kUnbounded};
  std::vector<std::thread> workers_;
  std::thread commit_thread_;

  mutable std::mutex state_mutex_;  // guards all below
  std::condition_variable idle_;
  uint64_t in_flight_ = 0;
  bool draining_ = false;
};

absl::StatusOr<DeleteResult> ThreadedPipeline::Delete(const DeleteRequest& request) {
  std::promise<absl::StatusOr<DeleteResult>> answer;
  auto item = std::make_unique<Item>();
  item->exclusive = [&] { answer.set_value(DeleteNow(request)); };
  {
    const std::lock_guard lock(state_mutex_);
    if (absl::Status closed = ClosedLocked(); !closed.ok()) return closed;
    ++in_flight_;
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
    result.outcome = Refused(error).outcome;
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
  stats.groups = groups_.load(std::memory_order_relaxed);
  stats.group_files = group_files_.load(std::memory_order_relaxed);
  stats.stage_cpu_ns = StageCpuNs();
  // Asked anew, so that it is true as well while no files come in.
  stats.read_only = gate_.Refusal();
  outcomes_.AddTo(stats);
  const std::lock_guard lock(state_mutex_);
  stats.files_in_flight = in_flight_;
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
