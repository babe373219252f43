#include "server/ingest_hub.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/thread.h"
#include "server/errors.h"
#include "server/log.h"

namespace wirefold {
namespace {

constexpr std::string_view kShuttingDownMessage =
    "the server is shutting down; send what was not acknowledged again, in a new stream, once it "
    "is back";

// Ends a stream before it began.
class RefusedCall final : public IngestHub::Reactor {
 public:
  explicit RefusedCall(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }  // gRPC's last call to a reactor
};

}  // namespace

IngestHub::IngestHub(const Options& options, Pipeline& pipeline, FairBudget& budget)
    : options_(options),
      pipeline_(pipeline),
      budget_(budget),
      flusher_([this] {
        NameThread("wf-flush");
        RunFlusher();
      }),
      housekeeper_([this] {
        NameThread("wf-housekeep");
        RunHousekeeper();
      }) {}

IngestHub::~IngestHub() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  housekeeper_.join();
  {
    const std::lock_guard lock(flush_mutex_);
    flusher_stopping_ = true;
  }
  flush_wanted_.notify_all();
  flusher_.join();
}

IngestHub::Reactor* IngestHub::Open(grpc::CallbackServerContext* context) {
  {
    const std::lock_guard lock(mutex_);
    if (draining_) return new RefusedCall(GrpcError(Reason::kShuttingDown, kShuttingDownMessage));
    if (calls_.size() >= options_.max_streams) {
      return new RefusedCall(MakeGrpcError(
          grpc::StatusCode::RESOURCE_EXHAUSTED, kReasonTooManyStreams,
          absl::StrCat(options_.max_streams,
                       " ingest streams are open already; send over fewer streams, try again "
                       "later, or raise max-streams")));
    }
  }
  return IngestCall::Start(*this, context);
}

void IngestHub::Register(const std::shared_ptr<IngestCall>& call) {
  bool draining = false;
  {
    const std::lock_guard lock(mutex_);
    calls_.emplace(call.get(), call);
    draining = draining_;
  }
  if (draining) call->EndAfterAnswers(GrpcError(Reason::kShuttingDown, kShuttingDownMessage));
}

void IngestHub::Unregister(IngestCall* call) {
  std::shared_ptr<IngestCall> last;  // deletes the call outside the lock
  {
    const std::lock_guard lock(mutex_);
    const auto it = calls_.find(call);
    last = std::move(it->second);
    calls_.erase(it);
    // Under the lock: whoever awaits the last stream may delete the hub next.
    changed_.notify_all();
  }
}

void IngestHub::QueueFlush(std::shared_ptr<IngestCall> call) {
  bool wake = false;
  {
    const std::lock_guard lock(flush_mutex_);
    wake = flush_queue_.empty();
    flush_queue_.push_back(std::move(call));
  }
  if (wake) flush_wanted_.notify_one();
}

bool IngestHub::Hold(size_t bytes) {
  if ((held_bytes_ += bytes) <= options_.max_held_bytes) return true;
  held_bytes_ -= bytes;
  return false;
}

void IngestHub::RunFlusher() {
  std::vector<std::shared_ptr<IngestCall>> ready;
  std::unique_lock lock(flush_mutex_);
  while (true) {
    flush_wanted_.wait(lock, [this] { return flusher_stopping_ || !flush_queue_.empty(); });
    if (flush_queue_.empty()) return;
    ready.swap(flush_queue_);
    lock.unlock();
    for (const std::shared_ptr<IngestCall>& call : ready) call->Flush();
    ready.clear();
    lock.lock();
  }
}

void IngestHub::RunHousekeeper() {
  const grpc::Status too_slow = GrpcError(
      Reason::kClientTooSlow,
      absl::StrCat("no acknowledgement was read for ", options_.unread_ack_timeout.count(),
                   " ms; read them while sending, and send what was not acknowledged again"));
  const grpc::Status idle = MakeGrpcError(
      grpc::StatusCode::UNAVAILABLE, kReasonStreamIdle,
      absl::StrCat("nothing arrived for ", options_.idle_timeout.count(),
                   " ms; send the next file, and what was not acknowledged, in a new stream"));
  const bool idle_ends = options_.idle_timeout.count() > 0;
  const auto shortest = idle_ends ? std::min(options_.unread_ack_timeout, options_.idle_timeout)
                                  : options_.unread_ack_timeout;
  const auto period =
      std::clamp(shortest / 8, std::chrono::milliseconds(10), std::chrono::milliseconds(1000));
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, period, [this] { return stopping_; })) {
    lock.unlock();
    const auto now = IngestCall::Clock::now();
    size_t cut_off = 0;
    size_t ended = 0;
    for (const std::shared_ptr<IngestCall>& call : OpenCalls()) {
      if (call->CutOffIfWritingSince(now - options_.unread_ack_timeout, too_slow)) ++cut_off;
      if (idle_ends && call->EndIfIdleSince(now - options_.idle_timeout, idle)) ++ended;
    }
    if (cut_off > 0) Log(LogLevel::kWarn, "streams_too_slow", {{"closed", cut_off}});
    if (ended > 0) Log(LogLevel::kInfo, "streams_idle", {{"closed", ended}});
    lock.lock();
  }
}

std::vector<std::shared_ptr<IngestCall>> IngestHub::OpenCalls() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<IngestCall>> calls;
  calls.reserve(calls_.size());
  for (const auto& [unused, call] : calls_) calls.push_back(call);
  return calls;
}

void IngestHub::BeginDrain() {
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
  }
  const grpc::Status status = GrpcError(Reason::kShuttingDown, kShuttingDownMessage);
  for (const std::shared_ptr<IngestCall>& call : OpenCalls()) call->EndAfterAnswers(status);
}

bool IngestHub::AwaitStreams(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return calls_.empty(); });
}

void IngestHub::CutOffAll() {
  const grpc::Status status = GrpcError(Reason::kShuttingDown, kShuttingDownMessage);
  for (const std::shared_ptr<IngestCall>& call : OpenCalls()) call->CutOff(status);
}

size_t IngestHub::streams() const {
  const std::lock_guard lock(mutex_);
  return calls_.size();
}

}  // namespace wirefold
