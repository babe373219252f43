// FloorCall: one ingest stream into the floor server. Reads a message, hands its bytes to the
// committer, reads the next; writes all acknowledgements that there are in one message.
//
// Example (in the service):
//   return FloorCall::Start(committer, stream_number);   // deletes itself when gRPC is done
//
// Threads: gRPC's reactions and the committer's.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FLOOR_CALL_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FLOOR_CALL_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "tests/bench/wirefold_bench/floor_committer.h"
#include "wirefold/v1/ingest.pb.h"

namespace wirefold::bench {

class FloorCall final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // `committer`: null for the bare echo; must outlive the call. `stream` makes keys unique.
  static FloorCall* Start(FloorCommitter* committer, uint64_t stream);

  // These files are stored; the call may be gone when it returns.
  void Acknowledge(const std::vector<uint64_t>& sequences);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone() override;

 private:
  FloorCall(FloorCommitter* committer, uint64_t stream) : committer_(committer), stream_(stream) {}
  ~FloorCall() override = default;
  // Starts the next write, or ends the stream if all is said; gives `mutex_` back.
  void Pump(std::unique_lock<std::mutex> lock);

  FloorCommitter* const committer_;
  const uint64_t stream_;

  grpc::ByteBuffer read_buffer_;  // the reading side's
  v1::IngestRequest request_;     // likewise; its memory is used again
  v1::IngestResponse response_;   // the write's that is under way
  grpc::ByteBuffer write_buffer_;

  std::mutex mutex_;  // guards all below
  std::vector<uint64_t> acknowledged_;
  size_t outstanding_ = 0;
  bool closed_ = false;  // nothing more to read
  bool writing_ = false;
  bool finished_ = false;
};

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FLOOR_CALL_H_
