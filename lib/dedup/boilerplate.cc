#include "lib/dedup/boilerplate.h"

#include <algorithm>
#include <bit>
#include <mutex>
#include <utility>

#include "lib/base/hash.h"
#include "lib/base/reason.h"

namespace wirefold {
namespace {

constexpr uint64_t kDomainSeed = 11;
constexpr uint64_t kParagraphSeed = 12;
constexpr uint64_t kEverywhereSeed = 13;
// The first byte of what Serialize makes.
constexpr uint8_t kTableVersion = 1;
constexpr size_t kHeaderBytes = 1 + 8;  // the version of the form, and of the table
constexpr size_t kChecksumBytes = 8;    // XXH3 of all before it, at the end
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

void AppendEntryNumber(uint64_t value, int bytes, std::string& out) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

uint64_t TakeNumber(std::string_view& bytes, int count) {
  uint64_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  bytes.remove_prefix(count);
  return value;
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
    for (const char c : matching_text.substr(0, end)) {
      if (c != ' ') letters += c;
    }
    if (!letters.empty()) keys.push_back(HashBytes64(letters, kParagraphSeed));
    matching_text.remove_prefix(std::min(end + 1, matching_text.size()));
  }
  return keys;
}

BoilerplateTable::BoilerplateTable(size_t entries)
    : buckets_(std::bit_ceil(std::max<size_t>(entries, kWays)) / kWays),
      entries_(buckets_ * kWays) {}

uint64_t BoilerplateTable::EpochLength(uint64_t articles) {
  return std::bit_floor(std::clamp<uint64_t>(articles / 16, 1, kMaxEpoch));
}

bool BoilerplateTable::Learn(LearntArticle article) {
  std::sort(article.paragraphs.begin(), article.paragraphs.end());
  article.paragraphs.erase(std::unique(article.paragraphs.begin(), article.paragraphs.end()),
                           article.paragraphs.end());
  pending_.push_back(std::move(article));
  ++learnt_;
  // Epochs end at multiples of their length, so that a table that is restored goes on in step.
  if (learnt_ % EpochLength(learnt_) != 0) return false;
  const std::unique_lock lock(mutex_);
  for (const LearntArticle& each : pending_) {
    ++version_;
    Apply(each);
  }
  pending_.clear();
  return true;
}

void BoilerplateTable::Apply(const LearntArticle& article) {
  if (article.learning == Learning::kNone) return;
  const auto now = static_cast<uint32_t>(version_);
  for (const uint64_t paragraph : article.paragraphs) {
    Entry& entry = FindOrInsert(KeyOf(article.domain, paragraph), now);
    entry.seen = now;
    if (entry.articles < UINT16_MAX) ++entry.articles;
    Mark(entry.day_marks, entry.days, static_cast<uint16_t>(article.day));
    if (article.learning != Learning::kFull || entry.articles < kRepeats ||
        entry.days < std::min(kRepeats, kDomainDays)) {
      continue;
    }
    Entry& everywhere = FindOrInsert(KeyEverywhere(paragraph), now);
    everywhere.seen = now;
    if (everywhere.articles < UINT16_MAX) ++everywhere.articles;
    Mark(everywhere.day_marks, everywhere.days, static_cast<uint16_t>(article.day));
    Mark(everywhere.domain_marks, everywhere.domains, static_cast<uint16_t>(article.domain));
  }
}

const BoilerplateTable::Entry* BoilerplateTable::Find(uint64_t key) const {
  const Entry* const bucket = &entries_[(key % buckets_) * kWays];
  for (int i = 0; i < kWays; ++i) {
    if (bucket[i].key == key && bucket[i].articles != 0) return &bucket[i];
  }
  return nullptr;
}

BoilerplateTable::Entry& BoilerplateTable::FindOrInsert(uint64_t key, uint32_t now) {
  Entry* const bucket = &entries_[(key % buckets_) * kWays];
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

bool BoilerplateTable::IsBoilerplateLocked(uint64_t domain, uint64_t paragraph,
                                           uint32_t articles) const {
  const Entry* entry = Find(KeyOf(domain, paragraph));
  if (entry != nullptr && entry->articles >= articles && entry->days >= kDomainDays) {
    return true;
  }
  entry = Find(KeyEverywhere(paragraph));
  return entry != nullptr && entry->domains >= kEverywhereDomains && entry->days >= kDomainDays;
}

bool BoilerplateTable::IsBoilerplate(uint64_t domain, uint64_t paragraph, uint32_t articles) const {
  const std::shared_lock lock(mutex_);
  return IsBoilerplateLocked(domain, paragraph, articles);
}

std::vector<bool> BoilerplateTable::AreBoilerplate(uint64_t domain,
                                                   std::span<const uint64_t> paragraphs) const {
  std::vector<bool> flags(paragraphs.size());
  const std::shared_lock lock(mutex_);
  for (size_t i = 0; i < paragraphs.size(); ++i) {
    flags[i] = IsBoilerplateLocked(domain, paragraphs[i], kDomainArticles);
  }
  return flags;
}

uint64_t BoilerplateTable::version() const {
  const std::shared_lock lock(mutex_);
  return version_;
}

size_t BoilerplateTable::memory_bytes() const { return entries_.size() * sizeof(Entry); }

size_t BoilerplateTable::CountEntries() const {
  const std::shared_lock lock(mutex_);
  return static_cast<size_t>(std::count_if(entries_.begin(), entries_.end(),
                                           [](const Entry& entry) { return entry.articles != 0; }));
}

std::string BoilerplateTable::Serialize() const {
  std::string out;
  out.reserve(kHeaderBytes + CountEntries() * kEntryBytes + kChecksumBytes);
  out += static_cast<char>(kTableVersion);
  AppendBigEndian64(version_, out);
  for (const Entry& entry : entries_) {
    if (entry.articles == 0) continue;
    AppendBigEndian64(entry.key, out);
    AppendEntryNumber(entry.seen, 4, out);
    AppendEntryNumber(entry.articles, 2, out);
    AppendEntryNumber(entry.days, 1, out);
    AppendEntryNumber(entry.domains, 1, out);
    for (const uint16_t mark : entry.day_marks) AppendEntryNumber(mark, 2, out);
    for (const uint16_t mark : entry.domain_marks) AppendEntryNumber(mark, 2, out);
  }
  AppendBigEndian64(HashBytes64(out), out);
  return out;
}

absl::Status BoilerplateTable::Restore(std::string_view bytes) {
  if (!bytes.empty() && static_cast<uint8_t>(bytes[0]) > kTableVersion) {
    return Reject(Reason::kStoreTooNew,
                  "the table of learnt paragraphs was written by a newer version; use a newer "
                  "wirefoldd");
  }
  const auto damaged = [] {
    return Reject(Reason::kStoreCorrupt, "the table of learnt paragraphs is damaged");
  };
  if (bytes.size() < kHeaderBytes + kChecksumBytes ||
      static_cast<uint8_t>(bytes[0]) != kTableVersion ||
      (bytes.size() - kHeaderBytes - kChecksumBytes) % kEntryBytes != 0) {
    return damaged();
  }
  const std::string_view checksum = bytes.substr(bytes.size() - kChecksumBytes);
  bytes.remove_suffix(kChecksumBytes);
  if (ReadBigEndian64(checksum) != HashBytes64(bytes)) return damaged();
  bytes.remove_prefix(1);
  const uint64_t version = TakeNumber(bytes, 8);
  std::vector<Entry> entries;
  entries.reserve(bytes.size() / kEntryBytes);
  while (!bytes.empty()) {
    Entry& entry = entries.emplace_back();
    entry.key = TakeNumber(bytes, 8);
    entry.seen = static_cast<uint32_t>(TakeNumber(bytes, 4));
    entry.articles = static_cast<uint16_t>(TakeNumber(bytes, 2));
    entry.days = static_cast<uint8_t>(TakeNumber(bytes, 1));
    entry.domains = static_cast<uint8_t>(TakeNumber(bytes, 1));
    for (uint16_t& mark : entry.day_marks) mark = static_cast<uint16_t>(TakeNumber(bytes, 2));
    for (uint16_t& mark : entry.domain_marks) mark = static_cast<uint16_t>(TakeNumber(bytes, 2));
  }
  const std::unique_lock lock(mutex_);
  entries_.assign(entries_.size(), Entry());
  version_ = learnt_ = version;
  pending_.clear();
  // A table of the size that they come from takes all of them, in the places they had; a smaller
  // one forgets some, as it does when it is full.
  for (const Entry& entry : entries) {
    FindOrInsert(entry.key, static_cast<uint32_t>(version)) = entry;
  }
  return absl::OkStatus();
}

}  // namespace wirefold
