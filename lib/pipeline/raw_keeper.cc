#include "lib/pipeline/raw_keeper.h"

#include <memory>

namespace wirefold {

absl::Status RawKeeper::Start() {
  absl::StatusOr<std::shared_ptr<const ZstdDictionary>> newest = store_.NewestRawDictionary();
  if (!newest.ok()) return newest.status();
  trainer_.Start(*std::move(newest));
  return absl::OkStatus();
}

absl::StatusOr<PackedRaw> RawKeeper::Pack(const RawDocument& raw, RawPacker& packer) {
  return packer.Pack(raw, trainer_.Sample(raw.bytes).get());
}

DictionaryTrainer::Dictionary RawKeeper::Add(std::string bytes) {
  if (space_check_ && !space_check_().ok()) return nullptr;
  absl::StatusOr<DictionaryTrainer::Dictionary> stored = store_.AddRawDictionary(std::move(bytes));
  // If the store has failed the next commit says so.
  return stored.ok() ? *std::move(stored) : nullptr;
}

}  // namespace wirefold
