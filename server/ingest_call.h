// IngestCall: one ingest stream. Reads a message, waits for its turn in the byte budget, submits
// the file, reads the next; collects the answers and writes as many as there are in one message.
//
// Example (in the service):
//   return IngestCall::Start(hub, context);    // the reactor that gRPC drives
//
// Lifetime: the hub's registry holds a shared_ptr until OnDone; whatever may still call in (an
// answer that is outstanding, a request for bytes, a flush that is queued) holds one of its own. So
// a client may vanish at any moment.
//
// Threads: gRPC's reactions, the pipeline's answers (commit thread; they append under a short lock
// and do nothing else), the hub's flusher and housekeeper. No lock is held while calling into the
// pipeline or the budget, either of which may call back.
#ifndef WIREFOLD_SERVER_INGEST_CALL_H_
#define WIREFOLD_SERVER_INGEST_CALL_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "grpcpp/support/status.h"
#include "lib/pipeline/fair_budget.h"
#include "lib/pipeline/pipeline.h"
#include "wirefold/v1/ingest.pb.h"

namespace wirefold {

class IngestHub;

// What a file counts for beside its bytes: a million empty ones take memory too.
inline constexpr size_t kPerFileOverheadBytes = 512;
// Acknowledgements in one message end at either bound, far below the 4 MiB that clients accept.
inline constexpr int kMaxResultsPerResponse = 4096;
inline constexpr size_t kMaxResponseBytes = size_t{1} << 20;

class IngestCall final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                         public std::enable_shared_from_this<IngestCall> {
 public:
  using Clock = std::chrono::steady_clock;

  // Registers a call with the hub and begins to read. `hub` must outlive the call.
  static IngestCall* Start(IngestHub& hub, grpc::CallbackServerContext* context);

  IngestCall(IngestHub& hub, grpc::CallbackServerContext* context);  // for Start alone

  // Reads no more; once everything submitted is acknowledged the stream ends with `status`.
  void EndAfterAnswers(const grpc::Status& status);
  // Cuts the stream off with `status` if a write has been waiting since before `deadline`. True if
  // it did.
  bool CutOffIfWritingSince(Clock::time_point deadline, const grpc::Status& status);
  // Ends the stream with `status` if nothing is in flight and no message has arrived, nor an
  // acknowledgement been written, since `deadline`. True if it did.
  bool EndIfIdleSince(Clock::time_point deadline, const grpc::Status& status);
  // Cuts the stream off, acknowledged or not.
  void CutOff(const grpc::Status& status);
  // Writes what was collected; called by the hub's flusher.
  void Flush();

  // gRPC's reactions.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  struct Batch {
    v1::IngestResponse response;
    size_t response_bytes = 0;  // about
    size_t budget_bytes = 0;    // released once it is written
  };

  void OnGranted(size_t bytes);
  // Parses and checks the message that was read.
  [[nodiscard]] absl::Status TakeMessage(v1::IngestRequest& request);
  void OnAnswer(uint64_t sequence, size_t bytes, FileOutcome outcome);
  void AppendLocked(uint64_t sequence, size_t bytes, FileOutcome&& outcome);
  // Takes no more files and answers, and ends with `status`.
  void BreakLocked(const grpc::Status& status);
  // Starts the next write, or ends the stream if all is said; then gives `release` back.
  void Pump();
  void FinishIfDoneLocked();

  IngestHub& hub_;
  grpc::CallbackServerContext* const context_;
  const std::shared_ptr<FairBudget::Stream> budget_;  // the budget's grants may hold it too
  const std::shared_ptr<Lane> lane_;                  // shared with the pipeline

  // The reading side alone; one message at a time.
  grpc::ByteBuffer read_buffer_;
  std::optional<uint64_t> last_sequence_;

  // The write that is in flight alone.
  grpc::ByteBuffer write_buffer_;

  std::mutex mutex_;                    // guards all below
  std::optional<grpc::Status> ending_;  // set: nothing more is read, and the stream ends so
  bool drop_answers_ = false;           // what is outstanding is not waited for, nor sent
  bool broken_ = false;                 // nothing can be written any more
  bool finished_ = false;               // Finish was called
  bool done_ = false;                   // gRPC is done with the call; context_ is gone
  bool held_ = false;                   // a message was received and waits for its turn
  size_t outstanding_ = 0;              // submitted, not answered
  std::deque<Batch> pending_;           // answered, not written
  bool writing_ = false;
  size_t writing_budget_bytes_ = 0;
  Clock::time_point writing_since_;
  Clock::time_point active_since_ = Clock::now();  // a message came, or a write ended
  bool flush_queued_ = false;
  size_t release_ = 0;  // bytes to be given back outside the lock
};

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_INGEST_CALL_H_
