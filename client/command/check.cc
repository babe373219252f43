// wirefold check: what would become of a file, nothing stored.
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "client/command/command.h"
#include "client/command/documents.h"
#include "client/command/hint_arguments.h"
#include "client/command/render.h"
#include "client/command/request.h"
#include "client/command/wrap.h"

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

void AppendStrings(const char* key, const google::protobuf::RepeatedPtrField<std::string>& values,
                   JsonWriter& json) {
  json.Key(key);
  json.BeginArray();
  for (const std::string& value : values) json.String(value);
  json.EndArray();
}

void AppendPassages(const v1::Candidate& candidate, JsonWriter& json) {
  json.Key("shared");
  json.BeginArray();
  for (const v1::SharedPassage& passage : candidate.shared()) {
    json.BeginObject();
    json.Key("document");
    json.String(passage.document());
    json.Key("candidate");
    json.String(passage.candidate());
    json.EndObject();
  }
  json.EndArray();
  AppendStrings("only_document", candidate.only_document(), json);
  AppendStrings("only_candidate", candidate.only_candidate(), json);
  json.Key("shared_count");
  json.Number(candidate.shared_count());
  json.Key("only_document_count");
  json.Number(candidate.only_document_count());
  json.Key("only_candidate_count");
  json.Number(candidate.only_candidate_count());
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
    json.Key("reason");
    json.String(candidate.reason());
    json.Key("explanation");
    json.String(candidate.explanation());
    json.Key("bands");
    json.Number(candidate.bands());
    json.Key("anchors");
    json.Number(candidate.anchors());
    AppendPassages(candidate, json);
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

// "both say (the longest 5 of 12):", then the passages.
template <typename Passages, typename Append>
void AppendPassageList(std::string_view heading, const Passages& passages, uint32_t count,
                       Append append, std::string& out) {
  if (passages.empty()) return;
  out += "    ";
  out += heading;
  if (count > static_cast<uint32_t>(passages.size())) {
    absl::StrAppend(&out, " (the longest ", passages.size(), " of ", count, ")");
  }
  out += ":\n";
  for (const auto& passage : passages) append(passage);
}

void AppendCandidate(const v1::Candidate& candidate, std::string& out) {
  const v1::Similarity& similarity = candidate.similarity();
  const std::string relation = RelationName(candidate.relation());
  absl::StrAppend(&out, "\n  ", candidate.id(), "  ", relation.empty() ? "different" : relation,
                  "\n    score ");
  JsonWriter(out).Ppm(similarity.score_ppm());
  out += "  jaccard ";
  JsonWriter(out).Ppm(similarity.jaccard_ppm());
  out += "  containment ";
  JsonWriter(out).Ppm(similarity.containment_ppm());
  out += '\n';
  const Indent field{"    ", "    "};
  const Indent item{"      - ", "        "};
  AppendWrapped(candidate.title(), field, out);
  AppendWrapped(candidate.reason(), field, out);
  AppendWrapped(candidate.explanation(), field, out);
  const auto alone = [&](const std::string& passage) { AppendWrapped(passage, item, out); };
  AppendPassageList(
      "both say", candidate.shared(), candidate.shared_count(),
      [&](const v1::SharedPassage& passage) {
        AppendWrapped(passage.document(), item, out);
        if (passage.document() != passage.candidate()) {
          AppendWrapped(passage.candidate(), {"        there: ", "        "}, out);
        }
      },
      out);
  AppendPassageList("only the file says", candidate.only_document(),
                    candidate.only_document_count(), alone, out);
  AppendPassageList("only the stored article says", candidate.only_candidate(),
                    candidate.only_candidate_count(), alone, out);
}

const char* WhyNothingWasCompared(const v1::IngestResult& result) {
  if (result.outcome() == v1::OUTCOME_UNCHANGED) {
    return "this address is known with this text; nothing was compared\n";
  }
  if (result.relation() == v1::RELATION_EXACT) {
    return "that article has the same text; nothing was compared\n";
  }
  return "compared with no stored article\n";
}

void AppendText(const CheckArguments& arguments, const v1::CheckDocumentResponse& response,
                std::string& out) {
  AppendResultLine({.path = arguments.path}, response.result(), out);
  if (!arguments.explain) return;
  if (response.candidates().empty()) out += WhyNothingWasCompared(response.result());
  for (const v1::Candidate& candidate : response.candidates()) AppendCandidate(candidate, out);
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
  command->add_flag("--explain", arguments->explain,
                    "Tell what it was compared with, what both say, and why it is a copy or not");
  command->add_flag("--json", arguments->json, "One JSON object");
  command->callback(
      [arguments, &globals, &exit_code] { exit_code = RunCheck(*arguments, globals); });
}

}  // namespace wirefold
