// wirefold normalize: the canonical article of each file, without a server.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/command/command.h"
#include "client/command/files.h"
#include "client/command/json.h"
#include "client/command/output.h"
#include "lib/article/normalize.h"
#include "lib/base/clock.h"
#include "lib/base/limits.h"
#include "lib/base/reason.h"
#include "lib/base/strings.h"
#include "lib/url/rules_file.h"

namespace wirefold {
namespace {

struct NormalizeArguments {
  FileArguments files;
  std::string rules;
  bool json = false;
  bool explain = false;
};

// What is printed of one file.
struct Shown {
  const std::string& path;
  const CanonicalArticle* article = nullptr;            // null if the file is none
  const std::string& error;                             // empty if it is one
  const std::vector<ExplainedBlock>* blocks = nullptr;  // null unless --explain
};

// What `error` holds: "REASON: what is wrong and what to do".
std::string DescribeError(const absl::Status& status) {
  return absl::StrCat(std::string(ReasonName(ReasonOf(status))), ": ", status.message());
}

// A file that cannot be read has a reason of this program, not of the library.
std::string DescribeReadError(const absl::Status& status) {
  const bool too_large = status.code() == absl::StatusCode::kOutOfRange;
  return absl::StrCat(too_large ? std::string(ReasonName(Reason::kDocumentTooLarge)) : "UNREADABLE",
                      ": ", status.message());
}

// The dump format's frame is a time line and a link line; a file with neither is taken as text.
std::string_view FormatOf(const CanonicalArticle& article) {
  const auto warned = [&article](Warning warning) {
    return std::find(article.warnings.begin(), article.warnings.end(), warning) !=
           article.warnings.end();
  };
  return warned(Warning::kNoLinkLine) && warned(Warning::kNoTimestamp) ? "text" : "dump";
}

void AppendImages(const CanonicalArticle& article, JsonWriter& json) {
  json.BeginArray();
  for (const Image& image : article.images) {
    json.BeginObject();
    json.Key("url");
    json.String(image.url);
    json.Key("caption");
    json.String(image.caption);
    json.EndObject();
  }
  json.EndArray();
}

void AppendLinks(const CanonicalArticle& article, JsonWriter& json) {
  json.BeginArray();
  for (const Link& link : article.links) {
    json.BeginObject();
    json.Key("url");
    json.String(link.url);
    json.Key("text");
    json.String(link.text);
    json.EndObject();
  }
  json.EndArray();
}

void AppendArticleMembers(const CanonicalArticle& article, JsonWriter& json) {
  json.Key("format");
  json.String(FormatOf(article));
  json.Key("title");
  json.String(article.title);
  json.Key("url");
  json.StringOrNull(article.url);
  json.Key("url_key");
  json.StringOrNull(article.url_key);
  json.Key("published_at");
  json.StringOrNull(article.published_source == PublishedSource::kNone
                        ? std::string()
                        : FormatRfc3339(article.published_at_ms));
  json.Key("language");
  json.StringOrNull(article.language);
  json.Key("text");
  json.String(article.text);
  json.Key("authors");
  json.BeginArray();
  for (const std::string& author : article.authors) json.String(author);
  json.EndArray();
  json.Key("dateline");
  json.StringOrNull(article.dateline);
  json.Key("images");
  AppendImages(article, json);
  json.Key("links");
  AppendLinks(article, json);
}

void AppendBlocks(const std::vector<ExplainedBlock>& blocks, JsonWriter& json) {
  json.BeginArray();
  for (const ExplainedBlock& block : blocks) {
    json.BeginObject();
    json.Key("reason");
    json.String(BlockReasonName(block.reason));
    json.Key("text");
    json.String(block.text);
    json.EndObject();
  }
  json.EndArray();
}

void AppendJson(const Shown& shown, std::string& out) {
  JsonWriter json(out);
  json.BeginObject();
  json.Key("path");
  json.String(shown.path);
  json.Key("item");
  json.Number(0);
  if (shown.article != nullptr) {
    AppendArticleMembers(*shown.article, json);
  } else {
    for (const char* key : {"format", "title", "url", "url_key", "published_at", "language", "text",
                            "authors", "dateline", "images", "links"}) {
      json.Key(key);
      json.Null();
    }
  }
  if (shown.blocks != nullptr) {
    json.Key("blocks");
    AppendBlocks(*shown.blocks, json);
  }
  json.Key("error");
  json.StringOrNull(shown.error);
  json.EndObject();
  out += '\n';
}

void AppendText(const Shown& shown, std::string& out) {
  absl::StrAppend(&out, "== ", shown.path, "\n");
  if (shown.article == nullptr) {
    absl::StrAppend(&out, shown.error, "\n\n");
    return;
  }
  const CanonicalArticle& article = *shown.article;
  absl::StrAppend(&out, article.title, "\n", article.url, "\n");
  if (article.published_source != PublishedSource::kNone) {
    absl::StrAppend(&out, FormatRfc3339(article.published_at_ms), "  ");
  }
  absl::StrAppend(&out, article.language, "\n\n");
  if (shown.blocks == nullptr) {
    absl::StrAppend(&out, article.text, "\n\n");
    return;
  }
  for (const ExplainedBlock& block : *shown.blocks) {
    absl::StrAppend(&out, ToAbsl(BlockReasonName(block.reason)), "\t", block.text, "\n");
  }
  out += '\n';
}

int RunNormalize(const NormalizeArguments& arguments) {
  const absl::StatusOr<UrlRules> rules = ReadUrlRulesFile(arguments.rules);
  if (!rules.ok()) return Fail(rules.status());
  std::unique_ptr<std::ifstream> list;
  absl::StatusOr<FileLister> lister = OpenLister(arguments.files, list);
  if (!lister.ok()) return Fail(lister.status());
  Output output(STDOUT_FILENO);
  int exit_code = kExitOk;
  std::string line;
  while (const std::optional<ListedFile> file = lister->Next()) {
    const absl::StatusOr<std::string> bytes = file->error.ok()
                                                  ? ReadFile(file->path, kMaxDocumentBytes)
                                                  : absl::StatusOr<std::string>(file->error);
    absl::StatusOr<NormalizedArticle> normalized = absl::UnknownError("");
    std::vector<ExplainedBlock> blocks;
    std::string error;
    if (!bytes.ok()) {
      error = DescribeReadError(bytes.status());
    } else {
      const RawDocument raw{.bytes = *bytes, .source = {}, .hints = {}};
      normalized =
          arguments.explain ? NormalizeAndExplain(raw, blocks, *rules) : Normalize(raw, *rules);
      if (!normalized.ok()) error = DescribeError(normalized.status());
    }
    if (!error.empty()) exit_code = kExitRejected;
    const CanonicalArticle* article = normalized.ok() ? &normalized->article : nullptr;
    const Shown shown{.path = file->path,
                      .article = article,
                      .error = error,
                      .blocks = arguments.explain ? &blocks : nullptr};
    line.clear();
    (arguments.json ? AppendJson : AppendText)(shown, line);
    output.WaitForRoom();
    output.Append(line);
  }
  return output.Finish() ? exit_code : kExitFailed;
}

}  // namespace

void AddNormalizeCommand(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("normalize", "Show the canonical article of each file; needs no server");
  // Shared by the options that fill it and the callback that reads it.
  auto arguments = std::make_shared<NormalizeArguments>();
  command->add_option("FILE", arguments->files.paths,
                      "Files, folders (walked in path order), or - for standard input");
  command
      ->add_option("--files-from", arguments->files.files_from,
                   "Read the paths from this file, one a line; - is standard input")
      ->type_name("LIST");
  AddUrlRulesOption(*command, arguments->rules);
  command->add_flag("--json", arguments->json, "One JSON line a file");
  command->add_flag("--explain", arguments->explain,
                    "Show each block of the file, and why it is in the text or not");
  command->footer("Exit code: 0 every file is an article, 2 some are not (their error says why).");
  command->callback([arguments, &exit_code] { exit_code = RunNormalize(*arguments); });
}

}  // namespace wirefold
