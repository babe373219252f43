#include "lib/pipeline/overlay.h"

#include <utility>

namespace wirefold {

void Overlay::Put(uint64_t sequence, const Hash128& identity, KnownUrl known,
                  const std::optional<Hash128>& text) {
  if (text.has_value()) {
    texts_.try_emplace(*text, TextSlot{sequence, {known.state.id, known.state.story_id}});
  }
  urls_.insert_or_assign(identity, UrlSlot{sequence, std::move(known)});
  order_.push_back({sequence, identity, text});
}

void Overlay::Trim(uint64_t committed) {
  for (; released_ < order_.size() && order_[released_].sequence <= committed; ++released_) {
    const Decision& decision = order_[released_];
    const auto url = urls_.find(decision.identity);
    // A later decision on the same URL may not be committed yet.
    if (url != urls_.end() && url->second.sequence == decision.sequence) {
      url->second.known.newest.record.reset();
    }
  }
  while (order_.size() > kRemembered && order_.front().sequence <= committed) {
    const Decision& oldest = order_.front();
    // A later decision on the same URL keeps its slot.
    const auto url = urls_.find(oldest.identity);
    if (url != urls_.end() && url->second.sequence == oldest.sequence) urls_.erase(url);
    if (oldest.text.has_value()) {
      const auto text = texts_.find(*oldest.text);
      if (text != texts_.end() && text->second.sequence == oldest.sequence) texts_.erase(text);
    }
    forgotten_ = oldest.sequence;
    order_.pop_front();
    --released_;
  }
}

void Overlay::Forget(uint64_t sequence) {
  order_.clear();
  released_ = 0;
  urls_.clear();
  texts_.clear();
  forgotten_ = sequence;
}

const KnownUrl* Overlay::FindUrl(const Hash128& identity) const {
  const auto found = urls_.find(identity);
  return found == urls_.end() ? nullptr : &found->second.known;
}

const TextOwner* Overlay::FindText(const Hash128& text_hash) const {
  const auto found = texts_.find(text_hash);
  return found == texts_.end() ? nullptr : &found->second.owner;
}

}  // namespace wirefold
