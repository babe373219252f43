// FloorCommitter: gathers what waits to be stored and writes it in one synced batch; who waits is
// told then.
//
// Example:
//   FloorCommitter committer(*db, [](const std::vector<Waiting>& stored) { … });
//   committer.Add(call, sequence, key, bytes);
//
// Thread-safe. `stored` is called on the committer's thread.
#ifndef WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FLOOR_COMMITTER_H_
#define WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FLOOR_COMMITTER_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "rocksdb/db.h"
#include "rocksdb/write_batch.h"

namespace wirefold::bench {

class FloorCall;

class FloorCommitter {
 public:
  struct Waiting {
    FloorCall* call = nullptr;  // lives until it has been told
    uint64_t sequence = 0;
  };
  using Stored = std::function<void(const std::vector<Waiting>&)>;

  // `db` must outlive the committer.
  FloorCommitter(rocksdb::DB& db, Stored stored);
  ~FloorCommitter();
  FloorCommitter(const FloorCommitter&) = delete;
  FloorCommitter& operator=(const FloorCommitter&) = delete;

  void Add(const Waiting& waiting, std::string_view key, std::string_view bytes);

 private:
  void Run();

  rocksdb::DB& db_;
  const Stored stored_;
  std::mutex mutex_;  // guards the next four
  std::condition_variable changed_;
  rocksdb::WriteBatch batch_;
  std::vector<Waiting> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace wirefold::bench

#endif  // WIREFOLD_TESTS_BENCH_WIREFOLD_BENCH_FLOOR_COMMITTER_H_
