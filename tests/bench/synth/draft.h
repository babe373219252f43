// Draft: a synthetic article as a list of sentences, each named by the key that its words are drawn
// from. Copies are made here, before there are any words: sentences are left out, replaced, added.
//
// Example:
//   Draft original;
//   DraftArticle({.key = story_key, …}, letters, original);
//   Draft copy;
//   DraftCopy(SynthKind::kExcerpt, original, copy_key, copy);
//
// Thread-safe: pure functions of their arguments.
#ifndef WIREFOLD_TESTS_BENCH_SYNTH_DRAFT_H_
#define WIREFOLD_TESTS_BENCH_SYNTH_DRAFT_H_

#include <cstdint>
#include <vector>

#include "tests/bench/synth/mix.h"
#include "tests/bench/synth/random.h"

namespace wirefold {

// What an article is about: its names come from here.
struct Subject {
  uint64_t key = 0;     // of the article
  uint64_t event = 0;   // shared with others about the same
  uint32_t outlet = 0;  // whose phrases it uses
  bool is_mixed = false;
};

struct Sentence {
  uint64_t key = 0;
  uint64_t figures = 0;    // not 0: full of figures, which are drawn from this
  uint64_t edit = 0;       // the key of what is edited in it
  uint32_t subject = 0;    // of the draft
  uint32_t edit_rate = 0;  // words of 65,536 that are replaced, left out, or followed by another

  // Han letters, before edits.
  [[nodiscard]] uint32_t letters() const;
};

struct Draft {
  std::vector<Subject> subjects;
  std::vector<std::vector<Sentence>> paragraphs;
  size_t used = 0;  // paragraphs; those behind are kept for their memory

  void Clear();
  std::vector<Sentence>& AddParagraph();
  [[nodiscard]] uint32_t letters() const;
};

// The length of an article in Han letters (a Latin one has kLatinLetters times as many). The share
// of articles that are shorter is `share`; of real files.
double ArticleLetters(double share);
// Under this nobody can tell a copy.
inline constexpr double kMinCopyLetters = 150;
inline constexpr uint32_t kMinExcerptLetters = 90;

// An article of its own of about `letters`.
void DraftArticle(const Subject& subject, double letters, Draft& out);
// A copy of `original` of a kind that IsCopy.
void DraftCopy(SynthKind kind, const Draft& original, uint64_t key, Draft& out);
// Adds to `out` a part of `base` as background: at most a quarter of what is there, and a third of
// `base`.
void AddBackground(const Draft& base, uint64_t key, Draft& out);
// One of a series: the same sentences for the same subject, the figures from `figures`.
void DraftNotice(const Subject& series, uint64_t figures, Draft& out);
// Adds the beginning of `item` as a paragraph of a round-up.
void AddItem(const Draft& item, Draft& out);

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_SYNTH_DRAFT_H_
