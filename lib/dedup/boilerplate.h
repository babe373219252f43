// BoilerplateTable: the paragraphs that many articles of one host share, and those that many hosts
// share, learnt from the stream of accepted articles in a bounded table that forgets.
//
// Example:
//   BoilerplateTable table;
//   table.Learn({.domain = DomainKey("example.org"), .day = 18262,
//                .paragraphs = ParagraphKeys(article.matching_text)});
//   if (table.IsBoilerplate(DomainKey("example.org"), key)) …
//
// A paragraph is boilerplate of a domain once kDomainArticles unique articles of that domain have
// carried it, on kDomainDays different days (an article that is published over again within a day
// or two is not boilerplate). It is boilerplate everywhere once that holds, with kRepeats articles
// in place of kDomainArticles, for kEverywhereDomains domains: a mirror's footer; an agency story
// that many hosts run is carried once by each and never gets there. The counts of the first rule
// are those of "Rarity decides" in docs/architecture.md.
//
// What the table answers changes only at the ends of epochs (EpochLength), so that an answer
// depends on the articles learnt and their order, and not on when it was asked for. version() says
// how many articles the answers rest on.
//
// The table is set-associative: a bucket of kWays entries is full at some time, and then loses the
// one that was seen least lately, those seen in a single article or not for long first.
//
// Thread-safe: one thread learns, any number ask.
#ifndef WIREFOLD_LIB_DEDUP_BOILERPLATE_H_
#define WIREFOLD_LIB_DEDUP_BOILERPLATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace wirefold {

// How far an article is learnt from. The values are stored.
enum class Learning : uint8_t {
  kNone = 0,
  kDomain = 1,  // a copy: its domain's own boilerplate alone, for the story's text is not its own
  kFull = 2,    // a unique article
};

// What an article gives to learn from.
struct LearntArticle {
  Learning learning = Learning::kFull;
  uint64_t domain = 0;                 // DomainKey
  int64_t day = 0;                     // of its time, days since 1970
  std::vector<uint64_t> paragraphs{};  // ParagraphKeys
};

// The key of whose paragraphs are counted together: the registrable domain, else the host, else
// the crawler's name for the source.
uint64_t DomainKey(std::string_view registrable_domain, std::string_view host,
                   std::string_view source);

// The key of each paragraph of a matching text (ToMatching), in order; separators between words
// don't count.
std::vector<uint64_t> ParagraphKeys(std::string_view matching_text);

class BoilerplateTable {
 public:
  static constexpr size_t kDefaultEntries = size_t{1} << 20;  // 32 MiB
  static constexpr int kWays = 8;
  static constexpr uint32_t kDomainArticles = 4;
  static constexpr uint32_t kRepeats = 2;
  static constexpr uint32_t kDomainDays = 3;
  static constexpr uint32_t kEverywhereDomains = 3;
  // Articles between two changes of the answers: a sixteenth of what has been learnt, at most this.
  static constexpr uint64_t kMaxEpoch = 1024;

  // `entries` is rounded up to a power of two, kWays at least.
  explicit BoilerplateTable(size_t entries = kDefaultEntries);

  // The epoch that begins behind `articles` learnt ones has so many.
  static uint64_t EpochLength(uint64_t articles);

  // Counts an article. Repeats within it count once. Returns whether an epoch ended with it.
  bool Learn(LearntArticle article);

  // `articles` in place of kDomainArticles where more is asked for.
  [[nodiscard]] bool IsBoilerplate(uint64_t domain, uint64_t paragraph,
                                   uint32_t articles = kDomainArticles) const;
  // One flag a paragraph, all of one moment.
  [[nodiscard]] std::vector<bool> AreBoilerplate(uint64_t domain,
                                                 std::span<const uint64_t> paragraphs) const;

  // Articles that the answers rest on.
  [[nodiscard]] uint64_t version() const;
  // Articles learnt, those of the epoch that has not ended included.
  [[nodiscard]] uint64_t learnt() const { return learnt_; }
  [[nodiscard]] size_t memory_bytes() const;
  // Entries in use; walks the table.
  [[nodiscard]] size_t CountEntries() const;

  // The table as of the last epoch's end, the same bytes for the same articles. Called by the
  // learning thread.
  [[nodiscard]] std::string Serialize() const;
  // Takes over what Serialize made, by a table of any size; learnt() is version() then. On an
  // error (kStoreCorrupt, kStoreTooNew) the table is as it was.
  [[nodiscard]] absl::Status Restore(std::string_view bytes);

 private:
  struct Entry {
    uint64_t key = 0;       // of domain and paragraph, or of the paragraph alone
    uint32_t seen = 0;      // the article that carried it last, by its number
    uint16_t articles = 0;  // 0: empty. Of a paragraph alone: not counted
    uint8_t days = 0;
    uint8_t domains = 0;
    std::array<uint16_t, 4> day_marks{};     // the first days, by their low 16 bits
    std::array<uint16_t, 4> domain_marks{};  // the first domains, by 16 bits of their keys
  };
  static_assert(sizeof(Entry) == 32);

  [[nodiscard]] const Entry* Find(uint64_t key) const;
  Entry& FindOrInsert(uint64_t key, uint32_t now);
  [[nodiscard]] bool IsBoilerplateLocked(uint64_t domain, uint64_t paragraph,
                                         uint32_t articles) const;
  void Apply(const LearntArticle& article);

  size_t buckets_ = 0;
  mutable std::shared_mutex mutex_;  // guards entries_ and version_
  std::vector<Entry> entries_;
  uint64_t version_ = 0;
  // The learning thread's.
  std::vector<LearntArticle> pending_;
  uint64_t learnt_ = 0;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_BOILERPLATE_H_
