// Command: what the subcommands of `wirefold` share: global options, exit codes, and how an error
// is told.
//
// Example:
//   void AddStatsCommand(CLI::App& app, const Globals& globals, int& exit_code);
//
// Each subcommand is one file with one Add…Command function, which registers options and a callback
// that runs it and sets the exit code. One thread.
#ifndef WIREFOLD_CLIENT_COMMAND_COMMAND_H_
#define WIREFOLD_CLIENT_COMMAND_COMMAND_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/client.h"

namespace wirefold {

// Exit codes, as --help states them.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;    // the command could not do its work
inline constexpr int kExitRejected = 2;  // it ran, but some files or inputs were rejected

struct Globals {
  std::string server = kDefaultServer;
  double connect_timeout_s = 5;
};

// Connects as the global options say.
[[nodiscard]] absl::StatusOr<std::unique_ptr<Client>> ConnectToServer(const Globals& globals);

// "wirefold: message (REASON)" on standard error. Returns kExitFailed.
int Fail(const absl::Status& status);

// Writes all of `text` to standard output. kExitOk, or Fail.
int Print(std::string_view text);

// A check of options whose text travels in a protobuf `string`: it must be UTF-8. (Sent as it is,
// it would come back as an error that says nothing.)
CLI::Validator Utf8();

// A check of options that are a time in seconds, at least `min` and at most `max`. (CLI11's Range
// takes "nan" for a number within any range.)
CLI::Validator Seconds(double min, double max);

// --url-rules FILE, for the commands that canonicalize without a server.
void AddUrlRulesOption(CLI::App& command, std::string& path);

void AddIngestCommand(CLI::App& app, const Globals& globals, int& exit_code);
void AddGetCommand(CLI::App& app, const Globals& globals, int& exit_code);
void AddListCommand(CLI::App& app, const Globals& globals, int& exit_code);
void AddStoryCommand(CLI::App& app, const Globals& globals, int& exit_code);
void AddCheckCommand(CLI::App& app, const Globals& globals, int& exit_code);
void AddStatsCommand(CLI::App& app, const Globals& globals, int& exit_code);
void AddDeleteCommand(CLI::App& app, const Globals& globals, int& exit_code);
void AddCompactCommand(CLI::App& app, const Globals& globals, int& exit_code);
void AddHealthCommand(CLI::App& app, const Globals& globals, int& exit_code);
void AddNormalizeCommand(CLI::App& app, int& exit_code);
void AddUrlCommand(CLI::App& app, int& exit_code);

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_COMMAND_COMMAND_H_
