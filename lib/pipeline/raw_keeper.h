// RawKeeper: packs raw files for the store, and trains the dictionaries that make them small, on a
// thread of its own beside everything else.
//
// Example:
//   RawKeeper keeper(store, space_check, {});
//   absl::Status started = keeper.Start();
//   RawPacker packer;                                      // one a thread
//   absl::StatusOr<PackedRaw> packed = keeper.Pack(raw, packer);
//
// Files come in windows: the first has 2 MiB of them, each further one four times as many, up to
// 1 GiB. At a window's end a dictionary is trained from three quarters of a sample of its files (at
// most 4 MiB, evenly spread over them) and tried on the rest. It is stored, and used from then on,
// if it makes those at least 5 % smaller than the dictionary in use does (the first: than none
// does). So the first few MiB, which may all come from one source, don't decide for good, what
// changes in the files is noticed, and a store ends with few dictionaries (kMaxRawDictionaries).
// Training takes about half a second of CPU, which is why windows grow.
//
// Thread-safe.
#ifndef WIREFOLD_LIB_PIPELINE_RAW_KEEPER_H_
#define WIREFOLD_LIB_PIPELINE_RAW_KEEPER_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/raw_dictionary.h"
#include "lib/store/raw_record.h"
#include "lib/store/store.h"

namespace wirefold {

// Memory for a sample. Twice that while it is trained from.
inline constexpr size_t kMaxRawSampledBytes = size_t{4} << 20;
// Raw bytes of the largest window, and how many times the one before a window has.
inline constexpr size_t kMaxRawWindowBytes = size_t{1} << 30;
inline constexpr size_t kRawWindowGrowth = 4;
// In millionths, of what the dictionary in use makes of the same files.
inline constexpr uint64_t kMinRawGainPpm = 50'000;

class RawKeeper {
 public:
  // `store` must outlive the keeper. `space_check` is asked before a dictionary is stored.
  // `first_window_bytes` is RawOptions'.
  RawKeeper(Store& store, SpaceCheck space_check, size_t first_window_bytes)
      : store_(store), space_check_(std::move(space_check)), window_bytes_(first_window_bytes) {}
  ~RawKeeper();  // waits for a training that is under way
  RawKeeper(const RawKeeper&) = delete;
  RawKeeper& operator=(const RawKeeper&) = delete;

  // Reads the dictionary to go on with, and starts the thread. An error is the store's.
  [[nodiscard]] absl::Status Start();

  // Packs a file and perhaps takes it into the sample. Errors as RawPacker::Pack states them.
  absl::StatusOr<PackedRaw> Pack(const RawDocument& raw, RawPacker& packer);

 private:
  using Dictionary = std::shared_ptr<const RawDictionary>;

  void SampleLocked(std::string_view bytes);
  void Run();
  // What the window that has ended comes to: a dictionary that is stored, or null.
  Dictionary Train(const std::vector<std::string>& samples, const Dictionary& in_use);

  Store& store_;
  const SpaceCheck space_check_;
  std::mutex mutex_;  // guards all below but the thread
  std::condition_variable changed_;
  bool stopping_ = false;
  bool training_ = false;  // samples_ is the thread's
  // Shared with the files that are packed with it just now.
  Dictionary dictionary_;
  size_t window_bytes_;
  size_t seen_bytes_ = 0;  // of this window
  uint64_t seen_files_ = 0;
  // Every sample_every_-th file is taken. When the sample is full every other one leaves it, and
  // half as many are taken from then on.
  uint64_t sample_every_ = 1;
  size_t sampled_bytes_ = 0;
  std::vector<std::string> samples_;
  std::thread thread_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_PIPELINE_RAW_KEEPER_H_
