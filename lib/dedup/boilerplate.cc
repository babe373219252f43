#include "lib/dedup/boilerplate.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "lib/base/hash.h"
#include "lib/base/numbers.h"
#include "lib/base/prefetch.h"
#include "lib/base/reason.h"

namespace wirefold {
namespace {

constexpr uint64_t kDomainSeed = 11;
constexpr uint64_t kParagraphSeed = 12;
constexpr uint64_t kEverywhereSeed = 13;
constexpr size_t kEntryBytes = 32;

uint64_t KeyOf(uint64_t domain, uint64_t paragraph) {
  const std::array<uint64_t, 2> both = {domain, paragraph};
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  return HashBytes64({reinterpret_cast<const char*>(both.data()), sizeof both});
}

uint64_t KeyEverywhere(uint64_t paragraph) { return KeyOf(kEverywhereSeed, paragraph); }

// Adds `mark` to the first `count` of `marks` unless it is there or they are full.
template <size_t kMarks>
void Mark(std::array<uint16_t, kMarks>& marks, uint8_t& count, uint16_t mark) {
  const auto end = marks.begin() + count;
  if (count < kMarks && std::find(marks.begin(), end, mark) == end) marks[count++] = mark;
}

}  // namespace

uint64_t DomainKey(std::string_view registrable_domain, std::string_view host,
                   std::string_view source) {
  if (!registrable_domain.empty()) return HashBytes64(registrable_domain, kDomainSeed);
  if (!host.empty()) return HashBytes64(host, kDomainSeed);
  return HashBytes64(source, kDomainSeed + 100);
}

std::vector<uint64_t> ParagraphKeys(std::string_view matching_text) {
  std::vector<uint64_t> keys;
  std::string letters;
  while (!matching_text.empty()) {
    const size_t end = std::min(matching_text.find('\n'), matching_text.size());
    letters.clear();
    std::string_view paragraph = matching_text.substr(0, end);
    if (paragraph.find(' ') != std::string_view::npos) {
      for (const char c : paragraph) {
        if (c != ' ') letters += c;
      }
      paragraph = letters;
    }
    if (!paragraph.empty()) keys.push_back(HashBytes64(paragraph, kParagraphSeed));
    matching_text.remove_prefix(std::min(end + 1, matching_text.size()));
  }
  return keys;
}

BoilerplateTable::BoilerplateTable(size_t entries)
    : buckets_(std::bit_ceil(std::max<size_t>(entries, kWays)) / kWays),
      entries_(buckets_ * kWays) {}

void BoilerplateTable::Learn(Learning learning, uint64_t domain, int64_t day,
                             std::vector<uint64_t> paragraphs) {
  const uint32_t now = ++learnt_;
  if (learning != Learning::kDomain && learning != Learning::kFull) return;
  std::sort(paragraphs.begin(), paragraphs.end());
  paragraphs.erase(std::unique(paragraphs.begin(), paragraphs.end()), paragraphs.end());
  for (const uint64_t paragraph : paragraphs) {
    Entry& entry = FindOrInsert(KeyOf(domain, paragraph), now);
    entry.seen = now;
    if (entry.articles < UINT16_MAX) ++entry.articles;
    Mark(entry.day_marks, entry.days, static_cast<uint16_t>(day));
    if (learning != Learning::kFull || entry.articles < kRepeats ||
        entry.days < std::min(kRepeats, kDomainDays)) {
      continue;
    }
    Entry& everywhere = FindOrInsert(KeyEverywhere(paragraph), now);
    everywhere.seen = now;
    if (everywhere.articles < UINT16_MAX) ++everywhere.articles;
    Mark(everywhere.day_marks, everywhere.days, static_cast<uint16_t>(day));
    Mark(everywhere.domain_marks, everywhere.domains, static_cast<uint16_t>(domain));
  }
}

const BoilerplateTable::Entry* BoilerplateTable::Find(uint64_t key) const {
  const Entry* const bucket = &entries_[BucketOf(key)];
  // Entries fill a bucket from its front.
  for (int i = 0; i < kWays && bucket[i].articles != 0; ++i) {
    if (bucket[i].key == key) return &bucket[i];
  }
  return nullptr;
}

BoilerplateTable::Entry& BoilerplateTable::FindOrInsert(uint64_t key, uint32_t now) {
  Entry* const bucket = &entries_[BucketOf(key)];
  // What has not been seen for as many articles as there are entries is no better than a single
  // sight. Numbers wrap around after four billion articles; differences of them don't mind.
  const auto worth = [&](const Entry& entry) {
    const uint32_t age = now - entry.seen;
    const bool fresh = entry.articles > 1 && age < entries_.size();
    return std::pair(fresh, UINT32_MAX - age);
  };
  Entry* victim = bucket;
  for (int i = 0; i < kWays; ++i) {
    Entry& entry = bucket[i];
    if (entry.articles == 0) {
      victim = &entry;  // entries fill a bucket from its front, so the key is not behind it
      break;
    }
    if (entry.key == key) return entry;
    if (worth(entry) < worth(*victim)) victim = &entry;
  }
  *victim = {.key = key};
  return *victim;
}

bool BoilerplateTable::IsBoilerplate(uint64_t domain, uint64_t paragraph, uint32_t articles) const {
  const Entry* entry = Find(KeyOf(domain, paragraph));
  if (entry != nullptr && entry->articles >= articles && entry->days >= kDomainDays) return true;
  entry = Find(KeyEverywhere(paragraph));
  return entry != nullptr && entry->domains >= kEverywhereDomains && entry->days >= kDomainDays;
}

void BoilerplateTable::Prefetch(uint64_t domain, uint64_t paragraph) const {
  // A bucket is four cache lines, filled from the front.
  PrefetchRead(&entries_[BucketOf(KeyOf(domain, paragraph))]);
  PrefetchRead(&entries_[BucketOf(KeyEverywhere(paragraph))]);
}

size_t BoilerplateTable::memory_bytes() const { return entries_.size() * sizeof(Entry); }

size_t BoilerplateTable::CountEntries() const {
  return static_cast<size_t>(std::count_if(entries_.begin(), entries_.end(),
                                           [](const Entry& entry) { return entry.articles != 0; }));
}

void BoilerplateTable::AppendTo(std::string& out) const {
  const size_t used = CountEntries();
  out.reserve(out.size() + 12 + used * kEntryBytes);
  AppendNumber(learnt_, 4, out);
  AppendNumber(used, 8, out);
  for (const Entry& entry : entries_) {
    if (entry.articles == 0) continue;
    AppendNumber(entry.key, 8, out);
    AppendNumber(entry.seen, 4, out);
    AppendNumber(entry.articles, 2, out);
    AppendNumber(entry.days, 1, out);
    AppendNumber(entry.domains, 1, out);
    for (const uint16_t mark : entry.day_marks) AppendNumber(mark, 2, out);
    for (const uint16_t mark : entry.domain_marks) AppendNumber(mark, 2, out);
  }
}

absl::Status BoilerplateTable::TakeFrom(std::string_view& bytes) {
  const auto damaged = [this] {
    entries_.assign(entries_.size(), Entry());
    return Reject(Reason::kStoreCorrupt, "the table of learnt paragraphs is damaged");
  };
  entries_.assign(entries_.size(), Entry());
  if (bytes.size() < 12) return damaged();
  learnt_ = static_cast<uint32_t>(TakeNumber(4, bytes));
  const uint64_t used = TakeNumber(8, bytes);
  if (used > bytes.size() / kEntryBytes) return damaged();
  // A table of the size that they come from takes all of them, in the places they had; a smaller
  // one forgets some, as it does when it is full.
  for (uint64_t i = 0; i < used; ++i) {
    Entry entry;
    entry.key = TakeNumber(8, bytes);
    entry.seen = static_cast<uint32_t>(TakeNumber(4, bytes));
    entry.articles = static_cast<uint16_t>(TakeNumber(2, bytes));
    entry.days = static_cast<uint8_t>(TakeNumber(1, bytes));
    entry.domains = static_cast<uint8_t>(TakeNumber(1, bytes));
    for (uint16_t& mark : entry.day_marks) mark = static_cast<uint16_t>(TakeNumber(2, bytes));
    for (uint16_t& mark : entry.domain_marks) mark = static_cast<uint16_t>(TakeNumber(2, bytes));
    if (entry.articles == 0 || entry.days > entry.day_marks.size() ||
        entry.domains > entry.domain_marks.size()) {
      return damaged();
    }
    FindOrInsert(entry.key, learnt_) = entry;
  }
  return absl::OkStatus();
}

}  // namespace wirefold
