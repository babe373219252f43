#include "lib/store/rekeyed_deltas.h"

#include "lib/store/record_delta.h"
#include "lib/store/records.h"

namespace wirefold {

absl::StatusOr<bool> RekeyedDeltas::IsChangingBase(const Ulid& id) {
  const auto known = changing_.find(id);
  if (known != changing_.end()) return known->second;
  const absl::StatusOr<std::string> base = reader_.Base(id);
  if (!base.ok()) return base.status();
  const absl::StatusOr<RekeyedRecord> record = RekeyRecord(*base, rules_);
  if (!record.ok()) return record.status();
  changing_[id] = record->is_changed;
  return record->is_changed;
}

absl::StatusOr<std::optional<std::string>> RekeyedDeltas::WholeIfBaseChanges(Family family,
                                                                             std::string_view key,
                                                                             std::string value) {
  // The story of a copy, the article of an older text: the base that goes without saying.
  const Ulid implied = Ulid::FromBytes(key.substr(0, Ulid::kBytes));
  Match match;
  if (family == kSightings) {
    absl::StatusOr<Sighting> sighting = DecodeSighting(value, implied);
    if (!sighting.ok()) return sighting.status();
    value = std::move(sighting->record);
    match = sighting->match;
  }
  if (!IsDelta(value)) return std::nullopt;
  const absl::StatusOr<Ulid> base = BaseOfDelta(value, implied);
  if (!base.ok()) return base.status();
  const absl::StatusOr<bool> changes = IsChangingBase(*base);
  if (!changes.ok()) return changes.status();
  if (!*changes) return std::nullopt;
  absl::StatusOr<std::string> whole = reader_.Whole(std::move(value), implied);
  if (!whole.ok()) return whole.status();
  return family == kSightings ? EncodeSighting(*whole, match, implied) : *std::move(whole);
}

}  // namespace wirefold
