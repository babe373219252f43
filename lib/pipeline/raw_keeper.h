// RawKeeper: packs raw files for the store, and trains the dictionaries that make them small, on a
// thread of its own beside everything else.
//
// Example:
//   RawKeeper keeper(store, space_check, {});
//   absl::Status started = keeper.Start();
//   RawPacker packer;                                      // one a thread
//   absl::StatusOr<PackedRaw> packed = keeper.Pack(raw, packer);
//
// When it trains one and when it takes it: lib/store/dictionary_trainer.h, of the files' raw bytes.
//
// Thread-safe.
#ifndef WIREFOLD_LIB_PIPELINE_RAW_KEEPER_H_
#define WIREFOLD_LIB_PIPELINE_RAW_KEEPER_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/dictionary_trainer.h"
#include "lib/store/raw_record.h"
#include "lib/store/store.h"

namespace wirefold {

class RawKeeper {
 public:
  // `store` must outlive the keeper. `space_check` is asked before a dictionary is stored.
  // `first_window_bytes` is RawOptions'.
  RawKeeper(Store& store, SpaceCheck space_check, size_t first_window_bytes)
      : store_(store),
        space_check_(std::move(space_check)),
        trainer_({.first_window_bytes = first_window_bytes, .level = kRawCompressionLevel},
                 [this](std::string bytes, uint64_t /*event*/) { return Add(std::move(bytes)); }) {}
  RawKeeper(const RawKeeper&) = delete;
  RawKeeper& operator=(const RawKeeper&) = delete;

  // Reads the dictionary to go on with, and starts the thread. An error is the store's.
  [[nodiscard]] absl::Status Start();

  // Packs a file and perhaps takes it into the sample. Errors as RawPacker::Pack states them.
  absl::StatusOr<PackedRaw> Pack(const RawDocument& raw, RawPacker& packer);

 private:
  DictionaryTrainer::Dictionary Add(std::string bytes);

  Store& store_;
  const SpaceCheck space_check_;
  DictionaryTrainer trainer_;  // last, since its thread uses the others
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_RAW_KEEPER_H_
