#include "tests/bench/synth/words_writer.h"

#include <algorithm>

namespace wirefold {
namespace {

// Of 256 pieces of a sentence: what they are. What is left is words.
constexpr uint32_t kPhrases = 60;
constexpr uint32_t kRareWords = kPhrases + 56;
constexpr uint32_t kOutletPhrases = kRareWords + 4;
constexpr uint32_t kNamePieces = kOutletPhrases + 16;
constexpr uint32_t kFigures = kNamePieces + 5;
constexpr uint32_t kFiguresOfNotice = kNamePieces + 60;
constexpr uint32_t kMixedPieces = 26;  // above these, in mixed text

// A Latin text has so many letters where a Han one has one.
constexpr double kLatinLetters = 2.6;

// Each piece takes a letter at least.
constexpr size_t kMaxPieceBytes = 64;
constexpr size_t kMaxLettersOfAny = 260;

// The whole place is copied, which is faster than its used part.
template <size_t kBytes>
inline int32_t Put(const TextSlot<kBytes>& slot, char*& out) {
  std::memcpy(out, slot.bytes.data(), sizeof slot.bytes);
  out += slot.size;
  return slot.letters;
}

inline void Put(std::string_view text, char*& out) {
  std::memcpy(out, text.data(), text.size());
  out += text.size();
}

void PutNumber(uint32_t number, int min_digits, char*& out) {
  char digits[12];
  char* begin = digits + sizeof digits;
  for (; number > 0 || min_digits > 0; number /= 10, --min_digits) {
    *--begin = static_cast<char>('0' + number % 10);
  }
  Put(std::string_view(begin, static_cast<size_t>(digits + sizeof digits - begin)), out);
}

// A figure. It counts for as many letters whatever it is, so that the words behind it are the same
// when it differs.
int32_t PutFigure(SynthRandom& random, bool is_latin, char*& out) {
  constexpr int32_t kLetters = 3;
  constexpr uint32_t kBounds[] = {31, 1000, 100'000, 300};
  const uint32_t form = random.Below(4);
  PutNumber(1 + random.Below(kBounds[form]), 1, out);
  if (form == 3) {
    Put(".", out);
    PutNumber(random.Below(100), 2, out);
    Put("%", out);
  }
  if (is_latin) Put(" ", out);
  return kLetters;
}

}  // namespace

void ByteSink::Grow(size_t more) {
  capacity_ = std::max(2 * capacity_, size_ + more + 16'384);
  auto bytes = std::make_unique<char[]>(capacity_);
  if (size_ > 0) std::memcpy(bytes.get(), bytes_.get(), size_);
  bytes_ = std::move(bytes);
}

void ByteSink::AppendNumber(uint64_t number, int min_digits) {
  char digits[24];
  char* begin = digits + sizeof digits;
  for (; number > 0 || min_digits > 0; number /= 10, --min_digits) {
    *--begin = static_cast<char>('0' + number % 10);
  }
  Append(std::string_view(begin, static_cast<size_t>(digits + sizeof digits - begin)));
}

void WordsWriter::SetSubject(const Subject& subject) {
  subject_ = subject;
  // Half of the names are the event's.
  for (size_t i = 0; i < kNames; ++i) {
    names_[i] = vocabulary_.MakeName(script_, MixKeys(i % 2 == 0 ? subject.event : subject.key, i));
  }
  if (!subject.is_mixed) return;
  for (size_t i = 0; i < latin_names_.size(); ++i) {
    latin_names_[i] = vocabulary_.MakeName(SynthScript::kLatin, MixKeys(subject.event, 99, i));
  }
}

void WordsWriter::WriteWords(const Sentence& sentence, uint32_t letters, bool parts,
                             ByteSink& sink) {
  static_assert(kMaxLetters * kLatinLetters <= kMaxLettersOfAny);
  char* out = sink.Begin(kMaxLettersOfAny * kMaxPieceBytes);
  SynthRandom random(sentence.key);
  SynthRandom edits(sentence.edit);
  SynthRandom figures(sentence.figures == 0 ? ~sentence.key : sentence.figures);
  const uint32_t figures_end = sentence.figures == 0 ? kFigures : kFiguresOfNotice;
  const uint32_t mixed_begin = subject_.is_mixed ? 256 - kMixedPieces : 256;
  const bool is_latin = script_ == SynthScript::kLatin;
  const uint32_t rare_end = is_latin ? kPhrases : kRareWords;
  auto left = static_cast<int32_t>(is_latin ? letters * kLatinLetters : letters);
  const int32_t clause = is_latin ? 40 : 14;
  int32_t comma_at = parts ? left - clause - static_cast<int32_t>(random.Below(16)) : -1;
  while (left > 0) {
    const uint64_t draw = random.Next();
    const auto piece = static_cast<uint32_t>(draw & 0xFF);
    const uint64_t choice = draw >> 8;
    if (sentence.edit_rate > 0) {
      const uint64_t edit = edits.Next();
      if ((edit & 0xFFFF) < sentence.edit_rate) {
        // One in four is left out, the others are replaced.
        if ((edit >> 16 & 3) != 0) Put(vocabulary_.DrawWord(script_, edit >> 8), out);
        left -= 2;
        continue;
      }
    }
    if (piece < kPhrases) {
      left -= Put(vocabulary_.DrawPhrase(script_, choice), out);
    } else if (piece < rare_end) {
      left -= Put(vocabulary_.MakeRareWord(script_, choice), out);
    } else if (piece < kRareWords || (piece >= figures_end && piece < mixed_begin)) {
      left -= Put(vocabulary_.DrawWord(script_, choice), out);
    } else if (piece < kOutletPhrases) {
      left -= Put(vocabulary_.DrawOutletPhrase(script_, subject_.outlet, choice), out);
    } else if (piece < kNamePieces) {
      left -= Put(names_[(choice & 0xFFFF) * kNames >> 16], out);
    } else if (piece < figures_end) {
      left -= PutFigure(figures, is_latin, out);
    } else {
      left -= Put(latin_names_[choice & 3], out) / 2;
    }
    if (left < comma_at && left > 8) {
      if (is_latin && out[-1] == ' ') --out;
      Put(is_latin ? ", " : "，", out);
      comma_at = left - clause - static_cast<int32_t>(choice >> 40 & 15);
    }
  }
  sink.EndAt(out);
  sink.TrimBlank();
}

void WordsWriter::WriteSentence(const Sentence& sentence, ByteSink& out) {
  const size_t begin = out.size();
  WriteWords(sentence, sentence.letters(), true, out);
  if (script_ == SynthScript::kLatin) {
    out.Capitalize(begin);
    out.Append(". ");
  } else {
    out.Append("。");
  }
}

void WordsWriter::WriteTitle(uint64_t key, uint32_t letters, uint32_t edit_rate, ByteSink& out) {
  const size_t begin = out.size();
  // A headline has names.
  out.Append(names_[key % kNames]);
  WriteWords({.key = key, .edit = key + 1, .edit_rate = edit_rate}, letters, false, out);
  out.Capitalize(begin);
}

}  // namespace wirefold
