// wirefold normalize: the canonical article of each file, without a server.
#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/command/command.h"
#include "client/command/documents.h"
#include "client/command/files.h"
#include "client/command/hint_arguments.h"
#include "client/command/json.h"
#include "client/command/output.h"
#include "client/command/render.h"
#include "lib/article/normalize.h"
#include "lib/base/clock.h"
#include "lib/base/strings.h"
#include "lib/url/rules_file.h"

namespace wirefold {
namespace {

struct NormalizeArguments {
  FileArguments files;
  std::string rules;
  HintArguments hints;
  bool json = false;
  bool explain = false;
};

// What is printed of one file, or of an article in it.
struct Shown {
  const Place& place;
  const NormalizedArticle* normalized = nullptr;        // null if the file is none
  const std::string& error;                             // empty if it is one
  const std::vector<ExplainedBlock>* blocks = nullptr;  // null unless --explain
};

// What `error` holds: "REASON: what is wrong and what to do".
std::string DescribeError(const absl::Status& status) {
  return absl::StrCat(ToAbsl(RejectionName(status)), ": ", status.message());
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

void AppendArticleMembers(const NormalizedArticle& normalized, JsonWriter& json) {
  const CanonicalArticle& article = normalized.article;
  json.Key("format");
  json.String(normalized.format);
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

// The protocol's names serve for warnings that never travelled, since the numbers are the same.
static_assert(static_cast<int>(Warning::kNoTimestamp) == v1::WARNING_NO_TIMESTAMP);
static_assert(static_cast<int>(Warning::kNotWhole) == v1::WARNING_NOT_WHOLE);
static_assert(static_cast<int>(Warning::kOutsideWindow) == v1::WARNING_OUTSIDE_WINDOW);
static_assert(static_cast<int>(Warning::kUnrelatedText) == v1::WARNING_UNRELATED_TEXT);
std::string NameOf(Warning warning) { return WarningName(static_cast<v1::Warning>(warning)); }

// Further members, behind those of the contract.
void AppendFileMembers(const NormalizedArticle* normalized, JsonWriter& json) {
  json.Key("charset");
  json.StringOrNull(normalized == nullptr ? std::string_view() : normalized->article.charset);
  json.Key("replaced_bytes");
  if (normalized == nullptr) {
    json.Null();
    json.Key("warnings");
    json.Null();
    return;
  }
  json.Number(normalized->article.replaced_bytes);
  json.Key("warnings");
  json.BeginArray();
  for (const Warning warning : normalized->article.warnings) json.String(NameOf(warning));
  json.EndArray();
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
  AppendPlaceMembers(shown.place, json);
  if (shown.normalized != nullptr) {
    AppendArticleMembers(*shown.normalized, json);
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
  AppendFileMembers(shown.normalized, json);
  json.EndObject();
  out += '\n';
}

void AppendText(const Shown& shown, std::string& out) {
  out += "== ";
  AppendPlace(shown.place, out);
  out += '\n';
  if (shown.normalized == nullptr) {
    absl::StrAppend(&out, shown.error, "\n\n");
    return;
  }
  const CanonicalArticle& article = shown.normalized->article;
  absl::StrAppend(&out, article.title, "\n", article.url, "\n");
  if (article.published_source != PublishedSource::kNone) {
    absl::StrAppend(&out, FormatRfc3339(article.published_at_ms), "  ");
  }
  absl::StrAppend(&out, article.language, "\n");
  if (shown.blocks == nullptr) {
    absl::StrAppend(&out, "\n", article.text, "\n\n");
    return;
  }
  absl::StrAppend(&out, "charset\t", DescribeCharset(article.charset, article.replaced_bytes),
                  "\n");
  for (const Warning warning : article.warnings) {
    absl::StrAppend(&out, "warning\t", NameOf(warning), "\n");
  }
  out += '\n';
  for (const ExplainedBlock& block : *shown.blocks) {
    absl::StrAppend(&out, ToAbsl(BlockReasonName(block.reason)), "\t", block.text, "\n");
  }
  out += '\n';
}

// Prints one document after the other.
class Normalizer {
 public:
  Normalizer(const NormalizeArguments& arguments, std::optional<int64_t> observed_at_ms,
             const UrlRules& rules)
      : arguments_(arguments),
        observed_at_ms_(observed_at_ms),
        rules_(rules),
        output_(STDOUT_FILENO) {}

  void ReadFile(const ListedFile& file) {
    const absl::Status opened =
        file.error.ok() ? documents_.Open(file.path, arguments_.hints.content_type) : file.error;
    if (!opened.ok()) {
      Show({.path = file.path}, opened);
      return;
    }
    while (std::optional<SplitDocument> document = documents_.Next()) {
      const Place place = documents_.PlaceOf(*document);
      if (document->error.ok()) {
        if (document->truncated) std::cerr << not_whole_.Tell(place);
        Show(place, Read(*std::move(document)));
      } else {
        Show(place, document->error);
      }
    }
  }

  int Finish() {
    const bool written = output_.Finish();
    std::cerr << not_whole_.Rest();
    return written ? exit_code_ : kExitFailed;
  }

 private:
  // What the archive says of the document goes before what the command line says of the file.
  Hints HintsOf(SplitDocument&& document) {
    Hints hints{.url = std::move(document.url),
                .observed_at_ms = document.observed_at_ms,
                .content_type = std::move(document.content_type),
                .content_language = std::move(document.content_language),
                .truncated = document.truncated};
    if (hints.url.empty()) hints.url = arguments_.hints.url;
    if (!hints.observed_at_ms.has_value()) hints.observed_at_ms = observed_at_ms_;
    return hints;
  }

  absl::StatusOr<NormalizedArticle> Read(SplitDocument&& document) {
    const RawDocument raw{
        .bytes = document.bytes, .source = {}, .hints = HintsOf(std::move(document))};
    return arguments_.explain ? NormalizeAndExplain(raw, blocks_, rules_) : Normalize(raw, rules_);
  }

  void Show(const Place& place, const absl::StatusOr<NormalizedArticle>& normalized) {
    std::string error;
    if (!normalized.ok()) {
      error = DescribeError(normalized.status());
      exit_code_ = kExitRejected;
      blocks_.clear();
    }
    const Shown shown{.place = place,
                      .normalized = normalized.ok() ? &*normalized : nullptr,
                      .error = error,
                      .blocks = arguments_.explain ? &blocks_ : nullptr};
    line_.clear();
    (arguments_.json ? AppendJson : AppendText)(shown, line_);
    output_.WaitForRoom();
    output_.Append(line_);
  }

  const NormalizeArguments& arguments_;
  const std::optional<int64_t> observed_at_ms_;  // of --observed-time
  const UrlRules& rules_;
  Output output_;
  DocumentReader documents_;
  NotWholeWarnings not_whole_;
  std::vector<ExplainedBlock> blocks_;
  std::string line_;  // kept for its memory
  int exit_code_ = kExitOk;
};

int RunNormalize(const NormalizeArguments& arguments) {
  if (absl::Status hints = CheckHints(arguments.hints, arguments.files); !hints.ok()) {
    return Fail(hints);
  }
  const absl::StatusOr<std::optional<int64_t>> observed_at_ms = ObservedTimeMs(arguments.hints);
  if (!observed_at_ms.ok()) return Fail(observed_at_ms.status());
  const absl::StatusOr<UrlRules> rules = ReadUrlRulesFile(arguments.rules);
  if (!rules.ok()) return Fail(rules.status());
  std::unique_ptr<std::ifstream> list;
  absl::StatusOr<FileLister> lister = OpenLister(arguments.files, list);
  if (!lister.ok()) return Fail(lister.status());
  Normalizer normalizer(arguments, *observed_at_ms, *rules);
  while (const std::optional<ListedFile> file = lister->Next()) normalizer.ReadFile(*file);
  return normalizer.Finish();
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
  AddHintOptions(*command, arguments->hints);
  AddUrlRulesOption(*command, arguments->rules);
  command->add_flag("--json", arguments->json,
                    "One JSON line a file, or an article of one that holds many");
  command->add_flag("--explain", arguments->explain,
                    "Show each block of the file, and why it is in the text or not");
  command->footer("Exit code: 0 every file is an article, 2 some are not (their error says why).");
  command->callback([arguments, &exit_code] { exit_code = RunNormalize(*arguments); });
}

}  // namespace wirefold
