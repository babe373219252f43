// wirefold list: unique articles in the order of time.
#include <algorithm>
#include <memory>
#include <string>

#include "client/command/command.h"
#include "client/command/render.h"
#include "client/command/time_argument.h"
#include "lib/base/limits.h"

namespace wirefold {
namespace {

struct ListArguments {
  std::string from;
  std::string to;
  std::string host;
  std::string source;
  std::string language;
  std::string view = "basic";
  uint64_t limit = kDefaultPageSize;
  bool descending = false;
  bool json = false;
};

absl::StatusOr<v1::ListArticlesRequest> MakeRequest(const ListArguments& arguments) {
  v1::ListArticlesRequest request;
  if (!arguments.from.empty()) {
    absl::StatusOr<google::protobuf::Timestamp> time = ParseTimeArgument(arguments.from);
    if (!time.ok()) return time.status();
    *request.mutable_start_time() = *time;
  }
  if (!arguments.to.empty()) {
    absl::StatusOr<google::protobuf::Timestamp> time = ParseTimeArgument(arguments.to);
    if (!time.ok()) return time.status();
    *request.mutable_end_time() = *time;
  }
  request.set_host(arguments.host);
  request.set_source(arguments.source);
  request.set_language(arguments.language);
  request.set_descending(arguments.descending);
  request.set_view(arguments.view == "full" ? v1::ARTICLE_VIEW_FULL : v1::ARTICLE_VIEW_BASIC);
  return request;
}

int RunList(const ListArguments& arguments, const Globals& globals) {
  absl::StatusOr<v1::ListArticlesRequest> request = MakeRequest(arguments);
  if (!request.ok()) return Fail(request.status());
  absl::StatusOr<std::unique_ptr<Client>> client = ConnectToServer(globals);
  if (!client.ok()) return Fail(client.status());
  const bool full = arguments.view == "full";
  uint64_t left = arguments.limit;
  do {
    const uint64_t page = arguments.limit == 0 ? kMaxPageSize : left;
    request->set_page_size(static_cast<int32_t>(std::min<uint64_t>(page, kMaxPageSize)));
    const absl::StatusOr<v1::ListArticlesResponse> response = (*client)->ListArticles(*request);
    if (!response.ok()) return Fail(response.status());
    std::string out;
    for (const v1::Article& article : response->articles()) {
      if (arguments.limit > 0 && left-- == 0) return Print(out);
      if (arguments.json) {
        JsonWriter json(out);
        AppendArticle(article, full, json);
        out += '\n';
      } else {
        AppendArticleLine(article, out);
      }
    }
    if (const int code = Print(out); code != kExitOk) return code;
    request->set_page_token(response->next_page_token());
  } while (!request->page_token().empty() && (arguments.limit == 0 || left > 0));
  return kExitOk;
}

}  // namespace

void AddListCommand(CLI::App& app, const Globals& globals, int& exit_code) {
  CLI::App* command = app.add_subcommand("list", "List unique articles in the order of time");
  // Shared by the options that fill it and the callback that reads it.
  auto arguments = std::make_shared<ListArguments>();
  command->add_option("--from", arguments->from, "Observed at this time or later")
      ->type_name("TIME");
  command->add_option("--to", arguments->to, "Observed before this time")->type_name("TIME");
  command->add_option("--host", arguments->host, "Only of this host or registrable domain")
      ->check(Utf8());
  command->add_option("--source", arguments->source, "Only of this source")->check(Utf8());
  command->add_option("--language", arguments->language, "Only in this language; zh is any Chinese")
      ->check(Utf8());
  command->add_option("--limit", arguments->limit, "At most so many; 0 for all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--view", arguments->view, "full adds text, images and links to --json")
      ->check(CLI::IsMember({"basic", "full"}))
      ->capture_default_str();
  command->add_flag("--descending", arguments->descending, "Newest first");
  command->add_flag("--json", arguments->json, "One JSON object a line");
  command->footer("TIME is 2023-09-05T10:15:02Z, or 2023-09-05 for its first moment in UTC.");
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = RunList(*arguments, globals); });
}

}  // namespace wirefold
