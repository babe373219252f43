// BoilerplateTable: the paragraphs that many articles of one host share, and those that many hosts
// share, learnt from the stream of accepted articles in a bounded table that forgets.
//
// Example:
//   BoilerplateTable table;
//   table.Learn(Learning::kFull, DomainKey("example.org", "", ""), /*day=*/18262,
//               ParagraphKeys(article.matching_text));
//   if (table.IsBoilerplate(DomainKey("example.org", "", ""), key)) …
//
// A paragraph is boilerplate of a domain once kDomainArticles unique articles of that domain have
// carried it, on kDomainDays different days (an article that is published over again within a day
// or two is not boilerplate). It is boilerplate everywhere once that holds, with kRepeats articles
// in place of kDomainArticles, for kEverywhereDomains domains: a mirror's footer; an agency story
// that many hosts run is carried once by each and never gets there. docs/deduplication.md has what
// that does for decisions.
//
// The table is set-associative: a bucket of kWays entries is full at some time, and then loses the
// one that was seen least lately, those seen in a single article or not for long first.
//
// Not thread-safe by itself: StreamStatistics (stream_statistics.h) guards it.
#ifndef WIREFOLD_LIB_DEDUP_BOILERPLATE_H_
#define WIREFOLD_LIB_DEDUP_BOILERPLATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/huge_pages.h"

namespace wirefold {

// How far an article is learnt from. The values are stored.
enum class Learning : uint8_t {
  kNone = 0,      // a revision: its URL has been learnt from
  kDomain = 1,    // a copy: its domain's own boilerplate alone, for the story's text is not its own
  kFull = 2,      // a unique article
  kShingles = 3,  // a copy within one domain: no paragraph of it is told of, its shingles count
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

  // `entries` is rounded up to a power of two, kWays at least.
  explicit BoilerplateTable(size_t entries = kDefaultEntries);

  // Counts an article's paragraphs; repeats within it count once. `day`: of its time, days since
  // 1970.
  void Learn(Learning learning, uint64_t domain, int64_t day, std::vector<uint64_t> paragraphs);

  // `articles` in place of kDomainArticles where more is asked for.
  [[nodiscard]] bool IsBoilerplate(uint64_t domain, uint64_t paragraph,
                                   uint32_t articles = kDomainArticles) const;

  // Asks for what IsBoilerplate will read, ahead of time.
  void Prefetch(uint64_t domain, uint64_t paragraph) const;

  [[nodiscard]] size_t memory_bytes() const;
  // Entries in use; walks the table.
  [[nodiscard]] size_t CountEntries() const;

  // The same bytes for the same articles in the same order.
  void AppendTo(std::string& out) const;
  // Takes over what AppendTo made, by a table of any size, and removes it from the front of
  // `bytes`. kStoreCorrupt if it is none; the table is empty then.
  [[nodiscard]] absl::Status TakeFrom(std::string_view& bytes);

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

  // Where the bucket of a key begins.
  [[nodiscard]] size_t BucketOf(uint64_t key) const { return (key & (buckets_ - 1)) * kWays; }

  size_t buckets_ = 0;  // a power of two
  HugePageVector<Entry> entries_;
  uint32_t learnt_ = 0;  // articles, mod 2^32
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_BOILERPLATE_H_
