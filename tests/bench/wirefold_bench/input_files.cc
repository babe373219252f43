#include "tests/bench/wirefold_bench/input_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace wirefold::bench {

absl::StatusOr<InputFiles> LoadFiles(const std::string& folder, size_t max_files) {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entries(folder, error);
  for (; !error && entries != std::filesystem::recursive_directory_iterator();
       entries.increment(error)) {
    if (entries->is_regular_file(error)) paths.push_back(entries->path());
  }
  if (error) return absl::NotFoundError(absl::StrCat(folder, ": ", error.message()));
  if (paths.empty()) return absl::NotFoundError(absl::StrCat(folder, ": no files"));
  std::sort(paths.begin(), paths.end());
  if (max_files > 0 && paths.size() > max_files) paths.resize(max_files);
  InputFiles files;
  files.contents.reserve(paths.size());
  for (const std::filesystem::path& path : paths) {
    std::ifstream in(path, std::ios::binary);
    files.contents.emplace_back(std::istreambuf_iterator<char>(in),
                                std::istreambuf_iterator<char>());
    if (!in) return absl::InvalidArgumentError(absl::StrCat(path.string(), ": can't be read"));
    files.bytes += files.contents.back().size();
  }
  return files;
}

}  // namespace wirefold::bench
