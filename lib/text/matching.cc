#include "lib/text/matching.h"

#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <utility>

#include "lib/text/character_table.h"
#include "lib/text/han_table.h"
#include "lib/text/stored.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

// Takes folded characters and writes matching text: decides where ' ' and '\n' stand.
class Writer {
 public:
  enum class Last : uint8_t { kNothing, kSpaceless, kNumber, kLetter };

  // Folding seldom makes a text longer, so `bytes` of input are room enough.
  explicit Writer(size_t bytes) : text_(bytes + kMaxWritten, '\0') {}

  void Word(char32_t c, bool spaceless, bool number) {
    if (size_ + kMaxWritten > text_.size()) text_.resize(2 * text_.size());
    if (pending_ != MatchClass::kTransparent) Separate(spaceless, number);
    if (c >= 0x800 && c < 0x10000) {
      text_[size_++] = static_cast<char>(0xE0 | c >> 12);
      text_[size_++] = static_cast<char>(0x80 | (c >> 6 & 0x3F));
      text_[size_++] = static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x80) {
      text_[size_++] = static_cast<char>(c);
    } else {
      std::string other;
      AppendUtf8(c, other);
      size_ += other.copy(text_.data() + size_, other.size());
    }
    ++letters_;
    last_ = spaceless ? Last::kSpaceless : number ? Last::kNumber : Last::kLetter;
  }

  // Anything but kWord and kSlow.
  void Drop(MatchClass match) {
    if (match == MatchClass::kTransparent || pending_ == MatchClass::kNewline) return;
    // Two parting characters in a row part, whatever they are.
    const bool first = pending_ == MatchClass::kTransparent || match == MatchClass::kNewline;
    pending_ = first ? match : MatchClass::kSeparator;
  }

  // A character that ICU made: folded, and not yet simplified.
  void Folded(char32_t c) {
    const MatchClass match = MatchClassOfFolded(c);
    if (match != MatchClass::kWord) return Drop(match);
    const char32_t simplified = SimplifiedOf(c);
    Word(simplified, IsSpaceless(simplified), IsNumber(simplified));
  }

  // Where the writer stands, to go back to when the next character turns out to combine with the
  // last one.
  struct Mark {
    size_t size;
    uint32_t letters;
    Last last;
    MatchClass pending;
  };
  [[nodiscard]] Mark Save() const { return {size_, letters_, last_, pending_}; }
  void Restore(const Mark& mark) {
    size_ = mark.size;
    letters_ = mark.letters;
    last_ = mark.last;
    pending_ = mark.pending;
  }

  MatchingText Take() {
    text_.resize(size_);
    return {std::move(text_), letters_};
  }

 private:
  // A separator and a character.
  static constexpr size_t kMaxWritten = 5;

  void Separate(bool spaceless, bool number) {
    if (last_ != Last::kNothing) {
      if (pending_ == MatchClass::kNewline) {
        text_[size_++] = '\n';
      } else if (!spaceless && last_ != Last::kSpaceless) {
        const bool joined =
            (pending_ == MatchClass::kMidNumber && last_ == Last::kNumber && number) ||
            (pending_ == MatchClass::kApostrophe && last_ == Last::kLetter && !number);
        if (!joined) text_[size_++] = ' ';
      }
    }
    pending_ = MatchClass::kTransparent;
  }

  std::string text_;  // of which size_ bytes are written
  size_t size_ = 0;
  uint32_t letters_ = 0;
  Last last_ = Last::kNothing;
  MatchClass pending_ = MatchClass::kTransparent;
};

// Characters folded together with the one before them. Stored text has no longer runs of marks, but
// variation selectors and the like may stand between.
constexpr size_t kMaxJoined = 4 * kMaxCombiningRun;

// Folds a span that stands alone under normalization, through ICU.
void FoldSpan(std::string_view span, Writer& writer) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status)) return;
  const icu::UnicodeString source = icu::UnicodeString::fromUTF8(
      icu::StringPiece(span.data(), static_cast<int32_t>(span.size())));
  const icu::UnicodeString folded = fold->normalize(source, status);
  if (U_FAILURE(status)) return;
  for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    writer.Folded(static_cast<char32_t>(folded.char32At(i)));
  }
}

}  // namespace

MatchingText ToMatching(std::string_view utf8) {
  const CharacterTable& table = CharacterTable::Get();
  Writer writer(utf8.size());
  // Where the last character began, in the input and in the output: normalization never reaches
  // back over a character that has a boundary before it, and all that are not `joins` have one.
  size_t previous = 0;
  Writer::Mark before_previous = writer.Save();
  size_t pos = 0;
  while (pos < utf8.size()) {
    const size_t start = pos;
    const CharacterInfo info = table.Of(NextCodePoint(utf8, pos));
    if (info.match() == MatchClass::kWord) {
      previous = start;
      before_previous = writer.Save();
      writer.Word(info.folded(), info.spaceless(), info.number());
      continue;
    }
    if (info.match() != MatchClass::kSlow) {
      previous = start;
      before_previous = writer.Save();
      writer.Drop(info.match());
      continue;
    }
    if (info.joins()) {
      writer.Restore(before_previous);
    } else {
      previous = start;
      before_previous = writer.Save();
    }
    // Everything that may combine with the span belongs to it, up to a bound: folding n marks takes
    // time in n^2. What is beyond it is dropped, as nearly all of it would be anyway.
    size_t end = pos;
    for (size_t joined = 0; pos < utf8.size(); ++joined) {
      size_t next = pos;
      if (!table.Of(NextCodePoint(utf8, next)).joins()) break;
      pos = next;
      if (joined < kMaxJoined) end = pos;
    }
    FoldSpan(utf8.substr(previous, end - previous), writer);
  }
  return writer.Take();
}

Hash128 HashMatching(std::string_view matching, uint64_t seed) {
  std::string joined(matching.size(), '\0');
  size_t size = 0;
  for (const char c : matching) {
    joined[size] = c;
    size += c != ' ' && c != '\n' ? 1 : 0;
  }
  return HashBytes128(std::string_view(joined).substr(0, size), seed);
}

}  // namespace wirefold
