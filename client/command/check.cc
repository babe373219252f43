// wirefold check: what would become of a file, nothing stored.
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/command/command.h"
#include "client/command/documents.h"
#include "client/command/hint_arguments.h"
#include "client/command/render.h"
#include "client/command/request.h"

namespace wirefold {
namespace {

struct CheckArguments {
  std::string path;
  std::string source;
  HintArguments hints;
  bool explain = false;
  bool json = false;
};

absl::StatusOr<v1::CheckDocumentRequest> MakeRequest(const CheckArguments& arguments) {
  DocumentReader reader;
  if (absl::Status opened = reader.Open(arguments.path, arguments.hints.content_type);
      !opened.ok()) {
    return opened;
  }
  std::optional<SplitDocument> only = reader.Next();
  if (!only.has_value()) return absl::InternalError("the file gave no document");
  if (!only->error.ok()) return only->error;
  if (reader.Next().has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        arguments.path, " holds several articles; check takes one, see 'wirefold ingest'"));
  }
  v1::CheckDocumentRequest request;
  v1::IngestRequest& document = *request.mutable_document();
  document.set_source(arguments.source);
  if (absl::Status hints = SetHints(arguments.hints, document); !hints.ok()) return hints;
  if (only->truncated) std::cerr << NotWholeWarnings().Tell({.path = arguments.path});
  SetDocument(*std::move(only), document);
  return request;
}

void AppendCandidates(const v1::CheckDocumentResponse& response, JsonWriter& json) {
  json.Key("candidates");
  json.BeginArray();
  for (const v1::Candidate& candidate : response.candidates()) {
    json.BeginObject();
    json.Key("id");
    json.String(candidate.id());
    json.Key("title");
    json.String(candidate.title());
    AppendSimilarityMembers(candidate.has_similarity(), candidate.similarity(), json);
    json.Key("relation");
    json.StringOrNull(RelationName(candidate.relation()));
    json.Key("explanation");
    json.String(candidate.explanation());
    json.EndObject();
  }
  json.EndArray();
}

void AppendJson(const CheckArguments& arguments, const v1::CheckDocumentResponse& response,
                std::string& out) {
  JsonWriter json(out);
  json.BeginObject();
  AppendResultMembers({.path = arguments.path}, response.result(), json);
  json.Key("message");
  json.StringOrNull(response.result().message());
  json.Key("article");
  if (response.has_article()) {
    AppendArticle(response.article(), /*full=*/true, json);
  } else {
    json.Null();
  }
  if (arguments.explain) AppendCandidates(response, json);
  json.EndObject();
  out += '\n';
}

void AppendText(const CheckArguments& arguments, const v1::CheckDocumentResponse& response,
                std::string& out) {
  AppendResultLine({.path = arguments.path}, response.result(), out);
  if (!arguments.explain) return;
  if (response.candidates().empty()) out += "compared with no stored article\n";
  for (const v1::Candidate& candidate : response.candidates()) {
    const v1::Similarity& similarity = candidate.similarity();
    const std::string relation = RelationName(candidate.relation());
    absl::StrAppend(&out, "  ", candidate.id(), "  ", relation.empty() ? "different" : relation,
                    "  jaccard ");
    JsonWriter(out).Ppm(similarity.jaccard_ppm());
    out += "  containment ";
    JsonWriter(out).Ppm(similarity.containment_ppm());
    out += "  score ";
    JsonWriter(out).Ppm(similarity.score_ppm());
    absl::StrAppend(&out, "  ", candidate.title(), "\n      ", candidate.explanation(), "\n");
  }
}

int RunCheck(const CheckArguments& arguments, const Globals& globals) {
  const absl::StatusOr<v1::CheckDocumentRequest> request = MakeRequest(arguments);
  if (!request.ok()) return Fail(request.status());
  absl::StatusOr<std::unique_ptr<Client>> client = ConnectToServer(globals);
  if (!client.ok()) return Fail(client.status());
  const absl::StatusOr<v1::CheckDocumentResponse> response = (*client)->CheckDocument(*request);
  if (!response.ok()) return Fail(response.status());
  std::string out;
  if (arguments.json) {
    AppendJson(arguments, *response, out);
  } else {
    AppendText(arguments, *response, out);
  }
  if (const int code = Print(out); code != kExitOk) return code;
  return response->result().outcome() == v1::OUTCOME_REJECTED ? kExitRejected : kExitOk;
}

}  // namespace

void AddCheckCommand(CLI::App& app, const Globals& globals, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("check", "Tell what would become of a file; store nothing");
  // Shared by the options that fill it and the callback that reads it.
  auto arguments = std::make_shared<CheckArguments>();
  command->add_option("FILE", arguments->path, "The file, or - for standard input")->required();
  command->add_option("--source", arguments->source, "As with ingest")->check(Utf8());
  AddHintOptions(*command, arguments->hints);
  command->add_flag("--explain", arguments->explain, "List what it was compared with, and why");
  command->add_flag("--json", arguments->json, "One JSON object");
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = RunCheck(*arguments, globals); });
}

}  // namespace wirefold
