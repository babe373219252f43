#include "lib/dedup/passages.h"

#include <algorithm>
#include <optional>
#include <span>

#include "lib/dedup/shingles.h"
#include "lib/text/matching.h"
#include "lib/text/utf8.h"

namespace wirefold {
namespace {

constexpr size_t kGram = 3;
// A trigram that more sentences have is looked up in the first of them alone.
constexpr size_t kMaxSentencesOfGram = 8;
// A sentence is cut behind so many characters where nothing ends it.
constexpr size_t kMaxSentenceCharacters = 400;

// Ends a sentence wherever it stands.
bool IsFullStop(char32_t c) {
  switch (c) {
    case U'。':
    case U'！':
    case U'？':
    case U'；':
    case U'…':
    case U'｡':
    case 0x0964:  // danda
    case 0x0965:
    case 0x061F:  // Arabic question mark
    case 0x06D4:  // Urdu full stop
    case 0x104B:  // Burmese section
    case 0x17D4:  // Khmer khan
      return true;
    default:
      return false;
  }
}

// Ends a sentence where a space follows.
bool IsStopBeforeSpace(char32_t c) { return c == '.' || c == '!' || c == '?' || c == ';'; }

// Belongs to the sentence that has just ended.
bool IsClosing(char32_t c) {
  switch (c) {
    case U'”':
    case U'’':
    case U'」':
    case U'』':
    case U'）':
    case U'》':
    case '"':
    case '\'':
    case ')':
      return true;
    default:
      return IsFullStop(c);
  }
}

// Calls `take` with begin and end of each sentence; what stands between two is white space.
template <typename Take>
void CutIntoSentences(std::string_view text, Take take) {
  size_t begin = 0;
  size_t characters = 0;
  const auto end_at = [&](size_t end) {
    if (end > begin) take(begin, end);
    begin = end;
    characters = 0;
  };
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const char32_t c = NextCodePoint(text, at);
    if (c == '\n' || (c == ' ' && start == begin)) {
      end_at(start);
      begin = at;
      continue;
    }
    ++characters;
    const bool stops = IsFullStop(c) ||
                       (IsStopBeforeSpace(c) && (at == text.size() || text[at] == ' ')) ||
                       characters >= kMaxSentenceCharacters;
    if (!stops) continue;
    while (at < text.size()) {
      size_t next = at;
      if (!IsClosing(NextCodePoint(text, next))) break;
      at = next;
    }
    end_at(at);
  }
  end_at(text.size());
}

// A slice, cut and with its ends trimmed.
std::string Shown(std::string_view text, size_t begin, size_t end) {
  std::string_view slice = text.substr(begin, end - begin);
  size_t at = 0;
  for (size_t characters = 0; at < slice.size() && characters < kMaxPassageCharacters;
       ++characters) {
    NextCodePoint(slice, at);
  }
  return at == slice.size() ? std::string(slice) : std::string(slice.substr(0, at)) + "…";
}

// A run of sentences: first and one past the last.
struct Run {
  size_t first = 0;
  size_t last = 0;
  size_t their_first = 0;
  size_t their_last = 0;
  size_t bytes = 0;
};

// The longest, the earlier first where two are of one length.
void KeepLongest(std::vector<Run>& runs) {
  std::stable_sort(runs.begin(), runs.end(),
                   [](const Run& a, const Run& b) { return a.bytes > b.bytes; });
  if (runs.size() > kMaxPassages) runs.resize(kMaxPassages);
}

}  // namespace

PassageFinder::Text PassageFinder::Read(std::string_view text) {
  if (text.size() > kMaxPassageBytes) {
    // At a whole character.
    size_t end = kMaxPassageBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end);
  }
  Text out{text, {}};
  CutIntoSentences(text, [&](size_t begin, size_t end) {
    const Tokens tokens = Tokenize(ToMatching(text.substr(begin, end - begin)).text);
    if (tokens.tokens.empty()) {
      // Punctuation alone goes with what stands before it.
      if (!out.sentences.empty()) out.sentences.back().end = end;
      return;
    }
    Sentence sentence{begin, end, {}};
    const std::span<const Token> all(tokens.tokens);
    const size_t length = std::min(kGram, all.size());
    for (size_t i = 0; i + length <= all.size(); ++i) {
      sentence.grams.push_back(ShingleHash(all.subspan(i, length)));
    }
    out.sentences.push_back(std::move(sentence));
  });
  return out;
}

PassageFinder::PassageFinder(std::string_view text) : ours_(Read(text)) {
  for (size_t i = 0; i < ours_.sentences.size(); ++i) {
    for (const uint64_t gram : ours_.sentences[i].grams) {
      where_.emplace_back(gram, static_cast<uint32_t>(i));
    }
  }
  std::sort(where_.begin(), where_.end());
  where_.erase(std::unique(where_.begin(), where_.end()), where_.end());
}

Passages PassageFinder::Compare(std::string_view other) const {
  const Text theirs = Read(other);
  std::vector<bool> ours_shared(ours_.sentences.size());
  // How many of a sentence's trigrams the other text has, for ours.
  std::vector<uint64_t> their_grams;
  for (const Sentence& sentence : theirs.sentences) {
    their_grams.insert(their_grams.end(), sentence.grams.begin(), sentence.grams.end());
  }
  std::sort(their_grams.begin(), their_grams.end());
  for (size_t i = 0; i < ours_.sentences.size(); ++i) {
    const std::vector<uint64_t>& grams = ours_.sentences[i].grams;
    const auto found = std::count_if(grams.begin(), grams.end(), [&](uint64_t gram) {
      return std::binary_search(their_grams.begin(), their_grams.end(), gram);
    });
    ours_shared[i] = static_cast<size_t>(found) * 2 >= grams.size();
  }

  std::vector<Run> shared;
  std::vector<Run> only_theirs;
  std::vector<uint32_t> votes(ours_.sentences.size());
  std::vector<uint32_t> voted;
  std::optional<size_t> previous;  // our sentence that the one before was found in
  for (size_t i = 0; i < theirs.sentences.size(); ++i) {
    const Sentence& sentence = theirs.sentences[i];
    size_t found = 0;
    voted.clear();
    for (const uint64_t gram : sentence.grams) {
      auto at = std::lower_bound(where_.begin(), where_.end(), std::pair(gram, uint32_t{0}));
      if (at == where_.end() || at->first != gram) continue;
      ++found;
      for (size_t n = 0; n < kMaxSentencesOfGram && at != where_.end() && at->first == gram;
           ++n, ++at) {
        if (votes[at->second]++ == 0) voted.push_back(at->second);
      }
    }
    // Of the sentences that share as much, the one that goes on where the last one was.
    const auto better = [&](uint32_t a, uint32_t b) {
      if (votes[a] != votes[b]) return votes[a] > votes[b];
      const auto goes_on = [&](uint32_t s) {
        return previous.has_value() && (s == *previous || s == *previous + 1);
      };
      if (goes_on(a) != goes_on(b)) return goes_on(a);
      return a < b;
    };
    std::optional<size_t> best;
    for (const uint32_t each : voted) {
      if (ours_shared[each] && (!best.has_value() || better(each, static_cast<uint32_t>(*best)))) {
        best = each;
      }
    }
    for (const uint32_t each : voted) votes[each] = 0;
    const bool is_shared = found * 2 >= sentence.grams.size();
    const size_t bytes = sentence.end - sentence.begin;
    if (!is_shared) {
      if (!only_theirs.empty() && only_theirs.back().their_last == i) {
        only_theirs.back().their_last = i + 1;
        only_theirs.back().bytes += bytes;
      } else {
        only_theirs.push_back({0, 0, i, i + 1, bytes});
      }
    } else if (best.has_value()) {
      if (previous.has_value() && (*best == *previous || *best == *previous + 1)) {
        shared.back().last = *best + 1;
        shared.back().their_last = i + 1;
        shared.back().bytes += bytes;
      } else {
        shared.push_back({*best, *best + 1, i, i + 1, bytes});
      }
    }
    previous = is_shared ? best : std::nullopt;
  }
  std::vector<Run> only_ours;
  for (size_t i = 0; i < ours_.sentences.size(); ++i) {
    if (ours_shared[i]) continue;
    const size_t bytes = ours_.sentences[i].end - ours_.sentences[i].begin;
    if (!only_ours.empty() && only_ours.back().last == i) {
      only_ours.back().last = i + 1;
      only_ours.back().bytes += bytes;
    } else {
      only_ours.push_back({i, i + 1, 0, 0, bytes});
    }
  }

  Passages out;
  out.shared_count = static_cast<uint32_t>(shared.size());
  out.only_ours_count = static_cast<uint32_t>(only_ours.size());
  out.only_theirs_count = static_cast<uint32_t>(only_theirs.size());
  const auto slice = [](const Text& text, size_t first, size_t last) {
    return Shown(text.text, text.sentences[first].begin, text.sentences[last - 1].end);
  };
  KeepLongest(shared);
  KeepLongest(only_ours);
  KeepLongest(only_theirs);
  for (const Run& run : shared) {
    out.shared.push_back(
        {slice(ours_, run.first, run.last), slice(theirs, run.their_first, run.their_last)});
  }
  for (const Run& run : only_ours) out.only_ours.push_back(slice(ours_, run.first, run.last));
  for (const Run& run : only_theirs) {
    out.only_theirs.push_back(slice(theirs, run.their_first, run.their_last));
  }
  return out;
}

}  // namespace wirefold
