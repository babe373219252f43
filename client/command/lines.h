// LineReader: text that comes line by line, in the memory of one line, however long they are.
//
// Example:
//   LineReader lines(std::cin, kMaxUrlLineBytes);
//   while (std::optional<Line> line = lines.Next()) {
//     if (line->too_long) Refuse(line->number);
//   }
//
// Not thread-safe.
#ifndef WIREFOLD_CLIENT_COMMAND_LINES_H_
#define WIREFOLD_CLIENT_COMMAND_LINES_H_

#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>

namespace wirefold {

// The longest line of URLs or IDs that is read whole: many times the longest URL (kMaxUrlBytes), so
// that nearly all that is refused for its length is refused under its own name.
inline constexpr size_t kMaxUrlLineBytes = size_t{64} << 10;

struct Line {
  std::string text;       // without its end; of one that is too long the first max_bytes
  uint64_t number = 0;    // from 1
  bool too_long = false;  // it has more than max_bytes
};

class LineReader {
 public:
  // `in` must outlive the reader.
  LineReader(std::istream& in, size_t max_bytes) : in_(in), max_bytes_(max_bytes) {}

  // The next line; nullopt at the end, and where `in` can't be read on (then in.bad()).
  [[nodiscard]] std::optional<Line> Next();

 private:
  std::istream& in_;
  const size_t max_bytes_;
  uint64_t number_ = 0;
};

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_COMMAND_LINES_H_
