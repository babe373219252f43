#include "lib/store/dictionary_trainer.h"

#include <sys/resource.h>
#include <zstd.h>

#include <algorithm>

#include "absl/status/statusor.h"

namespace wirefold {
namespace {

// Once there is a dictionary, another one is trained behind everything else. The first is not: each
// file that comes before it takes a third more.
constexpr int kNiceness = 10;
// Every so many-th sample is not trained from but tried on.
constexpr size_t kTriedEvery = 4;

bool IsTried(size_t sample) { return sample % kTriedEvery == kTriedEvery - 1; }

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

// What the samples to be tried on take; 0 if they can't be compressed.
uint64_t CompressedBytes(const std::vector<std::string>& samples, const ZstdDictionary* dictionary,
                         int level) {
  const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  if (context == nullptr) return 0;
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  if (dictionary != nullptr) {
    if (dictionary->compression() == nullptr) return 0;
    ZSTD_CCtx_refCDict(context.get(), dictionary->compression());
  }
  uint64_t bytes = 0;
  std::string frame;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (!IsTried(i)) continue;
    frame.resize(ZSTD_compressBound(samples[i].size()));
    const size_t size = ZSTD_compress2(context.get(), frame.data(), frame.size(), samples[i].data(),
                                       samples[i].size());
    if (ZSTD_isError(size) != 0) return 0;
    bytes += size;
  }
  return bytes;
}

}  // namespace

void EvenSample::Add(std::string_view bytes) {
  seen_bytes_ += bytes.size();
  const bool is_wanted = IsWanted();
  ++seen_;
  if (!is_wanted) return;
  samples_.emplace_back(bytes.substr(0, kMaxSampleBytes));
  bytes_ += samples_.back().size();
  while (bytes_ > max_bytes_) {
    every_ *= 2;
    size_t kept = 0;
    bytes_ = 0;
    for (size_t i = 0; i < samples_.size(); i += 2) {
      bytes_ += samples_[i].size();
      std::swap(samples_[kept++], samples_[i]);
    }
    samples_.resize(kept);
  }
}

std::vector<std::string> EvenSample::Take() {
  seen_bytes_ = bytes_ = 0;
  seen_ = 0;
  every_ = 1;
  return std::exchange(samples_, {});
}

std::optional<std::string> TrainBetterDictionary(const std::vector<std::string>& samples,
                                                 const ZstdDictionary* in_use,
                                                 const DictionaryGoal& goal) {
  std::vector<std::string> trained_from;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (!IsTried(i)) trained_from.push_back(samples[i]);
  }
  absl::StatusOr<std::string> bytes = TrainDictionary(trained_from, goal.max_bytes);
  if (!bytes.ok()) return std::nullopt;  // too few or too strange
  const absl::StatusOr<std::shared_ptr<const ZstdDictionary>> candidate =
      ZstdDictionary::Make(0, *bytes, goal.level);
  if (!candidate.ok()) return std::nullopt;
  constexpr uint64_t kMillion = 1'000'000;
  const uint64_t before = CompressedBytes(samples, in_use, goal.level);
  const uint64_t after = CompressedBytes(samples, candidate->get(), goal.level);
  if (after == 0 || after * kMillion > before * (kMillion - goal.min_gain_ppm)) return std::nullopt;
  return *std::move(bytes);
}

void DictionaryTrainer::Start(Dictionary in_use) {
  {
    const std::lock_guard lock(mutex_);
    dictionary_ = std::move(in_use);
    sample_.Take();
    if (dictionary_ == nullptr) window_bytes_ = options_.first_window_bytes;
    stopping_ = training_ = false;
  }
  thread_ = std::thread([this] { Run(); });
}

void DictionaryTrainer::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

DictionaryTrainer::Dictionary DictionaryTrainer::Sample(std::string_view bytes, uint64_t event) {
  const std::lock_guard lock(mutex_);
  if (!training_) {
    if (sample_.seen_bytes() == 0) first_event_ = event;
    sample_.Add(bytes);
    if (sample_.seen_bytes() >= window_bytes_) {
      training_ = true;
      changed_.notify_all();
    }
  }
  return dictionary_;
}

DictionaryTrainer::Dictionary DictionaryTrainer::InUse() const {
  const std::lock_guard lock(mutex_);
  return dictionary_;
}

void DictionaryTrainer::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || training_; });
    if (stopping_) return;
    const std::vector<std::string> samples = sample_.Take();
    const Dictionary in_use = dictionary_;
    const uint64_t event = first_event_;
    lock.unlock();
    if (in_use != nullptr) setpriority(PRIO_PROCESS, 0, kNiceness);  // on Linux this thread's alone
    std::optional<std::string> bytes =
        TrainBetterDictionary(samples, in_use.get(), {.level = options_.level});
    Dictionary trained = bytes.has_value() ? add_(*std::move(bytes), event) : nullptr;
    lock.lock();
    if (trained != nullptr) dictionary_ = std::move(trained);
    window_bytes_ = std::min(window_bytes_ * kSampleWindowGrowth, kMaxSampleWindowBytes);
    training_ = false;
  }
}

}  // namespace wirefold
