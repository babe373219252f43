// wirefold stats, compact and health: what the server holds and does, making its data small, and
// whether it serves.
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/command/command.h"
#include "client/command/progress.h"
#include "client/command/render.h"

namespace wirefold {
namespace {

using Group = std::vector<std::pair<std::string, uint64_t>>;

// The numbers of wirefold.v1.Stats by their names in the protocol, for both ways of printing.
std::vector<std::pair<std::string, Group>> Groups(const v1::Stats& stats) {
  const v1::StoredCounts& stored = stats.stored();
  const v1::OutcomeCounts& outcomes = stats.outcomes();
  const v1::IndexStats& index = stats.index();
  const v1::PipelineStats& pipeline = stats.pipeline();
  // In the order of names, which protobuf's map does not have.
  const std::map<std::string, uint64_t> rejected(stats.rejected_by_reason().begin(),
                                                 stats.rejected_by_reason().end());
  Group stages;
  for (const v1::StageCpu& stage : stats.stage_cpu()) {
    stages.emplace_back(stage.name(), stage.cpu_us());
  }
  return {
      {"stored",
       {{"articles", stored.articles()},
        {"sightings", stored.sightings()},
        {"revisions", stored.revisions()},
        {"commits", stored.commits()},
        {"raw_files", stored.raw_files()},
        {"raw_bytes", stored.raw_bytes()},
        {"raw_stored_bytes", stored.raw_stored_bytes()}}},
      {"outcomes",
       {{"new", outcomes.new_()},
        {"duplicate", outcomes.duplicate()},
        {"revision", outcomes.revision()},
        {"unchanged", outcomes.unchanged()},
        {"rejected", outcomes.rejected()}}},
      {"rejected_by_reason", Group(rejected.begin(), rejected.end())},
      {"index",
       {{"articles", index.articles()},
        {"memory_bytes", index.memory_bytes()},
        {"candidate_bytes", index.candidate_bytes()},
        {"bytes_per_article",
         index.articles() == 0 ? 0 : index.candidate_bytes() / index.articles()},
        {"capped_buckets", index.capped_buckets()},
        {"largest_bucket", index.largest_bucket()},
        {"expired", index.expired()},
        {"runs", index.runs()},
        {"resident_runs", index.resident_runs()},
        {"disk_bytes", index.disk_bytes()},
        {"outside_window_files", index.outside_window_files()},
        {"comparisons", index.comparisons()}}},
      {"pipeline",
       {{"streams", pipeline.streams()},
        {"files_in_flight", pipeline.files_in_flight()},
        {"bytes_in_flight", pipeline.bytes_in_flight()},
        {"files_per_commit_milli", pipeline.files_per_commit_milli()}}},
      {"stage_cpu_us", stages},
  };
}

using Parts = google::protobuf::RepeatedPtrField<v1::PartSize>;

void AppendJson(const Parts& parts, JsonWriter& json) {
  json.BeginObject();
  for (const v1::PartSize& part : parts) {
    json.Key(part.name());
    json.BeginObject();
    json.Key("entries");
    json.Number(part.entries());
    json.Key("bytes");
    json.Number(part.bytes());
    json.EndObject();
  }
  json.EndObject();
}

void AppendText(const Parts& parts, std::string& out) {
  absl::StrAppendFormat(&out, "%-26s %16s %16s\n", "parts", "entries", "bytes on disk");
  for (const v1::PartSize& part : parts) {
    absl::StrAppendFormat(&out, "  %-24s %16s %16s\n", part.name(), GroupDigits(part.entries()),
                          GroupDigits(part.bytes()));
  }
}

void AppendJson(const v1::Stats& stats, std::string& out) {
  JsonWriter json(out);
  json.BeginObject();
  for (const auto& [name, group] : Groups(stats)) {
    json.Key(name);
    json.BeginObject();
    for (const auto& [key, value] : group) {
      json.Key(key);
      json.Number(value);
    }
    json.EndObject();
  }
  json.Key("disk_bytes");
  json.Number(stats.disk_bytes());
  json.Key("parts");
  AppendJson(stats.parts(), json);
  json.Key("version");
  json.StringOrNull(stats.version());
  json.Key("start_time");
  json.StringOrNull(stats.has_start_time() ? FormatTimestamp(stats.start_time()) : "");
  json.Key("index_problem");
  json.StringOrNull(stats.index().problem());
  json.Key("read_only");
  json.Bool(stats.read_only());
  json.Key("read_only_reason");
  json.StringOrNull(stats.read_only_reason());
  json.EndObject();
  out += '\n';
}

void AppendText(const v1::Stats& stats, std::string& out) {
  absl::StrAppend(&out, "version ", stats.version(), ", since ",
                  FormatTimestamp(stats.start_time()), "\n");
  if (stats.read_only()) absl::StrAppend(&out, "READ-ONLY: ", stats.read_only_reason(), "\n");
  if (!stats.index().problem().empty()) {
    absl::StrAppend(&out, "THE INDEX STAYS IN MEMORY: ", stats.index().problem(), "\n");
  }
  absl::StrAppend(&out, "disk_bytes ", GroupDigits(stats.disk_bytes()), "\n");
  for (const auto& [name, group] : Groups(stats)) {
    if (group.empty()) continue;
    absl::StrAppend(&out, name, "\n");
    for (const auto& [key, value] : group) {
      absl::StrAppendFormat(&out, "  %-24s %16s\n", key, GroupDigits(value));
    }
  }
  AppendText(stats.parts(), out);
}

int RunCompact(bool as_json, const Globals& globals) {
  absl::StatusOr<std::unique_ptr<Client>> client = ConnectToServer(globals);
  if (!client.ok()) return Fail(client.status());
  const absl::StatusOr<v1::CompactResponse> done = (*client)->Compact();
  if (!done.ok()) return Fail(done.status());
  std::string out;
  if (as_json) {
    JsonWriter json(out);
    json.BeginObject();
    json.Key("disk_bytes_before");
    json.Number(done->disk_bytes_before());
    json.Key("disk_bytes_after");
    json.Number(done->disk_bytes_after());
    json.Key("parts");
    AppendJson(done->parts(), json);
    json.EndObject();
    out += '\n';
  } else {
    absl::StrAppend(&out, "compacted: ", GroupDigits(done->disk_bytes_before()), " bytes before, ",
                    GroupDigits(done->disk_bytes_after()), " after\n");
    AppendText(done->parts(), out);
  }
  return Print(out);
}

int RunStats(bool as_json, const Globals& globals) {
  absl::StatusOr<std::unique_ptr<Client>> client = ConnectToServer(globals);
  if (!client.ok()) return Fail(client.status());
  const absl::StatusOr<v1::Stats> stats = (*client)->GetStats();
  if (!stats.ok()) return Fail(stats.status());
  std::string out;
  if (as_json) {
    AppendJson(*stats, out);
  } else {
    AppendText(*stats, out);
  }
  return Print(out);
}

absl::Status CheckOnce(const Globals& globals) {
  absl::StatusOr<std::unique_ptr<Client>> client = ConnectToServer(globals);
  return client.ok() ? (*client)->CheckHealth() : client.status();
}

int RunHealth(double wait_s, const Globals& globals) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(wait_s);
  absl::Status status = CheckOnce(globals);
  while (!status.ok() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    status = CheckOnce(globals);
  }
  return status.ok() ? Print("SERVING\n") : Fail(status);
}

}  // namespace

void AddStatsCommand(CLI::App& app, const Globals& globals, int& exit_code) {
  CLI::App* command = app.add_subcommand("stats", "Show what the server holds and does");
  // Shared by the option that fills it and the callback that reads it.
  auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "One JSON object");
  command->callback([as_json, &globals, &exit_code] { exit_code = RunStats(*as_json, globals); });
}

void AddCompactCommand(CLI::App& app, const Globals& globals, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "compact",
      "Rewrite the store: nothing of what was deleted is left, and the rest takes the least room");
  // Shared by the option that fills it and the callback that reads it.
  auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "One JSON object");
  command->callback([as_json, &globals, &exit_code] { exit_code = RunCompact(*as_json, globals); });
}

void AddHealthCommand(CLI::App& app, const Globals& globals, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("health", "Exit with 0 if the server is serving and takes files");
  // Shared by the option that fills it and the callback that reads it.
  auto wait_s = std::make_shared<double>(0);
  command->add_option("--wait", *wait_s, "Seconds to wait until it does")
      ->type_name("SECONDS")
      ->check(Seconds(0, 86400));
  command->callback([wait_s, &globals, &exit_code] { exit_code = RunHealth(*wait_s, globals); });
}

}  // namespace wirefold
