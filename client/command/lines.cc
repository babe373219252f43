#include "client/command/lines.h"

#include <limits>

namespace wirefold {

std::optional<Line> LineReader::Next() {
  Line line;
  line.text.resize(max_bytes_ + 1);  // getline ends it with a NUL
  in_.getline(line.text.data(), static_cast<std::streamsize>(line.text.size()));
  auto bytes = static_cast<size_t>(in_.gcount());
  if (in_.bad() || (bytes == 0 && in_.eof())) return std::nullopt;
  line.number = ++number_;
  if (in_.fail()) {  // no room for all of it
    in_.clear();
    in_.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    line.too_long = true;
  } else if (!in_.eof()) {
    --bytes;  // the line's end
  }
  line.text.resize(bytes);
  return line;
}

}  // namespace wirefold
