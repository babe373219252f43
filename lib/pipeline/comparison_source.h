// ComparisonSource: the stored articles as comparison wants them, from a bounded cache, else from
// the store.
//
// Example:
//   ComparisonSource source(store, /*cache_bytes=*/256 << 20);
//   source.Pin(id, doc);                   // decided, not yet in the store
//   auto docs = source.Get(ids);           // null where there is no such article
//   auto like = source.GetLike(ids, sketch, ask);   // … or where it is not worth comparing
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
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "lib/base/ulid.h"
#include "lib/dedup/coarse_sketch.h"
#include "lib/dedup/compare.h"
#include "lib/store/store.h"

namespace wirefold {

class ComparisonSource {
 public:
  using Doc = std::shared_ptr<const ComparisonDoc>;
  struct Found {
    Doc doc;              // null: there is none, or
    bool unlike = false;  // … its sketch says that it is not worth comparing
  };

  // `store` must outlive the source.
  ComparisonSource(const Store& store, size_t cache_bytes)
      : store_(store), cache_bytes_(cache_bytes) {}

  // In the order of `ids`; reads the store for those that are not cached. An error is the store's.
  [[nodiscard]] absl::StatusOr<std::vector<Doc>> Get(std::span<const Ulid> ids);
  // For some of the articles, by their places in the list, what their coarse sketches say.
  using AskCoarse = absl::FunctionRef<std::vector<CoarseAnswer>(std::span<const size_t> which)>;
  // The same, but texts that share too little by their sketches are not read, nor is a sketch where
  // a coarse one tells as much; `ask` is asked about what is not cached. What is answered does not
  // depend on what is cached, nor on what the coarse ones know; but of an article that is gone they
  // may know that it was unlike.
  [[nodiscard]] absl::StatusOr<std::vector<Found>> GetLike(std::span<const Ulid> ids,
                                                           const Sketch& sketch, AskCoarse ask);

  // `doc` is the article's text from now on, and stays until Unpin. Pins of one ID add up.
  // `revised` says that the article had another text before.
  void Pin(const Ulid& id, Doc doc, bool revised);
  void Unpin(const Ulid& id);
  // The article was deleted. Nothing of it may be pinned.
  void Forget(const Ulid& id);

  [[nodiscard]] size_t memory_bytes() const;

 private:
  // A sketch by itself, or a part of a document that lives as long.
  using SharedSketch = std::shared_ptr<const Sketch>;
  struct Entry {
    Ulid id;
    SharedSketch sketch;  // of `doc`, if that is there
    Doc doc;              // null: only the sketch is known
    int pins = 0;
  };
  using Order = std::list<Entry>;  // the most recently used first
  // Of an article that was asked for. Both null: nothing is known.
  struct Known {
    SharedSketch sketch;
    Doc doc;
  };

  // What is cached, in the order of `ids`, and how many revisions there had been.
  std::vector<Known> LookUp(std::span<const Ulid> ids, uint64_t& revisions);
  // Of those at these places.
  absl::Status ReadSketches(std::span<const Ulid> ids, const std::vector<size_t>& wanted,
                            std::vector<Known>& known) const;
  // Of those that are `wanted`; `known` has their documents then, with their sketches.
  absl::Status ReadTexts(std::span<const Ulid> ids, const std::vector<size_t>& wanted,
                         std::vector<Known>& known) const;
  // Caches what was read; of what somebody else was faster with, `known` has theirs then.
  void Keep(std::span<const Ulid> ids, uint64_t revisions, std::vector<Known>& known);

  static size_t BytesOf(const Entry& entry);
  void PutLocked(Entry entry);
  void DropLocked(Order::iterator entry);
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
