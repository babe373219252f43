#include "server/ingest_call.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/grpc.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "server/convert.h"
#include "server/errors.h"
#include "server/ingest_hub.h"

namespace wirefold {
namespace {

// A bound on what one result takes on the wire, cheap to compute.
size_t AboutWireBytes(const v1::IngestResult& result) {
  return 192 + result.message().size() + static_cast<size_t>(result.related_ids_size()) * 28 +
         static_cast<size_t>(result.warnings_size());
}

}  // namespace

IngestCall* IngestCall::Start(IngestHub& hub, grpc::CallbackServerContext* context) {
  auto call = std::make_shared<IngestCall>(hub, context);
  hub.Register(call);
  call->StartRead(&call->read_buffer_);
  return call.get();
}

IngestCall::IngestCall(IngestHub& hub, grpc::CallbackServerContext* context)
    : hub_(hub),
      context_(context),
      budget_(hub.budget().OpenStream()),
      lane_(hub.pipeline().OpenLane()) {}

void IngestCall::OnReadDone(bool ok) {
  if (!ok) {  // the client has closed its side, or the call is broken, which OnCancel tells
    EndAfterAnswers(grpc::Status::OK);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  const size_t bytes = read_buffer_.Length() + kPerFileOverheadBytes;
  if (!hub_.Hold(bytes)) {
    read_buffer_.Clear();
    EndAfterAnswers(MakeGrpcError(
        grpc::StatusCode::UNAVAILABLE, kReasonOverloaded,
        "too many bytes of other streams wait already; send what was not acknowledged again, in a "
        "new stream, in a moment"));
    return;
  }
  budget_->Acquire(bytes, [self = shared_from_this(), bytes] { self->OnGranted(bytes); });
}

void IngestCall::OnGranted(size_t bytes) {
  v1::IngestRequest request;
  const absl::Status status = TakeMessage(request);
  read_buffer_.Clear();
  hub_.LetGo(bytes);
  if (!status.ok()) EndAfterAnswers(ToGrpcStatus(status));
  bool wanted = false;
  {
    const std::lock_guard lock(mutex_);
    held_ = false;
    active_since_ = Clock::now();
    wanted = !ending_.has_value();
    // In one step: whoever ends the stream from here on waits for this file's answer.
    if (wanted) ++outstanding_;
  }
  if (!wanted) {
    budget_->Release(bytes);
    return;
  }
  const uint64_t sequence = request.sequence();
  hub_.pipeline().Submit(lane_, TakeFile(request),
                         [self = shared_from_this(), sequence, bytes](FileOutcome outcome) {
                           self->OnAnswer(sequence, bytes, std::move(outcome));
                         });
  const std::lock_guard lock(mutex_);
  // Under the lock, so that no Finish comes in between: gRPC allows no read after it.
  if (!ending_) StartRead(&read_buffer_);
}

absl::Status IngestCall::TakeMessage(v1::IngestRequest& request) {
  const grpc::Status parsed =
      grpc::SerializationTraits<v1::IngestRequest>::Deserialize(&read_buffer_, &request);
  if (!parsed.ok()) {
    return Reject(Reason::kInvalidArgument,
                  "the message is no wirefold.v1.IngestRequest; send what the .proto says, with "
                  "source and url in UTF-8");
  }
  if (last_sequence_ && request.sequence() <= *last_sequence_) {
    return Reject(Reason::kSequenceOutOfOrder,
                  absl::StrCat("sequence ", request.sequence(), " came after ", *last_sequence_,
                               "; number the files of a stream in growing order"));
  }
  last_sequence_ = request.sequence();
  return CheckRequest(request);
}

void IngestCall::OnAnswer(uint64_t sequence, size_t bytes, FileOutcome outcome) {
  bool queue = false;
  {
    const std::lock_guard lock(mutex_);
    --outstanding_;
    if (drop_answers_) {
      release_ += bytes;
    } else if (outcome.status == FileStatus::kRejected && SaysNothingAboutTheFile(outcome.reason)) {
      release_ += bytes;
      drop_answers_ = true;
      ending_ = GrpcError(outcome.reason, outcome.message);
    } else {
      AppendLocked(sequence, bytes, std::move(outcome));
    }
    // While a write is in flight its end takes along what has been collected meanwhile; but bytes
    // must not wait for a write that may never end.
    if (!flush_queued_ && (!writing_ || release_ > 0)) queue = flush_queued_ = true;
  }
  // Not here: StartWrite and Release may run other streams' work, and this is the commit thread.
  if (queue) hub_.QueueFlush(shared_from_this());
}

void IngestCall::AppendLocked(uint64_t sequence, size_t bytes, FileOutcome&& outcome) {
  if (pending_.empty() || pending_.back().response.results_size() >= kMaxResultsPerResponse ||
      pending_.back().response_bytes >= kMaxResponseBytes) {
    pending_.emplace_back();
  }
  Batch& batch = pending_.back();
  v1::IngestResult& result = *batch.response.add_results();
  ToProto(sequence, std::move(outcome), result);
  batch.response_bytes += AboutWireBytes(result);
  batch.budget_bytes += bytes;
}

void IngestCall::Flush() {
  {
    const std::lock_guard lock(mutex_);
    flush_queued_ = false;
  }
  Pump();
}

void IngestCall::Pump() {
  size_t release = 0;
  std::optional<Batch> batch;
  {
    const std::lock_guard lock(mutex_);
    release = std::exchange(release_, 0);
    if (!writing_ && !broken_ && !finished_ && !pending_.empty()) {
      batch = std::move(pending_.front());
      pending_.pop_front();
      writing_ = true;  // from here on nobody else writes or finishes
      writing_budget_bytes_ = batch->budget_bytes;
      writing_since_ = Clock::now();
    } else {
      FinishIfDoneLocked();
    }
  }
  if (batch) {
    write_buffer_.Clear();
    bool own_buffer = false;
    grpc::SerializationTraits<v1::IngestResponse>::Serialize(batch->response, &write_buffer_,
                                                             &own_buffer);
    StartWrite(&write_buffer_);
  }
  if (release > 0) budget_->Release(release);
}

void IngestCall::OnWriteDone(bool ok) {
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    active_since_ = Clock::now();
    release_ += std::exchange(writing_budget_bytes_, 0);
    if (!ok) BreakLocked(grpc::Status::CANCELLED);
  }
  Pump();
}

void IngestCall::OnCancel() {
  {
    const std::lock_guard lock(mutex_);
    BreakLocked(grpc::Status::CANCELLED);
  }
  Pump();
}

void IngestCall::OnDone() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  hub_.Unregister(this);  // may delete this
}

void IngestCall::EndAfterAnswers(const grpc::Status& status) {
  const std::lock_guard lock(mutex_);
  if (!ending_) ending_ = status;
  FinishIfDoneLocked();
}

bool IngestCall::EndIfIdleSince(Clock::time_point deadline, const grpc::Status& status) {
  const std::lock_guard lock(mutex_);
  const bool in_flight = held_ || outstanding_ > 0 || !pending_.empty() || writing_;
  if (ending_ || in_flight || active_since_ > deadline) return false;
  ending_ = status;
  FinishIfDoneLocked();
  return true;
}

bool IngestCall::CutOffIfWritingSince(Clock::time_point deadline, const grpc::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (!writing_ || broken_ || writing_since_ > deadline) return false;
  }
  CutOff(status);
  return true;
}

void IngestCall::CutOff(const grpc::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (done_) return;
    BreakLocked(status);
    // Finish would wait behind the message that the client does not read; cancelling sends the
    // status at once, past flow control. (It has no room for ErrorInfo: the message names the
    // reason.)
    grpc_call_cancel_with_status(
        context_->c_call(), static_cast<grpc_status_code>(status.error_code()),
        absl::StrCat(GrpcReasonOf(status), ": ", status.error_message()).c_str(), nullptr);
  }
  Pump();
}

void IngestCall::BreakLocked(const grpc::Status& status) {
  if (!ending_) ending_ = status;
  broken_ = true;
  drop_answers_ = true;
  for (const Batch& batch : pending_) release_ += batch.budget_bytes;
  pending_.clear();
}

void IngestCall::FinishIfDoneLocked() {
  if (finished_ || writing_ || !ending_) return;
  const bool all_said = pending_.empty() && (drop_answers_ || outstanding_ == 0);
  if (!all_said) return;
  finished_ = true;
  Finish(*ending_);
}

}  // namespace wirefold
