#include "tests/bench/synth/draft.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace wirefold {
namespace {

// Letters and digits of the matching text of 34,219 real files; the last is our bound.
constexpr Quantile kLetters[] = {{0, 40},     {.01, 44},   {.05, 160},    {.1, 225},
                                 {.25, 325},  {.5, 555},   {.75, 940},    {.9, 1600},
                                 {.95, 2200}, {.99, 4500}, {.999, 15000}, {1, 24000}};

// A word that is edited takes some 2.9 others' shingles with it: at this rate a sentence loses
// kLostByEdits of its shingles.
constexpr uint32_t kEditRate = 11'000;
constexpr double kLostByEdits = 0.42;
// From this loss on sentences are also replaced.
constexpr double kLightLoss = 0.2;

// What a copy is to be like.
struct Shape {
  double containment = 1;  // of the shorter
  double ratio = 1;        // the longer's length over the shorter's
  bool is_longer = false;  // the copy is
  bool from_head = false;  // what is kept is the beginning, what is added comes behind
  bool moves = false;      // paragraphs change places
};

// The ratio that two texts of this containment have at this Jaccard similarity; at least one that
// makes a difference.
double RatioAt(double jaccard, double containment) {
  constexpr double kMinRatio = 1.15;
  return std::max(kMinRatio, containment / jaccard + containment - 1);
}

Shape ShapeOf(SynthKind kind, SynthRandom& random) {
  const auto light = [&random] {
    return Shape{.containment = random.Between(0.78, 0.99),
                 .ratio = 1 + 0.3 * random.Unit() * random.Unit(),
                 .is_longer = random.Chance(0.5)};
  };
  switch (kind) {
    case SynthKind::kLight:
      return light();
    case SynthKind::kRevision:
      return {.containment = random.Between(0.8, 1),
              .ratio = random.Between(1, 1.6),
              .is_longer = random.Chance(0.8)};
    case SynthKind::kHeavy:
      return {.containment = random.Between(0.58, 0.93),
              .ratio = random.Between(1, 2.2),
              .is_longer = random.Chance(0.3),
              .moves = random.Chance(0.4)};
    case SynthKind::kExcerpt: {
      const double containment = random.Chance(0.5) ? 1 : random.Between(0.78, 1);
      return {.containment = containment,
              .ratio = RatioAt(0.02 + 0.58 * std::pow(random.Unit(), 2.4), containment),
              .from_head = true};
    }
    case SynthKind::kExtended: {
      const double containment = random.Chance(0.5) ? 1 : random.Between(0.8, 1);
      return {.containment = containment,
              .ratio = RatioAt(random.Between(0.2, 0.75), containment),
              .is_longer = true,
              .from_head = random.Chance(0.8)};
    }
    case SynthKind::kScript:
      return random.Chance(0.55) ? Shape{} : light();
    default:
      return {};
  }
}

Sentence NewSentence(SynthRandom& random, uint32_t subject) {
  return {.key = random.Next(), .subject = subject};
}

// Paragraphs of one to three sentences, until they have so many letters.
void AddParagraphs(SynthRandom& random, double letters, Draft& out) {
  while (letters > 0) {
    std::vector<Sentence>& paragraph = out.AddParagraph();
    const uint32_t sentences = 1 + random.Below(3);
    for (uint32_t i = 0; i < sentences && (i == 0 || letters > 0); ++i) {
      paragraph.push_back(NewSentence(random, 0));
      letters -= paragraph.back().letters();
    }
  }
}

// Leaves the beginning: whole sentences, up to `letters`.
void KeepHead(double letters, Draft& out) {
  for (size_t p = 0; p < out.used; ++p) {
    std::vector<Sentence>& paragraph = out.paragraphs[p];
    for (size_t s = 0; s < paragraph.size(); ++s) {
      letters -= paragraph[s].letters();
      if (letters > 0) continue;
      paragraph.resize(s + 1);
      out.used = p + 1;
      return;
    }
  }
}

// Leaves out one sentence in some, never the first.
void Thin(SynthRandom& random, double kept, Draft& out) {
  for (size_t p = 0; p < out.used; ++p) {
    std::vector<Sentence>& paragraph = out.paragraphs[p];
    for (size_t s = paragraph.size(); s-- > (p == 0 ? 1 : 0);) {
      if (!random.Chance(kept)) paragraph.erase(paragraph.begin() + static_cast<ptrdiff_t>(s));
    }
  }
}

void Edit(SynthRandom& random, double lost, Draft& out) {
  const double replaced = lost <= kLightLoss ? 0 : lost * 0.6;
  const double edited = std::min(1.0, (lost - replaced) / kLostByEdits);
  for (size_t p = 0; p < out.used; ++p) {
    for (Sentence& sentence : out.paragraphs[p]) {
      if (random.Chance(replaced)) {
        sentence.key = random.Next();
      } else if (random.Chance(edited)) {
        sentence.edit = random.Next();
        sentence.edit_rate = kEditRate;
      }
    }
  }
}

// Sentences in between, about `letters` in all.
void Scatter(SynthRandom& random, double letters, Draft& out) {
  while (letters > 0) {
    std::vector<Sentence>& paragraph =
        out.paragraphs[random.Below(static_cast<uint32_t>(out.used))];
    const Sentence added = NewSentence(random, 0);
    letters -= added.letters();
    paragraph.insert(paragraph.begin() + random.Below(static_cast<uint32_t>(paragraph.size()) + 1),
                     added);
  }
}

void CopyInto(const Draft& original, Draft& out) {
  out.Clear();
  out.subjects = original.subjects;
  for (size_t p = 0; p < original.used; ++p) out.AddParagraph() = original.paragraphs[p];
}

}  // namespace

uint32_t Sentence::letters() const {
  SynthRandom random(key);
  return 12 + random.Below(34) + random.Below(34);
}

void Draft::Clear() {
  subjects.clear();
  used = 0;
}

std::vector<Sentence>& Draft::AddParagraph() {
  if (used == paragraphs.size()) paragraphs.emplace_back();
  paragraphs[used].clear();
  return paragraphs[used++];
}

uint32_t Draft::letters() const {
  uint32_t sum = 0;
  for (size_t p = 0; p < used; ++p) {
    for (const Sentence& sentence : paragraphs[p]) sum += sentence.letters();
  }
  return sum;
}

double ArticleLetters(double share) { return ValueAt(kLetters, share); }

void DraftArticle(const Subject& subject, double letters, Draft& out) {
  out.Clear();
  out.subjects.push_back(subject);
  SynthRandom random(subject.key);
  // The last sentence goes half its length too far in the mean.
  AddParagraphs(random, std::max(20.0, letters - 22), out);
}

void DraftCopy(SynthKind kind, const Draft& original, uint64_t key, Draft& out) {
  CopyInto(original, out);
  SynthRandom random(key);
  const Shape shape = ShapeOf(kind, random);
  const double letters = original.letters();
  if (!shape.is_longer && shape.ratio > 1) {
    const double kept = std::max<double>(letters / shape.ratio, kMinExcerptLetters);
    if (shape.from_head) {
      KeepHead(kept, out);
    } else {
      Thin(random, kept / letters, out);
    }
  }
  if (shape.containment < 1) Edit(random, 1 - shape.containment, out);
  if (shape.is_longer) {
    const double added = (shape.ratio - 1) * letters;
    if (shape.from_head) {
      AddParagraphs(random, added, out);
    } else {
      Scatter(random, added, out);
    }
  }
  if (shape.moves && out.used > 2) {
    const auto any = [&] { return 1 + random.Below(static_cast<uint32_t>(out.used) - 1); };
    std::swap(out.paragraphs[any()], out.paragraphs[any()]);
  }
}

void AddBackground(const Draft& base, uint64_t key, Draft& out) {
  constexpr double kMinShare = 0.08;
  constexpr double kMaxShare = 0.25;
  // What holds more of an article than this would be a newer version of it.
  constexpr double kMaxShareOfBase = 0.35;
  SynthRandom random(key);
  double letters = std::min(random.Between(kMinShare, kMaxShare) * out.letters(),
                            kMaxShareOfBase * base.letters());
  const auto subject = static_cast<uint32_t>(out.subjects.size());
  out.subjects.push_back(base.subjects.front());
  // Not the beginning, which is what the earlier article was about.
  for (size_t p = std::min<size_t>(2, base.used - 1); p < base.used && letters > 0; ++p) {
    std::vector<Sentence>& paragraph = out.AddParagraph();
    for (Sentence sentence : base.paragraphs[p]) {
      letters -= sentence.letters();
      if (letters < 0) break;
      sentence.subject = subject;
      paragraph.push_back(sentence);
    }
  }
}

void DraftNotice(const Subject& series, uint64_t figures, Draft& out) {
  out.Clear();
  out.subjects.push_back(series);
  SynthRandom random(series.key);
  const uint32_t sentences = 3 + random.Below(10);
  for (uint32_t i = 0; i < sentences; ++i) {
    Sentence sentence = NewSentence(random, 0);
    sentence.figures = MixKeys(figures, i) | 1;
    if (i % 2 == 0) out.AddParagraph();
    out.paragraphs[out.used - 1].push_back(sentence);
  }
}

void AddItem(const Draft& item, Draft& out) {
  constexpr double kItemLetters = 90;
  double letters = kItemLetters;
  const auto subject = static_cast<uint32_t>(out.subjects.size());
  out.subjects.push_back(item.subjects.front());
  std::vector<Sentence>& paragraph = out.AddParagraph();
  for (Sentence sentence : item.paragraphs.front()) {
    if (letters < 0) break;
    letters -= sentence.letters();
    sentence.subject = subject;
    paragraph.push_back(sentence);
  }
}

}  // namespace wirefold
