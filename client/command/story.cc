// wirefold story: the unique article of a story and all its copies; with --diff what each says
// otherwise, and what each of their texts changed.
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/command/command.h"
#include "client/command/render.h"
#include "client/command/wrap.h"
#include "lib/base/limits.h"

namespace wirefold {
namespace {

struct StoryArguments {
  std::string id;
  bool full = false;
  bool diff = false;
  bool json = false;
};

// The texts that an article's URL has had, with what each changed, by its ID.
using Histories = std::map<std::string, std::vector<v1::Revision>>;

// The story with every page of its sightings.
absl::StatusOr<v1::Story> FetchStory(const StoryArguments& arguments, Client& client) {
  v1::GetStoryRequest request;
  request.set_id(arguments.id);
  request.set_view(arguments.full ? v1::ARTICLE_VIEW_FULL : v1::ARTICLE_VIEW_BASIC);
  // Texts make large pages, and a page is one message.
  request.set_page_size(arguments.full || arguments.diff ? kDefaultPageSize : kMaxPageSize);
  request.set_changes(arguments.diff);
  absl::StatusOr<v1::Story> story = client.GetStory(request);
  while (story.ok() && !story->next_page_token().empty()) {
    request.set_page_token(story->next_page_token());
    absl::StatusOr<v1::Story> page = client.GetStory(request);
    if (!page.ok()) return page.status();
    for (v1::Article& sighting : *page->mutable_sightings()) {
      story->add_sightings()->Swap(&sighting);
    }
    for (v1::Changes& changes : *page->mutable_sighting_changes()) {
      story->add_sighting_changes()->Swap(&changes);
    }
    story->set_next_page_token(page->next_page_token());
  }
  return story;
}

absl::StatusOr<std::vector<v1::Revision>> FetchHistory(const std::string& id, bool full,
                                                       Client& client) {
  std::vector<v1::Revision> revisions;
  v1::ListRevisionsRequest request;
  request.set_id(id);
  request.set_view(full ? v1::ARTICLE_VIEW_FULL : v1::ARTICLE_VIEW_BASIC);
  request.set_changes(true);
  do {
    absl::StatusOr<v1::ListRevisionsResponse> page = client.ListRevisions(request);
    if (!page.ok()) return page.status();
    for (v1::Revision& revision : *page->mutable_revisions()) {
      revisions.push_back(std::move(revision));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return revisions;
}

// Of all of the story's articles that have had more than one text.
absl::StatusOr<Histories> FetchHistories(const v1::Story& story, bool full, Client& client) {
  Histories histories;
  std::vector<const v1::Article*> articles = {&story.representative()};
  for (const v1::Article& sighting : story.sightings()) articles.push_back(&sighting);
  for (const v1::Article* article : articles) {
    if (article->revision_count() == 0) continue;
    absl::StatusOr<std::vector<v1::Revision>> history = FetchHistory(article->id(), full, client);
    if (!history.ok()) return history.status();
    histories[article->id()] = *std::move(history);
  }
  return histories;
}

template <typename Passages>
void AppendPassages(std::string_view key, const Passages& passages, JsonWriter& json) {
  json.Key(key);
  json.BeginArray();
  for (const std::string& passage : passages) json.String(passage);
  json.EndArray();
}

void AppendJson(const v1::Changes& changes, JsonWriter& json) {
  json.BeginObject();
  AppendPassages("added", changes.added(), json);
  AppendPassages("removed", changes.removed(), json);
  json.Key("added_count");
  json.Number(changes.added_count());
  json.Key("removed_count");
  json.Number(changes.removed_count());
  json.Key("shared_count");
  json.Number(changes.shared_count());
  json.Key("jaccard");
  json.Ppm(changes.similarity().jaccard_ppm());
  json.Key("containment");
  json.Ppm(changes.similarity().containment_ppm());
  json.EndObject();
}

void AppendJson(const v1::Revision& revision, bool full, JsonWriter& json) {
  json.BeginObject();
  json.Key("article");
  AppendArticle(revision.article(), full, json);
  json.Key("is_newest");
  json.Bool(revision.is_newest());
  json.Key("is_unrelated");
  json.Bool(revision.is_unrelated());
  json.Key("changes");
  if (revision.has_changes()) {
    AppendJson(revision.changes(), json);
  } else {
    json.Null();
  }
  json.EndObject();
}

void AppendJson(const v1::Story& story, const StoryArguments& arguments, const Histories& histories,
                std::string& out) {
  JsonWriter json(out);
  json.BeginObject();
  json.Key("story_id");
  json.String(story.story_id());
  json.Key("representative");
  AppendArticle(story.representative(), arguments.full, json);
  json.Key("sightings");
  json.BeginArray();
  for (const v1::Article& sighting : story.sightings()) {
    AppendArticle(sighting, arguments.full, json);
  }
  json.EndArray();
  if (arguments.diff) {
    json.Key("sighting_changes");
    json.BeginArray();
    for (const v1::Changes& changes : story.sighting_changes()) AppendJson(changes, json);
    json.EndArray();
    json.Key("revisions");
    json.BeginObject();
    for (const auto& [id, history] : histories) {
      json.Key(id);
      json.BeginArray();
      for (const v1::Revision& revision : history) AppendJson(revision, arguments.full, json);
      json.EndArray();
    }
    json.EndObject();
  }
  json.EndObject();
  out += '\n';
}

void AppendChanges(const v1::Changes& changes, std::string& out) {
  if (changes.added_count() + changes.removed_count() == 0) {
    absl::StrAppend(&out, "    the same in other words at most\n");
    return;
  }
  const auto append = [&](const char* sign, const auto& passages, uint32_t count) {
    const std::string first = absl::StrCat("    ", sign, " ");
    for (const std::string& passage : passages) AppendWrapped(passage, {first, "      "}, out);
    const uint32_t shown = static_cast<uint32_t>(passages.size());
    if (count > shown) {
      absl::StrAppend(&out, first, "… and ", count - shown, " more\n");
    }
  };
  append("-", changes.removed(), changes.removed_count());
  append("+", changes.added(), changes.added_count());
}

void AppendHistory(const v1::Article& article, const Histories& histories, std::string& out) {
  const auto history = histories.find(article.id());
  if (history == histories.end()) return;
  const std::string* title = nullptr;  // of the text before
  for (const v1::Revision& revision : history->second) {
    absl::StrAppend(&out, "  text of ", FormatTimestamp(revision.article().observed_time()),
                    revision.is_newest() ? ", the newest" : "",
                    revision.is_unrelated() ? ", UNRELATED to the one before" : "", "\n");
    if (title != nullptr && *title != revision.article().title()) {
      AppendWrapped(absl::StrCat("title: ", *title), {"    - ", "      "}, out);
      AppendWrapped(absl::StrCat("title: ", revision.article().title()), {"    + ", "      "}, out);
    }
    title = &revision.article().title();
    if (revision.has_changes()) AppendChanges(revision.changes(), out);
  }
}

void AppendText(const v1::Story& story, const Histories& histories, std::string& out) {
  AppendArticleBlock(story.representative(), out);
  AppendHistory(story.representative(), histories, out);
  absl::StrAppend(&out, "\n", story.sightings_size(), " copies\n");
  for (int i = 0; i < story.sightings_size(); ++i) {
    const v1::Article& sighting = story.sightings(i);
    AppendArticleLine(sighting, out);
    absl::StrAppend(&out, "    ", RelationName(sighting.relation()), "  ", sighting.url(), "\n");
    if (i < story.sighting_changes_size()) AppendChanges(story.sighting_changes(i), out);
    AppendHistory(sighting, histories, out);
    if (!sighting.text().empty()) absl::StrAppend(&out, "\n", sighting.text(), "\n\n");
  }
}

int RunStory(const StoryArguments& arguments, const Globals& globals) {
  absl::StatusOr<std::unique_ptr<Client>> client = ConnectToServer(globals);
  if (!client.ok()) return Fail(client.status());
  const absl::StatusOr<v1::Story> story = FetchStory(arguments, **client);
  if (!story.ok()) return Fail(story.status());
  Histories histories;
  if (arguments.diff) {
    absl::StatusOr<Histories> fetched = FetchHistories(*story, arguments.full, **client);
    if (!fetched.ok()) return Fail(fetched.status());
    histories = *std::move(fetched);
  }
  std::string out;
  if (arguments.json) {
    AppendJson(*story, arguments, histories, out);
  } else {
    AppendText(*story, histories, out);
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
  command->add_flag("--diff", arguments->diff,
                    "With what each copy says otherwise, and what changed from text to text");
  command->add_flag("--json", arguments->json, "The story as one JSON object");
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = RunStory(*arguments, globals); });
}

}  // namespace wirefold
