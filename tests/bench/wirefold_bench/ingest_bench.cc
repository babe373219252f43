#include "tests/bench/wirefold_bench/ingest_bench.h"

#include <array>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/wirefold_bench/feed.h"
#include "tests/bench/wirefold_bench/ingest_run.h"
#include "tests/bench/wirefold_bench/servers.h"
#include "tests/bench/wirefold_bench/statistics.h"

namespace wirefold::bench {
namespace {

using Runs = std::vector<IngestRun>;

// In the order in which a file goes through them.
constexpr std::array<const char*, 9> kStageNames = {
    "parse", "url", "text", "sketch", "candidates", "decide", "store", "transport", "other"};

std::vector<double> Values(const Runs& runs, double IngestRun::*field) {
  std::vector<double> values;
  for (const IngestRun& run : runs) values.push_back(run.*field);
  return values;
}

double MedianOf(const Runs& runs, double IngestRun::*field) { return Median(Values(runs, field)); }

Json ToJson(const Runs& runs, SubjectKind kind) {
  Json json;
  json["files_per_s"] = MedianOf(runs, &IngestRun::files_per_s);
  json["mb_per_s"] = MedianOf(runs, &IngestRun::mb_per_s);
  json["files_per_s_values"] = Values(runs, &IngestRun::files_per_s);
  const double server_us = MedianOf(runs, &IngestRun::server_cpu_us_per_file);
  json["server_cpu_s_per_file"] = server_us / 1e6;
  if (kind == SubjectKind::kWriter) return json;
  json["client_cpu_s_per_file"] = MedianOf(runs, &IngestRun::client_cpu_us_per_file) / 1e6;
  json["peak_memory_bytes"] = MedianOf(runs, &IngestRun::peak_memory_bytes);
  json["ack_p50_ms"] = MedianOf(runs, &IngestRun::acknowledgement_p50_ms);
  json["ack_p99_ms"] = MedianOf(runs, &IngestRun::acknowledgement_p99_ms);
  if (kind == SubjectKind::kEcho) return json;
  json["disk_bytes_per_file"] = MedianOf(runs, &IngestRun::disk_bytes_per_file);
  json["written_bytes_per_file"] = MedianOf(runs, &IngestRun::written_bytes_per_file);
  if (kind == SubjectKind::kFloor) return json;
  json["rejected"] = MedianOf(runs, &IngestRun::rejected);
  // Of means, not medians: they have to add up.
  for (const char* const stage : kStageNames) {
    double us = 0;
    double of_us = 0;
    for (const IngestRun& run : runs) {
      us += run.stage_us_per_file.at(stage);
      of_us += run.server_cpu_us_per_file;
    }
    json["stage_share"][stage] = us / of_us;
    json["stage_cpu_us_per_file"][stage] = us / static_cast<double>(runs.size());
  }
  return json;
}

// Round by round, what ran in one round against each other.
Json Ratio(const Runs& above, const Runs& below) {
  std::vector<double> values;
  for (size_t i = 0; i < above.size() && i < below.size(); ++i) {
    values.push_back(above[i].files_per_s / below[i].files_per_s);
  }
  return values;
}

// Of server and client together. Other work on the machine moves it less than a rate.
double CpuPerFile(const Runs& runs) {
  return MedianOf(runs, &IngestRun::server_cpu_us_per_file) +
         MedianOf(runs, &IngestRun::client_cpu_us_per_file);
}

double MedianOfJson(const Json& values) { return Median(values.get<std::vector<double>>()); }

std::vector<Subject> Subjects(const Options& options) {
  std::vector<Subject> subjects = {
      {"echo", SubjectKind::kEcho, options.data_dir},
      {"writer", SubjectKind::kWriter, options.data_dir},
      {"floor", SubjectKind::kFloor, options.data_dir},
      {"wirefold", SubjectKind::kWirefold, options.data_dir, options.wirefoldd}};
  if (!options.compare.empty()) {
    subjects.push_back({"compare", SubjectKind::kWirefold, options.data_dir, options.compare});
  }
  if (!options.tmpfs.empty()) {
    subjects.push_back({"writer_tmpfs", SubjectKind::kWriter, options.tmpfs});
    subjects.push_back({"floor_tmpfs", SubjectKind::kFloor, options.tmpfs});
    subjects.push_back(
        {"wirefold_tmpfs", SubjectKind::kWirefold, options.tmpfs, options.wirefoldd});
  }
  return subjects;
}

}  // namespace

absl::StatusOr<Json> MeasureIngest(const InputFiles& files, const Options& options) {
  const std::vector<Subject> subjects = Subjects(options);
  std::map<std::string, Runs> runs;
  for (int round = 0; round < options.rounds; ++round) {
    // There and back, so that none always follows the same one.
    for (size_t i = 0; i < subjects.size(); ++i) {
      const Subject& subject = subjects[round % 2 == 0 ? i : subjects.size() - 1 - i];
      absl::StatusOr<IngestRun> run = RunIngest(subject, files, options);
      if (!run.ok()) return run.status();
      std::fprintf(stderr, "round %d of %d: %-14s %8.0f files/s\n", round + 1, options.rounds,
                   subject.name.c_str(), run->files_per_s);
      runs[subject.name].push_back(*std::move(run));
    }
  }
  Json json;
  const Json ratios = Ratio(runs["wirefold"], runs["floor"]);
  json["ratio"] = MedianOfJson(ratios);
  json["ratio_values"] = ratios;
  json["cpu_ratio"] = CpuPerFile(runs["floor"]) / CpuPerFile(runs["wirefold"]);
  if (!options.compare.empty()) {
    const Json compared = Ratio(runs["wirefold"], runs["compare"]);
    json["ratio_to_compare"] = MedianOfJson(compared);
    json["ratio_to_compare_values"] = compared;
    json["cpu_ratio_to_compare"] = CpuPerFile(runs["compare"]) / CpuPerFile(runs["wirefold"]);
  }
  if (!options.tmpfs.empty()) {
    const Json tmpfs = Ratio(runs["wirefold_tmpfs"], runs["floor_tmpfs"]);
    json["ratio_tmpfs"] = MedianOfJson(tmpfs);
    json["ratio_tmpfs_values"] = tmpfs;
  }
  for (const Subject& subject : subjects) {
    json[subject.name] = ToJson(runs[subject.name], subject.kind);
  }
  return json;
}

absl::StatusOr<Json> MeasureLight(const InputFiles& files, const Options& options) {
  Json json;
  json["files_per_s"] = options.light_rate;
  for (const bool is_floor : {true, false}) {
    const absl::StatusOr<Place> place = Place::Make(options.data_dir);
    if (!place.ok()) return place.status();
    absl::StatusOr<std::unique_ptr<Child>> server =
        is_floor ? StartFloor(place->path(), /*stores=*/true)
                 : StartWirefold(options, options.wirefoldd, place->path());
    if (!server.ok()) return server.status();
    const absl::StatusOr<FeedResult> fed =
        Feed(files, {.address = (*server)->address(),
                     .streams = 1,
                     .in_flight = options.in_flight,
                     .rate = options.light_rate,
                     .count = static_cast<size_t>(options.light_rate * options.seconds)});
    if (!fed.ok()) return fed.status();
    if (absl::Status stopped = (*server)->Stop(); !stopped.ok()) return stopped;
    Json& side = json[is_floor ? "floor" : "wirefold"];
    side["files"] = fed->files;
    side["ack_p50_ms"] = Percentile(fed->acknowledgement_ms, 0.5);
    side["ack_p99_ms"] = Percentile(fed->acknowledgement_ms, 0.99);
  }
  return json;
}

}  // namespace wirefold::bench
