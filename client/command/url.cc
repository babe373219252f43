// wirefold url: both canonical forms of URLs, without a server.
#include <unistd.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/command/command.h"
#include "client/command/files.h"
#include "client/command/json.h"
#include "client/command/lines.h"
#include "client/command/output.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/text/utf8.h"
#include "lib/url/canonicalize.h"
#include "lib/url/rules_file.h"

namespace wirefold {
namespace {

// Of a line that is too long so much is repeated.
constexpr size_t kMaxShownBytes = 256;

struct UrlArguments {
  std::vector<std::string> urls;
  std::string base;
  std::string rules;
  bool json = false;
};

void AppendJson(const std::string& input, const CanonicalUrl* canonical, const std::string& error,
                std::string& out) {
  JsonWriter json(out);
  json.BeginObject();
  json.Key("input");
  json.String(input);
  json.Key("url");
  json.StringOrNull(canonical == nullptr ? std::string_view() : canonical->url);
  json.Key("url_key");
  json.StringOrNull(canonical == nullptr ? std::string_view() : canonical->url_key);
  json.Key("error");
  json.StringOrNull(error);
  json.EndObject();
  out += '\n';
}

// One input, and what became of it: a line of output. False if it is no URL.
bool Tell(const std::string& input, const absl::StatusOr<CanonicalUrl>& canonical,
          const UrlArguments& arguments, Output& output) {
  std::string error;
  if (!canonical.ok()) {
    error = absl::StrCat(std::string(ReasonName(ReasonOf(canonical.status()))), ": ",
                         canonical.status().message());
  }
  std::string line;
  if (arguments.json) {
    AppendJson(input, canonical.ok() ? &*canonical : nullptr, error, line);
  } else if (canonical.ok()) {
    line = absl::StrCat(canonical->url, "\t", canonical->url_key, "\n");
  } else {
    std::cerr << absl::StrCat("wirefold: ", input, ": ", error, "\n");
  }
  output.WaitForRoom();
  output.Append(line);
  return canonical.ok();
}

bool TellUrl(const std::string& input, const UrlArguments& arguments, const UrlRules& rules,
             Output& output) {
  return Tell(input, CanonicalizeUrl(input, arguments.base, rules), arguments, output);
}

bool TellLine(const Line& line, const UrlArguments& arguments, const UrlRules& rules,
              Output& output) {
  if (!line.too_long) return TellUrl(line.text, arguments, rules, output);
  const std::string beginning(CutAtCharacter(line.text, kMaxShownBytes));
  return Tell(
      beginning,
      Reject(Reason::kUrlTooLong,
             absl::StrCat("line ", line.number, " has more than ", kMaxUrlLineBytes,
                          " bytes, and a URL at most ", kMaxUrlBytes, "; write one URL a line")),
      arguments, output);
}

int RunUrl(const UrlArguments& arguments) {
  const absl::StatusOr<UrlRules> rules = ReadUrlRulesFile(arguments.rules);
  if (!rules.ok()) return Fail(rules.status());
  if (!arguments.base.empty()) {
    const absl::StatusOr<Url> base = ParseUrl(arguments.base);
    if (!base.ok()) {
      return Fail(absl::InvalidArgumentError(
          absl::StrCat("--base ", arguments.base, ": ", base.status().message())));
    }
  }
  Output output(STDOUT_FILENO);
  bool all_ok = true;
  for (const std::string& url : arguments.urls) {
    if (url != kStdinPath) {
      all_ok = TellUrl(url, arguments, *rules, output) && all_ok;
      continue;
    }
    LineReader lines(std::cin, kMaxUrlLineBytes);
    while (const std::optional<Line> line = lines.Next()) {
      all_ok = TellLine(*line, arguments, *rules, output) && all_ok;
    }
    if (std::cin.bad()) {
      output.Finish();
      return Fail(absl::DataLossError("cannot read standard input to its end"));
    }
  }
  if (!output.Finish()) return kExitFailed;
  return all_ok ? kExitOk : kExitRejected;
}

}  // namespace

void AddUrlCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "url", "Show both canonical forms of URLs: to fetch, and to match by; needs no server");
  // Shared by the options that fill it and the callback that reads it.
  auto arguments = std::make_shared<UrlArguments>();
  command->add_option("URL", arguments->urls, "URLs, or - for one a line from standard input")
      ->required();
  command->add_option("--base", arguments->base, "What relative URLs are relative to")
      ->type_name("URL");
  AddUrlRulesOption(*command, arguments->rules);
  command->add_flag("--json", arguments->json, "One JSON line a URL");
  command->footer(
      "Without --json: the URL to fetch, a tab, the form to match by.\n"
      "Exit code: 0 all are URLs, 2 some are not (their error says why).");
  command->callback([arguments, &exit_code] { exit_code = RunUrl(*arguments); });
}

}  // namespace wirefold
