// Rekey: moves a store to other rules about URLs. Every article, copy and revision keeps its ID,
// its story and its text; what changes is the URL that is shown and the key that it is found by.
//
// Example:
//   absl::StatusOr<RekeyReport> report =
//       RekeyStore({.path = "wirefold-data", .key_rules_fingerprint =
//       UrlKeyRulesFingerprint(rules)},
//                  rules, /*dry_run=*/false);
//
// Each record's URL is canonicalized again, with the parameters that the old rules had dropped.
//   - Where several IDs come to one key, it leads to the one that was minted from it, else to the
//   one
//     whose newest text came under it, an article before a copy, the older before the younger;
//     later files of that key go there. The others stay what they are, found by ID and in their
//     stories.
//   - Where the texts of one ID come to several keys, all of these lead to it, unless another ID
//   has
//     a better right.
// Copies and older texts that are stored as deltas against a record that changes are stored whole
// from then on. What was deleted and blocked stays blocked by its text, and by its URL where the
// rules change nothing about that.
// An ID that a new file would be minted may from then on be taken (Store::IsTaken).
// While it runs, and after it was interrupted, the store is refused by everything else; running it
// again, whatever the rules, starts from the records and ends well.
//
// One call at a time per folder; the folder is locked as by a daemon.
#ifndef WIREFOLD_LIB_STORE_REKEY_H_
#define WIREFOLD_LIB_STORE_REKEY_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "lib/store/rocksdb_options.h"
#include "lib/url/rules.h"

namespace wirefold {

// A key takes so many texts of other articles over; those beyond are revisions when they come
// again.
inline constexpr size_t kMaxJoinedTexts = 1024;

struct RekeyReport {
  std::string from;  // fingerprints of the rules; empty after an interruption
  std::string to;
  bool was_interrupted = false;  // an earlier run
  uint64_t articles = 0;         // looked at, as are the next two
  uint64_t copies = 0;
  uint64_t revisions = 0;
  uint64_t changed = 0;          // articles and copies with another key than before
  uint64_t rewritten = 0;        // records, revisions included, with another url or url_key
  uint64_t rewritten_bytes = 0;  // of them
  uint64_t shared = 0;           // articles and copies that share their key with another
  uint64_t parted = 0;           // revisions whose key is not their article's newest text's
  uint64_t refused = 0;          // records whose URL the rules refuse; they keep their key
};

// `options.key_rules_fingerprint` is that of `rules`. A dry run changes no record and only counts;
// opening the store may write tables out of its log all the same.
// Errors are those of RocksDbStore::Open, but for kStoreRulesDiffer; kReadOnly when the disk is too
// full to go on.
[[nodiscard]] absl::StatusOr<RekeyReport> RekeyStore(RocksDbOptions options, const UrlRules& rules,
                                                     bool dry_run);

// The report in words, lines with their ends, for people.
std::string DescribeRekey(const RekeyReport& report, bool dry_run);

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_REKEY_H_
