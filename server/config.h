// Config: puts the daemon's configuration together from a TOML file, the environment and the
// command line; what comes later in this list wins.
//
// Example:
//   absl::StatusOr<Invocation> run = ParseInvocation(argc, argv, ProcessEnvironment());
//   if (!run.ok()) … run.status().message() says which setting of which source, and what to do
//   if (run->action == Invocation::Action::kPrint) std::cout << run->output;
//
// Thread-safe, except that ProcessEnvironment reads the process's environment.
#ifndef WIREFOLD_SERVER_CONFIG_H_
#define WIREFOLD_SERVER_CONFIG_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/settings.h"

namespace wirefold {

// What the command line asks for.
struct Invocation {
  enum class Action { kServe, kPrint, kRekey };

  Action action = Action::kServe;
  Config config;
  bool dry_run = false;  // kRekey: only tell what it would do
  // kPrint: the text for standard output (--help, --version, --print-config).
  std::string output;
};

// NAME to value.
using Environment = std::map<std::string, std::string>;
Environment ProcessEnvironment();

// `argv[0]` is the program's name. kInvalidArgument for unknown settings, unknown WIREFOLD_* names
// and malformed values, whichever source they stand in; kNotFound for a missing --config file.
[[nodiscard]] absl::StatusOr<Invocation> ParseInvocation(int argc, const char* const* argv,
                                                         const Environment& environment);

}  // namespace wirefold

#endif  // WIREFOLD_SERVER_CONFIG_H_
