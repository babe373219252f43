#include "tests/bench/wirefold_bench/floor_call.h"

#include <string>
#include <utility>

#include "grpcpp/impl/codegen/proto_utils.h"

namespace wirefold::bench {
namespace {

// Big-endian, so that keys of a stream grow.
std::string Key(uint64_t stream, uint64_t sequence) {
  std::string key;
  for (const uint64_t number : {stream, sequence}) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      key.push_back(static_cast<char>(number >> shift & 0xff));
    }
  }
  return key;
}

}  // namespace

FloorCall* FloorCall::Start(FloorCommitter* committer, uint64_t stream) {
  auto* const call = new FloorCall(committer, stream);
  call->StartRead(&call->read_buffer_);
  return call;
}

void FloorCall::OnReadDone(bool ok) {
  ok = ok &&
       grpc::SerializationTraits<v1::IngestRequest>::Deserialize(&read_buffer_, &request_).ok();
  std::unique_lock lock(mutex_);
  if (!ok) {
    closed_ = true;
    Pump(std::move(lock));
    return;
  }
  ++outstanding_;
  lock.unlock();
  const uint64_t sequence = request_.sequence();
  if (committer_ != nullptr) {
    committer_->Add({this, sequence}, Key(stream_, sequence), request_.content());
  } else {
    Acknowledge({sequence});
  }
  // The stream can't have ended: that takes a read that fails.
  StartRead(&read_buffer_);
}

void FloorCall::Acknowledge(const std::vector<uint64_t>& sequences) {
  std::unique_lock lock(mutex_);
  acknowledged_.insert(acknowledged_.end(), sequences.begin(), sequences.end());
  Pump(std::move(lock));
}

void FloorCall::Pump(std::unique_lock<std::mutex> lock) {
  if (writing_ || finished_) return;
  if (acknowledged_.empty()) {
    if (!closed_ || outstanding_ > 0) return;
    finished_ = true;
    lock.unlock();
    Finish(grpc::Status::OK);
    return;
  }
  response_.Clear();
  for (const uint64_t sequence : acknowledged_) {
    v1::IngestResult& result = *response_.add_results();
    result.set_sequence(sequence);
    result.set_outcome(v1::OUTCOME_NEW);
  }
  outstanding_ -= acknowledged_.size();
  acknowledged_.clear();
  writing_ = true;  // from here on nobody else writes or finishes
  lock.unlock();
  write_buffer_.Clear();
  bool own_buffer = false;
  grpc::SerializationTraits<v1::IngestResponse>::Serialize(response_, &write_buffer_, &own_buffer);
  StartWrite(&write_buffer_);
}

void FloorCall::OnWriteDone(bool /*ok*/) {
  std::unique_lock lock(mutex_);
  writing_ = false;
  Pump(std::move(lock));
}

void FloorCall::OnDone() { delete this; }

}  // namespace wirefold::bench
