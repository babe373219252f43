#include "lib/dedup/election.h"

#include <algorithm>

#include "lib/text/matching.h"

namespace wirefold {
namespace {

// Bytes of a dateline that may name an outlet: eight Han characters.
constexpr size_t kNameBytes = 24;
// A shorter name is none: two Han characters, six Latin letters.
constexpr size_t kMinNameBytes = 6;
// Where sources are named: 60 Han characters at the beginning, 40 at the end.
constexpr size_t kHeadBytes = 180;
constexpr size_t kTailBytes = 120;
// The part of the body in which places come again.
constexpr size_t kBodyBytes = 3000;
constexpr int64_t kDayMs = 86'400'000;

bool IsContinuation(char byte) { return (static_cast<uint8_t>(byte) & 0xC0) == 0x80; }

// The longest prefix of at most `bytes` bytes that ends at a character.
std::string_view Prefix(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && IsContinuation(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

std::string_view Suffix(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  size_t start = text.size() - bytes;
  while (start < text.size() && IsContinuation(text[start])) ++start;
  return text.substr(start);
}

// Characters but for spaces and line ends.
uint32_t CountLetters(std::string_view matching) {
  // A byte counts so many without running over; a loop over bytes is a few vector instructions.
  constexpr size_t kCounted = 255;
  uint32_t letters = 0;
  for (size_t at = 0; at < matching.size(); at += kCounted) {
    const std::string_view some = matching.substr(at, kCounted);
    uint8_t here = 0;
    for (const char c : some) {
      const auto byte = static_cast<uint8_t>(c);
      here =
          static_cast<uint8_t>(here + ((byte != ' ') & (byte != '\n') & ((byte & 0xC0) != 0x80)));
    }
    letters += here;
  }
  return letters;
}

std::string WithoutSeparators(std::string_view matching) {
  std::string out(matching.size(), '\0');
  size_t size = 0;
  // Without a branch: words may be short.
  for (const char c : matching) {
    out[size] = c;
    size += c != ' ' && c != '\n' ? 1 : 0;
  }
  out.resize(size);
  return out;
}

// How much of the beginning of `name` is in `text`, in bytes; 0 if less than a name.
size_t FoundPrefix(std::string_view name, std::string_view text) {
  size_t found = 0;
  size_t at = 0;  // what does not hold the shorter prefix does not hold the longer one
  for (size_t bytes = kMinNameBytes; bytes <= name.size(); ++bytes) {
    if (bytes < name.size() && IsContinuation(name[bytes])) continue;
    at = text.find(name.substr(0, bytes), at);
    if (at == std::string_view::npos) break;
    found = bytes;
  }
  return found;
}

}  // namespace

Standing MakeStanding(std::string_view matching_text, const Publication& publication) {
  Standing standing;
  standing.letters = CountLetters(matching_text);
  // A date without a time of day says nothing about who was first on that day.
  const bool has_time = publication.has_published_at && publication.published_at_ms > 0 &&
                        publication.published_at_ms % kDayMs != 0;
  standing.published_ms = has_time ? publication.published_at_ms : publication.observed_at_ms;
  if (has_time && publication.observed_at_ms > 0) {
    standing.published_ms = std::min(standing.published_ms, publication.observed_at_ms);
  }
  standing.edges = WithoutSeparators(Prefix(matching_text, kHeadBytes));
  standing.edges += '\n';
  if (matching_text.size() > kHeadBytes) {
    standing.edges += WithoutSeparators(Suffix(matching_text.substr(kHeadBytes), kTailBytes));
  }
  if (publication.dateline.empty()) return standing;
  const std::string dateline = WithoutSeparators(ToMatching(publication.dateline).text);
  standing.dateline = Prefix(dateline, kNameBytes);
  const std::string body = WithoutSeparators(Prefix(matching_text, kBodyBytes));
  const size_t at = body.find(dateline);
  const std::string_view rest = at == std::string::npos
                                    ? std::string_view(body)
                                    : std::string_view(body).substr(at + dateline.size());
  standing.place_bytes = static_cast<uint32_t>(FoundPrefix(standing.dateline, rest));
  return standing;
}

bool Credits(const Standing& copy, const Standing& original) {
  const size_t bytes = FoundPrefix(original.dateline, copy.edges);
  if (bytes == 0 || bytes <= original.place_bytes) return false;
  return !copy.dateline.starts_with(original.dateline.substr(0, bytes));
}

bool StandsBefore(const Standing& a, const Ulid& a_id, const Standing& b, const Ulid& b_id) {
  const bool a_is_credited = Credits(b, a);
  const bool b_is_credited = Credits(a, b);
  if (a_is_credited != b_is_credited) return a_is_credited;
  if (a.published_ms != b.published_ms) return a.published_ms < b.published_ms;
  if (a.letters != b.letters) return a.letters > b.letters;
  return a_id < b_id;
}

}  // namespace wirefold
