#include "tests/bench/wirefold_bench/input_files.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace wirefold::bench {

namespace {

// 0 of a file that doesn't say.
int64_t TimeOf(std::string_view content) {
  constexpr std::string_view kBegin = "<!--";
  const size_t end = content.substr(0, 64).find("-->");
  int64_t time_ms = 0;
  if (!content.starts_with(kBegin) || end == std::string_view::npos) return 0;
  std::from_chars(content.data() + kBegin.size(), content.data() + end, time_ms);
  return time_ms;
}

}  // namespace

absl::StatusOr<InputFiles> LoadFiles(const std::string& folder, size_t max_files, Order order) {
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
  InputFiles files;
  files.contents.reserve(paths.size());
  for (const std::filesystem::path& path : paths) {
    std::ifstream in(path, std::ios::binary);
    files.contents.emplace_back(std::istreambuf_iterator<char>(in),
                                std::istreambuf_iterator<char>());
    if (!in) return absl::InvalidArgumentError(absl::StrCat(path.string(), ": can't be read"));
  }
  if (order == Order::kTime) {
    std::stable_sort(
        files.contents.begin(), files.contents.end(),
        [](const std::string& a, const std::string& b) { return TimeOf(a) < TimeOf(b); });
  }
  if (max_files > 0 && files.contents.size() > max_files) files.contents.resize(max_files);
  for (const std::string& content : files.contents) files.bytes += content.size();
  return files;
}

}  // namespace wirefold::bench
