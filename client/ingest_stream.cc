#include "client/ingest_stream.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/connection.h"
#include "client/errors.h"

namespace wirefold {
namespace {

using SteadyClock = std::chrono::steady_clock;

// What the writer takes at a time, so that it does not hold the lock for each file.
constexpr size_t kBatchFiles = 256;

// What keeps its code and reason and gets a second sentence.
absl::Status Extend(const absl::Status& status, const std::string& more) {
  absl::Status extended(status.code(), absl::StrCat(status.message(), more));
  status.ForEachPayload([&extended](absl::string_view url, const absl::Cord& payload) {
    extended.SetPayload(url, payload);
  });
  return extended;
}

}  // namespace

IngestStream::IngestStream(std::shared_ptr<grpc::Channel> channel, IngestStreamOptions options,
                           ResultCallback on_result)
    : channel_(std::move(channel)),
      stub_(v1::IngestService::NewStub(channel_)),
      options_(options),
      on_result_(std::move(on_result)),
      backoff_(options.initial_backoff_ms, options.max_backoff_ms, std::random_device()()) {
  runner_ = std::thread([this] { Run(); });
}

IngestStream::~IngestStream() {
  Cancel();
  runner_.join();
}

bool IngestStream::HasRoom(size_t bytes) const {
  return window_.empty() || (window_.size() < options_.max_unacknowledged_files &&
                             window_bytes_ + bytes <= options_.max_unacknowledged_bytes);
}

absl::Status IngestStream::Send(v1::IngestRequest file) {
  const size_t bytes = file.content().size();
  const uint64_t sequence = file.sequence();
  auto shared = std::make_shared<const v1::IngestRequest>(std::move(file));
  std::unique_lock lock(mutex_);
  if (last_sequence_.has_value() && sequence <= *last_sequence_) {
    return absl::InvalidArgumentError(absl::StrCat("sequence ", sequence, " does not follow ",
                                                   *last_sequence_, "; sequences must grow"));
  }
  room_.wait(lock, [&] { return ended_ || finishing_ || HasRoom(bytes); });
  if (ended_ && !status_.ok()) return status_;
  if (ended_ || finishing_) return absl::FailedPreconditionError("the stream has been finished");
  last_sequence_ = sequence;
  window_.push_back(std::move(shared));
  window_bytes_ += bytes;
  unsent_bytes_ += bytes;
  // The writer sleeps either for a first file or for a full batch; in between it wakes by itself.
  const bool wake = Unsent() == 1 || (unsent_bytes_ >= options_.batch_bytes &&
                                      unsent_bytes_ - bytes < options_.batch_bytes);
  lock.unlock();
  if (wake) work_.notify_all();
  return absl::OkStatus();
}

absl::Status IngestStream::Finish() {
  std::unique_lock lock(mutex_);
  finishing_ = true;
  work_.notify_all();
  room_.notify_all();
  done_.wait(lock, [this] { return ended_; });
  return status_;
}

void IngestStream::Cancel() {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  cancelled_ = true;
  if (context_ != nullptr) context_->TryCancel();
  work_.notify_all();
}

size_t IngestStream::unacknowledged_files() const {
  const std::lock_guard lock(mutex_);
  return window_.size();
}

int IngestStream::reconnects() const {
  const std::lock_guard lock(mutex_);
  return reconnects_;
}

void IngestStream::End(absl::Status status) {
  {
    const std::lock_guard lock(mutex_);
    status_ = std::move(status);
    ended_ = true;
  }
  room_.notify_all();
  done_.notify_all();
}

void IngestStream::Run() {
  bool broken = false;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      // A stream that ends while nothing is in flight is opened again when there is.
      work_.wait(lock, [this] { return cancelled_ || finishing_ || !window_.empty(); });
      if (!cancelled_ && window_.empty()) break;
      if (!cancelled_ && broken) ++reconnects_;
    }
    bool progressed = false;
    absl::Status status = RunAttempt(progressed);
    broken = true;
    if (!AwaitNextAttempt(std::move(status), progressed)) return;
  }
  End(absl::OkStatus());
}

bool IngestStream::AwaitNextAttempt(absl::Status status, bool progressed) {
  const auto end = [this](absl::Status why) {
    End(std::move(why));
    return false;
  };
  const auto cancelled = [this] {
    const std::lock_guard lock(mutex_);
    return cancelled_;
  };
  const absl::Status was_cancelled = absl::CancelledError("the stream was cancelled");
  if (cancelled()) return end(was_cancelled);
  bool in_flight = false;
  {
    const std::lock_guard lock(mutex_);
    in_flight = !window_.empty();
    if (finishing_ && !in_flight) return true;
  }
  if (status.ok()) {
    status = absl::UnavailableError("the server ended the stream before acknowledging all files");
  }
  if (!IsRetryable(status)) return end(std::move(status));
  if (progressed || !in_flight) {
    backoff_.Reset();
    give_up_.reset();
    idle_close_excused_ = false;
  }
  if (!in_flight) return true;
  // A file was on its way as the server closed the stream; that can't happen to it twice, unless it
  // takes longer to arrive than the server waits.
  if (ErrorReason(status) == kReasonStreamIdle && !std::exchange(idle_close_excused_, true)) {
    return true;
  }
  const SteadyClock::time_point now = SteadyClock::now();
  if (!give_up_.has_value()) {
    give_up_ = now + std::chrono::milliseconds(options_.retry_timeout_ms);
  }
  const auto next = now + std::chrono::milliseconds(backoff_.NextMs());
  if (AwaitConnection(*channel_, next, *give_up_, cancelled)) return true;
  if (cancelled()) return end(was_cancelled);
  const bool connected = channel_->GetState(/*try_to_connect=*/false) == GRPC_CHANNEL_READY;
  return end(Extend(
      status, absl::StrCat(connected ? "" : "; the server can't be reached", "; gave up after ",
                           options_.retry_timeout_ms, " ms without an acknowledgement, ",
                           unacknowledged_files(), " files sent are not acknowledged")));
}

absl::Status IngestStream::RunAttempt(bool& progressed) {
  grpc::ClientContext context;
  {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return absl::CancelledError();
    context_ = &context;
    attempt_over_ = false;
    taken_ = 0;
    unsent_bytes_ = window_bytes_;
  }
  const std::unique_ptr<Stream> stream = stub_->Ingest(&context);
  std::thread writer([this, &stream] { WriteFiles(*stream); });

  absl::Status mismatch;
  v1::IngestResponse response;
  while (stream->Read(&response)) {
    if (!mismatch.ok()) continue;  // drain what was on its way when the stream was cancelled
    mismatch = Acknowledge(response);
    if (!mismatch.ok()) context.TryCancel();
    progressed = progressed || response.results_size() > 0;
  }
  {
    const std::lock_guard lock(mutex_);
    attempt_over_ = true;
  }
  work_.notify_all();
  writer.join();
  const grpc::Status status = stream->Finish();
  {
    const std::lock_guard lock(mutex_);
    context_ = nullptr;
  }
  return mismatch.ok() ? FromGrpcStatus(status) : mismatch;
}

absl::Status IngestStream::Acknowledge(const v1::IngestResponse& response) {
  int accepted = 0;
  absl::Status status;
  {
    const std::lock_guard lock(mutex_);
    for (const v1::IngestResult& result : response.results()) {
      if (taken_ == 0 || window_.front()->sequence() != result.sequence()) {
        status = absl::DataLossError(absl::StrCat(
            "the server acknowledged file ", result.sequence(), " where ",
            taken_ == 0 ? "none was sent" : absl::StrCat(window_.front()->sequence(), " was next"),
            "; client and server do not fit together"));
        break;
      }
      window_bytes_ -= window_.front()->content().size();
      window_.pop_front();
      --taken_;
      ++accepted;
    }
  }
  if (accepted > 0) room_.notify_all();
  for (int i = 0; i < accepted; ++i) on_result_(response.results(i));
  return status;
}

std::optional<std::vector<IngestStream::File>> IngestStream::TakeBatch() {
  const auto over = [this] { return attempt_over_ || cancelled_; };
  std::vector<File> batch;
  std::unique_lock lock(mutex_);
  work_.wait(lock, [&] { return over() || finishing_ || Unsent() > 0; });
  if (!over() && Unsent() > 0) {
    work_.wait_for(lock, std::chrono::microseconds(options_.linger_us),
                   [&] { return over() || finishing_ || unsent_bytes_ >= options_.batch_bytes; });
  }
  if (over()) return std::nullopt;
  const size_t count = std::min(Unsent(), kBatchFiles);
  batch.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    batch.push_back(window_[taken_ + i]);
    unsent_bytes_ -= batch.back()->content().size();
  }
  taken_ += count;
  return batch;
}

void IngestStream::WriteFiles(Stream& stream) {
  while (true) {
    const std::optional<std::vector<File>> batch = TakeBatch();
    if (!batch.has_value()) return;
    if (batch->empty()) {
      stream.WritesDone();
      return;
    }
    for (size_t i = 0; i < batch->size(); ++i) {
      grpc::WriteOptions options;
      // The last file of a batch goes out at once, and with it what was held back before: nothing
      // may lie in the buffer while Send waits for acknowledgements.
      if (i + 1 < batch->size()) options.set_buffer_hint();
      // A failed write is the reader's to explain: its Read fails too, and the call has a status.
      if (!stream.Write(*(*batch)[i], options)) return;
    }
  }
}

}  // namespace wirefold
