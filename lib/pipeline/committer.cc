#include "lib/pipeline/committer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "lib/base/thread.h"

namespace wirefold {
namespace {

// What is decided waits for more to be committed with it while more is under way, so that one sync
// is for many files; so long at most, and until there are so many.
constexpr std::chrono::milliseconds kGatherFor{8};
constexpr std::chrono::milliseconds kGatherStep{1};
constexpr size_t kGathered = 128;

}  // namespace

void Committer::Start(uint64_t first_event) {
  first_event_ = first_event;
  thread_ = std::thread([this] { Run(); });
}

void Committer::AwaitAll() {
  std::promise<void> committed;
  queue_.Push({{}, &committed});
  committed.get_future().wait();
}

void Committer::Stop() {
  queue_.Close();
  if (thread_.joinable()) thread_.join();
}

void Committer::Run() {
  NameThread("wf-commit");
  while (std::optional<Item> next = queue_.Pop()) {
    std::vector<Item> group;
    const auto until = std::chrono::steady_clock::now() + kGatherFor;
    for (;;) {
      while (next.has_value() && next->barrier == nullptr) {
        group.push_back(*std::move(next));
        next.reset();
        if (group.size() < options_.max_group_files) next = queue_.TryPop();
      }
      if (next.has_value() || group.size() >= std::min(kGathered, options_.max_group_files) ||
          in_flight_.count() <= group.size() || std::chrono::steady_clock::now() >= until) {
        break;
      }
      // Not woken for each that comes.
      std::this_thread::sleep_for(kGatherStep);
      next = queue_.TryPop();
    }
    if (!group.empty()) Commit(group);
    if (next.has_value()) next->barrier->set_value();
  }
}

void Committer::Commit(std::vector<Item>& group) {
  std::vector<Mutation> mutations;
  uint64_t last = 0;
  for (Item& item : group) {
    Decision& decision = item.decided.decision;
    if (!decision.mutation.has_value()) continue;
    mutations.push_back(*std::move(decision.mutation));
    last = decision.sequence;
  }
  absl::Status status = parts_.gate.Failure();
  if (status.ok() && !mutations.empty()) {
    status = parts_.store.Commit(mutations);
    if (status.ok()) {
      parts_.committed.store(last, std::memory_order_release);
      groups_.fetch_add(1, std::memory_order_relaxed);
      group_files_.fetch_add(mutations.size(), std::memory_order_relaxed);
      parts_.learner.Committed(last);
      parts_.index.Committed(first_event_ + last);
      ForgetSketches();
    } else {
      parts_.gate.Fail(status);
      status = parts_.gate.Failure();
    }
  }
  const uint64_t cpu_ns = ThreadCpuNs();
  for (Item& item : group) {
    FileOutcome& outcome = item.decided.decision.outcome;
    if (item.decided.decision.pinned) parts_.source.Unpin(outcome.id);
    // An acknowledgement may rest on a record of this very group: none is given if it failed.
    if (!status.ok() && outcome.status != FileStatus::kRejected) outcome = RefusedOutcome(status);
    outcomes_.Count(outcome);
    item.decided.done(std::move(outcome));
  }
  answers_cpu_ns_.fetch_add(ThreadCpuNs() - cpu_ns, std::memory_order_relaxed);
  in_flight_.Remove(group.size());
}

// What has left the window leaves the disk. What can't be deleted now costs a little room until
// the window moves on.
void Committer::ForgetSketches() {
  const int64_t floor_ms = parts_.index.floor_ms();
  if (options_.window_ms == 0 || floor_ms <= forgotten_ms_) return;
  if (parts_.store.ForgetSketches(floor_ms).ok()) forgotten_ms_ = floor_ms;
}

void Committer::AddTo(PipelineStats& stats) const {
  stats.groups = groups_.load(std::memory_order_relaxed);
  stats.group_files = group_files_.load(std::memory_order_relaxed);
  outcomes_.AddTo(stats);
}

Committer::CpuTime Committer::cpu_time() const {
  CpuTime time;
  time.all_ns = ThreadCpuNs(thread_);
  time.answers_ns = std::min(time.all_ns, answers_cpu_ns_.load(std::memory_order_relaxed));
  return time;
}

}  // namespace wirefold
