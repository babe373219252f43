// wirefold get: one article by ID or URL.
#include <memory>
#include <string>

#include "client/command/command.h"
#include "client/command/render.h"

namespace wirefold {
namespace {

struct GetArguments {
  std::string key;
  std::string view = "full";
  bool json = false;
};

int RunGet(const GetArguments& arguments, const Globals& globals) {
  absl::StatusOr<std::unique_ptr<Client>> client = ConnectToServer(globals);
  if (!client.ok()) return Fail(client.status());
  v1::GetArticleRequest request;
  // A URL has a colon, which no ID has; a mistyped ID is the server's to explain.
  if (arguments.key.find(':') != std::string::npos) {
    request.set_url(arguments.key);
  } else {
    request.set_id(arguments.key);
  }
  const bool full = arguments.view == "full";
  request.set_view(full ? v1::ARTICLE_VIEW_FULL : v1::ARTICLE_VIEW_BASIC);
  const absl::StatusOr<v1::Article> article = (*client)->GetArticle(request);
  if (!article.ok()) return Fail(article.status());
  std::string out;
  if (arguments.json) {
    JsonWriter json(out);
    AppendArticle(*article, full, json);
    out += '\n';
  } else {
    AppendArticleBlock(*article, out);
  }
  return Print(out);
}

}  // namespace

void AddGetCommand(CLI::App& app, const Globals& globals, int& exit_code) {
  CLI::App* command = app.add_subcommand("get", "Fetch one article by its ID or URL");
  // Shared by the options that fill it and the callback that reads it.
  auto arguments = std::make_shared<GetArguments>();
  command->add_option("KEY", arguments->key, "The ID of an article (a copy's too), or a URL")
      ->type_name("ID|URL")
      ->required();
  command->add_option("--view", arguments->view, "basic leaves out text, images and links")
      ->check(CLI::IsMember({"basic", "full"}))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "The article as one JSON object");
  command->callback([arguments, &globals, &exit_code] { exit_code = RunGet(*arguments, globals); });
}

}  // namespace wirefold
