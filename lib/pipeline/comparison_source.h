// ComparisonSource: the stored articles as comparison wants them, from a bounded cache, else from
// the store.
//
// Example:
//   ComparisonSource source(store, /*cache_bytes=*/256 << 20);
//   source.Pin(id, doc);                   // decided, not yet in the store
//   auto docs = source.Get(ids);           // null where there is no such article
//   source.Unpin(id);                      // committed: may leave the cache from now on
//
// Thread-safe. The documents are shared between the cache and whoever compares with them just now.
#ifndef WIREFOLD_LIB_PIPELINE_COMPARISON_SOURCE_H_
#define WIREFOLD_LIB_PIPELINE_COMPARISON_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "lib/base/ulid.h"
#include "lib/dedup/compare.h"
#include "lib/store/store.h"

namespace wirefold {

class ComparisonSource {
 public:
  using Doc = std::shared_ptr<const ComparisonDoc>;

  // `store` must outlive the source.
  ComparisonSource(const Store& store, size_t cache_bytes)
      : store_(store), cache_bytes_(cache_bytes) {}

  // In the order of `ids`; reads the store for those that are not cached. An error is the store's.
  [[nodiscard]] absl::StatusOr<std::vector<Doc>> Get(std::span<const Ulid> ids);

  // `doc` is the article's text from now on, and stays until Unpin. Pins of one ID add up.
  // `revised` says that the article had another text before.
  void Pin(const Ulid& id, Doc doc, bool revised);
  void Unpin(const Ulid& id);
  // The article was deleted. Nothing of it may be pinned.
  void Forget(const Ulid& id);

  [[nodiscard]] size_t memory_bytes() const;

 private:
  struct Entry {
    Ulid id;
    Doc doc;
    int pins = 0;
  };
  using Order = std::list<Entry>;  // the most recently used first

  void PutLocked(const Ulid& id, Doc doc, int pins);
  void EvictLocked();

  const Store& store_;
  const size_t cache_bytes_;
  mutable std::mutex mutex_;  // guards all below; not held while the store is read
  Order order_;
  absl::flat_hash_map<Ulid, Order::iterator> entries_;
  size_t bytes_ = 0;
  // Goes up with each revision: what was read from the store before may be an old text.
  uint64_t revisions_ = 0;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_COMPARISON_SOURCE_H_
