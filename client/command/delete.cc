// wirefold delete: articles or whole stories, for good.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/command/command.h"
#include "client/command/render.h"

namespace wirefold {
namespace {

struct DeleteArguments {
  std::vector<std::string> keys;
  bool story = false;
  bool block = false;
  bool purge = false;
  bool json = false;
};

void AppendJson(const std::string& key, const v1::DeleteArticleResponse& deleted,
                std::string& out) {
  JsonWriter json(out);
  json.BeginObject();
  json.Key("key");
  json.String(key);
  json.Key("story_id");
  json.String(deleted.story_id());
  json.Key("representative_id");
  json.StringOrNull(deleted.representative_id());
  json.Key("removed_ids");
  json.BeginArray();
  for (const std::string& id : deleted.removed_ids()) json.String(id);
  json.EndArray();
  json.EndObject();
  out += '\n';
}

void AppendText(const v1::DeleteArticleResponse& deleted, std::string& out) {
  for (const std::string& id : deleted.removed_ids()) absl::StrAppend(&out, "deleted ", id, "\n");
  if (deleted.representative_id().empty()) {
    absl::StrAppend(&out, "nothing is left of the story ", deleted.story_id(), "\n");
  } else {
    absl::StrAppend(&out, deleted.representative_id(), " stands for the story ", deleted.story_id(),
                    "\n");
  }
}

int DeleteOne(Client& client, const std::string& key, const DeleteArguments& arguments) {
  v1::DeleteArticleRequest request;
  if (key.find(':') != std::string::npos) {
    request.set_url(key);  // no ID has a colon
  } else {
    request.set_id(key);
  }
  request.set_whole_story(arguments.story);
  request.set_block(arguments.block);
  const absl::StatusOr<v1::DeleteArticleResponse> deleted = client.DeleteArticle(request);
  if (!deleted.ok()) return Fail(deleted.status());
  std::string out;
  if (arguments.json) {
    AppendJson(key, *deleted, out);
  } else {
    AppendText(*deleted, out);
  }
  return Print(out);
}

int RunDelete(const DeleteArguments& arguments, const Globals& globals) {
  absl::StatusOr<std::unique_ptr<Client>> client = ConnectToServer(globals);
  if (!client.ok()) return Fail(client.status());
  int code = kExitOk;
  for (const std::string& key : arguments.keys) {
    code = std::max(code, DeleteOne(**client, key, arguments));
  }
  if (!arguments.purge) return code;
  const absl::StatusOr<v1::CompactResponse> compacted = (*client)->Compact();
  if (!compacted.ok()) return Fail(compacted.status());
  if (arguments.json) return code;
  return std::max(code, Print("purged: the data folder holds nothing of it any more; backups that "
                              "were made before still do\n"));
}

}  // namespace

void AddDeleteCommand(CLI::App& app, const Globals& globals, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("delete", "Delete articles, or the stories they are in, for good");
  // Shared by the options that fill it and the callback that reads it.
  auto arguments = std::make_shared<DeleteArguments>();
  command->add_option("KEY", arguments->keys, "IDs or URLs of articles or copies")
      ->required()
      ->check(Utf8());
  command->add_flag("--story", arguments->story, "All of the story that each is in");
  command->add_flag("--block", arguments->block,
                    "Refuse files with the same URL or text from now on");
  command->add_flag("--purge", arguments->purge,
                    "Then rewrite the store, so that no byte of it is left in the data folder");
  command->add_flag("--json", arguments->json, "One JSON object a line for each KEY");
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = RunDelete(*arguments, globals); });
}

}  // namespace wirefold
