// DictionaryTrainer: trains dictionaries from a sample of what goes by, on a thread of its own
// beside everything else.
//
// Example:
//   DictionaryTrainer trainer({.first_window_bytes = …, .level = 3},
//                             [&](std::string bytes, uint64_t event) {…});
//   trainer.Start(newest);
//   std::shared_ptr<const ZstdDictionary> in_use = trainer.Sample(file);
//
// What is sampled comes in windows: the first has Options::first_window_bytes, each further one
// four times as many, up to 1 GiB. At a window's end a dictionary is trained from three quarters of
// a sample of it (at most 4 MiB, evenly spread over it) and tried on the rest. It is handed over,
// and used from then on, if it makes those at least 5 % smaller than the dictionary in use does
// (the first: than none does). So the first few MiB, which may all come from one source, don't
// decide for good, a change is noticed, and a store ends with few dictionaries. Training takes
// about half a second of CPU, which is why windows grow.
//
// Thread-safe, except that Start and Stop are called by one thread at a time.
#ifndef WIREFOLD_LIB_STORE_DICTIONARY_TRAINER_H_
#define WIREFOLD_LIB_STORE_DICTIONARY_TRAINER_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "lib/store/zstd_dictionary.h"

namespace wirefold {

// Memory for a trainer's sample. Twice that while it is trained from.
inline constexpr size_t kMaxSampledBytes = size_t{4} << 20;
// Of the largest window, and how many times the one before a window has.
inline constexpr size_t kMaxSampleWindowBytes = size_t{1} << 30;
inline constexpr size_t kSampleWindowGrowth = 4;
// In millionths, of what the dictionary in use makes of the same bytes.
inline constexpr uint64_t kMinDictionaryGainPpm = 50'000;

// A sample of at most so many bytes, evenly spread over all that Add is given. Not thread-safe.
class EvenSample {
 public:
  explicit EvenSample(size_t max_bytes) : max_bytes_(max_bytes) {}

  // Borrows `bytes`, of which at most kMaxSampleBytes are taken.
  void Add(std::string_view bytes);
  // Whether Add would take the next one. If not, Skip is the same as Add, but for seen_bytes.
  [[nodiscard]] bool IsWanted() const { return seen_ % every_ == 0; }
  void Skip() { ++seen_; }
  // All that was added.
  [[nodiscard]] size_t seen_bytes() const { return seen_bytes_; }
  // The sample; empty from then on.
  std::vector<std::string> Take();

 private:
  const size_t max_bytes_;
  size_t seen_bytes_ = 0;
  uint64_t seen_ = 0;
  // Every every_-th is taken. When the sample is full every other one leaves it, and half as many
  // are taken from then on.
  uint64_t every_ = 1;
  size_t bytes_ = 0;
  std::vector<std::string> samples_;
};

// What a dictionary is to be like.
struct DictionaryGoal {
  int level = 3;  // zstd's
  size_t max_bytes = kMaxDictionaryBytes;
  uint64_t min_gain_ppm = kMinDictionaryGainPpm;
};

// A dictionary trained from three quarters of `samples` that makes the others smaller by the least
// gain than `in_use` does, or than none does where that is null; nullopt if there is no such, or no
// memory.
std::optional<std::string> TrainBetterDictionary(const std::vector<std::string>& samples,
                                                 const ZstdDictionary* in_use,
                                                 const DictionaryGoal& goal);

class DictionaryTrainer {
 public:
  using Dictionary = std::shared_ptr<const ZstdDictionary>;
  // Stores what was trained and gives it a number; null if that can't be. `event`: what Sample was
  // told with the first of the samples. Called by the trainer's thread.
  using AddDictionary = std::function<Dictionary(std::string bytes, uint64_t event)>;

  struct Options {
    size_t first_window_bytes = size_t{2} << 20;
    int level = 3;  // zstd's
  };

  DictionaryTrainer(Options options, AddDictionary add)
      : options_(options), add_(std::move(add)), window_bytes_(options.first_window_bytes) {}
  ~DictionaryTrainer() { Stop(); }
  DictionaryTrainer(const DictionaryTrainer&) = delete;
  DictionaryTrainer& operator=(const DictionaryTrainer&) = delete;

  // Starts the thread, with nothing sampled; `in_use` is the dictionary to go on with, or null:
  // then with the first window again. May follow Stop.
  void Start(Dictionary in_use);
  // Waits for a training that is under way; nothing is trained any more.
  void Stop();

  // Perhaps takes `bytes` into the sample; the dictionary in use. `event` never falls.
  Dictionary Sample(std::string_view bytes, uint64_t event = 0);
  [[nodiscard]] Dictionary InUse() const;

 private:
  void Run();

  const Options options_;
  const AddDictionary add_;
  mutable std::mutex mutex_;  // guards all below but the thread
  std::condition_variable changed_;
  bool stopping_ = false;
  bool training_ = false;  // nothing is sampled meanwhile
  Dictionary dictionary_;
  size_t window_bytes_;
  EvenSample sample_{kMaxSampledBytes};
  uint64_t first_event_ = 0;  // of sample_
  std::thread thread_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_STORE_DICTIONARY_TRAINER_H_
