// wirefold story: the unique article of a story and all its copies.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/command/command.h"
#include "client/command/render.h"
#include "lib/base/limits.h"

namespace wirefold {
namespace {

struct StoryArguments {
  std::string id;
  bool full = false;
  bool json = false;
};

// The story with every page of its sightings.
absl::StatusOr<v1::Story> FetchStory(const StoryArguments& arguments, Client& client) {
  v1::GetStoryRequest request;
  request.set_id(arguments.id);
  request.set_view(arguments.full ? v1::ARTICLE_VIEW_FULL : v1::ARTICLE_VIEW_BASIC);
  // Texts make large pages, and a page is one message.
  request.set_page_size(arguments.full ? kDefaultPageSize : kMaxPageSize);
  absl::StatusOr<v1::Story> story = client.GetStory(request);
  while (story.ok() && !story->next_page_token().empty()) {
    request.set_page_token(story->next_page_token());
    absl::StatusOr<v1::Story> page = client.GetStory(request);
    if (!page.ok()) return page.status();
    for (v1::Article& sighting : *page->mutable_sightings()) {
      story->add_sightings()->Swap(&sighting);
    }
    story->set_next_page_token(page->next_page_token());
  }
  return story;
}

void AppendJson(const v1::Story& story, bool full, std::string& out) {
  JsonWriter json(out);
  json.BeginObject();
  json.Key("story_id");
  json.String(story.story_id());
  json.Key("representative");
  AppendArticle(story.representative(), full, json);
  json.Key("sightings");
  json.BeginArray();
  for (const v1::Article& sighting : story.sightings()) AppendArticle(sighting, full, json);
  json.EndArray();
  json.EndObject();
  out += '\n';
}

void AppendText(const v1::Story& story, std::string& out) {
  AppendArticleBlock(story.representative(), out);
  absl::StrAppend(&out, "\n", story.sightings_size(), " copies\n");
  for (const v1::Article& sighting : story.sightings()) {
    AppendArticleLine(sighting, out);
    absl::StrAppend(&out, "    ", RelationName(sighting.relation()), "  ", sighting.url(), "\n");
    if (!sighting.text().empty()) absl::StrAppend(&out, "\n", sighting.text(), "\n\n");
  }
}

int RunStory(const StoryArguments& arguments, const Globals& globals) {
  absl::StatusOr<std::unique_ptr<Client>> client = ConnectToServer(globals);
  if (!client.ok()) return Fail(client.status());
  const absl::StatusOr<v1::Story> story = FetchStory(arguments, **client);
  if (!story.ok()) return Fail(story.status());
  std::string out;
  if (arguments.json) {
    AppendJson(*story, arguments.full, out);
  } else {
    AppendText(*story, out);
  }
  return Print(out);
}

}  // namespace

void AddStoryCommand(CLI::App& app, const Globals& globals, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("story", "Show a story: its unique article and all copies");
  // Shared by the options that fill it and the callback that reads it.
  auto arguments = std::make_shared<StoryArguments>();
  command->add_option("ID", arguments->id, "The ID of any article of the story")
      ->required()
      ->check(Utf8());
  command->add_flag("--full", arguments->full, "With the text of each copy");
  command->add_flag("--json", arguments->json, "The story as one JSON object");
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = RunStory(*arguments, globals); });
}

}  // namespace wirefold
