#include "lib/parse/tail_rules.h"

#include <algorithm>
#include <string_view>

#include "lib/parse/link_rules.h"

namespace wirefold {
namespace {

// A copyright line is not longer than this, in characters; nor is another note behind the article.
constexpr size_t kMaxNoteCharacters = 200;
// Blocks from the end upwards among which notes are sought.
constexpr size_t kTailBlocks = 8;
// A rule of signs has at least so many.
constexpr size_t kMinRuleCharacters = 5;
// What stands behind a rule is a note if it is no more than so many blocks.
constexpr size_t kMaxBlocksBehindRule = 2;
constexpr size_t kMinGalleryPictures = 3;
// An article with so many paragraphs of its own stands without the gallery behind it.
constexpr size_t kMinParagraphs = 4;
// A caption is not longer than this, in characters.
constexpr size_t kMaxCaptionCharacters = 120;

bool StartsWithCopyright(std::string_view text) {
  return text.starts_with("©") || text.starts_with("Copyright ©") ||
         text.starts_with("copyright ©");
}

bool IsRule(const BlockSet& set, size_t i) {
  return set.reason(i) == BlockReason::kNoLetters && set.shape(i).characters >= kMinRuleCharacters;
}

bool IsSentence(const BlockSet& set, size_t i) {
  return set.shape(i).characters > 2 * kMaxLabelCharacters || EndsSentence(set.block(i).text);
}

// "Subscribe here www.example.org/offer"
bool EndsWithUrl(const BlockSet& set, size_t i) {
  if (set.shape(i).url_share <= 0) return false;
  const std::string_view text = set.block(i).text;
  const size_t space = text.rfind(' ');
  const std::string_view word = space == text.npos ? text : text.substr(space + 1);
  return UrlBytes(word) == word.size();
}

// Paragraphs that end as sentences do, above block `end`.
size_t Paragraphs(const BlockSet& set, size_t end) {
  size_t paragraphs = 0;
  for (size_t i = 0; i < end; ++i) {
    paragraphs += set.Kept(i) && set.block(i).element == Element::kP && IsSentence(set, i) ? 1 : 0;
  }
  return paragraphs;
}

bool IsEmphasized(const BlockSet& set, size_t i) { return set.shape(i).emphasis_share >= 0.9; }

// Whether emphasis sets paragraphs apart on this page: on some the whole article is in italics.
bool EmphasisIsRare(const BlockSet& set) {
  size_t emphasized = 0;
  for (size_t i = 0; i < set.size(); ++i) {
    if (set.Kept(i) && IsEmphasized(set, i)) emphasized += set.shape(i).letters;
  }
  return 4 * emphasized <= set.KeptLetters();
}

// The first block behind the last rule of signs that has no more than a note behind it; the number
// of blocks if there is none.
size_t BehindRule(const BlockSet& set) {
  size_t kept = 0;
  size_t behind = set.size();
  for (size_t i = set.size(); i-- > 0;) {
    if (set.Kept(i)) {
      const bool note = set.shape(i).characters <= kMaxNoteCharacters && IsSentence(set, i);
      if (++kept > kMaxBlocksBehindRule || !note) break;
    } else if (IsRule(set, i)) {
      if (kept > 0) behind = i + 1;
    }
  }
  return behind;
}

}  // namespace

void DropNotes(BlockSet& set) {
  for (size_t i = 0; i < set.size(); ++i) {
    const HtmlBlock& block = set.block(i);
    if (!set.Kept(i) || set.shape(i).characters > kMaxNoteCharacters) continue;
    if (StartsWithCopyright(block.text)) {
      set.Set(i, BlockReason::kCopyright);
      continue;
    }
    if ((block.context & kInHeading) != 0 || !IsBracketed(block.text)) continue;
    const bool link = block.links > 0 && set.shape(i).link_share < 0.6;
    if (link || HasMailAddress(block.text)) set.Set(i, BlockReason::kBracketedNote);
  }
}

void DropCaptions(BlockSet& set) {
  if (!EmphasisIsRare(set)) return;
  for (size_t i = 0; i < set.size(); ++i) {
    const HtmlBlock& block = set.block(i);
    if (set.Kept(i) && block.after_image && block.element != Element::kP && IsEmphasized(set, i) &&
        set.shape(i).characters <= kMaxCaptionCharacters) {
      set.Set(i, BlockReason::kContext);
    }
  }
}

void DropGallery(BlockSet& set) {
  // From heading to heading; a run of pictures behind it is a gallery.
  for (size_t heading = 0; heading < set.size(); ++heading) {
    if (!set.Kept(heading) || (set.block(heading).context & kInHeading) == 0) continue;
    size_t end = heading + 1;
    size_t pictures = 0;
    size_t letters = 0;
    uint32_t before = set.block(heading).container;
    for (; end < set.size(); ++end) {
      if (!set.Kept(end)) continue;
      const HtmlBlock& block = set.block(end);
      if (!block.after_image || block.container == before || block.element == Element::kP) break;
      before = block.container;
      ++pictures;
      letters += set.shape(end).letters;
    }
    if (pictures < kMinGalleryPictures) continue;
    // What is mostly pictures is an article in pictures, unless there is a real text beside them.
    if (2 * letters > set.KeptLetters() && Paragraphs(set, set.size()) < kMinParagraphs) continue;
    for (size_t i = heading; i < end; ++i) {
      if (set.Kept(i)) set.Set(i, BlockReason::kGallery);
    }
    heading = end - 1;
  }
}

void DropTail(BlockSet& set, bool links_are_boilerplate) {
  const bool emphasis = EmphasisIsRare(set);
  const size_t behind_rule = BehindRule(set);
  const size_t all = set.KeptLetters();
  size_t seen = 0;
  for (size_t i = set.size(); i-- > 0 && seen < kTailBlocks;) {
    if (!set.Kept(i)) continue;
    ++seen;
    const HtmlBlock& block = set.block(i);
    const BlockShape& shape = set.shape(i);
    const bool quoted = (block.context & kInQuote) != 0;
    const bool little = 2 * shape.letters < all;
    if (links_are_boilerplate && !quoted && block.links > 0 && shape.link_share >= 0.5 && little) {
      set.Set(i, BlockReason::kTailLinks);
    } else if (little && !quoted && shape.characters <= kMaxNoteCharacters &&
               (i >= behind_rule || HasMailAddress(block.text) || EndsWithUrl(set, i) ||
                (emphasis && IsEmphasized(set, i)))) {
      set.Set(i, BlockReason::kTailNote);
    } else if (IsSentence(set, i)) {
      return;
    }
  }
}

}  // namespace wirefold
