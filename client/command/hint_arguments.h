// HintArguments: the options that say of a file what a crawler knows of it: --url, --observed-time
// and --content-type, the same for every command that reads files.
//
// Example:
//   AddHintOptions(*command, arguments->hints);
//   …
//   if (absl::Status status = CheckHints(arguments.hints, arguments.files); !status.ok()) …
//   absl::StatusOr<std::optional<int64_t>> time_ms = ObservedTimeMs(arguments.hints);
//
// Thread-safe: pure functions, but for a look at whether a path is a folder.
#ifndef WIREFOLD_CLIENT_COMMAND_HINT_ARGUMENTS_H_
#define WIREFOLD_CLIENT_COMMAND_HINT_ARGUMENTS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/command/files.h"
#include "wirefold/v1/ingest.pb.h"

namespace wirefold {

// Each empty if it is not given.
struct HintArguments {
  std::string url;
  std::string observed_time;
  std::string content_type;
};

void AddHintOptions(CLI::App& command, HintArguments& hints);

// INVALID_ARGUMENT if what is said of one file (its URL and its time) would be said of several.
[[nodiscard]] absl::Status CheckHints(const HintArguments& hints, const FileArguments& files);

// --observed-time in milliseconds; nullopt if it is not given, INVALID_ARGUMENT if it is no time.
[[nodiscard]] absl::StatusOr<std::optional<int64_t>> ObservedTimeMs(const HintArguments& hints);

// The URL and the time of `hints` for a file that is sent. As ObservedTimeMs.
[[nodiscard]] absl::Status SetHints(const HintArguments& hints, v1::IngestRequest& request);

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_COMMAND_HINT_ARGUMENTS_H_
