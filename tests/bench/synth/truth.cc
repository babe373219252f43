#include "tests/bench/synth/truth.h"

#include <array>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/strings.h"

namespace wirefold {

std::string PathOf(uint64_t file) {
  return absl::StrFormat("%05u/%09u.txt", file / kFilesOfFolder, file);
}

std::optional<uint64_t> FileOfPath(std::string_view path) {
  path = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  const size_t dot = path.find('.');
  uint64_t file = 0;
  if (dot == std::string_view::npos || path.substr(dot) != ".txt" ||
      !absl::SimpleAtoi(ToAbsl(path.substr(0, dot)), &file)) {
    return std::nullopt;
  }
  return file;
}

std::string TruthLine(const SynthTruth& truth) {
  std::string line = absl::StrCat(truth.file, "\t", PathOf(truth.file), "\t", truth.story, "\t",
                                  ToAbsl(KindName(truth.kind)), "\t");
  if (truth.original.has_value()) absl::StrAppend(&line, *truth.original);
  line += '\n';
  return line;
}

absl::StatusOr<SynthTruth> ParseTruthLine(std::string_view line) {
  const auto bad = [line] {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", ToAbsl(line), "\" is no line of file, path, story, kind, original"));
  };
  std::array<std::string_view, 5> columns;
  for (size_t i = 0; i < columns.size(); ++i) {
    const size_t end = line.find('\t');
    if ((end == std::string_view::npos) != (i + 1 == columns.size())) return bad();
    columns[i] = line.substr(0, end);
    line.remove_prefix(i + 1 == columns.size() ? 0 : end + 1);
  }
  SynthTruth truth;
  uint64_t original = 0;
  const std::optional<SynthKind> kind = KindNamed(columns[3]);
  if (!absl::SimpleAtoi(ToAbsl(columns[0]), &truth.file) ||
      !absl::SimpleAtoi(ToAbsl(columns[2]), &truth.story) || !kind.has_value()) {
    return bad();
  }
  truth.kind = *kind;
  if (IsCopy(truth.kind)) {
    if (!absl::SimpleAtoi(ToAbsl(columns[4]), &original)) return bad();
    truth.original = original;
  } else if (!columns[4].empty()) {
    return bad();
  }
  return truth;
}

}  // namespace wirefold
