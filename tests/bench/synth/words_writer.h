// WordsWriter: from the keys of sentences to their words.
//
// Example:
//   ByteSink sink;
//   WordsWriter writer(vocabulary, SynthScript::kHant);
//   writer.SetSubject(subject);
//   writer.WriteSentence(sentence, sink);
//
// Used by one thread; the vocabulary must outlive it.
#ifndef WIREFOLD_TESTS_BENCH_SYNTH_WORDS_WRITER_H_
#define WIREFOLD_TESTS_BENCH_SYNTH_WORDS_WRITER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "tests/bench/synth/draft.h"
#include "tests/bench/synth/vocabulary.h"

namespace wirefold {

// Bytes that grow at the end.
class ByteSink {
 public:
  void Clear() { size_ = 0; }
  [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }
  [[nodiscard]] size_t size() const { return size_; }

  void Append(std::string_view text) {
    Reserve(text.size());
    std::memcpy(bytes_.get() + size_, text.data(), text.size());
    size_ += text.size();
  }
  template <size_t kBytes>
  void Append(const TextSlot<kBytes>& slot) {
    Append(slot.view());
  }
  // Where the next bytes go, up to `max_bytes` of them; then how far they went.
  char* Begin(size_t max_bytes) {
    Reserve(max_bytes);
    return bytes_.get() + size_;
  }
  void EndAt(const char* end) { size_ = static_cast<size_t>(end - bytes_.get()); }
  void AppendNumber(uint64_t number, int min_digits = 1);
  // Takes off a blank at the end, if there is one.
  void TrimBlank() {
    if (size_ > 0 && bytes_[size_ - 1] == ' ') --size_;
  }
  // The byte at `place` in upper case if it is a to z.
  void Capitalize(size_t place) {
    if (place < size_ && bytes_[place] >= 'a' && bytes_[place] <= 'z') bytes_[place] -= 32;
  }

 private:
  void Reserve(size_t more) {
    if (size_ + more > capacity_) Grow(more);
  }
  void Grow(size_t more);

  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

class WordsWriter {
 public:
  WordsWriter(const SynthVocabulary& vocabulary, SynthScript script)
      : vocabulary_(vocabulary), script_(script) {}

  // Whose names the following sentences use.
  void SetSubject(const Subject& subject);
  // With its full stop.
  void WriteSentence(const Sentence& sentence, ByteSink& out);
  // A headline of about this many Han letters, without a full stop. `edit_rate` as in Sentence.
  void WriteTitle(uint64_t key, uint32_t letters, uint32_t edit_rate, ByteSink& out);

 private:
  static constexpr size_t kNames = 12;
  static constexpr uint32_t kMaxLetters = 100;

  // `letters` of text, kMaxLetters at most; commas from time to time if `parts` is set.
  void WriteWords(const Sentence& sentence, uint32_t letters, bool parts, ByteSink& sink);

  const SynthVocabulary& vocabulary_;
  const SynthScript script_;
  Subject subject_;
  std::array<Word, kNames> names_;
  std::array<Word, 4> latin_names_;  // of mixed text
};

}  // namespace wirefold

#endif  // WIREFOLD_TESTS_BENCH_SYNTH_WORDS_WRITER_H_
