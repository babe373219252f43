// wirefold get: articles, or the raw file of one, by ID or URL.
#include <algorithm>
#include <iostream>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/command/command.h"
#include "client/command/lines.h"
#include "client/command/render.h"
#include "lib/base/ulid.h"

namespace wirefold {
namespace {

// Articles asked for in one call: a page of full texts, not a flood.
constexpr size_t kBatch = 100;

struct GetArguments {
  std::vector<std::string> keys;
  std::string view = "full";
  bool pure_text = false;
  bool json = false;
  bool raw = false;
  std::string text_hash;
};

// A URL has a colon, which no ID has; a mistyped ID is the server's to explain.
bool IsUrl(const std::string& key) { return key.find(':') != std::string::npos; }

// The same for all spellings of an ID.
std::string Spelling(const std::string& key) {
  const absl::StatusOr<Ulid> id = Ulid::Parse(key);
  return id.ok() ? id->ToString() : key;
}

class Getter {
 public:
  Getter(Client& client, const GetArguments& arguments)
      : client_(client),
        full_(arguments.view == "full"),
        pure_text_(arguments.pure_text),
        json_(arguments.json),
        text_hash_(arguments.text_hash) {}

  // Prints the article of each key, in order; those that are not found are told of and make the
  // exit code kExitFailed.
  int Run(const std::vector<std::string>& keys) {
    int code = kExitOk;
    for (size_t at = 0; at < keys.size();) {
      size_t end = at + 1;
      if (!IsUrl(keys[at]) && text_hash_.empty()) {
        // An ID that stands twice starts another call: one call takes it once.
        std::set<std::string> ids = {Spelling(keys[at])};
        while (end < keys.size() && end - at < kBatch && !IsUrl(keys[end]) &&
               ids.insert(Spelling(keys[end])).second) {
          ++end;
        }
      }
      const std::span some(keys.data() + at, end - at);
      code = std::max(code, some.size() == 1 ? GetOne(some[0]) : GetMany(some));
      at = end;
    }
    return code;
  }

 private:
  [[nodiscard]] v1::ArticleView view() const {
    return full_ ? v1::ARTICLE_VIEW_FULL : v1::ARTICLE_VIEW_BASIC;
  }

  int PrintArticle(const v1::Article& article) {
    std::string out;
    if (json_) {
      JsonWriter json(out);
      AppendArticle(article, full_, json);
      out += '\n';
    } else {
      AppendArticleBlock(article, out);
    }
    return Print(out);
  }

  int GetOne(const std::string& key) {
    v1::GetArticleRequest request;
    if (IsUrl(key)) {
      request.set_url(key);
    } else {
      request.set_id(key);
    }
    request.set_view(view());
    request.set_pure_text(pure_text_);
    request.set_text_hash(text_hash_);
    const absl::StatusOr<v1::Article> article = client_.GetArticle(request);
    return article.ok() ? PrintArticle(*article) : Fail(article.status());
  }

  int GetMany(std::span<const std::string> ids) {
    v1::BatchGetArticlesRequest request;
    for (const std::string& id : ids) request.add_ids(id);
    request.set_view(view());
    request.set_pure_text(pure_text_);
    const absl::StatusOr<v1::BatchGetArticlesResponse> response = client_.BatchGetArticles(request);
    int code = kExitOk;
    if (response.status().code() == absl::StatusCode::kResourceExhausted) {
      // Too much for one answer, so one by one.
      for (const std::string& id : ids) code = std::max(code, GetOne(id));
      return code;
    }
    if (!response.ok()) return Fail(response.status());
    for (const v1::Article& article : response->articles()) {
      code = std::max(code, PrintArticle(article));
    }
    for (const std::string& id : response->missing_ids()) {
      code = std::max(code, Fail(absl::NotFoundError("there is no article " + id)));
    }
    return code;
  }

  Client& client_;
  const bool full_;
  const bool pure_text_;
  const bool json_;
  const std::string text_hash_;  // of one article's text; empty: the newest
};

void AppendRawFile(const v1::RawFile& file, JsonWriter& json) {
  json.BeginObject();
  json.Key("id");
  json.String(file.id());
  json.Key("bytes");
  json.Number(file.content().size());
  json.Key("source");
  json.StringOrNull(file.source());
  json.Key("url");
  json.StringOrNull(file.url());
  json.Key("observed_time");
  json.StringOrNull(file.has_observed_time() ? FormatTimestamp(file.observed_time()) : "");
  json.Key("content_type");
  json.StringOrNull(file.content_type());
  json.Key("text_hash");
  json.String(file.text_hash());
  json.Key("text_hashes");
  json.BeginArray();
  for (const std::string& hash : file.text_hashes()) json.String(hash);
  json.EndArray();
  json.EndObject();
}

// The raw file that one key's article was made of: its bytes as they are, or with --json all that
// came beside them.
int GetRaw(Client& client, const GetArguments& arguments) {
  const std::string& key = arguments.keys.front();
  v1::GetRawRequest request;
  if (IsUrl(key)) {
    request.set_url(key);
  } else {
    request.set_id(key);
  }
  request.set_text_hash(arguments.text_hash);
  const absl::StatusOr<v1::RawFile> file = client.GetRaw(request);
  if (!file.ok()) return Fail(file.status());
  if (!arguments.json) return Print(file->content());
  std::string out;
  JsonWriter json(out);
  AppendRawFile(*file, json);
  out += '\n';
  return Print(out);
}

int RunGet(const GetArguments& arguments, const Globals& globals) {
  absl::StatusOr<std::unique_ptr<Client>> client = ConnectToServer(globals);
  if (!client.ok()) return Fail(client.status());
  if (arguments.raw) return GetRaw(**client, arguments);
  std::vector<std::string> keys;
  for (const std::string& key : arguments.keys) {
    if (key != "-") {
      keys.push_back(key);
      continue;
    }
    LineReader lines(std::cin, kMaxUrlLineBytes);
    while (std::optional<Line> line = lines.Next()) {
      if (line->too_long) {
        return Fail(absl::InvalidArgumentError(
            absl::StrCat("line ", line->number, " of standard input has more than ",
                         kMaxUrlLineBytes, " bytes; write one ID or URL a line")));
      }
      if (!line->text.empty()) keys.push_back(std::move(line->text));
    }
  }
  return Getter(**client, arguments).Run(keys);
}

}  // namespace

void AddGetCommand(CLI::App& app, const Globals& globals, int& exit_code) {
  CLI::App* command = app.add_subcommand("get", "Fetch articles by ID or URL");
  // Shared by the options that fill it and the callback that reads it.
  auto arguments = std::make_shared<GetArguments>();
  command
      ->add_option("KEY", arguments->keys,
                   "The ID of an article (a copy's too), or a URL; - reads one a line")
      ->type_name("ID|URL|-")
      ->required()
      ->check(Utf8());
  CLI::Option* const view =
      command->add_option("--view", arguments->view, "basic leaves out text, images and links")
          ->check(CLI::IsMember({"basic", "full"}))
          ->capture_default_str();
  command->add_flag("--pure-text", arguments->pure_text,
                    "The text as it is stored, with what is learnt to be boilerplate");
  command->add_flag("--json", arguments->json, "One JSON object a line");
  CLI::Option* const raw =
      command->add_flag("--raw", arguments->raw,
                        "Write the raw file of one article to standard output as it came, where "
                        "wirefoldd keeps them (keep-raw); with --json what came beside its bytes");
  command
      ->add_option("--text-hash", arguments->text_hash,
                   "Another text than the newest of one article, or with --raw its file, by its "
                   "hash; 'story --diff --json' has them")
      ->type_name("HASH");
  raw->excludes(view);
  command->callback([arguments, &globals, &exit_code] {
    if (arguments->raw && (arguments->keys.size() != 1 || arguments->keys.front() == "-")) {
      throw CLI::ValidationError("--raw", "writes one file; name one ID or URL");
    }
    if (!arguments->text_hash.empty() &&
        (arguments->keys.size() != 1 || arguments->keys.front() == "-")) {
      throw CLI::ValidationError("--text-hash", "names a text of one article; name one ID or URL");
    }
    exit_code = RunGet(*arguments, globals);
  });
}

}  // namespace wirefold
