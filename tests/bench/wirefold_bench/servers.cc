#include "tests/bench/wirefold_bench/servers.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace wirefold::bench {

absl::StatusOr<Place> Place::Make(const std::string& base) {
  std::string path = absl::StrCat(base, "/wirefold-bench-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {
    return absl::UnavailableError(absl::StrCat(base, ": no folder can be made in it"));
  }
  const int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    syncfs(folder);
    close(folder);
  }
  return Place(std::move(path));
}

Place::~Place() {
  if (path_.empty()) return;
  std::error_code error;  // what can't be removed stays
  std::filesystem::remove_all(path_, error);
}

absl::StatusOr<std::unique_ptr<Child>> StartWirefold(const Options& options,
                                                     const std::string& wirefoldd,
                                                     const std::string& place,
                                                     const std::string& data) {
  std::vector<std::string> command = {wirefoldd, "--listen", "127.0.0.1:0", "--data-dir",
                                      data.empty() ? place + "/data" : data};
  command.insert(command.end(), options.server_flags.begin(), options.server_flags.end());
  return Child::Start(command, place + "/log");
}

absl::StatusOr<std::unique_ptr<Child>> StartFloor(const std::string& place, bool stores,
                                                  const std::string& reply_file) {
  std::vector<std::string> command = {"/proc/self/exe", "floor-server"};
  if (stores) command.insert(command.end(), {"--data-dir", place + "/data"});
  if (!reply_file.empty()) command.insert(command.end(), {"--reply", reply_file});
  return Child::Start(command, place + "/log");
}

}  // namespace wirefold::bench
