// Passages: what two texts share and what each says alone, to be read by people who want to know
// why two articles are one story or not. Decides nothing.
//
// Example:
//   PassageFinder finder(file.text);
//   Passages passages = finder.Compare(stored.text);
//   // passages.shared[0].ours, passages.only_ours[0], passages.only_theirs[0]
//
// Texts are cut into sentences. A sentence is shared if half and more of its trigrams of matching
// tokens are in the other text; so script, width, case and punctuation don't matter, a changed word
// neither. Shared sentences that follow each other in both texts are one passage, and so are the
// sentences in a row that one text has alone. Passages are slices of the texts as they are given,
// punctuation and all.
//
// Takes n log n of the texts' lengths. Thread-safe: a finder may be asked by many threads.
#ifndef WIREFOLD_LIB_DEDUP_PASSAGES_H_
#define WIREFOLD_LIB_DEDUP_PASSAGES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wirefold {

// Of each kind at most so many are shown, the longest first.
inline constexpr size_t kMaxPassages = 5;
// A passage is cut behind so many characters, and ends in "…" then.
inline constexpr size_t kMaxPassageCharacters = 160;
// Of each text no more than this is looked at.
inline constexpr size_t kMaxPassageBytes = size_t{256} << 10;

struct SharedPassage {
  std::string ours;
  std::string theirs;

  friend bool operator==(const SharedPassage&, const SharedPassage&) = default;
};

struct Passages {
  std::vector<SharedPassage> shared;
  std::vector<std::string> only_ours;
  std::vector<std::string> only_theirs;
  // How many there are of each, those that are not shown included.
  uint32_t shared_count = 0;
  uint32_t only_ours_count = 0;
  uint32_t only_theirs_count = 0;
};

class PassageFinder {
 public:
  // `text` in stored form (paragraphs parted by '\n'), valid UTF-8; must outlive the finder.
  explicit PassageFinder(std::string_view text);

  [[nodiscard]] Passages Compare(std::string_view other) const;

 private:
  struct Sentence {
    size_t begin = 0;  // in the text, in bytes
    size_t end = 0;
    std::vector<uint64_t> grams;  // hashes of its trigrams, repeats included
  };
  struct Text {
    std::string_view text;
    std::vector<Sentence> sentences;
  };

  static Text Read(std::string_view text);

  Text ours_;
  // Trigram and sentence, ascending, each once.
  std::vector<std::pair<uint64_t, uint32_t>> where_;
};

}  // namespace wirefold

#endif  // WIREFOLD_LIB_DEDUP_PASSAGES_H_
