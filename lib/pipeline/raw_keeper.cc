#include "lib/pipeline/raw_keeper.h"

#include <sys/resource.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace wirefold {
namespace {

// Once there is a dictionary, another one is trained behind everything else. The first is not: each
// file that comes before it takes a third more for good.
constexpr int kNiceness = 10;
// Every so many-th sample is not trained from but tried on.
constexpr size_t kTriedEvery = 4;

bool IsTried(size_t sample) { return sample % kTriedEvery == kTriedEvery - 1; }

// What the samples to be tried on take; 0 if they can't be packed.
uint64_t PackedBytes(const std::vector<std::string>& samples, const RawDictionary* dictionary) {
  RawPacker packer;
  uint64_t bytes = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (!IsTried(i)) continue;
    const absl::StatusOr<PackedRaw> packed =
        packer.Pack({.bytes = samples[i], .source = {}, .hints = {}}, dictionary);
    if (!packed.ok()) return 0;
    bytes += packed->value->size();
  }
  return bytes;
}

}  // namespace

RawKeeper::~RawKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

absl::Status RawKeeper::Start() {
  absl::StatusOr<Dictionary> newest = store_.NewestRawDictionary();
  if (!newest.ok()) return newest.status();
  dictionary_ = *std::move(newest);
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

absl::StatusOr<PackedRaw> RawKeeper::Pack(const RawDocument& raw, RawPacker& packer) {
  Dictionary dictionary;
  {
    const std::lock_guard lock(mutex_);
    dictionary = dictionary_;
    if (!training_) SampleLocked(raw.bytes);
  }
  return packer.Pack(raw, dictionary.get());
}

void RawKeeper::SampleLocked(std::string_view bytes) {
  seen_bytes_ += bytes.size();
  if (seen_files_++ % sample_every_ == 0) {
    samples_.emplace_back(bytes.substr(0, kMaxRawSampleBytes));
    sampled_bytes_ += samples_.back().size();
    while (sampled_bytes_ > kMaxRawSampledBytes) {
      sample_every_ *= 2;
      size_t kept = 0;
      sampled_bytes_ = 0;
      for (size_t i = 0; i < samples_.size(); i += 2) {
        sampled_bytes_ += samples_[i].size();
        std::swap(samples_[kept++], samples_[i]);
      }
      samples_.resize(kept);
    }
  }
  if (seen_bytes_ < window_bytes_) return;
  training_ = true;
  changed_.notify_all();
}

void RawKeeper::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || training_; });
    if (stopping_) return;
    const std::vector<std::string> samples = std::exchange(samples_, {});
    const Dictionary in_use = dictionary_;
    lock.unlock();
    if (in_use != nullptr) setpriority(PRIO_PROCESS, 0, kNiceness);  // on Linux this thread's alone
    Dictionary trained = Train(samples, in_use);
    lock.lock();
    if (trained != nullptr) dictionary_ = std::move(trained);
    window_bytes_ = std::min(window_bytes_ * kRawWindowGrowth, kMaxRawWindowBytes);
    seen_bytes_ = seen_files_ = sampled_bytes_ = 0;
    sample_every_ = 1;
    training_ = false;
  }
}

RawKeeper::Dictionary RawKeeper::Train(const std::vector<std::string>& samples,
                                       const Dictionary& in_use) {
  if (in_use != nullptr && in_use->number() >= kMaxRawDictionaries) return nullptr;
  std::vector<std::string> trained_from;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (!IsTried(i)) trained_from.push_back(samples[i]);
  }
  absl::StatusOr<std::string> bytes = TrainRawDictionary(trained_from);
  if (!bytes.ok()) return nullptr;  // too few or too strange; the next window may do
  const absl::StatusOr<Dictionary> candidate = RawDictionary::Make(0, *bytes);
  if (!candidate.ok()) return nullptr;
  constexpr uint64_t kMillion = 1'000'000;
  const uint64_t before = PackedBytes(samples, in_use.get());
  const uint64_t after = PackedBytes(samples, candidate->get());
  if (after == 0 || after * kMillion > before * (kMillion - kMinRawGainPpm)) return nullptr;
  if (space_check_ && !space_check_().ok()) return nullptr;
  absl::StatusOr<Dictionary> stored = store_.AddRawDictionary(*std::move(bytes));
  // If the store has failed the next commit says so.
  return stored.ok() ? *std::move(stored) : nullptr;
}

}  // namespace wirefold
