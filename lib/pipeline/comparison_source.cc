#include "lib/pipeline/comparison_source.h"

#include <iterator>
#include <optional>
#include <utility>

#include "lib/text/matching.h"

namespace wirefold {
namespace {

// What an entry costs beside its document: list node and hash table slot.
constexpr size_t kEntryBytes = 96;

}  // namespace

absl::StatusOr<std::vector<ComparisonSource::Doc>> ComparisonSource::Get(
    std::span<const Ulid> ids) {
  std::vector<Doc> docs(ids.size());
  std::vector<Ulid> missing;
  std::vector<size_t> missing_at;
  uint64_t revisions = 0;
  {
    const std::lock_guard lock(mutex_);
    revisions = revisions_;
    for (size_t i = 0; i < ids.size(); ++i) {
      const auto found = entries_.find(ids[i]);
      if (found == entries_.end()) {
        missing.push_back(ids[i]);
        missing_at.push_back(i);
      } else {
        order_.splice(order_.begin(), order_, found->second);
        docs[i] = found->second->doc;
      }
    }
  }
  if (missing.empty()) return docs;

  const auto texts = store_.GetComparisonTexts(missing);
  if (!texts.ok()) return texts.status();
  for (size_t i = 0; i < missing.size(); ++i) {
    const std::optional<Store::ComparisonText>& text = (*texts)[i];
    if (!text.has_value()) continue;
    docs[missing_at[i]] = std::make_shared<const ComparisonDoc>(MakeComparisonDoc(
        ToMatching(text->text).text,
        {text->host,
         text->registrable_domain,
         text->source,
         text->title,
         {text->dateline, text->observed_at_ms, text->published_at_ms, text->has_published_at}}));
  }
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < missing.size(); ++i) {
    Doc& doc = docs[missing_at[i]];
    if (doc == nullptr) continue;
    const auto found = entries_.find(missing[i]);
    if (found != entries_.end()) {
      doc = found->second->doc;  // somebody was faster, and may know a newer text
    } else if (revisions == revisions_) {
      PutLocked(missing[i], doc, /*pins=*/0);
    }
  }
  EvictLocked();
  return docs;
}

void ComparisonSource::Pin(const Ulid& id, Doc doc, bool revised) {
  const std::lock_guard lock(mutex_);
  if (revised) ++revisions_;
  int pins = 1;
  if (const auto found = entries_.find(id); found != entries_.end()) {
    pins += found->second->pins;
    bytes_ -= found->second->doc->memory_bytes() + kEntryBytes;
    order_.erase(found->second);
    entries_.erase(found);
  }
  PutLocked(id, std::move(doc), pins);
  EvictLocked();
}

void ComparisonSource::Forget(const Ulid& id) {
  const std::lock_guard lock(mutex_);
  ++revisions_;
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  bytes_ -= found->second->doc->memory_bytes() + kEntryBytes;
  order_.erase(found->second);
  entries_.erase(found);
}

void ComparisonSource::Unpin(const Ulid& id) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  if (found->second->pins > 0) --found->second->pins;
  EvictLocked();
}

size_t ComparisonSource::memory_bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void ComparisonSource::PutLocked(const Ulid& id, Doc doc, int pins) {
  bytes_ += doc->memory_bytes() + kEntryBytes;
  order_.push_front({id, std::move(doc), pins});
  entries_[id] = order_.begin();
}

void ComparisonSource::EvictLocked() {
  // Pinned entries are few and recent; those met at the cold end are moved to the warm one.
  for (size_t tries = entries_.size(); bytes_ > cache_bytes_ && tries > 0; --tries) {
    const auto last = std::prev(order_.end());
    if (last->pins > 0) {
      order_.splice(order_.begin(), order_, last);
      continue;
    }
    bytes_ -= last->doc->memory_bytes() + kEntryBytes;
    entries_.erase(last->id);
    order_.pop_back();
  }
}

}  // namespace wirefold
