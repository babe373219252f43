#include "lib/pipeline/fair_budget.h"

#include <algorithm>

namespace wirefold {

std::shared_ptr<FairBudget::Stream> FairBudget::OpenStream() {
  auto stream = std::make_shared<Stream>(*this);
  const std::lock_guard lock(mutex_);
  stream->order_ = next_order_++;
  // A new stream starts at the present, not in the past: it gets no credit for being late.
  stream->virtual_time_ = virtual_time_;
  return stream;
}

size_t FairBudget::bytes_in_flight() const {
  const std::lock_guard lock(mutex_);
  return used_;
}

size_t FairBudget::streams_waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

bool FairBudget::FitsLocked(const Stream& stream, size_t bytes) const {
  const bool stream_fits = stream.used_ == 0 || stream.used_ + bytes <= options_.stream_bytes;
  const bool total_fits = used_ == 0 || used_ + bytes <= options_.total_bytes;
  return stream_fits && total_fits;
}

void FairBudget::GrantLocked(Stream& stream, size_t bytes) {
  stream.used_ += bytes;
  used_ += bytes;
  const uint64_t start = std::max(stream.virtual_time_, virtual_time_);
  virtual_time_ = start;
  stream.virtual_time_ = start + bytes;
}

void FairBudget::CollectGrantsLocked(std::vector<std::function<void()>>& granted) {
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    Stream& stream = **it;
    if (!FitsLocked(stream, stream.wanted_)) {
      // A stream at its own bound waits for itself and lets the others pass; one that only the
      // total holds back keeps its turn, or large files would never get theirs.
      const bool own_bound =
          stream.used_ != 0 && stream.used_ + stream.wanted_ > options_.stream_bytes;
      if (!own_bound) return;
      ++it;
      continue;
    }
    it = waiting_.erase(it);
    stream.waiting_ = false;
    GrantLocked(stream, stream.wanted_);
    granted.push_back(std::move(stream.granted_));
    stream.granted_ = nullptr;
  }
}

void FairBudget::Stream::Acquire(size_t bytes, std::function<void()> granted) {
  std::vector<std::function<void()>> ready;
  {
    const std::lock_guard lock(budget_.mutex_);
    wanted_ = bytes;
    granted_ = std::move(granted);
    waiting_ = true;
    virtual_time_ = std::max(virtual_time_, budget_.virtual_time_);
    budget_.waiting_.insert(this);
    // Whoever has waited longer for the total has the turn before this one.
    budget_.CollectGrantsLocked(ready);
  }
  for (std::function<void()>& call : ready) call();
}

void FairBudget::Stream::Release(size_t bytes) {
  std::vector<std::function<void()>> granted;
  {
    const std::lock_guard lock(budget_.mutex_);
    used_ -= bytes;
    budget_.used_ -= bytes;
    budget_.CollectGrantsLocked(granted);
  }
  for (std::function<void()>& call : granted) call();
}

size_t FairBudget::Stream::bytes_in_flight() const {
  const std::lock_guard lock(budget_.mutex_);
  return used_;
}

FairBudget::Stream::~Stream() {
  std::vector<std::function<void()>> granted;
  {
    const std::lock_guard lock(budget_.mutex_);
    if (waiting_) budget_.waiting_.erase(this);
    budget_.used_ -= used_;
    budget_.CollectGrantsLocked(granted);
  }
  for (std::function<void()>& call : granted) call();
}

}  // namespace wirefold
