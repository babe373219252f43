#include "lib/pipeline/comparison_source.h"

#include <iterator>
#include <optional>
#include <utility>

#include "lib/text/matching.h"

namespace wirefold {
namespace {

// What an entry costs beside what it holds: list node and hash table slot.
constexpr size_t kEntryBytes = 112;
// … and a sketch by itself: what counts its owners, and what allocating rounds up.
constexpr size_t kSharedBytes = 64;

}  // namespace

std::vector<ComparisonSource::Known> ComparisonSource::LookUp(std::span<const Ulid> ids,
                                                              uint64_t& revisions) {
  std::vector<Known> known(ids.size());
  const std::lock_guard lock(mutex_);
  revisions = revisions_;
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto found = entries_.find(ids[i]);
    if (found == entries_.end()) continue;
    order_.splice(order_.begin(), order_, found->second);
    known[i] = {found->second->sketch, found->second->doc};
  }
  return known;
}

absl::Status ComparisonSource::ReadSketches(std::span<const Ulid> ids,
                                            const std::vector<size_t>& wanted,
                                            std::vector<Known>& known) const {
  if (wanted.empty()) return absl::OkStatus();
  std::vector<Ulid> missing;
  for (const size_t i : wanted) missing.push_back(ids[i]);
  auto sketches = store_.GetSketches(missing);
  if (!sketches.ok()) return sketches.status();
  for (size_t i = 0; i < missing.size(); ++i) {
    std::optional<Sketch>& sketch = (*sketches)[i];
    if (!sketch.has_value()) continue;
    known[wanted[i]].sketch = std::make_shared<const Sketch>(*std::move(sketch));
  }
  return absl::OkStatus();
}

absl::Status ComparisonSource::ReadTexts(std::span<const Ulid> ids,
                                         const std::vector<size_t>& wanted,
                                         std::vector<Known>& known) const {
  if (wanted.empty()) return absl::OkStatus();
  std::vector<Ulid> missing;
  for (const size_t i : wanted) missing.push_back(ids[i]);
  const auto texts = store_.GetComparisonTexts(missing);
  if (!texts.ok()) return texts.status();
  for (size_t i = 0; i < missing.size(); ++i) {
    const std::optional<Store::ComparisonText>& text = (*texts)[i];
    if (!text.has_value()) continue;
    Known& one = known[wanted[i]];
    const MatchingText matching = ToMatching(text->text);
    const Tokens tokens = Tokenize(matching.text);
    const Shingles shingles = MakeShingles(tokens);
    ComparisonDoc doc = MakeComparisonDoc(
        matching.text, tokens, shingles,
        {text->host,
         text->registrable_domain,
         text->source,
         text->title,
         {text->dateline, text->observed_at_ms, text->published_at_ms, text->has_published_at}});
    if (one.sketch != nullptr) {
      doc.sketch = *one.sketch;
    } else if (matching.letters >= kMinMatchingLetters) {
      doc.sketch = MakeSketch(shingles);
    }
    one.doc = std::make_shared<const ComparisonDoc>(std::move(doc));
    one.sketch = SharedSketch(one.doc, &one.doc->sketch);
  }
  return absl::OkStatus();
}

void ComparisonSource::Keep(std::span<const Ulid> ids, uint64_t revisions,
                            std::vector<Known>& known) {
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < ids.size(); ++i) {
    Known& one = known[i];
    if (one.sketch == nullptr) continue;
    int pins = 0;
    if (const auto found = entries_.find(ids[i]); found != entries_.end()) {
      Entry& entry = *found->second;
      // Somebody was faster, and may know a newer text.
      if (entry.doc != nullptr) one = {entry.sketch, entry.doc};
      if (entry.doc != nullptr || one.doc == nullptr || revisions != revisions_) continue;
      pins = entry.pins;
      DropLocked(found->second);
    } else if (revisions != revisions_) {
      continue;
    }
    PutLocked({ids[i], one.sketch, one.doc, pins});
  }
  EvictLocked();
}

absl::StatusOr<std::vector<ComparisonSource::Doc>> ComparisonSource::Get(
    std::span<const Ulid> ids) {
  uint64_t revisions = 0;
  std::vector<Known> known = LookUp(ids, revisions);
  std::vector<size_t> missing;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (known[i].doc == nullptr) missing.push_back(i);
  }
  if (!missing.empty()) {
    if (absl::Status read = ReadTexts(ids, missing, known); !read.ok()) return read;
    Keep(ids, revisions, known);
  }
  std::vector<Doc> docs(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) docs[i] = std::move(known[i].doc);
  return docs;
}

absl::StatusOr<std::vector<ComparisonSource::Found>> ComparisonSource::GetLike(
    std::span<const Ulid> ids, const Sketch& sketch, AskCoarse ask) {
  uint64_t revisions = 0;
  std::vector<Known> known = LookUp(ids, revisions);
  std::vector<size_t> unseen;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (known[i].sketch == nullptr) unseen.push_back(i);
  }
  std::vector<bool> told(ids.size());  // to share too little
  std::vector<size_t> untold;
  if (!unseen.empty()) {
    const std::vector<CoarseAnswer> answers = ask(unseen);
    for (size_t i = 0; i < unseen.size(); ++i) {
      told[unseen[i]] = answers[i] == CoarseAnswer::kTooLittle;
      // What may be worth comparing most often is: its text tells its sketch as well.
      if (answers[i] == CoarseAnswer::kUnknown) untold.push_back(unseen[i]);
    }
  }
  if (absl::Status read = ReadSketches(ids, untold, known); !read.ok()) return read;
  const auto is_unlike = [&](size_t i) {
    return told[i] || (known[i].sketch != nullptr && ShareTooLittle(sketch, *known[i].sketch));
  };
  std::vector<size_t> missing;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (known[i].doc == nullptr && !is_unlike(i)) missing.push_back(i);
  }
  if (absl::Status read = ReadTexts(ids, missing, known); !read.ok()) return read;
  if (!untold.empty() || !missing.empty()) Keep(ids, revisions, known);
  std::vector<Found> found(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    // Of one whose sketch was not read, the text has told it.
    found[i].unlike = is_unlike(i);
    if (!found[i].unlike) found[i].doc = std::move(known[i].doc);
  }
  return found;
}

void ComparisonSource::Pin(const Ulid& id, Doc doc, bool revised) {
  const std::lock_guard lock(mutex_);
  if (revised) ++revisions_;
  int pins = 1;
  if (const auto found = entries_.find(id); found != entries_.end()) {
    pins += found->second->pins;
    DropLocked(found->second);
  }
  SharedSketch sketch(doc, &doc->sketch);
  PutLocked({id, std::move(sketch), std::move(doc), pins});
  EvictLocked();
}

void ComparisonSource::Forget(const Ulid& id) {
  const std::lock_guard lock(mutex_);
  ++revisions_;
  const auto found = entries_.find(id);
  if (found != entries_.end()) DropLocked(found->second);
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

size_t ComparisonSource::BytesOf(const Entry& entry) {
  if (entry.doc != nullptr) return kEntryBytes + entry.doc->memory_bytes();
  return kEntryBytes + kSharedBytes + sizeof(Sketch) +
         entry.sketch->anchors.capacity() * sizeof(uint32_t);
}

void ComparisonSource::PutLocked(Entry entry) {
  bytes_ += BytesOf(entry);
  const Ulid id = entry.id;
  order_.push_front(std::move(entry));
  entries_[id] = order_.begin();
}

void ComparisonSource::DropLocked(Order::iterator entry) {
  bytes_ -= BytesOf(*entry);
  entries_.erase(entry->id);
  order_.erase(entry);
}

void ComparisonSource::EvictLocked() {
  // Pinned entries are few and recent; those met at the cold end are moved to the warm one.
  for (size_t tries = entries_.size(); bytes_ > cache_bytes_ && tries > 0; --tries) {
    const auto last = std::prev(order_.end());
    if (last->pins > 0) {
      order_.splice(order_.begin(), order_, last);
    } else {
      DropLocked(last);
    }
  }
}

}  // namespace wirefold
