#include "lib/pipeline/overlay.h"

#include <atomic>
#include <utility>

namespace wirefold {

void Overlay::Put(uint64_t sequence, const Hash128& identity, KnownUrl known,
                  const std::optional<Hash128>& text) {
  if (text.has_value()) {
    texts_.try_emplace(*text, TextSlot{sequence, {known.state.id, known.state.story_id}});
  }
  const auto [last, is_first] = urls_.try_emplace(identity, sequence);
  if (!is_first) {
    // Of a URL that is revised again and again each state holds all texts: one is kept.
    Decision& earlier = order_[last->second - order_.front().sequence];
    earlier.state = {};
    earlier.record.reset();
    last->second = sequence;
  }
  order_.push_back(
      {sequence, identity, text, std::move(known.state), known.newest.record, known.newest.match});
}

void Overlay::Trim(uint64_t committed) {
  constexpr size_t kAhead = 4;  // decisions whose memory is asked for ahead of time
  while (order_.size() > kRemembered && order_.front().sequence <= committed) {
    const Decision& next = order_[kAhead];
    urls_.prefetch(next.identity);
    if (next.text.has_value()) texts_.prefetch(*next.text);
    const Decision& oldest = order_.front();
    // A later decision on the same URL keeps its place.
    const auto url = urls_.find(oldest.identity);
    if (url != urls_.end() && url->second == oldest.sequence) urls_.erase(url);
    if (oldest.text.has_value()) {
      const auto text = texts_.find(*oldest.text);
      if (text != texts_.end() && text->second.sequence == oldest.sequence) texts_.erase(text);
    }
    forgotten_ = oldest.sequence;
    order_.pop_front();
  }
}

void Overlay::Forget(uint64_t sequence) {
  order_.clear();
  urls_.clear();
  texts_.clear();
  forgotten_ = sequence;
}

std::optional<KnownUrl> Overlay::FindUrl(const Hash128& identity) const {
  const auto found = urls_.find(identity);
  if (found == urls_.end()) return std::nullopt;
  const Decision& last = order_[found->second - order_.front().sequence];
  KnownUrl known{last.state, {last.record.lock(), last.match}};
  // Whoever let go of it had committed it: what is read from the store now has it.
  if (known.newest.record == nullptr) std::atomic_thread_fence(std::memory_order_acquire);
  return known;
}

const TextOwner* Overlay::FindText(const Hash128& text_hash) const {
  const auto found = texts_.find(text_hash);
  return found == texts_.end() ? nullptr : &found->second.owner;
}

}  // namespace wirefold
