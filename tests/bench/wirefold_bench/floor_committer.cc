#include "tests/bench/wirefold_bench/floor_committer.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "lib/base/strings.h"

namespace wirefold::bench {

FloorCommitter::FloorCommitter(rocksdb::DB& db, Stored stored)
    : db_(db), stored_(std::move(stored)), thread_([this] { Run(); }) {}

FloorCommitter::~FloorCommitter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void FloorCommitter::Add(const Waiting& waiting, std::string_view key, std::string_view bytes) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = waiting_.empty();
    batch_.Put({key.data(), key.size()}, {bytes.data(), bytes.size()});
    waiting_.push_back(waiting);
  }
  if (first) changed_.notify_one();
}

void FloorCommitter::Run() {
  rocksdb::WriteOptions synced;
  synced.sync = true;
  rocksdb::WriteBatch batch;
  std::vector<Waiting> waiting;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      std::swap(batch, batch_);
      waiting.swap(waiting_);
    }
    const rocksdb::Status status = db_.Write(synced, &batch);
    if (!status.ok()) {  // nothing is acknowledged that was not written
      std::fprintf(stderr, "floor-server: %s\n", status.ToString().c_str());
      std::abort();
    }
    stored_(waiting);
    batch.Clear();
    waiting.clear();
  }
}

}  // namespace wirefold::bench
