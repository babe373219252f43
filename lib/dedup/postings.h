// Postings: which entries carry a 32-bit key; a chained hash table of 12 bytes a posting.
//
// Example:
//   Postings postings;
//   postings.Add(key, entry);
//   for (uint32_t at = postings.First(key); at != Postings::kEnd; at = postings.Next(at))
//     use(postings.EntryAt(at));
//
// A chain is in the order of addition, newest first. Not thread-safe; CandidateIndex locks.
#ifndef WIREFOLD_LIB_DEDUP_POSTINGS_H_
#define WIREFOLD_LIB_DEDUP_POSTINGS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wirefold {

class Postings {
 public:
  static constexpr uint32_t kEnd = 0xFFFFFFFF;

  Postings() : heads_(kInitialHeads, kEnd) {}

  void Add(uint32_t key, uint32_t entry) {
    if (nodes_.size() >= heads_.size()) Grow();
    uint32_t& head = heads_[Bucket(key)];
    nodes_.push_back({key, entry, head});
    head = static_cast<uint32_t>(nodes_.size() - 1);
  }

  // Asks for what First and Next will read, ahead of time: the head, or what the head points at.
  void PrefetchHead(uint32_t key) const { __builtin_prefetch(&heads_[Bucket(key)]); }
  void PrefetchFirst(uint32_t key) const {
    const uint32_t at = heads_[Bucket(key)];
    if (at != kEnd) __builtin_prefetch(&nodes_[at]);
  }

  // The newest posting of `key`, or kEnd.
  [[nodiscard]] uint32_t First(uint32_t key) const { return Skip(heads_[Bucket(key)], key); }
  // The next older posting of the same key.
  [[nodiscard]] uint32_t Next(uint32_t at) const { return Skip(nodes_[at].next, nodes_[at].key); }
  [[nodiscard]] uint32_t EntryAt(uint32_t at) const { return nodes_[at].entry; }

  [[nodiscard]] size_t memory_bytes() const {
    return nodes_.capacity() * sizeof(Node) + heads_.capacity() * sizeof(uint32_t);
  }

 private:
  static constexpr size_t kInitialHeads = size_t{1} << 12;
  struct Node {
    uint32_t key;
    uint32_t entry;
    uint32_t next;
  };

  // Keys are hashes already, but anchors are all below one bound in other bits: mix once.
  [[nodiscard]] size_t Bucket(uint32_t key) const {
    return (uint64_t{key} * 0x9E3779B97F4A7C15u >> 32) & (heads_.size() - 1);
  }
  [[nodiscard]] uint32_t Skip(uint32_t at, uint32_t key) const {
    while (at != kEnd && nodes_[at].key != key) at = nodes_[at].next;
    return at;
  }
  void Grow() {
    heads_.assign(heads_.size() * 2, kEnd);
    for (size_t i = 0; i < nodes_.size(); ++i) {
      uint32_t& head = heads_[Bucket(nodes_[i].key)];
      nodes_[i].next = head;
      head = static_cast<uint32_t>(i);
    }
  }

  std::vector<uint32_t> heads_;  // a power of two of them
  std::vector<Node> nodes_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_POSTINGS_H_
