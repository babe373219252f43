// The command `wirefold`.
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/command/command.h"
#include "client/errors.h"
#include "lib/base/standard_streams.h"
#include "lib/base/strings.h"
#include "lib/text/utf8.h"

namespace wirefold {

absl::StatusOr<std::unique_ptr<Client>> ConnectToServer(const Globals& globals) {
  ClientOptions options;
  options.server = globals.server;
  options.connect_timeout_ms = static_cast<int64_t>(globals.connect_timeout_s * 1000);
  return Client::Connect(options);
}

int Fail(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  std::cerr << "wirefold: "
            << (status.message().empty() ? absl::StatusCodeToString(status.code())
                                         : std::string(status.message()));
  if (!reason.empty()) std::cerr << " (" << reason << ")";
  std::cerr << "\n";
  return kExitFailed;
}

int Print(std::string_view text) {
  std::cout << text << std::flush;
  if (std::cout.good()) return kExitOk;
  return Fail(absl::UnknownError("cannot write the output"));
}

void AddUrlRulesOption(CLI::App& command, std::string& path) {
  command
      .add_option("--url-rules", path,
                  "Rules about URLs (trackers, sessions) in place of the built-in ones")
      ->type_name("FILE");
}

CLI::Validator Utf8() {
  return CLI::Validator(
      [](const std::string& text) {
        return ValidUtf8Prefix(text) == text.size() ? std::string()
                                                    : std::string("not UTF-8; write it in UTF-8");
      },
      "");
}

CLI::Validator Seconds(double min, double max) {
  return CLI::Validator(
      [min, max](const std::string& text) {
        double seconds = 0;
        // Not for nan either, which compares with nothing.
        const bool fits = absl::SimpleAtod(text, &seconds) && seconds >= min && seconds <= max;
        return fits ? std::string()
                    : absl::StrCat("\"", text, "\" is no time; write seconds from ", min, " to ",
                                   max, ", e.g. 5 or 0.5");
      },
      "");
}

namespace {

constexpr char kFooter[] =
    "Examples:\n"
    "  wirefold ingest crawl/2023-09-05\n"
    "  wirefold get https://www.rfi.fr/cn/article --json\n"
    "  wirefold list --from 2023-09-05 --to 2023-09-06 --host rfi.fr\n"
    "  wirefold normalize page.html --json\n\n"
    "wirefold COMMAND --help says more on each.\n"
    "Exit code: 0 all went well, 2 it ran but some files were rejected, 1 anything else.";

// Says what CLI11 has to say: help, a version, or what is wrong.
int Exit(const CLI::App& app, const CLI::Error& error) {
  return app.exit(error) == 0 ? kExitOk : kExitFailed;
}

// For a first word that is no command, of which CLI11 says only that a command is missing.
int FailUnknown(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  std::cerr << absl::StrCat("wirefold: unknown ", word.starts_with('-') ? "option" : "command",
                            " \"", word, "\"; write one of the commands ",
                            absl::StrJoin(names, ", "), " (wirefold --help says what each does)\n");
  return kExitFailed;
}

int RunMain(int argc, char** argv) {
  OpenStandardStreams();
  // gRPC's own log lines say what the messages here say better; set GRPC_VERBOSITY to see them.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);  // NOLINT(concurrency-mt-unsafe)
  Globals globals;
  // Standard input is read whole, in large pieces.
  std::ios::sync_with_stdio(false);
  int exit_code = kExitOk;
  CLI::App app("Send news articles to a Wirefold server and fetch what it made of them.",
               "wirefold");
  app.add_option("--server", globals.server, "Where wirefoldd listens")
      ->envname("WIREFOLD_SERVER")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--connect-timeout", globals.connect_timeout_s, "Seconds to wait for a connection")
      ->type_name("SECONDS")
      ->check(Seconds(0.1, 3600))
      ->capture_default_str();
  app.set_version_flag("--version", std::string("wirefold ") + WIREFOLD_VERSION);
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();
  AddIngestCommand(app, globals, exit_code);
  AddGetCommand(app, globals, exit_code);
  AddListCommand(app, globals, exit_code);
  AddStoryCommand(app, globals, exit_code);
  AddCheckCommand(app, globals, exit_code);
  AddStatsCommand(app, globals, exit_code);
  AddDeleteCommand(app, globals, exit_code);
  AddCompactCommand(app, globals, exit_code);
  AddHealthCommand(app, globals, exit_code);
  AddNormalizeCommand(app, exit_code);
  AddUrlCommand(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    const std::vector<std::string> unknown = app.remaining();
    return unknown.empty() ? Exit(app, error) : FailUnknown(app, unknown.front());
  } catch (const CLI::ParseError& error) {
    return Exit(app, error);
  }
  return exit_code;
}

}  // namespace
}  // namespace wirefold

int main(int argc, char** argv) { return wirefold::RunMain(argc, argv); }
