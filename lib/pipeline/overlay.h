// Overlay: what has been decided and may not be visible in the store yet. A decision that looks
// here first, and then at what the store said, misses nothing.
//
// Example:
//   overlay.Put(sequence, identity, known, text_hash);
//   if (const std::optional<KnownUrl> known = overlay.FindUrl(identity)) …
//   if (!overlay.Covers(looked_up_at)) look_up_again();
//
// Decisions carry a sequence number. A worker that looks at the store notes the last committed
// number; whatever came later is here, unless it has been dropped since, and then Covers says so.
//
// Not thread-safe: the thread that decides uses it.
#ifndef WIREFOLD_LIB_PIPELINE_OVERLAY_H_
#define WIREFOLD_LIB_PIPELINE_OVERLAY_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "lib/base/hash.h"
#include "lib/store/store.h"

namespace wirefold {

// A URL's state with its newest record. The record is null where nobody holds it any more: whoever
// writes it holds it until it has been committed, and the store has it then.
struct KnownUrl {
  UrlState state;
  NewestRecord newest;
};

class Overlay {
 public:
  // At least so many committed decisions are remembered, for those looked up before their commit.
  static constexpr size_t kRemembered = 4096;

  // Decision `sequence` (each one more than the last) left the URL in this state; `text` is set
  // where it was the first to carry the text. The record is not kept from going.
  void Put(uint64_t sequence, const Hash128& identity, KnownUrl known,
           const std::optional<Hash128>& text);

  // Forgets decisions up to `committed` beyond the newest kRemembered.
  void Trim(uint64_t committed);

  // Forgets all decisions up to `sequence`, the last; they are committed.
  void Forget(uint64_t sequence);

  // Asks for the memory that looking for the two, or putting them here, will read.
  void Prefetch(const Hash128& identity, const Hash128& text) const {
    urls_.prefetch(identity);
    texts_.prefetch(text);
  }
  [[nodiscard]] std::optional<KnownUrl> FindUrl(const Hash128& identity) const;
  [[nodiscard]] const TextOwner* FindText(const Hash128& text_hash) const;

  // Whether everything after decision `sequence` is still here.
  [[nodiscard]] bool Covers(uint64_t sequence) const { return sequence >= forgotten_; }
  [[nodiscard]] size_t size() const { return order_.size(); }

 private:
  struct Decision {
    uint64_t sequence;
    Hash128 identity;
    std::optional<Hash128> text;
    UrlState state;
    std::weak_ptr<const std::string> record;
    Match match;
  };
  struct TextSlot {
    uint64_t sequence;
    TextOwner owner;
  };

  std::deque<Decision> order_;
  absl::flat_hash_map<Hash128, uint64_t> urls_;  // the last decision on each
  absl::flat_hash_map<Hash128, TextSlot> texts_;
  uint64_t forgotten_ = 0;  // decisions up to this one may be missing here
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_OVERLAY_H_
