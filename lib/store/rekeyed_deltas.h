// RekeyedDeltas: which copies and older texts have to be stored whole ahead of a move to other
// rules about URLs, since the record that they rest on is about to become another.
//
// Example:
//   RekeyedDeltas deltas(reader, rules);
//   auto whole = deltas.WholeIfBaseChanges(kSightings, key, value);
//   if (whole.ok() && whole->has_value()) batch.Put(sightings, key, **whole);
//
// Belongs to one thread.
#ifndef WIREFOLD_LIB_STORE_REKEYED_DELTAS_H_
#define WIREFOLD_LIB_STORE_REKEYED_DELTAS_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "lib/base/ulid.h"
#include "lib/store/families.h"
#include "lib/store/record_reader.h"
#include "lib/url/rules.h"

namespace wirefold {

class RekeyedDeltas {
 public:
  // `rules`, those that the store moves to, must outlive it.
  RekeyedDeltas(RecordReader reader, const UrlRules& rules)
      : reader_(std::move(reader)), rules_(rules) {}

  // An entry of `sightings` or `revisions` (its key has 16 bytes at least) as it has to be stored;
  // nullopt if it can stay as it is.
  absl::StatusOr<std::optional<std::string>> WholeIfBaseChanges(Family family, std::string_view key,
                                                                std::string value);

 private:
  // Whether the rules make another record of what deltas against `id` rest on.
  absl::StatusOr<bool> IsChangingBase(const Ulid& id);

  RecordReader reader_;
  const UrlRules& rules_;
  absl::flat_hash_map<Ulid, bool> changing_;  // those that were looked at
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_REKEYED_DELTAS_H_
