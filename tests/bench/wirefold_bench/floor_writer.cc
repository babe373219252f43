#include "tests/bench/wirefold_bench/floor_writer.h"

#include <chrono>
#include <memory>

#include "absl/strings/str_format.h"
#include "rocksdb/db.h"
#include "rocksdb/write_batch.h"
#include "tests/bench/wirefold_bench/feed.h"
#include "tests/bench/wirefold_bench/floor_server.h"

namespace wirefold::bench {

absl::StatusOr<WriterResult> WriteBare(const InputFiles& files, const std::string& folder,
                                       size_t group_files) {
  absl::StatusOr<std::unique_ptr<rocksdb::DB>> db = OpenFloorDb(folder);
  if (!db.ok()) return db.status();
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const double cpu_before = OwnCpu();
  const auto start = std::chrono::steady_clock::now();
  rocksdb::WriteBatch batch;
  for (size_t i = 0; i < files.contents.size(); ++i) {
    batch.Put(absl::StrFormat("%016x", i), files.contents[i]);
    if ((i + 1) % group_files != 0 && i + 1 != files.contents.size()) continue;
    const rocksdb::Status status = (*db)->Write(synced, &batch);
    if (!status.ok()) return absl::UnavailableError(status.ToString());
    batch.Clear();
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return WriterResult{elapsed.count(), OwnCpu() - cpu_before};
}

}  // namespace wirefold::bench
