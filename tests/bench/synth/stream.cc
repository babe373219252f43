#include "tests/bench/synth/stream.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "tests/bench/synth/page.h"

namespace wirefold {
namespace {

// What a story's or a copy's key is drawn for.
enum Purpose : uint64_t {
  kEvent = 200,
  kOutlet,
  kLength,
  kTitle,
  kFrame,
  kCopyOutlet,
  kCopyTitle,
  kCopyDraft,
  kItems,
  kFollowing
};

// Articles about one event in the mean; they share names.
constexpr uint32_t kArticlesOfEvent = 12;
// Copies that the original's own outlet publishes, under another URL.
constexpr double kSameOutlet = 0.05;
// The exponent of their share of lengths: under 1 is longer.
constexpr double kCopiedLength = 0.6;

}  // namespace

SynthCorpus::SynthCorpus(std::unique_ptr<const SynthPlan> plan)
    : plan_(std::move(plan)),
      vocabulary_(plan_->options().seed),
      outlets_(vocabulary_, plan_->options().seed, plan_->options().outlets) {}

absl::StatusOr<std::unique_ptr<const SynthCorpus>> SynthCorpus::Make(const SynthOptions& options) {
  absl::StatusOr<std::unique_ptr<const SynthPlan>> plan = SynthPlan::Make(options);
  if (!plan.ok()) return plan.status();
  return std::unique_ptr<const SynthCorpus>(new SynthCorpus(*std::move(plan)));
}

SynthTruth SynthCorpus::TruthOf(uint64_t file) const {
  const SynthEntry& entry = plan_->entry(file);
  SynthTruth truth{.file = file, .story = entry.story, .kind = entry.kind, .original = {}};
  if (IsCopy(entry.kind)) truth.original = plan_->OriginalOf(entry.story);
  return truth;
}

SynthRenderer::Place SynthRenderer::PlaceOf(SynthKind kind, uint32_t story) const {
  const SynthPlan& plan = corpus_.plan();
  const uint64_t key = plan.KeyOf(kind, story);
  const SynthPlan::Language language = plan.LanguageOf(key);
  Place place;
  place.script = language.script;
  // An update often stands where the article before does.
  const bool same = kind != SynthKind::kUpdate || MixKeys(key, kFollowing, story) % 10 < 7;
  const uint64_t outlet_key = MixKeys(key, kOutlet, same ? 0 : story);
  place.outlet = &corpus_.outlets().at(corpus_.outlets().Draw(language.script, Mix64(outlet_key)));
  const uint32_t events = plan.articles() / kArticlesOfEvent + 1;
  const uint64_t event = SynthRandom(MixKeys(key, kEvent)).Below(events);
  place.subject = {
      .key = kind == SynthKind::kUpdate ? MixKeys(key, kFollowing, story) : key,
      .event = MixKeys(plan.options().seed, kEvent, event),
      .outlet = place.outlet->number,
      .is_mixed = language.is_mixed,
  };
  return place;
}

const Outlet& SynthRenderer::OutletOfCopy(const SynthEntry& entry, const Place& place) const {
  if (!IsCopy(entry.kind) || HasUrlOfOriginal(entry.kind)) return *place.outlet;
  SynthRandom random(MixKeys(place.subject.key, kCopyOutlet, entry.copy));
  SynthScript script = place.script;
  if (entry.kind == SynthKind::kScript) {
    script = script == SynthScript::kHans ? SynthScript::kHant : SynthScript::kHans;
  } else if (random.Chance(kSameOutlet)) {
    return *place.outlet;
  }
  const Outlet* outlet = nullptr;
  constexpr int kTries = 8;
  for (int i = 0; i < kTries && (outlet == nullptr || outlet == place.outlet); ++i) {
    outlet = &corpus_.outlets().at(corpus_.outlets().Draw(script, random.Next()));
  }
  return *outlet;
}

void SynthRenderer::DraftStory(uint32_t story, const Place& place, Draft& out) const {
  double share = SynthRandom(MixKeys(place.subject.key, kLength)).Unit();
  const bool has_copies = corpus_.plan().HasCopies(story);
  // Longer articles are copied more.
  if (has_copies) share = std::pow(share, kCopiedLength);
  double letters = ArticleLetters(share);
  if (has_copies) letters = std::max(letters, kMinCopyLetters);
  DraftArticle(place.subject, letters, out);
}

void SynthRenderer::AddItems(uint64_t file, SynthScript script) {
  constexpr uint32_t kReach = 4000;  // files before this one
  constexpr int kTries = 80;
  const SynthPlan& plan = corpus_.plan();
  SynthRandom random(MixKeys(draft_.subjects.front().key, kItems));
  uint32_t items = 4 + random.Below(6);
  const auto reach = static_cast<uint32_t>(std::min<uint64_t>(file, kReach));
  for (int i = 0; i < kTries && items > 0 && reach > 0; ++i) {
    const SynthEntry& entry = plan.entry(file - 1 - random.Below(reach));
    if (entry.kind != SynthKind::kArticle) continue;
    const Place place = PlaceOf(entry.kind, entry.story);
    if (place.script != script) continue;
    DraftStory(entry.story, place, base_);
    AddItem(base_, draft_);
    --items;
  }
}

void SynthRenderer::DraftFile(uint64_t file, const SynthEntry& entry, const Place& place) {
  const SynthPlan& plan = corpus_.plan();
  switch (entry.kind) {
    case SynthKind::kArticle:
    case SynthKind::kReprint:
    case SynthKind::kUnchanged:
      DraftStory(entry.story, place, draft_);
      return;
    case SynthKind::kNotice:
      DraftNotice(place.subject, MixKeys(place.subject.key, entry.story), draft_);
      return;
    case SynthKind::kUpdate: {
      DraftStory(entry.story, place, draft_);
      const uint32_t before = plan.BaseOf(entry.story);
      DraftStory(before, PlaceOf(SynthKind::kArticle, before), base_);
      AddBackground(base_, place.subject.key, draft_);
      return;
    }
    case SynthKind::kRoundUp: {
      constexpr double kIntroduction = 40;
      DraftArticle(place.subject, kIntroduction, draft_);
      AddItems(file, place.script);
      return;
    }
    default:
      DraftStory(entry.story, place, base_);
      DraftCopy(entry.kind, base_, MixKeys(place.subject.key, kCopyDraft, entry.copy), draft_);
  }
}

void SynthRenderer::WriteUrl(const SynthEntry& entry, int64_t time_ms, const Outlet& outlet) {
  constexpr uint64_t kFilesOfStory = 64;
  static_assert(kMaxCopies < kFilesOfStory);
  const auto day = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(time_ms)));
  const std::chrono::year_month_day date(day);
  url_.Clear();
  url_.Append("https://");
  url_.Append(outlet.host);
  url_.Append("/");
  url_.AppendNumber(static_cast<uint64_t>(static_cast<int>(date.year())), 4);
  url_.Append("/");
  url_.AppendNumber(static_cast<unsigned>(date.month()), 2);
  url_.AppendNumber(static_cast<unsigned>(date.day()), 2);
  url_.Append("/");
  url_.AppendNumber(uint64_t{entry.story} * kFilesOfStory + entry.copy, 7);
  url_.Append(".html");
}

void SynthRenderer::WriteTitle(const SynthEntry& entry, const Place& place, const Outlet& outlet) {
  constexpr uint32_t kTitleEdits = 13'000;
  SynthRandom random(MixKeys(place.subject.key, kTitle));
  WordsWriter words(corpus_.vocabulary(), outlet.script);
  words.SetSubject(place.subject);
  title_.Clear();
  const uint64_t key = random.Next();
  const uint32_t letters = 12 + random.Below(8) + random.Below(8);
  uint32_t edit_rate = 0;
  if (IsCopy(entry.kind) && entry.kind != SynthKind::kUnchanged) {
    SynthRandom change(MixKeys(place.subject.key, kCopyTitle, entry.copy));
    if (change.Chance(0.3)) edit_rate = kTitleEdits;
  }
  words.WriteTitle(key, letters, edit_rate, title_);
  if (entry.kind == SynthKind::kNotice) {
    title_.Append(" (");
    title_.AppendNumber(corpus_.plan().InstanceOf(entry.story) + 1);
    title_.Append(")");
  }
  if (!outlet.suffixes_title) return;
  title_.Append(" - ");
  title_.Append(outlet.name);
}

SynthFile SynthRenderer::Render(uint64_t file) {
  const SynthPlan& plan = corpus_.plan();
  const SynthEntry& entry = plan.entry(file);
  const Place place = PlaceOf(entry.kind, entry.story);
  const Outlet& outlet = OutletOfCopy(entry, place);
  DraftFile(file, entry, place);

  // What a text says of its time is the original's; the URL of one that is fetched again too.
  SynthEntry original = entry;
  if (IsCopy(entry.kind)) {
    original.copy = 0;
    original.kind = SynthKind::kArticle;
  }
  const bool same_page = HasUrlOfOriginal(entry.kind);
  const int64_t original_ms = plan.TimeOf(original);
  SynthFile out;
  out.time_ms = plan.TimeOf(entry);
  WriteUrl(same_page ? original : entry, same_page ? original_ms : out.time_ms, outlet);
  WriteTitle(entry, place, outlet);
  const PageFrame frame{
      .outlet = &outlet,
      .origin = place.outlet,
      .time_ms = out.time_ms,
      .published_ms = same_page ? original_ms : out.time_ms,
      .dateline_ms = original_ms,
      .key = MixKeys(place.subject.key, kFrame, same_page ? 0 : entry.copy),
      .url = url_.view(),
      .title = title_.view(),
  };
  bytes_.Clear();
  WritePage(frame, draft_, corpus_.vocabulary(), bytes_);
  out.bytes = bytes_.view();
  out.url = url_.view();
  out.title = title_.view();
  out.truth = corpus_.TruthOf(file);
  return out;
}

}  // namespace wirefold
