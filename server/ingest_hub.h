// IngestHub: what all ingest streams share: the registry of open ones, one thread that starts their
// writes, and one that looks after clients that do not read or do not send. No stream has a thread
// of its own.
//
// Example:
//   IngestHub hub({.max_streams = 1024}, pipeline, budget);
//   …                                   // IngestService opens calls on it
//   hub.BeginDrain();
//   if (!hub.AwaitStreams(timeout)) hub.CutOffAll();
//
// Thread-safe.
#ifndef WIREFOLD_SERVER_INGEST_HUB_H_
#define WIREFOLD_SERVER_INGEST_HUB_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "lib/pipeline/fair_budget.h"
#include "lib/pipeline/pipeline.h"
#include "server/ingest_call.h"

namespace wirefold {

class IngestHub {
 public:
  struct Options {
    size_t max_streams = 1024;
    std::chrono::milliseconds unread_ack_timeout{60'000};
    // A stream with nothing in flight on which no message arrives for so long is closed; 0: never.
    std::chrono::milliseconds idle_timeout{300'000};
    // Messages that were received and wait for their turn in the budget have at most so many bytes
    // together. At least kMaxMessageBytes, so that any message passes alone.
    size_t max_held_bytes = size_t{256} << 20;
  };
  using Reactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

  // Both must outlive the hub, and every call must have been answered before it goes: drain the
  // pipeline first.
  IngestHub(const Options& options, Pipeline& pipeline, FairBudget& budget);
  ~IngestHub();
  IngestHub(const IngestHub&) = delete;
  IngestHub& operator=(const IngestHub&) = delete;

  // A new stream, or the reactor that refuses it: too many of them, or shutting down.
  Reactor* Open(grpc::CallbackServerContext* context);

  // Refuses new streams; open ones read no more and end with SHUTTING_DOWN once everything
  // submitted is acknowledged.
  void BeginDrain();
  // Waits until no stream is open. False if `timeout` passes first.
  [[nodiscard]] bool AwaitStreams(std::chrono::milliseconds timeout);
  // Ends every stream now.
  void CutOffAll();

  [[nodiscard]] size_t streams() const;
  Pipeline& pipeline() { return pipeline_; }
  FairBudget& budget() { return budget_; }

  // For IngestCall.
  void Register(const std::shared_ptr<IngestCall>& call);
  void Unregister(IngestCall* call);
  void QueueFlush(std::shared_ptr<IngestCall> call);
  // Counts a message as waiting for its turn. False, without counting it, past max_held_bytes.
  [[nodiscard]] bool Hold(size_t bytes);
  void LetGo(size_t bytes) { held_bytes_ -= bytes; }
  [[nodiscard]] size_t held_bytes() const { return held_bytes_; }

 private:
  void RunFlusher();
  void RunHousekeeper();
  std::vector<std::shared_ptr<IngestCall>> OpenCalls() const;

  const Options options_;
  Pipeline& pipeline_;
  FairBudget& budget_;

  std::atomic<size_t> held_bytes_ = 0;

  mutable std::mutex mutex_;  // guards calls_, draining_ and stopping_
  std::condition_variable changed_;
  // Shared with whatever is under way for a call; this reference is gRPC's.
  std::unordered_map<IngestCall*, std::shared_ptr<IngestCall>> calls_;
  bool draining_ = false;
  bool stopping_ = false;

  std::mutex flush_mutex_;  // guards flush_queue_ and flusher_stopping_
  std::condition_variable flush_wanted_;
  std::vector<std::shared_ptr<IngestCall>> flush_queue_;
  bool flusher_stopping_ = false;

  std::thread flusher_;
  std::thread housekeeper_;
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_INGEST_HUB_H_
