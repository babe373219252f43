// FairBudget: bounds the bytes in flight, for each stream and in all, and lets streams that wait
// take turns by bytes.
//
// Example:
//   FairBudget budget({.total_bytes = 256 << 20, .stream_bytes = 16 << 20});
//   auto stream = budget.OpenStream();
//   stream->Acquire(message.size(), [=] { pipeline->Submit(…); read_next(); });
//   …
//   stream->Release(message.size());     // once its acknowledgement has been written
//
// Waiting streams are served in the order of the bytes they were granted so far (start-time fair
// queueing; P. Goyal et al., SIGCOMM 1996), so that a stream of large files does not starve one of
// small files. A request larger than a bound is granted when nothing else counts against it.
//
// Thread-safe. `granted` runs on the thread that calls Acquire or Release, outside the lock.
#ifndef WIREFOLD_LIB_PIPELINE_FAIR_BUDGET_H_
#define WIREFOLD_LIB_PIPELINE_FAIR_BUDGET_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace wirefold {

class FairBudget {
 public:
  struct Options {
    size_t total_bytes = size_t{256} << 20;
    size_t stream_bytes = size_t{16} << 20;
  };
  class Stream;

  explicit FairBudget(const Options& options) : options_(options) {}
  FairBudget(const FairBudget&) = delete;
  FairBudget& operator=(const FairBudget&) = delete;

  // The budget must outlive the stream.
  std::shared_ptr<Stream> OpenStream();

  [[nodiscard]] size_t bytes_in_flight() const;
  [[nodiscard]] size_t streams_waiting() const;

  class Stream {
   public:
    explicit Stream(FairBudget& budget) : budget_(budget) {}
    // Gives everything back; a request that waits is dropped without being granted.
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // Calls `granted` once the bytes fit, at once if they do now. One request at a time.
    void Acquire(size_t bytes, std::function<void()> granted);
    void Release(size_t bytes);
    [[nodiscard]] size_t bytes_in_flight() const;

   private:
    friend class FairBudget;
    FairBudget& budget_;
    // All guarded by budget_.mutex_.
    size_t used_ = 0;
    size_t wanted_ = 0;
    std::function<void()> granted_;
    uint64_t virtual_time_ = 0;
    uint64_t order_ = 0;
    bool waiting_ = false;
  };

 private:
  struct ByTurn {
    bool operator()(const Stream* a, const Stream* b) const {
      return std::pair(a->virtual_time_, a->order_) < std::pair(b->virtual_time_, b->order_);
    }
  };

  [[nodiscard]] bool FitsLocked(const Stream& stream, size_t bytes) const;
  void GrantLocked(Stream& stream, size_t bytes);
  void CollectGrantsLocked(std::vector<std::function<void()>>& granted);

  const Options options_;
  mutable std::mutex mutex_;  // guards everything below and the streams' state
  size_t used_ = 0;
  uint64_t virtual_time_ = 0;
  uint64_t next_order_ = 0;
  std::set<Stream*, ByTurn> waiting_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_FAIR_BUDGET_H_
