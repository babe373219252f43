#include "server/config.h"

#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/strings.h"
#include "server/version.h"
#include "toml++/toml.h"

namespace wirefold {
namespace {

constexpr std::string_view kPrefix = "WIREFOLD_";
constexpr std::string_view kConfigVariable = "WIREFOLD_CONFIG";

// A value that was given, and by whom: "flag --listen".
struct Given {
  std::string text;
  std::string origin;
};
using GivenValues = std::map<std::string, Given, std::less<>>;  // by setting name

absl::Status Invalid(std::string_view message) {
  return absl::InvalidArgumentError(ToAbsl(message));
}

// WIREFOLD_* names that are not the daemon's but may well be around: the client's, the tests', and
// those that Kubernetes sets in every pod beside a Service called wirefold.
bool BelongsToOthers(std::string_view name) {
  const absl::string_view rest = ToAbsl(name.substr(kPrefix.size()));
  return rest == "SERVER" || rest == "CONFIG" || absl::StartsWith(rest, "TEST_") ||
         absl::StrContains(rest, "SERVICE_HOST") || absl::StrContains(rest, "SERVICE_PORT") ||
         rest == "PORT" || absl::StartsWith(rest, "PORT_") || absl::EndsWith(rest, "_PORT") ||
         absl::StrContains(rest, "_PORT_");
}

absl::Status ReadFile(const std::string& path, GivenValues& values) {
  if (access(path.c_str(), R_OK) != 0) {
    return absl::NotFoundError(absl::StrCat(
        "the configuration file ", path, " can't be read; check --config and ", "its permissions"));
  }
  toml::table table;
  try {
    // A folder opens like an empty file.
    if (std::error_code error; std::filesystem::is_directory(path, error)) {
      return Invalid(absl::StrCat(path, " is a folder; name the TOML file in it"));
    }
    table = toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    return Invalid(absl::StrCat(path, ":", error.source().begin.line, ": ",
                                std::string(error.description()), "; correct the TOML there"));
  }
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const std::string where = absl::StrCat(path, ":", node.source().begin.line, ": ");
    const Setting* setting = FindSetting(name);
    if (setting == nullptr) {
      return Invalid(absl::StrCat(where, "unknown setting '", name,
                                  "'; wirefoldd --print-config lists all of them"));
    }
    const bool number_wanted = setting->kind == SettingKind::kCount;
    const bool switch_wanted = setting->kind == SettingKind::kSwitch;
    const bool number_allowed = number_wanted || setting->kind == SettingKind::kBytes;
    std::string text;
    if (const auto* boolean = node.as_boolean(); boolean != nullptr && switch_wanted) {
      text = boolean->get() ? "true" : "false";
    } else if (const auto* string = node.as_string();
               string != nullptr && !number_wanted && !switch_wanted) {
      text = string->get();
    } else if (const auto* integer = node.as_integer(); integer != nullptr && number_allowed) {
      text = absl::StrCat(integer->get());
    } else {
      return Invalid(absl::StrCat(where, name,
                                  number_wanted   ? " must be an integer without quotes"
                                  : switch_wanted ? " must be true or false, without quotes"
                                  : number_allowed
                                      ? " must be an integer or a string like \"256MiB\""
                                      : " must be a string in quotes"));
    }
    values.insert_or_assign(name, Given{std::move(text), "file " + path});
  }
  return absl::OkStatus();
}

absl::Status ReadEnvironment(const Environment& environment, GivenValues& values) {
  std::map<std::string, const Setting*> known;
  for (const Setting& setting : Settings()) known.emplace(EnvironmentName(setting), &setting);
  for (const auto& [name, text] : environment) {
    if (!name.starts_with(kPrefix)) continue;
    if (const auto it = known.find(name); it != known.end()) {
      values.insert_or_assign(std::string(it->second->name), Given{text, "environment " + name});
    } else if (!BelongsToOthers(name)) {
      return Invalid(absl::StrCat("unknown environment variable ", name,
                                  "; unset it, or see wirefoldd --help for the names of settings"));
    }
  }
  return absl::OkStatus();
}

std::string PrintConfig(const Config& config, const GivenValues& values) {
  std::string out =
      "# The effective configuration of wirefoldd, and where each value comes from.\n";
  for (const Setting& setting : Settings()) {
    const auto given = values.find(setting.name);
    absl::StrAppend(&out, ToAbsl(setting.name), " = ", TomlValue(setting, config), "  # ",
                    given == values.end() ? "default" : given->second.origin, "\n");
  }
  return out;
}

std::string HelpOf(const Setting& setting) {
  std::string help(setting.help);
  if (!setting.default_value.empty()) {
    absl::StrAppend(&help, " Default: ", ToAbsl(setting.default_value), ".");
  }
  return absl::StrCat(help, " [", EnvironmentName(setting), "]");
}

}  // namespace

Environment ProcessEnvironment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

absl::StatusOr<Invocation> ParseInvocation(int argc, const char* const* argv,
                                           const Environment& environment) {
  CLI::App app("wirefoldd: normalizes news articles, folds copies into stories and keeps them.");
  app.get_formatter()->column_width(34);
  std::string file;
  bool print_config = false;
  bool version = false;
  app.add_option("--config", file, "TOML file with settings. [WIREFOLD_CONFIG]");
  app.add_flag("--print-config", print_config,
               "Print the effective configuration as TOML, with where each value comes from.");
  app.add_flag("--version", version, "Print the version.");
  std::map<std::string_view, std::string> flags;
  for (const Setting& setting : Settings()) {
    const std::string flag = "--" + std::string(setting.name);
    if (setting.kind == SettingKind::kSwitch) {
      app.add_flag(flag, flags[setting.name], HelpOf(setting));
    } else {
      app.add_option(flag, flags[setting.name], HelpOf(setting));
    }
  }
  // Settings may stand behind the command's name too.
  app.fallthrough();
  bool dry_run = false;
  CLI::App* const rekey = app.add_subcommand(
      "rekey",
      "Move the data folder to other rules about URLs (--url-rules, or those of a new version): "
      "every article keeps its ID and is found by its new key. wirefoldd must not be running on "
      "it. "
      "If it is interrupted, run it again.");
  rekey->add_flag("--dry-run", dry_run, "Only tell what would change; no record is touched.");
  rekey->footer(
      "Takes the daemon's settings too, wherever they stand: --data-dir FOLDER names the store, "
      "--url-rules FILE\nthe rules to move to (the built-in ones without it).");
  Invocation result;
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    result.action = Invocation::Action::kPrint;
    result.output = rekey->parsed() ? rekey->help("wirefoldd") : app.help();
    return result;
  } catch (const CLI::ParseError& error) {
    return Invalid(absl::StrCat(error.what(), "; wirefoldd --help lists the flags"));
  }
  if (version) {
    result.action = Invocation::Action::kPrint;
    result.output = absl::StrCat("wirefoldd ", kVersion, "\n");
    return result;
  }

  GivenValues values;
  const auto variable = environment.find(std::string(kConfigVariable));
  if (file.empty() && variable != environment.end()) file = variable->second;
  if (!file.empty()) {
    if (absl::Status status = ReadFile(file, values); !status.ok()) return status;
  }
  if (absl::Status status = ReadEnvironment(environment, values); !status.ok()) return status;
  for (const Setting& setting : Settings()) {
    const std::string flag = "--" + std::string(setting.name);
    if (app.count(flag) == 0) continue;
    values.insert_or_assign(std::string(setting.name), Given{flags[setting.name], "flag " + flag});
  }

  for (const auto& [name, given] : values) {
    const Setting& setting = *FindSetting(name);
    if (absl::Status status = SetSetting(setting, given.text, result.config); !status.ok()) {
      return Invalid(absl::StrCat(given.origin, ": ", name, " = \"", given.text, "\" ",
                                  std::string(status.message())));
    }
  }
  if (absl::Status status = CheckSettings(result.config); !status.ok()) return status;
  if (rekey->parsed()) {
    result.action = Invocation::Action::kRekey;
    result.dry_run = dry_run;
  }
  if (print_config) {
    result.action = Invocation::Action::kPrint;
    result.output = PrintConfig(result.config, values);
  }
  return result;
}

}  // namespace wirefold
