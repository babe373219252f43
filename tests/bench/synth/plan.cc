#include "tests/bench/synth/plan.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wirefold {
namespace {

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;

// Shares of the real files by hour (UTC), and by weekday from Monday on, as chances against the
// most frequent.
constexpr double kHours[] = {.67, .73, .72, .74, .69, .61, .66, .81, .89, 1.0, .81, .72,
                             .62, .66, .65, .58, .33, .26, .19, .24, .28, .36, .37, .51};
constexpr double kWeekdays[] = {.92, 1.0, .99, .99, .91, .60, .51};

// Hours from an article to its copy: of the labelled pairs of real files.
constexpr Quantile kCopyHours[] = {{0, .05},  {.1, .44}, {.2, 1.3}, {.3, 2.5}, {.4, 4.4}, {.5, 6.7},
                                   {.6, 9.8}, {.7, 14},  {.8, 20},  {.9, 29},  {1, 58}};

// What a key is drawn for.
enum Purpose : uint64_t { kTime = 100, kDelay, kJitter, kBase, kStory, kSeries, kLanguage, kKinds };

}  // namespace

SynthPlan::SynthPlan(const SynthOptions& options)
    : options_(options), languages_(options.languages) {}

absl::StatusOr<std::unique_ptr<const SynthPlan>> SynthPlan::Make(const SynthOptions& options) {
  const auto out_of_range = [](const auto&... what) {
    return absl::InvalidArgumentError(absl::StrCat(what...));
  };
  if (options.articles < 1 || options.articles > kMaxSynthFiles) {
    return out_of_range("articles must be from 1 to ", kMaxSynthFiles);
  }
  if (!(options.days > 0 && options.days <= kMaxSynthDays)) {
    return out_of_range("days must be above 0 and at most ", kMaxSynthDays);
  }
  if (options.start_ms < 0 || options.start_ms > kMaxSynthStartMs) {
    return out_of_range("the start must be from 1970-01-01 to 2100-01-01");
  }
  if (!(options.jitter_hours >= 0 && options.jitter_hours <= 24 * kMaxSynthDays)) {
    return out_of_range("the jitter must be from 0 to ", 24 * kMaxSynthDays, " hours");
  }
  if (options.outlets < 4 || options.outlets > kMaxSynthOutlets) {
    return out_of_range("outlets must be from 4 to ", kMaxSynthOutlets);
  }
  double languages = 0;
  for (const double weight : options.languages) languages += weight;
  if (!(languages > 0)) return out_of_range("one of the languages needs a weight above 0");
  std::unique_ptr<SynthPlan> plan(new SynthPlan(options));
  const absl::Status status = plan->MakeEntries();
  if (!status.ok()) return status;
  return plan;
}

absl::StatusOr<std::vector<uint8_t>> SynthPlan::CopiesOfStories(uint64_t articles,
                                                                uint64_t copies) const {
  std::vector<uint8_t> sizes;
  SynthRandom random(MixKeys(options_.seed, kStory));
  // A flatter law where there would be too many stories.
  for (double exponent = kCopiesExponent; exponent >= 0; exponent -= 0.2) {
    const AliasTable table(ZipfWeights(kMaxCopies, exponent));
    sizes.clear();
    uint64_t left = copies;
    while (left > 0 && sizes.size() < articles) {
      const uint64_t size = std::min<uint64_t>(left, table.Draw(random.Next()) + 1);
      sizes.push_back(static_cast<uint8_t>(size));
      left -= size;
    }
    if (left == 0) return sizes;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      copies, " copies of ", articles, " articles are too many; an article has at most ",
      kMaxCopies, ", give articles more weight or copies less"));
}

absl::Status SynthPlan::MakeEntries() {
  const SynthMix& mix = options_.mix;
  const auto files = static_cast<double>(options_.articles);
  const auto count = [&](SynthKind kind) { return static_cast<uint64_t>(files * mix.Share(kind)); };
  const uint64_t updates = count(SynthKind::kUpdate);
  const uint64_t notices = count(SynthKind::kNotice);
  const uint64_t round_ups = count(SynthKind::kRoundUp);
  const auto copies = static_cast<uint64_t>(files * mix.CopyShare());
  const uint64_t others = updates + notices + round_ups + copies;
  const uint64_t articles = options_.articles > others ? options_.articles - others : 1;
  absl::StatusOr<std::vector<uint8_t>> sizes = CopiesOfStories(articles, copies);
  if (!sizes.ok()) return sizes.status();

  copied_ = static_cast<uint32_t>(sizes->size());
  first_update_ = static_cast<uint32_t>(articles);
  first_notice_ = static_cast<uint32_t>(first_update_ + updates);
  first_round_up_ = static_cast<uint32_t>(first_notice_ + notices);
  const double instances = std::max(1.0, std::floor(options_.days));
  series_ =
      std::max(1u, static_cast<uint32_t>(std::ceil(static_cast<double>(notices) / instances)));

  entries_.reserve(options_.articles);
  std::array<double, kSynthKinds> weights = mix.weights;
  std::fill_n(weights.begin(), kFirstCopyKind, 0.0);
  if (copies == 0) weights[0] = 1;
  const AliasTable kinds(weights);
  SynthRandom random(MixKeys(options_.seed, kKinds));
  for (uint32_t story = 0; story < articles; ++story) {
    Add(story, 0, SynthKind::kArticle);
    if (story >= sizes->size()) continue;
    const bool is_latin =
        LanguageOf(KeyOf(SynthKind::kArticle, story)).script == SynthScript::kLatin;
    for (uint16_t copy = 1; copy <= (*sizes)[story]; ++copy) {
      auto kind = static_cast<SynthKind>(kinds.Draw(random.Next()));
      if (kind == SynthKind::kScript && is_latin) kind = SynthKind::kReprint;
      Add(story, copy, kind);
    }
  }
  for (uint32_t story = first_update_; story < first_notice_; ++story) {
    Add(story, 0, SynthKind::kUpdate);
  }
  for (uint32_t story = first_notice_; story < first_round_up_; ++story) {
    Add(story, 0, SynthKind::kNotice);
  }
  for (uint32_t i = 0; i < round_ups; ++i) Add(first_round_up_ + i, 0, SynthKind::kRoundUp);

  std::sort(entries_.begin(), entries_.end(), [](const SynthEntry& a, const SynthEntry& b) {
    if (a.order_ms != b.order_ms) return a.order_ms < b.order_ms;
    return a.story != b.story ? a.story < b.story : a.copy < b.copy;
  });
  originals_.resize(articles);
  for (uint32_t file = 0; file < entries_.size(); ++file) {
    if (entries_[file].kind == SynthKind::kArticle) originals_[entries_[file].story] = file;
  }
  return absl::OkStatus();
}

void SynthPlan::Add(uint32_t story, uint16_t copy, SynthKind kind) {
  SynthEntry entry{.order_ms = 0, .story = story, .copy = copy, .kind = kind};
  entry.order_ms = TimeOf(entry);
  if (options_.jitter_hours > 0) {
    SynthRandom random(MixKeys(options_.seed, kJitter, MixKeys(story, copy)));
    entry.order_ms += static_cast<int64_t>(random.Between(-1, 1) * options_.jitter_hours * kHourMs);
  }
  entries_.push_back(entry);
}

int64_t SynthPlan::DrawTime(uint64_t key) const {
  constexpr int kTries = 12;
  SynthRandom random(key);
  int64_t time_ms = 0;
  for (int i = 0; i < kTries; ++i) {
    time_ms =
        options_.start_ms + static_cast<int64_t>(random.Unit() * static_cast<double>(span_ms()));
    const auto in_day = static_cast<size_t>(((time_ms % kDayMs) + kDayMs) % kDayMs / kHourMs);
    // 1970-01-01 was a Thursday.
    const int64_t days = (time_ms - static_cast<int64_t>(in_day) * kHourMs) / kDayMs;
    const auto weekday = static_cast<size_t>(((days + 3) % 7 + 7) % 7);
    if (random.Chance(kHours[in_day] * kWeekdays[weekday])) break;
  }
  return time_ms;
}

int64_t SynthPlan::TimeOf(const SynthEntry& entry) const {
  const uint64_t seed = options_.seed;
  if (entry.kind == SynthKind::kNotice) {
    // Each at about the same time of its day.
    SynthRandom random(MixKeys(seed, kSeries, SeriesOf(entry.story)));
    SynthRandom late(MixKeys(seed, kDelay, entry.story));
    const double place = (InstanceOf(entry.story) + random.Unit() + 0.01 * late.Unit()) /
                         std::max(1.0, std::ceil(options_.days));
    return options_.start_ms +
           std::min(span_ms() - 1, static_cast<int64_t>(place * static_cast<double>(span_ms())));
  }
  const bool is_update = entry.kind == SynthKind::kUpdate;
  const uint32_t story = is_update ? BaseOf(entry.story) : entry.story;
  const int64_t first_ms = DrawTime(MixKeys(seed, kTime, story));
  if (entry.copy == 0 && !is_update) return first_ms;
  SynthRandom random(MixKeys(seed, kDelay, MixKeys(entry.story, entry.copy)));
  double delay_ms = ValueAt(kCopyHours, random.Unit()) * kHourMs;
  if (is_update) delay_ms += 4.0 * kHourMs;
  const auto left_ms = static_cast<double>(options_.start_ms + span_ms() - 1 - first_ms);
  if (delay_ms > left_ms) delay_ms = left_ms * random.Unit();
  return first_ms + 1 + static_cast<int64_t>(delay_ms);
}

uint32_t SynthPlan::BaseOf(uint32_t update) const {
  return SynthRandom(MixKeys(options_.seed, kBase, update)).Below(first_update_);
}

uint64_t SynthPlan::KeyOf(SynthKind kind, uint32_t story) const {
  if (kind == SynthKind::kNotice) return MixKeys(options_.seed, kSeries + 1000, SeriesOf(story));
  if (kind == SynthKind::kUpdate) story = BaseOf(story);
  return MixKeys(options_.seed, kStory + 1000, story);
}

SynthPlan::Language SynthPlan::LanguageOf(uint64_t key) const {
  SynthRandom random(MixKeys(key, kLanguage));
  switch (languages_.Draw(random.Next())) {
    case 0:
      return {SynthScript::kHans, false};
    case 1:
      return {SynthScript::kHant, false};
    case 2:
      return {SynthScript::kLatin, false};
    default:
      return {random.Below(4) == 0 ? SynthScript::kHant : SynthScript::kHans, true};
  }
}

}  // namespace wirefold
