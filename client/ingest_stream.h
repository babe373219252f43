// IngestStream: sends raw files to the server and hands back what became of each, in order, over a
// connection that may break.
//
// What was sent and not acknowledged is kept. When the stream breaks, it is sent again, in order,
// in a new stream; a file that had been stored after all then comes back as UNCHANGED, with the ID
// it got. Files in flight are bounded in number and bytes. A stream that the server closes because
// nothing arrives is no broken one: the next file opens another.
//
// Example:
//   IngestStream stream((*client)->channel(), {}, [](const v1::IngestResult& result) {
//     std::cout << result.sequence() << " " << result.id() << "\n";
//   });
//   v1::IngestRequest file;
//   file.set_sequence(1);
//   file.set_content(bytes);
//   if (!stream.Send(std::move(file)).ok()) ...
//   absl::Status status = stream.Finish();   // every file is acknowledged, or why not
//
// Send, Finish and Cancel may be called from any thread, Send from one at a time (the order of the
// calls is the order of the stream).
#ifndef WIREFOLD_CLIENT_INGEST_STREAM_H_
#define WIREFOLD_CLIENT_INGEST_STREAM_H_

#include <grpcpp/channel.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "client/backoff.h"
#include "wirefold/v1/ingest.grpc.pb.h"

namespace wirefold {

struct IngestStreamOptions {
  // Send waits while more than this is not acknowledged. One file is always let through.
  size_t max_unacknowledged_bytes = size_t{16} << 20;
  size_t max_unacknowledged_files = 4096;
  // A broken stream is given up when so long no file has been acknowledged.
  int64_t retry_timeout_ms = 30'000;
  // The pause before it is opened again. It ends early when a server that was away is back, which
  // is noticed within kMaxReconnectMs.
  int64_t initial_backoff_ms = 100;
  int64_t max_backoff_ms = 5'000;
  // Files wait so long for others, so that many share one system call, unless batch_bytes are
  // together or Finish is called.
  int64_t linger_us = 500;
  size_t batch_bytes = size_t{64} << 10;
};

class IngestStream {
 public:
  // Called once for each file, in the order of Send, from one thread of the stream. It must not
  // wait long: acknowledgements that are not read make the server close the stream.
  using ResultCallback = std::function<void(const v1::IngestResult&)>;

  // Opens nothing before the first Send. `channel` is shared as gRPC's stubs do.
  IngestStream(std::shared_ptr<grpc::Channel> channel, IngestStreamOptions options,
               ResultCallback on_result);
  // Cancels what has not been finished.
  ~IngestStream();
  IngestStream(const IngestStream&) = delete;
  IngestStream& operator=(const IngestStream&) = delete;

  // Queues a file, after waiting for room. Its sequence must be greater than that of the file
  // before (INVALID_ARGUMENT otherwise, and the file is not sent). The status that ended the
  // stream, once it has ended.
  [[nodiscard]] absl::Status Send(v1::IngestRequest file);

  // Waits until every file is acknowledged and its callback has returned. OK then; otherwise the
  // error that ended the stream. No Send afterwards.
  [[nodiscard]] absl::Status Finish();

  // Ends the stream with CANCELLED; files in flight may have been stored or not.
  void Cancel();

  // Files sent whose acknowledgement has not come.
  [[nodiscard]] size_t unacknowledged_files() const;
  // How often a stream was opened again after it broke.
  [[nodiscard]] int reconnects() const;

 private:
  using Stream = grpc::ClientReaderWriter<v1::IngestRequest, v1::IngestResponse>;
  // Shared by the window and by the writer while it writes the file: the acknowledgement can come
  // before Write returns.
  using File = std::shared_ptr<const v1::IngestRequest>;

  void Run();
  // After an attempt ended with `status`: waits until the next may begin. False if the stream has
  // ended instead.
  bool AwaitNextAttempt(absl::Status status, bool progressed);
  // One stream from opening to its end. `progressed` tells whether a file was acknowledged.
  absl::Status RunAttempt(bool& progressed);
  void WriteFiles(Stream& stream);
  // Waits for files to write and takes some of them; none when the writing side is to be closed,
  // nullopt when the attempt is over.
  std::optional<std::vector<File>> TakeBatch();
  absl::Status Acknowledge(const v1::IngestResponse& response);
  bool HasRoom(size_t bytes) const;
  size_t Unsent() const { return window_.size() - taken_; }
  void End(absl::Status status);

  const std::shared_ptr<grpc::Channel> channel_;  // shared as gRPC's stubs do
  const std::unique_ptr<v1::IngestService::Stub> stub_;
  const IngestStreamOptions options_;
  const ResultCallback on_result_;

  mutable std::mutex mutex_;      // guards everything below up to runner_
  std::condition_variable work_;  // the writer or Run waits for files or an end
  std::condition_variable room_;  // Send waits for room
  std::condition_variable done_;  // Finish waits for ended_
  std::deque<File> window_;       // sent or to be sent, not acknowledged, in order
  size_t taken_ = 0;              // how many at the front of window_ this attempt has taken
  size_t window_bytes_ = 0;
  size_t unsent_bytes_ = 0;
  std::optional<uint64_t> last_sequence_;
  grpc::ClientContext* context_ = nullptr;  // of the attempt that runs
  bool attempt_over_ = false;
  bool finishing_ = false;
  bool cancelled_ = false;
  bool ended_ = false;
  absl::Status status_;
  int reconnects_ = 0;

  // Of the runner's thread alone.
  Backoff backoff_;
  // Set while attempts end without an acknowledgement, with files in flight.
  std::optional<std::chrono::steady_clock::time_point> give_up_;
  bool idle_close_excused_ = false;  // since the last acknowledgement

  std::thread runner_;  // opens streams and reads; a writer runs beside it
};

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_INGEST_STREAM_H_
